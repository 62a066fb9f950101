"""Commands on proposals: publish, change, take back, support and follow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, func, select, update

from pb.access.permissions import Permission
from pb.access.policy import require
from pb.accounts.models import Person, SignInLink
from pb.accounts.queries import person_by_email
from pb.accounts.services import new_link, new_person
from pb.core.errors import Conflict, Gone, Invalid, NotAllowed
from pb.core.work import Work, command
from pb.moderation.services import note_post
from pb.notifications.services import tell
from pb.processes.models import Process
from pb.proposals import drafts, queries, rules, search
from pb.proposals import reportable as reportable  # registers what can be reported here
from pb.proposals.categories import copy_categories as copy_categories
from pb.proposals.events import ProposalEdited, ProposalPublished, ProposalWithdrawn
from pb.proposals.models import Follow, News, Proposal, ProposalVersion, Support

OPEN = ("published", "accepted")
"""The states in which residents may still support and discuss."""


# -- publishing ------------------------------------------------------------------------------


@command()
def ask_to_confirm(work: Work, draft_id: int, token: str, name: str, email: str) -> str:
    """Mail a link and a code to whoever wants to publish a draft; what the two are bound to.

    A new person gets an account by it. Whose address it is stays unsaid: the answer is the same
    for an address that we know.
    """
    process = drafts.process_of(work, draft_id)
    require(work, Permission.PROPOSE, process)
    draft = drafts.own_draft(work, draft_id, token)
    need_answers(draft)
    draft.author_name = name
    person = person_by_email(work.session, email)
    if person is None:
        person = new_person(work, name, email, draft.language)
    elif not _came_in(work, person.id):
        person.name = name  # somebody mistyped before: nobody has used this account yet
    link = new_link(work, person.id)
    tell(work, "idea_confirm", email=str(person.email), language=draft.language,
         person_id=person.id, link_id=link.id, draft_id=draft.id)
    work.about("person", person.id, scope=process.id)
    return work.site.secrets.sign("idea-confirm", [link.id, link.nonce, draft.id])


def _came_in(work: Work, person_id: int) -> bool:
    return work.session.scalar(
        select(SignInLink.id).where(
            SignInLink.person_id == person_id, SignInLink.used_at.is_not(None)
        ).limit(1)
    ) is not None


@command()
def publish_confirmed(work: Work, bound: str, mark: str) -> int:
    """Publish the draft that a used link or code is bound to, as the person it was sent to.

    Its number. ``mark``: ``address_mark`` of where it came from. Errors: Gone, NotAllowed, Invalid.
    """
    value = drafts.bound_to(work, bound)
    process = drafts.process_of(work, value[2])
    require(work, Permission.PUBLISH_PROPOSAL, process)
    link = work.session.get(SignInLink, value[0])
    if link is None or link.nonce != value[1] or link.person_id != work.actor.person_id:
        raise Gone("link.unknown")
    draft = work.session.get_one(Proposal, value[2])
    if draft.state != "draft":
        if draft.author_id == work.actor.person_id and draft.number is not None:
            return draft.number  # the button was pressed twice
        raise Conflict("idea.published_already")
    if draft.author_id not in (None, work.actor.person_id):
        raise NotAllowed("idea.not_yours")
    return _publish(work, process, draft, link.person_id, mark)


@command()
def publish(work: Work, draft_id: int, token: str, mark: str) -> int:
    """Publish a draft as whoever is signed in; its number. Errors: NotFound, Conflict, Invalid."""
    process = drafts.process_of(work, draft_id)
    require(work, Permission.PUBLISH_PROPOSAL, process)
    draft = drafts.own_draft(work, draft_id, token)
    return _publish(work, process, draft, work.actor.person_id, mark)


@command()
def publish_for(work: Work, draft_id: int, token: str, name: str, email: str) -> int:
    """Publish a draft for somebody who was helped by a worker, marked so; its number.

    With an address the idea is theirs to change; without one only the name stands beside it.
    """
    process = drafts.process_of(work, draft_id)
    require(work, Permission.HELP_PROPOSE, process)
    draft = drafts.own_draft(work, draft_id, token)
    person: Person | None = None
    if email:
        person = person_by_email(work.session, email) or new_person(
            work, name, email, draft.language
        )
    draft.helped_by = work.actor.person_id
    draft.author_id = None
    draft.author_name = name
    number = _publish(work, process, draft, person.id if person else None, "")
    if person is not None and person.email:
        tell(work, "idea_entered", email=person.email, language=person.language,
             person_id=person.id, proposal_id=draft.id)
    return number


def need_answers(draft: Proposal) -> None:
    """Errors: Invalid for the first answer that is missing."""
    for name in rules.missing(draft):
        raise Invalid(f"idea.lacks_{name}", field=name)


def _publish(
    work: Work, process: Process, draft: Proposal, person_id: int | None, mark: str
) -> int:
    """Give a draft its number and make it public, unless it is one of many near-copies."""
    need_answers(draft)
    last = work.session.scalar(
        select(func.max(Proposal.number)).where(Proposal.process_id == process.id)
    )
    draft.number = (last or 0) + 1
    draft.state, draft.published_at, draft.saved_at = "published", work.now, work.now
    draft.author_id, draft.draft_key = person_id, None
    if person_id is not None and draft.helped_by is None:
        draft.author_name = work.session.get_one(Person, person_id).name
    work.session.flush()
    add_version(work, draft, [])
    reindex(work, draft)
    if person_id is not None:
        _follow(work, draft.id, person_id)
    if mark:  # a worker's desk enters many in an hour
        note_post(work, process.id, "proposal", draft.id, f"{draft.wish}\n{draft.body}", mark)
    work.record(ProposalPublished(draft.id, process.id))
    work.about("proposal", draft.id, scope=process.id, number=draft.number)
    return draft.number


def add_version(work: Work, proposal: Proposal, changed: list[str]) -> None:
    """Keep how a proposal reads now, inside a command."""
    last = work.session.scalar(
        select(func.max(ProposalVersion.number)).where(
            ProposalVersion.proposal_id == proposal.id
        )
    ) or 0
    work.session.add(
        ProposalVersion(
            proposal_id=proposal.id, number=last + 1, made_at=work.now,
            made_by=work.actor.person_id, content=whole_content(work, proposal), changed=changed,
        )
    )
    work.session.flush()


def whole_content(work: Work, proposal: Proposal) -> dict[str, Any]:
    """What a version keeps: the answers and the photos with their words."""
    found = rules.content_of(proposal)
    found["photos"] = [[one.key, one.alt] for one in queries.photos(work.session, proposal.id)]
    return found


def reindex(work: Work, proposal: Proposal) -> None:
    """Put a proposal's words into the search, or take them out when it is not shown."""
    if proposal.state in ("draft", "withdrawn", "merged") or proposal.hidden_at is not None:
        search.drop(work.connection, proposal.id)
        return
    search.put(
        work.connection, proposal.id, proposal.process_id,
        (proposal.title, proposal.wish, proposal.body, proposal.place),
    )


