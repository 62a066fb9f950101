"""From the first words to a published idea: small steps, each kept before the next.

A draft belongs to the device (a cookie) or to whoever is signed in. With ``keep`` in the form the
script saves what was typed so far, and nothing is judged.
"""

from __future__ import annotations

import secrets
from typing import Any

from starlette.responses import JSONResponse, Response

from pb.access.permissions import Permission
from pb.access.policy import refusal
from pb.core.errors import AppError, Invalid, NotFound
from pb.core.web import Request
from pb.moderation.services import address_mark, contact_sentences, notice_contacts
from pb.processes.models import Process
from pb.processes.office import attempt
from pb.processes.queries import process_by_slug, the_process
from pb.projects.pictures import safe_picture
from pb.proposals import drafts, queries, rules, services
from pb.proposals.forms import (
    AboutForm,
    HelpedForm,
    MoreForm,
    NameForm,
    PhotoForm,
    PlaceForm,
    StepForm,
    WishForm,
)
from pb.proposals.models import Proposal
from pb.proposals.paths import BOTH, routes

DEVICE, DEVICE_SECONDS = "ideas", 90 * 24 * 3600
BOUND, BOUND_SECONDS = "idea_sent", 3600
STEPS = ("wish", "about", "place", "photos", "more", "check")
NUDGE = 10
"""Units of the map that one press moves the pin by."""
WAYS = {"north": (0, -NUDGE), "south": (0, NUDGE), "west": (-NUDGE, 0), "east": (NUDGE, 0)}


def device(request: Request) -> str:
    return request.inner.cookies.get(DEVICE, "")


def may_propose(request: Request, process: Process) -> bool:
    return request.can(Permission.PROPOSE, process)


def mark(request: Request) -> str:
    return address_mark(request.site, request.address)


@routes("/processes/{slug}/ideas/new", "idea_new", methods=BOTH)
def new(request: Request) -> Response:
    """The first question. What is typed is kept even if the time for ideas has just passed."""
    process = the_process(request)
    form = request.form(WishForm)
    keeping = bool(request.value("keep"))
    if request.posted and (keeping or form.validate()):
        request.limit("draft", "300/hour")  # a library is one address
        token = device(request) or secrets.token_urlsafe(32)
        draft_id = request.run(
            drafts.begin_draft, process.id, token, request.reader.language
        )
        save(request, draft_id, token, {} if keeping and not form.validate() else form.changes())
        request.set_cookie(DEVICE, token, DEVICE_SECONDS)
        if keeping:
            return JSONResponse({"action": request.link(
                "idea_step", slug=process.slug, draft=draft_id, step="wish")})
        return request.redirect("idea_step", slug=process.slug, draft=draft_id, step="about")
    if not may_propose(request, process):
        raise refusal(request.actor, Permission.PROPOSE, process)
    return request.page(
        "proposals/wish.html", process=process, form=form, draft=None, keeps_form=True,
        steps=steps(request, process, None), at=1, closes_at=closes_at(process, request),
        waiting=queries.drafts_of(request.session, process.id, request.actor, device(request)),
    )


def closes_at(process: Process, request: Request) -> Any:
    """When the open time for ideas ends, if it does."""
    return next(
        (one.closes_at for one in process.phases
         if one.kind == "ideas" and (one.closes_at is None or one.closes_at > request.now)), None,
    )


def save(request: Request, draft_id: int, token: str, changes: dict[str, Any]) -> None:
    """Keep fields of a draft. Saving the same twice is saving once, so it needs no one-time key."""
    if changes:
        request.site.work.run(drafts.save_draft, request.actor, draft_id, token, changes)


def steps(request: Request, process: Process, draft: Proposal | None) -> list[tuple[str, str]]:
    _ = request.reader._
    names = {
        "wish": _("Your wish"), "about": _("Your idea"), "place": _("The place"),
        "photos": _("Photos"), "more": _("What is there"), "check": _("Check"),
    }
    return [
        (names[one], request.link("idea_step", slug=process.slug, draft=draft.id, step=one)
         if draft else "")
        for one in STEPS
    ]


@routes("/processes/{slug}/ideas/drafts/{draft:int}/{step}", "idea_step", methods=BOTH)
def step(request: Request) -> Response:
    """One step of a draft."""
    process = the_process(request)
    draft = queries.draft_of(
        request.session, int(request.params["draft"]), request.actor, device(request)
    )
    name = request.params["step"]
    if draft.process_id != process.id or name not in STEPS:
        raise NotFound("idea.no_draft")
    if draft.state != "draft":
        return request.redirect("idea", slug=process.slug, number=draft.number)
    if request.posted and request.value("drop"):
        request.run(drafts.drop_draft, draft.id, device(request))
        request.notify("idea.notice_dropped")
        return request.redirect("ideas", slug=process.slug)
    if request.posted and name != "check":
        return take(request, process, draft, name)
    if not may_propose(request, process):
        return request.page(
            "proposals/kept.html", process=process, draft=draft,
            photos=queries.photos(request.session, draft.id),
        )
    if name == "check":
        return check(request, process, draft)
    return show(request, process, draft, name, form_of(request, process, draft, name))


