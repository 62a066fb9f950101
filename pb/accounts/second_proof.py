"""Asking for the second proof between a form and what it does.

A command that needs it refuses with ``StepUpNeeded``. The page then asks for a code or a passkey
and carries the form's fields along; what comes back is taken first, and then the form is handled
as it was sent. Nothing that was typed is lost, and no script is needed for a code.
"""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from pb.accounts import keys, queries
from pb.core.errors import Invalid, StepUpNeeded
from pb.core.web import Request

OWN = ("second_code", "second_passkey", "second_challenge", "language")
TRIES = ("10/10minutes", "40/hour")


def context(request: Request, person_id: int) -> dict[str, Any]:
    """What a page that asks for the second proof knows: by which means it can be given."""
    have = queries.keys_of(request.session, person_id)
    found: dict[str, Any] = {
        "has_app": any(one.kind == "app" for one in have),
        "has_passkey": any(one.kind == "passkey" for one in have),
        "codes_left": queries.recovery_codes_left(request.session, person_id),
    }
    if found["has_passkey"] and request.token:
        signed, challenge = keys.new_challenge(
            request.site.secrets, "use", request.token, request.now.timestamp())
        site = keys.site_of(request.site.settings)
        found |= {"challenge": signed, "options": keys.request_options(site, challenge, have)}
    return found


def given(request: Request) -> bool:
    return bool(request.posted and (
        request.value("second_code").strip() or request.value("second_passkey").strip()))


def prove(request: Request, person_id: int) -> str:
    """Take what was given; the words of what is wrong, or nothing. Errors: TooMany."""
    assert request.token is not None
    for rule in TRIES:
        request.limit("second", rule, who=str(person_id))
    run = request.site.work.run
    try:
        if request.value("second_passkey").strip():
            run(keys.prove_by_passkey, request.actor, request.value("second_passkey"),
                request.value("second_challenge"), request.token)
        else:
            run(keys.prove_by_code, request.actor, request.value("second_code"), request.token)
    except Invalid as error:
        return request.reader.sentence(error.code)
    return ""


def take(request: Request) -> Response | None:
    """Take the proof that came with a form of somebody signed in; a page if it is wrong."""
    if not given(request) or request.inner.scope.get("path") == request.link("second"):
        return None
    person_id = request.actor.person_id
    if person_id is None or not request.actor.keyed:
        return None
    wrong = prove(request, person_id)
    if wrong:
        return page(request, "keys.step_up", wrong)
    request.forget_actor()
    return None


def ask(request: Request, error: StepUpNeeded) -> Response:
    """The page that asks for it; without a key, the page that says where to set one up."""
    return page(request, error.code)


def page(request: Request, code: str, wrong: str = "") -> Response:
    person_id = request.actor.person_id
    sent = request.form_data.multi_items() if request.form_data is not None else []
    fields = [(name, value) for name, value in sent
              if isinstance(value, str) and name not in OWN]
    known = context(request, person_id) if person_id and code == "keys.step_up" else {}
    return request.page(
        "accounts/step_up.html", status=422 if wrong else 403, code=code, wrong=wrong,
        fields=fields, action=request.inner.url.path, keeps_form=False, **known,
    )

