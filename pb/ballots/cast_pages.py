"""A look at everything, the cast, and the receipt."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from pb.access.permissions import Permission
from pb.access.policy import can
from pb.ballots import casting, drafts, receipts, rules, sealing, services, views
from pb.ballots.content import canonical
from pb.ballots.forms import shown_content
from pb.ballots.paths import routes
from pb.ballots.snapshots import kept_of
from pb.ballots.states import not_in, over_page, stage, the_vote
from pb.ballots.views import Voter, voter_of
from pb.core.errors import Conflict, Invalid, NotAllowed
from pb.core.security import session_hash
from pb.core.web import Request
from pb.core.work import Actor
from pb.processes.queries import the_process
from voting.ballots import BallotError, Content


@dataclass(frozen=True)
class Posted:
    """A cast that a form asks for: whose, what, and sealed. ``once``: the form's one-time key."""

    mark: drafts.VoterMark
    content: Content
    word: str
    tracking: str
    envelope: casting.Envelope
    once: str


def posted(request: Request, vote: Any, mark: drafts.VoterMark, shown: Content) -> Posted:
    """What the form asks for. Errors: BallotError, and ValueError for a word that is none."""
    word = sealing.read_word(request.value("word"))
    once = request.value("once") or secrets.token_urlsafe(16)
    process_id = vote.scope_id
    tracking = casting.tracking_code(request.site.secrets, process_id, mark.roll_id, once)
    envelope = casting.seal(vote.box, process_id, vote.contests[mark.area_id], mark.area_id,
                            shown, tracking, word)
    return Posted(mark, shown, word, tracking, envelope, f"{process_id}/{mark.roll_id}/{once}")


async def cast_at_once(request: Request) -> Response | None:
    """Cast where all is as it should be, reading nothing; None where it is not: then the page is
    made, and says what is the matter."""
    site, slug = request.site, request.params["slug"]
    vote = kept_of(site, slug, request.now)
    if vote is None or vote.box is None:
        vote = await run_in_threadpool(the_vote, site, slug, request.now)
    if vote is None or vote.box is None or request.token is None:
        return None
    mark = drafts.read_voter_mark(request, vote.scope_id)
    if mark is None:
        return None
    # The form says for whom it was made. Whether this visit may vote for them is asked by the
    # command, of the sessions of all who cast at this moment at once.
    voter = Actor(passes={vote.scope_id: mark.roll_id}, claimed=session_hash(request.token))
    if not can(voter, Permission.CAST, vote, request.now):
        return None
    contest = vote.contests.get(mark.area_id)
    shown = shown_content(request, contest) if contest is not None else None
    if shown is None:
        return None
    try:
        ballot = posted(request, vote, mark, shown)
        done = await site.work.run_together(
            casting.cast, voter, vote.scope_id, mark.roll_id, ballot.envelope, once=ballot.once
        )
    except (BallotError, NotAllowed, Conflict, ValueError):
        return None
    return receipted(request, vote, ballot, done) if is_its_own(ballot, done) else None


def is_its_own(ballot: Posted, done: Sequence[Any]) -> bool:
    """Whether the answer is about this envelope, and not about one that the same form cast
    before."""
    _number, digest, replaces, _process = done
    return casting.is_this(ballot.envelope, replaces, digest)


def receipted(request: Request, vote: Any, ballot: Posted, done: Sequence[Any]) -> Response:
    """On to the page that says that the ballot is in, with its receipt."""
    receipt = receipts.promised(
        request.site, vote.slug, vote.box.origin, done[0], bytes.fromhex(done[1])
    )
    drafts.forget(request, vote.scope_id)
    receipts.keep(
        request, vote.scope_id,
        receipts.Kept(ballot.mark.roll_id, receipt, ballot.tracking, ballot.word, ballot.content),
        vote.closes_at,
    )
    return request.redirect("ballot_in", slug=vote.slug)


@routes("/processes/{slug}/vote/check", "ballot_check", methods=("GET", "POST"),
        at_once=cast_at_once)