def form_of(request: Request, process: Process, draft: Proposal, name: str) -> StepForm:
    """A step's form, with what was typed or what the draft holds."""
    if name == "wish":
        return request.form(WishForm, wish=draft.wish)
    if name == "about":
        kinds = queries.categories(request.session, process.id)
        return AboutForm.of(request, process, kinds, draft)
    if name == "place":
        form = request.form(PlaceForm, place=draft.place, x=draft.x, y=draft.y, known="")
        form.offer_places(process)
        return form
    if name == "photos":
        return request.form(PhotoForm)
    return request.form(
        MoreForm, already_there=draft.already_there, can_bring=draft.can_bring,
        cost_guess=draft.cost_guess,
    )


def take(request: Request, process: Process, draft: Proposal, name: str) -> Response:
    """Keep what is sound of a step, then go where the button leads, or say what is wrong."""
    form = form_of(request, process, draft, name)
    sound = form.validate()
    token = device(request)
    stay = False
    try:
        changes = form.changes()
        if isinstance(form, PlaceForm):
            changes, stay = pin(request, form, draft, changes)
        save(request, draft.id, token, changes)
        if isinstance(form, PhotoForm):
            stay = take_photos(request, form, draft, token)
    except AppError as error:
        if isinstance(form, PlaceForm) and not form.place.errors:
            save(request, draft.id, token, {"place": form.place.data or ""})  # the words are sound
        if request.value("keep"):
            return JSONResponse(
                {"wrong": request.reader.sentence(error.code, **error.parameters)}, 422
            )
        field = {"pin": "known"}.get(str(error.parameters.pop("field", "")), "")
        if error.status != 422 or not (field or isinstance(form, PhotoForm)):
            raise
        form.refuse(field or "photo", error.code, **error.parameters)
        sound = False
    if request.value("keep"):
        return Response(status_code=204)
    if not sound and may_propose(request, process):
        return show(request, process, draft, name, form)
    if request.value("go") == "stop":
        request.notify("idea.notice_saved")
        return request.redirect("ideas_mine", slug=process.slug)
    after = STEPS[STEPS.index(name) + 1] if request.value("go") != "check" else "check"
    return request.redirect(
        "idea_step", slug=process.slug, draft=draft.id, step=name if stay else after,
        anchor="pin" if stay and name == "place" else "",
    )


def pin(
    request: Request, form: PlaceForm, draft: Proposal, changes: dict[str, Any]
) -> tuple[dict[str, Any], bool]:
    """Where the pin is to be, and whether the page stays for another look at it.

    It comes from a point of the picture (``point.x``, ``point.y`` in its own pixels), from the
    list, from a press on one of the four ways, or from the script's fields. Errors: Invalid.
    """
    town = process_by_slug(request.session, request.params["slug"]).map
    if not town:
        return {"place": changes.get("place", draft.place)}, False
    known = (form.known.data or "").split("-")
    pressed = request.value("move")
    if request.value("point.x") or request.value("point.y"):
        try:
            across, down = float(request.value("point.x")), float(request.value("point.y"))
        except ValueError:
            raise Invalid("idea.pin", field="pin") from None
        if not (0 <= across <= PICTURE_WIDTH and 0 <= down <= PICTURE_WIDTH):
            raise Invalid("idea.pin", field="pin")
        scale = town["width"] / PICTURE_WIDTH
        return changes | {"x": round(across * scale), "y": round(down * scale)}, True
    if pressed == "none":
        return changes | {"x": None, "y": None}, True
    if pressed == "place":
        if len(known) == 2 and all(one.isdecimal() for one in known):
            return changes | {"x": int(known[0]), "y": int(known[1])}, True
        raise Invalid("idea.pin", field="pin")
    if pressed in WAYS and draft.x is not None and draft.y is not None:
        across, down = WAYS[pressed]
        return changes | {"x": draft.x + across, "y": draft.y + down}, True
    if len(known) == 2 and all(one.isdecimal() for one in known):
        return changes | {"x": int(known[0]), "y": int(known[1])}, False
    return changes, False


PICTURE_WIDTH = 288
"""Pixels of the map as a picture: it fits the smallest phone, so that a point of it is exact."""