# -- changing and taking back ----------------------------------------------------------------


def _own(work: Work, proposal_id: int) -> Proposal:
    proposal = work.session.get_one(Proposal, proposal_id)
    if not queries.writes(work.session, proposal, work.actor):
        raise NotAllowed("idea.not_yours")
    return proposal


@command()
def edit(
    work: Work, proposal_id: int, changes: Mapping[str, Any], alts: Mapping[int, str],
    removed: frozenset[int], added: tuple[str, str] | None,
) -> bool:
    """Change a published proposal; whether anything differs. Each change is a public version.

    ``alts`` and ``removed``: photos by id; ``added``: key and words of a new one.
    """
    process = drafts.process_of(work, proposal_id)
    require(work, Permission.EDIT_PROPOSAL, process)
    proposal = _own(work, proposal_id)
    if proposal.state != "published":
        raise Conflict("idea.not_open")
    before = whole_content(work, proposal)
    drafts.change(work, process, proposal, changes)
    need_answers(proposal)
    drafts.describe(work, proposal, alts, removed)
    if added is not None:
        drafts.attach(work, proposal, *added)
    after = whole_content(work, proposal)
    differs = rules.changed(before, after)
    if before["photos"] != after["photos"]:
        differs.append("photos")
    work.about("proposal", proposal.id, scope=process.id, changed=differs)
    if not differs:
        return False
    proposal.edited_at = proposal.saved_at = work.now
    work.session.flush()
    add_version(work, proposal, differs)
    reindex(work, proposal)
    add_news(work, proposal.id, "news.edited")
    work.record(ProposalEdited(proposal.id, process.id))
    return True


