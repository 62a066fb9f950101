"""Publishing by somebody who has no account yet: a code or a link by mail confirms it is them.

The draft waits meanwhile; whatever is refused then, it stays theirs.
"""

from __future__ import annotations

from starlette.responses import Response

from pb.accounts.models import Person, SignInLink
from pb.accounts.queries import actor_for
from pb.accounts.services import count_wrong_code, link_token, sign_in_by_code, sign_in_by_link
from pb.core.errors import Gone, Invalid, NotAllowed
from pb.core.web import Request
from pb.processes.models import Process
from pb.processes.queries import the_process
from pb.proposals import drafts, services
from pb.proposals.forms import CodeForm
from pb.proposals.models import Proposal
from pb.proposals.paths import BOTH, routes
from pb.proposals.writing import BOUND, BOUND_SECONDS, mark


@routes("/processes/{slug}/ideas/drafts/{draft:int}/confirm/code", "idea_code", methods=BOTH)
def code(request: Request) -> Response:
    """The code from the mail publishes the idea, and signs its author in."""
    process = the_process(request)
    form = request.form(CodeForm)
    bound = request.inner.cookies.get(BOUND, "")
    value = request.site.secrets.unsign("idea-confirm", bound, BOUND_SECONDS)
    if not value or value[2] != int(request.params["draft"]):
        raise Gone("link.expired")
    if request.posted and form.validate():
        request.limit("sign-in-code", "20/10minutes")
        try:
            session = request.run(
                sign_in_by_code, value[0], form.code.data, request.value("once"), request.token,
                keep=False,
            )
            return publish_as(request, process, value[0], bound, session)
        except Invalid as error:
            if error.code != "code.wrong":
                raise
            request.site.work.run(count_wrong_code, request.actor, value[0])
            form.refuse("code", error.code)
    return request.page(
        "proposals/code.html", process=process, form=form, keeps_form=True,
        draft_id=value[2],
    )


def publish_as(
    request: Request, process: Process, link_id: int, bound: str, session: str
) -> Response:
    """Sign in whoever confirmed, and publish as them. If that is refused the draft waits."""
    request.sign_in(session)
    request.set_cookie(BOUND, None, None)
    with request.site.database.reading() as reading:
        link = reading.get_one(SignInLink, link_id)
        actor = actor_for(reading, link.person_id)
    draft_id = request.site.work.run(drafts.claim, actor, bound)
    try:
        number = request.site.work.run(services.publish_confirmed, actor, bound, mark(request))
    except (NotAllowed, Invalid):
        return request.redirect("idea_step", slug=process.slug, draft=draft_id, step="check")
    request.notify("idea.notice_published")
    return request.redirect("idea", slug=process.slug, number=number)


@routes("/ideas/confirm/{bound}", "idea_confirm", methods=BOTH)
def confirm(request: Request) -> Response:
    """Where the mailed link leads: a button publishes. Opening the page uses nothing up."""
    bound = request.params["bound"]
    value = request.site.secrets.unsign("idea-confirm", bound)
    link = request.session.get(SignInLink, value[0]) if value else None
    draft = request.session.get(Proposal, value[2]) if value else None
    if link is None or draft is None or link.nonce != value[1]:
        raise Gone("link.unknown")
    process = request.session.get_one(Process, draft.process_id)
    if draft.number is not None:
        return request.redirect("idea", slug=process.slug, number=draft.number)
    if request.posted:
        session = request.run(
            sign_in_by_link, link_token(request.site.secrets, link), request.value("once"),
            request.token, keep=False,
        )
        return publish_as(request, process, link.id, bound, session)
    if link.used_at is not None:
        raise Gone("link.used", at=link.used_at)
    if link.ends_at <= request.now:
        raise Gone("link.expired")
    return request.page(
        "proposals/confirm.html", process=process, draft=draft, keeps_form=True,
        person=request.session.get_one(Person, link.person_id),
    )