def take_photos(request: Request, form: PhotoForm, draft: Proposal, token: str) -> bool:
    """Keep a new photo and the words of those that are there; whether the page stays open."""
    alts, removed = described(request)
    if alts or removed:
        request.site.work.run(
            drafts.edit_photos, request.actor, draft.id, token, alts, removed
        )
    content = form.upload
    if content:
        key = request.site.storage.save(safe_picture(content), "jpg")
        request.site.work.run(
            drafts.add_photo, request.actor, draft.id, token, key, form.alt.data or ""
        )
    if request.value("go") == "add" and not content:
        raise Invalid("idea.photo_needed", field="photo")
    return request.value("go") == "add" or bool(removed)


def described(request: Request) -> tuple[dict[int, str], frozenset[int]]:
    """The words typed for each photo, and the photos to take away."""
    alts: dict[int, str] = {}
    removed: set[int] = set()
    for name, value in (request.form_data or {}).items():
        kind, _, number = name.partition("_")
        if isinstance(value, str) and number.isdecimal() and len(number) < 10:
            if kind == "alt":
                alts[int(number)] = " ".join(value.split())[:300]
            elif kind == "remove":
                removed.add(int(number))
    return alts, frozenset(removed)


def show(
    request: Request, process: Process, draft: Proposal, name: str, form: StepForm
) -> Response:
    found = []
    if name == "about":
        found = queries.similar(
            request.session, process.id, f"{draft.title} {draft.wish}", but=draft.id
        )
    return request.page(
        f"proposals/{name}.html", process=process, draft=draft, form=form, keeps_form=True,
        steps=steps(request, process, draft), at=STEPS.index(name) + 1, similar=found,
        photos=queries.photos(request.session, draft.id) if name == "photos" else [],
        most_photos=rules.MOST_PHOTOS, picture_width=PICTURE_WIDTH, waiting=[],
        closes_at=closes_at(process, request),
    )


def contacts(request: Request, draft: Proposal) -> list[str]:
    """What one might not want to publish: telephone numbers, addresses."""
    text = "\n".join(
        (draft.title, draft.wish, draft.body, draft.place, draft.already_there, draft.can_bring)
    )
    return contact_sentences(request.reader, notice_contacts(text))


def check(request: Request, process: Process, draft: Proposal) -> Response:
    """The whole idea once more; then it is published, or its author confirmed by mail."""
    helping = request.can(Permission.HELP_PROPOSE, process)
    form = request.form(NameForm, name=draft.author_name)
    helped = request.form(HelpedForm)
    token = device(request)
    lacking = [
        (name, request.reader.sentence(f"idea.lacks_{name}")) for name in rules.missing(draft)
    ]
    if request.posted and not lacking:
        if request.value("go") == "helped" and helping:
            done = attempt_number(request, helped, lambda: request.run(
                services.publish_for, draft.id, token, helped.helped_name.data,
                helped.helped_email.data))
            if done is not None:
                request.notify("idea.notice_entered")
                return request.redirect("idea", slug=process.slug, number=done)
        elif request.actor.person_id is not None:
            request.limit("publish", "10/day", who=str(request.actor.person_id))
            number = request.run(services.publish, draft.id, token, mark(request))
            request.notify("idea.notice_published")
            return request.redirect("idea", slug=process.slug, number=number)
        elif form.validate():
            request.limit("confirm", "60/hour")
            request.limit("confirm", "5/hour", who=form.email.data.lower())
            bound = request.run(
                services.ask_to_confirm, draft.id, token, form.name.data, form.email.data,
                keep=False,
            )
            request.set_cookie(BOUND, bound, BOUND_SECONDS)
            return request.redirect("idea_code", slug=process.slug, draft=draft.id)
    helped_used = request.value("go") == "helped"
    return request.page(
        "proposals/check.html", process=process, draft=draft, keeps_form=True,
        form=helped if helped_used else form, named=form, helped=helped, helping=helping,
        lacking=lacking, contacts=contacts(request, draft),
        photos=queries.photos(request.session, draft.id),
        category=next((one for one in queries.categories(request.session, process.id)
                       if one.id == draft.category_id), None),
        steps=steps(request, process, draft), at=len(STEPS), closes_at=closes_at(process, request),
        similar=queries.similar(
            request.session, process.id, f"{draft.title} {draft.wish}", but=draft.id),
    )


def attempt_number(request: Request, form: Any, act: Any) -> int | None:
    """Do it if the form is sound; the number it gave."""
    number: int | None = None

    def run() -> None:
        nonlocal number
        number = act()

    return number if attempt(request, form, run) else None