@command()
def withdraw(work: Work, proposal_id: int) -> None:
    """Take a proposal back; its page stays and says so. Only its first author may."""
    process = drafts.process_of(work, proposal_id)
    require(work, Permission.WITHDRAW_PROPOSAL, process)
    proposal = work.session.get_one(Proposal, proposal_id)
    if proposal.author_id is None or proposal.author_id != work.actor.person_id:
        raise NotAllowed("idea.not_yours")
    if proposal.state == "withdrawn":
        return
    if proposal.state != "published":
        raise Conflict("idea.not_open")
    take_out(work, proposal, "withdrawn")
    add_news(work, proposal.id, "news.withdrawn")
    work.about("proposal", proposal.id, scope=process.id, number=proposal.number)


def take_out(work: Work, proposal: Proposal, state: str) -> None:
    """End a proposal's public life, inside a command."""
    proposal.state = state
    proposal.withdrawn_at = work.now
    work.session.flush()
    reindex(work, proposal)
    work.record(ProposalWithdrawn(proposal.id, proposal.process_id))


# -- support and follow ----------------------------------------------------------------------


@command(isolation="READ COMMITTED")
def support(work: Work, proposal_id: int, wanted: bool) -> int:
    """Support a proposal, or take that back; how many support it now. Once a person.

    Hundreds may press at the same moment: they wait for the proposal's row in turn, where a
    serialisable transaction would be refused and tried again.
    """
    process = drafts.process_of(work, proposal_id)
    require(work, Permission.SUPPORT, process)
    proposal = work.session.get_one(Proposal, proposal_id)
    work.session.refresh(proposal, with_for_update=True)
    person_id = work.actor.person_id
    if wanted and (proposal.state not in OPEN or proposal.hidden_at is not None):
        raise Conflict("idea.not_open")
    if wanted and queries.writes(work.session, proposal, work.actor):
        raise Invalid("idea.own_support")
    held = queries.supports(work.session, proposal_id, person_id)
    if wanted and not held:
        work.session.add(
            Support(proposal_id=proposal_id, person_id=person_id, made_at=work.now)
        )
    elif held and not wanted:
        work.session.execute(
            delete(Support).where(
                Support.proposal_id == proposal_id, Support.person_id == person_id
            )
        )
    work.session.flush()
    recount(work, proposal_id)
    work.about("proposal", proposal_id, scope=process.id)
    return proposal.supporters


def recount(work: Work, proposal_id: int) -> None:
    """Set the number of supporters to that of their rows, inside a command."""
    number = select(func.count()).where(Support.proposal_id == proposal_id).scalar_subquery()
    work.session.execute(
        update(Proposal).where(Proposal.id == proposal_id).values(supporters=number)
        .execution_options(synchronize_session="fetch")
    )


@command()
def follow(work: Work, proposal_id: int, wanted: bool) -> None:
    """Hear of a proposal by mail, or no more."""
    process = drafts.process_of(work, proposal_id)
    require(work, Permission.FOLLOW, process)
    person_id = work.actor.person_id
    if wanted and person_id is not None:
        _follow(work, proposal_id, person_id)
    else:
        work.session.execute(
            delete(Follow).where(
                Follow.proposal_id == proposal_id, Follow.person_id == person_id
            )
        )
    work.about("proposal", proposal_id, scope=process.id)


def _follow(work: Work, proposal_id: int, person_id: int) -> None:
    if not queries.follows(work.session, proposal_id, person_id):
        work.session.add(Follow(proposal_id=proposal_id, person_id=person_id, made_at=work.now))
        work.session.flush()


def add_news(work: Work, proposal_id: int, kind: str) -> None:
    """Something for the followers' digest, inside a command; also of later features."""
    work.session.add(
        News(proposal_id=proposal_id, kind=kind, at=work.now, by=work.actor.person_id)
    )
    work.session.flush()
