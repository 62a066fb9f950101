"""Commenting on an idea, replying, taking a comment away; and the part of the idea's page."""

from __future__ import annotations

from starlette.responses import Response

from pb.access.permissions import Permission
from pb.access.policy import UNDER_DISCUSSION
from pb.comments import queries, services
from pb.comments.forms import CommentForm
from pb.core.errors import NotFound, SignInNeeded
from pb.core.web import Request, Routes
from pb.moderation.services import address_mark, contact_sentences, notice_contacts
from pb.processes.models import Process
from pb.processes.office import attempt
from pb.processes.queries import the_process
from pb.proposals.content import Part, page_part
from pb.proposals.models import SHOWN, Proposal
from pb.proposals.queries import proposal_by_number

routes = Routes()
BOTH = ("GET", "POST")


def the_idea(request: Request, process: Process) -> Proposal:
    """The idea of the address. Errors: NotFound, also for one that is not shown."""
    number = min(int(request.params["number"]), 10**9)
    proposal = proposal_by_number(request.session, process.id, number)
    if proposal.state not in SHOWN or proposal.hidden_at is not None:
        raise NotFound("idea.not_found")
    return proposal


@page_part(80)
def comments_part(request: Request, process: Process, proposal: Proposal) -> Part | None:
    """The comments under an idea, in pages."""
    if proposal.state not in SHOWN:
        return None
    threads = queries.threads(request.session, proposal.id)
    last = max(1, -(-threads // queries.PAGE_LENGTH))
    typed = request.query.get("comments", "1")
    page = min(last, max(1, int(typed) if typed.isdecimal() and len(typed) < 6 else 1))
    return Part("comments/part.html", {
        "comments": queries.page(request.session, proposal.id, page), "page": page, "last": last,
        "number": proposal.number, "slug": process.slug, "all": proposal.comments,
        "open": process.is_public and process.phase_kind(request.now) in UNDER_DISCUSSION,
        "base": request.link("idea", slug=process.slug, number=proposal.number) + "?comments=",
    })


@routes("/processes/{slug}/ideas/{number:int}/comment", "comment", methods=BOTH)
def comment(request: Request) -> Response:
    """Write a comment, or with ``to`` a reply. A telephone number or an address in it is pointed
    out once, before it is published."""
    process = the_process(request)
    proposal = the_idea(request, process)
    if request.actor.person_id is None:
        return request.redirect(
            "join", next=request.link("comment", slug=process.slug, number=proposal.number)
        )
    typed = request.value("to") or request.query.get("to", "")
    parent = None
    if typed.isascii() and typed.isdecimal() and len(typed) < 10:
        parent = queries.comment(request.session, int(typed))
        if parent.proposal_id != proposal.id or parent.hidden_at or parent.removed_at:
            raise NotFound("comment.gone")
    if not request.posted and not request.can(Permission.COMMENT, process):
        return request.redirect("idea", slug=process.slug, number=proposal.number,
                                anchor="comments")
    form = request.form(CommentForm)
    found: list[str] = []
    if request.posted and form.validate():
        found = contact_sentences(request.reader, notice_contacts(form.text.data or ""))
    made: int | None = None

    def act() -> None:
        nonlocal made
        request.limit("comment", "30/hour", who=str(request.actor.person_id))
        made = request.run(
            services.comment, proposal.id, parent.id if parent else None, form.text.data,
            request.reader.language, address_mark(request.site, request.address),
        )

    if (not found or request.value("sure")) and attempt(request, form, act):
        with request.site.database.reading() as session:
            new = queries.comment(session, made or 0)
            held, page = new.hidden_at is not None, queries.page_with(session, new)
        request.notify("comment.notice_held" if held else "comment.notice_made")
        return request.redirect(
            "idea", slug=process.slug, number=proposal.number, anchor=f"comment-{made}",
            comments=page if page > 1 else "",
        )
    return request.page(
        "comments/write.html", process=process, proposal=proposal, form=form, parent=parent,
        keeps_form=True, contacts=found, status=422 if found else None,
    )


@routes("/processes/{slug}/ideas/{number:int}/comments/{comment:int}/remove", "comment_remove",
        methods=BOTH)
def remove(request: Request) -> Response:
    """Take one's own comment away, after one more look."""
    process = the_process(request)
    proposal = the_idea(request, process)
    if request.actor.person_id is None:
        raise SignInNeeded("access.sign_in")
    found = queries.comment(request.session, min(int(request.params["comment"]), 2**31 - 1))
    if found.proposal_id != proposal.id or found.removed_at:
        raise NotFound("comment.gone")
    if request.posted:
        request.run(services.remove_comment, found.id)
        request.notify("comment.notice_removed")
        return request.redirect("idea", slug=process.slug, number=proposal.number,
                                anchor="comments")
    if found.author_id != request.actor.person_id:
        raise NotFound("comment.gone")
    return request.page(
        "comments/remove.html", process=process, proposal=proposal, comment=found, keeps_form=True
    )