def ballot_check(request: Request) -> Response:
    """Everything once more, and the one button that casts."""
    process = the_process(request)
    voter = voter_of(request, process)
    now = stage(request, process)
    if voter is None or now == "before":
        return not_in(request, process)
    shown = shown_content(request, voter.contest) if request.form_data is not None else None
    if now == "over":
        return over_page(request, voter, shown or voter.draft,
                         409 if request.form_data is not None else 200)
    if not request.posted:
        if shown is None and voter.draft is None and voter.cast is None and voter.is_in:
            return request.redirect("ballot", slug=process.slug)  # nothing is known to look at
        return check_page(request, voter, shown or voter.content)
    mark = drafts.read_voter_mark(request, process.id)
    if mark is None or mark.roll_id != voter.entry.id:
        request.notify("ballot.other_voter")
        return request.redirect("ballot_check", slug=process.slug)
    if shown is None:
        raise Invalid("ballot.kind")
    return cast(request, voter, shown)


def _is_newest(request: Request, mark: drafts.VoterMark, number: int) -> bool:
    with request.site.database.engine.connect() as connection:
        return casting.leaf_of(connection, mark.roll_id) == number


def cast(request: Request, voter: Voter, shown: Content) -> Response:
    """Cast what the page showed, neither more nor less, and say what is the matter if not."""
    process = voter.process
    try:
        sealing.read_word(request.value("word"))
    except ValueError:
        request.status = 422
        return check_page(request, voter, shown, word_error=True)
    vote = the_vote(request.site, process.slug, request.now)
    try:
        if vote is None or vote.box is None:
            raise NotAllowed("box.not_open")
        mark = drafts.VoterMark(voter.entry.id, voter.entry.area_id)
        ballot = posted(request, vote, mark, shown)
        done = request.site.work.run(
            casting.cast, request.actor, process.id, mark.roll_id, ballot.envelope,
            once=ballot.once,
        )
        if not is_its_own(ballot, done) and not _is_newest(request, mark, done[0]):
            # The same form had cast before, and another ballot is in by now.
            drafts.forget(request, process.id)
            request.notify("ballot.older_page")
            return request.redirect("ballot_in", slug=process.slug)
        return receipted(request, vote, ballot, done)
    except BallotError:
        request.status = 422
        return check_page(request, voter, shown)
    except NotAllowed as error:
        if error.code != "box.closed" and not services.is_over(process, request.site.clock()):
            raise
        return over_page(request, voter, shown, 409)
    except Conflict as error:
        if error.code != "ballot.again":
            raise
        request.notify("ballot.again")
        return request.redirect("ballot_in", slug=process.slug)


def check_page(
    request: Request, voter: Voter, content: Content, word_error: bool = False
) -> Response:
    options = views.options_of(request, voter)
    used, places = len(content.options), rules.places_of(voter.contest)
    return request.page(
        "ballots/check.html", one_size=True,
        process=voter.process, voter=voter, kind=voter.contest.kind, contest=voter.contest,
        options=options, chosen=content.options,
        points=dict(content.points) if hasattr(content, "points") else {},
        purses=views.purse_views(request, voter, content),
        problems=views.problems(request, voter, content),
        state=voter.state_of(content),
        bar=views.bar_words(request, voter, content),
        places_left=places - used if voter.contest.max_choices is not None else 0,
        points_left=(voter.contest.max_points or 0) - sum(
            dict(content.points).values() if hasattr(content, "points") else ()),
        content=canonical(content), word=request.value("word"), word_error=word_error,
        mark=drafts.voter_mark(request, voter.process.id, voter.entry),
        closes_at=views.closes_at(voter.process), keeps_form=True,
    )


@routes("/processes/{slug}/vote/in", "ballot_in")
def ballot_in(request: Request) -> Response:
    """The word that the ballot is in, with the receipt. What it says only this device knows."""
    process = the_process(request)
    voter = voter_of(request, process)
    if voter is None or not voter.is_in:
        return RedirectResponse(
            request.link("vote" if voter is None else "ballot", slug=process.slug), 303
        )
    if stage(request, process) == "over" or voter.entry.leaf is None:
        return over_page(request, voter, voter.draft)
    content = voter.cast
    return request.page(
        "ballots/in.html", one_size=True, process=process, voter=voter, kind=voter.contest.kind,
        options=views.options_of(request, voter), content=content,
        chosen=content.options if content is not None else (),
        points=dict(content.points) if content is not None and hasattr(content, "points") else {},
        receipt=views.receipt_of(request, voter), kept=voter.kept if content is not None else None,
        closes_at=views.closes_at(process), keeps_form=False,
    )
