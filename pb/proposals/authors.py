"""What authors do with a published idea: change it, take it back, write it with others, agree to
join it with another."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from pb.access.permissions import Permission
from pb.access.policy import refusal
from pb.core.errors import AppError, Gone, NotAllowed, NotFound, SignInNeeded
from pb.core.web import Request
from pb.moderation.services import contact_sentences, notice_contacts
from pb.processes.models import Process
from pb.processes.office import attempt
from pb.processes.queries import the_process
from pb.projects.pictures import safe_picture
from pb.proposals import coauthors, merging, queries, rules, services
from pb.proposals.forms import EditForm, InviteForm, about_defaults, offer
from pb.proposals.models import CoAuthor, Merge, Proposal
from pb.proposals.paths import BOTH, routes, the_idea
from pb.proposals.writing import contacts, described


def own_idea(request: Request, process: Process, permission: Permission) -> Proposal:
    """The idea of the address for one of its authors. Errors: SignInNeeded, NotAllowed."""
    proposal = the_idea(request, process)
    if request.actor.person_id is None:
        raise SignInNeeded("access.sign_in")
    if not queries.writes(request.session, proposal, request.actor):
        raise NotAllowed("access.not_you")
    if not request.can(permission, process):
        raise refusal(request.actor, permission, process)
    return proposal


@routes("/processes/{slug}/ideas/{number:int}/edit", "idea_edit", methods=BOTH)
def edit(request: Request) -> Response:
    """Change a published idea, while the time for ideas lasts. Whoever is late loses nothing: the
    page that refuses shows what was typed."""
    process = the_process(request)
    signed_in = request.actor.person_id is not None
    if request.posted and signed_in and not request.can(Permission.EDIT_PROPOSAL, process):
        return too_late(request, process)
    proposal = own_idea(request, process, Permission.EDIT_PROPOSAL)
    kinds = queries.categories(request.session, process.id)
    form = request.form(
        EditForm, **about_defaults(proposal), wish=proposal.wish, place=proposal.place,
        already_there=proposal.already_there, can_bring=proposal.can_bring,
        cost_guess=proposal.cost_guess, x=proposal.x, y=proposal.y, known="",
    )
    offer(form, process, kinds)
    form.offer_places(process)
    content = form.upload
    added = kept_photo(request, proposal, form.alt.data or "")
    if request.posted and content:
        try:
            key = request.site.storage.save(safe_picture(content), "jpg")
            added = key, form.alt.data or ""
        except AppError as error:
            form.validate()
            form.refuse("photo", error.code, **error.parameters)
    alts, removed = described(request)
    differs = False

    def act() -> None:
        nonlocal differs
        differs = request.run(
            services.edit, proposal.id, form.changes(), alts, removed, added
        )

    found: list[str] = []
    if request.posted and not form.photo.errors and form.validate():
        found = new_contacts(request, proposal, form.changes())
    sure = not found or bool(request.value("sure"))
    if sure and not form.photo.errors and attempt(request, form, act):
        request.notify("idea.notice_changed" if differs else "idea.notice_same")
        return request.redirect("idea", slug=process.slug, number=proposal.number)
    return request.page(
        "proposals/edit.html", process=process, proposal=proposal, form=form, keeps_form=True,
        photos=queries.photos(request.session, proposal.id, hidden=True),
        most_photos=rules.MOST_PHOTOS, contacts=found or contacts(request, proposal),
        found=found, status=422 if found else None,
        photo_kept=request.site.secrets.sign("idea-photo", [proposal.id, added[0]])
        if added else "",
    )


TEXTS = ("title", "wish", "body", "place", "already_there", "can_bring")


def new_contacts(request: Request, proposal: Proposal, changes: dict[str, Any]) -> list[str]:
    """What a change would publish by which somebody can be reached, beyond what stands already."""
    known = {one.text for one in notice_contacts(
        "\n".join(str(getattr(proposal, name) or "") for name in TEXTS))}
    fresh = notice_contacts("\n".join(str(changes.get(name) or "") for name in TEXTS))
    return contact_sentences(request.reader, [one for one in fresh if one.text not in known])


def kept_photo(request: Request, proposal: Proposal, alt: str) -> tuple[str, str] | None:
    """The photo that came with this form when it was shown once more."""
    value = request.site.secrets.unsign("idea-photo", request.value("photo_kept"))
    return (value[1], alt) if value and value[0] == proposal.id else None


def too_late(request: Request, process: Process) -> Response:
    """The time for ideas ended while somebody changed theirs: their words are on the page."""
    typed = {
        name: request.value(name) for name in TEXTS if request.value(name)
    }
    if not typed:
        raise refusal(request.actor, Permission.EDIT_PROPOSAL, process)
    return request.page(
        "proposals/late.html", status=403, process=process, typed=typed,
        number=int(request.params["number"]),
    )


@routes("/processes/{slug}/ideas/{number:int}/withdraw", "idea_withdraw", methods=BOTH)
def withdraw(request: Request) -> Response:
    """Take an idea back, after one more look."""
    process = the_process(request)
    proposal = own_idea(request, process, Permission.WITHDRAW_PROPOSAL)
    if request.posted:
        request.run(services.withdraw, proposal.id)
        request.notify("idea.notice_withdrawn")
        return request.redirect("idea", slug=process.slug, number=proposal.number)
    return request.page(
        "proposals/withdraw.html", process=process, proposal=proposal, keeps_form=True
    )


# -- writing together ------------------------------------------------------------------------


@routes("/processes/{slug}/ideas/{number:int}/authors", "idea_authors", methods=BOTH)
def authors(request: Request) -> Response:
    """Who writes this idea, and inviting one more."""
    process = the_process(request)
    proposal = own_idea(request, process, Permission.EDIT_PROPOSAL)
    form = request.form(InviteForm)
    if request.posted and request.value("remove").isdecimal():
        request.run(coauthors.remove_co_author, proposal.id, int(request.value("remove")[:9]))
        request.notify("coauthor.notice_removed")
        return request.redirect("idea_authors", slug=process.slug, number=proposal.number)

    def act() -> None:
        request.limit("co-author", "20/day", who=str(request.actor.person_id))
        request.run(
            coauthors.invite_co_author, proposal.id, form.name.data, form.email.data
        )

    if attempt(request, form, act):
        request.notify("coauthor.notice_invited")
        return request.redirect("idea_authors", slug=process.slug, number=proposal.number)
    return request.page(
        "proposals/authors.html", process=process, proposal=proposal, form=form, keeps_form=True,
        invited=queries.co_authors(request.session, proposal.id),
        first=proposal.author_id == request.actor.person_id, most=rules.MOST_CO_AUTHORS,
    )


@routes("/ideas/write-with/{token}", "co_author", methods=BOTH)
def co_author(request: Request) -> Response:
    """Where an invitation to write leads: accept or decline by a button."""
    token = request.params["token"]
    value = request.site.secrets.unsign("co-author", token)
    invited = request.session.get(CoAuthor, value[0]) if value else None
    if invited is None or invited.nonce != value[1]:
        raise Gone("link.unknown")
    proposal = request.session.get_one(Proposal, invited.proposal_id)
    process = request.session.get_one(Process, proposal.process_id)
    if request.posted and request.value("answer") == "no":
        request.run(coauthors.decline_as_co_author, token)
        request.notify("coauthor.notice_declined")
        return request.redirect("home")
    if request.posted:
        session = request.run(
            coauthors.join_as_co_author, token, request.value("once"), request.token, keep=False
        )
        request.sign_in(session)
        request.notify("coauthor.notice_joined")
        return request.redirect("idea", slug=process.slug, number=proposal.number)
    if invited.accepted_at is not None:
        raise Gone("link.used", at=invited.accepted_at)
    if invited.removed_at or invited.declined_at:
        raise Gone("coauthor.over")
    if invited.ends_at <= request.now:
        raise Gone("link.expired")
    return request.page(
        "proposals/write_with.html", process=process, proposal=proposal, invited=invited,
        keeps_form=True,
    )


# -- joining ideas ---------------------------------------------------------------------------


@routes("/processes/{slug}/ideas/joining/{merge:int}", "merge_answer", methods=BOTH)
def answer(request: Request) -> Response:
    """An author is asked whether their idea may be joined with others."""
    process = the_process(request)
    if request.actor.person_id is None:
        raise SignInNeeded("access.sign_in")
    merge = request.session.get(Merge, min(int(request.params["merge"]), 2**31 - 1))
    if merge is None or merge.process_id != process.id:
        raise NotFound("page.not_found")
    parts = queries.parts_of(request.session, merge.id)
    mine = [(part, one) for part, one in parts if part.person_id == request.actor.person_id]
    if not mine:
        raise NotAllowed("access.not_you")
    chosen: Any = request.value("answer")
    if request.posted and chosen in ("yes", "no"):
        state = request.run(merging.answer_merge, merge.id, chosen == "yes")
        request.notify({"merged": "merge.notice_done", "waiting": "merge.notice_yes"}.get(
            state, "merge.notice_no"))
        return request.redirect("ideas_mine", slug=process.slug)
    return request.page(
        "proposals/joining.html", process=process, merge=merge, mine=mine,
        parts=[
            (one, merging.answer_of([part for part, about in parts if about.id == one.id]),
             any(about.id == one.id for _, about in mine))
            for one in queries.ideas_of(parts)
        ],
        into=request.session.get_one(Proposal, merge.into_id), keeps_form=True,
    )
