"""The mails about ideas, the followers' digest, and forgetting what nobody came back to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from pb.access.permissions import Permission
from pb.access.policy import require
from pb.accounts.models import Person, SignInLink
from pb.accounts.services import link_code
from pb.core.i18n import Reader
from pb.core.jobs import periodic
from pb.core.security import spaced
from pb.core.site import Site
from pb.core.work import SYSTEM, Work, command
from pb.notifications.jobs import mail_kind
from pb.notifications.services import tell
from pb.processes.models import Process
from pb.proposals import drafts, queries
from pb.proposals.coauthors import invitation_token
from pb.proposals.models import (
    CoAuthor,
    Digest,
    Follow,
    Merge,
    News,
    Package,
    Proposal,
)

DIGEST_PAUSE = timedelta(hours=20)
"""Between two digests of one person: at most one mail a day, at much the same hour."""
LOOK_PAUSE = timedelta(minutes=5)
DRAFTS_KEPT = timedelta(days=90)
OWN_MAIL = ("news.packaged", "news.merged", "news.joined")
"""Of these an author gets a mail of their own."""
MOST_LINES = 12
MOST_AT_ONCE = 200


def address(site: Site, process: Process, proposal: Proposal) -> str:
    return f"{site.settings.base_url}/processes/{process.slug}/ideas/{proposal.number}"


def _named(site: Site, session: Session, proposal: Proposal) -> dict[str, Any]:
    process = session.get_one(Process, proposal.process_id)
    return {
        "title": proposal.title, "number": proposal.number, "process": process.name,
        "url": address(site, process, proposal), "invented": process.invented,
    }


@mail_kind("idea_confirm")
def confirm_mail(
    site: Site, session: Session, reader: Reader, arguments: dict[str, Any]
) -> dict[str, Any]:
    link = session.get_one(SignInLink, arguments["link_id"])
    person = session.get_one(Person, link.person_id)
    draft = session.get(Proposal, arguments["draft_id"])
    bound = site.secrets.sign("idea-confirm", [link.id, link.nonce, arguments["draft_id"]])
    return {
        "name": person.name, "title": draft.title if draft else "",
        "url": f"{site.settings.base_url}/ideas/confirm/{bound}",
        "code": spaced(link_code(site.secrets, link)), "ends_at": link.ends_at,
        "invented": person.invented,
    }


@mail_kind("idea_entered")
def entered_mail(
    site: Site, session: Session, reader: Reader, arguments: dict[str, Any]
) -> dict[str, Any]:
    proposal = session.get_one(Proposal, arguments["proposal_id"])
    helper = session.get(Person, proposal.helped_by) if proposal.helped_by else None
    return _named(site, session, proposal) | {
        "name": proposal.author_name, "helper": helper.name if helper else "",
    }


@mail_kind("co_author")
def co_author_mail(
    site: Site, session: Session, reader: Reader, arguments: dict[str, Any]
) -> dict[str, Any]:
    invited = session.get_one(CoAuthor, arguments["co_author_id"])
    proposal = session.get_one(Proposal, invited.proposal_id)
    token = invitation_token(site.secrets, invited)
    return _named(site, session, proposal) | {
        "name": invited.name, "author": proposal.author_name, "ends_at": invited.ends_at,
        "url": f"{site.settings.base_url}/ideas/write-with/{token}",
    }


@mail_kind("merge_asked")
def merge_asked_mail(
    site: Site, session: Session, reader: Reader, arguments: dict[str, Any]
) -> dict[str, Any]:
    merge = session.get_one(Merge, arguments["merge_id"])
    proposal = session.get_one(Proposal, arguments["proposal_id"])
    process = session.get_one(Process, merge.process_id)
    found = queries.ideas_of(queries.parts_of(session, merge.id))
    others = [one.title for one in found if one is not proposal]
    return _named(site, session, proposal) | {
        "name": arguments.get("name") or proposal.author_name, "others": others,
        "reason": merge.reason,
        "url": f"{site.settings.base_url}/processes/{process.slug}/ideas/joining/{merge.id}",
    }


@mail_kind("merge_ended")
def merge_ended_mail(
    site: Site, session: Session, reader: Reader, arguments: dict[str, Any]
) -> dict[str, Any]:
    merge = session.get_one(Merge, arguments["merge_id"])
    into = session.get_one(Proposal, merge.into_id)
    titles = [one.title for one in queries.ideas_of(queries.parts_of(session, merge.id))]
    return _named(site, session, into) | {"state": merge.state, "titles": titles}


@mail_kind("packaged")
def packaged_mail(
    site: Site, session: Session, reader: Reader, arguments: dict[str, Any]
) -> dict[str, Any]:
    proposal = session.get_one(Proposal, arguments["proposal_id"])
    package = session.get(Package, arguments["package_id"])
    others = queries.in_package(session, package.id) if package else []
    return _named(site, session, proposal) | {
        "name": arguments.get("name") or proposal.author_name,
        "package": package.name if package else {},
        "others": [one.title for one in others if one.id != proposal.id],
    }


@mail_kind("idea_digest")
def digest_mail(
    site: Site, session: Session, reader: Reader, arguments: dict[str, Any]
) -> dict[str, Any]:
    """What happened to followed ideas between two News rows, each idea's news once."""
    person = session.get_one(Person, arguments["follower_id"])
    found = session.execute(
        select(Proposal, News.kind, func.count())
        .join(News, News.proposal_id == Proposal.id)
        .join(Follow, Follow.proposal_id == Proposal.id)
        .where(Follow.person_id == person.id, News.id > arguments["after"],
               News.id <= arguments["to"], *_wanted(person.id))
        .group_by(Proposal.id, News.kind).order_by(Proposal.id, News.kind)
    ).all()
    lines: dict[int, dict[str, Any]] = {}
    for proposal, kind, number in found:
        line = lines.setdefault(proposal.id, _named(site, session, proposal) | {"news": []})
        words = (
            reader.sentence("news.comments", num=number) if kind == "news.comment"
            else reader.sentence(kind)
        )
        line["news"].append(words)
    return {
        "name": person.name, "lines": list(lines.values())[:MOST_LINES],
        "more": max(0, len(lines) - MOST_LINES), "invented": person.invented,
    }


def _wanted(person_id: Any) -> list[Any]:
    """News that a follower has not heard otherwise: neither their own act nor in its own mail."""
    return [
        or_(News.by.is_(None), News.by != person_id),
        or_(News.kind.not_in(OWN_MAIL), Proposal.author_id.is_(None),
            Proposal.author_id != person_id),
    ]


_LOOKED: WeakKeyDictionary[Site, datetime] = WeakKeyDictionary()


@periodic
def look(site: Site) -> None:
    """Every few minutes: who is due a digest, and which drafts nobody came back to."""
    now = site.clock()
    last = _LOOKED.get(site)
    if last is not None and now - last < LOOK_PAUSE:
        return
    _LOOKED[site] = now
    with site.database.reading() as session:
        due = due_for_digest(session, now)
        stale = session.scalar(
            select(Proposal.id).where(
                Proposal.state == "draft", Proposal.author_id.is_(None),
                Proposal.saved_at < now - DRAFTS_KEPT,
            ).limit(1)
        )
    for person_id, newest in due:
        site.work.run(send_digest, SYSTEM, person_id, newest)
    if stale is not None:
        site.work.run(forget_drafts, SYSTEM)


def due_for_digest(session: Session, now: datetime) -> list[tuple[int, int]]:
    """(person, newest News row) of followers with something new and no digest for a day."""
    found = session.execute(
        select(Follow.person_id, func.max(News.id))
        .join(News, News.proposal_id == Follow.proposal_id)
        .join(Proposal, Proposal.id == News.proposal_id)
        .outerjoin(Digest, Digest.person_id == Follow.person_id)
        .where(
            News.at > now - timedelta(days=7), News.at >= Follow.made_at,
            *_wanted(Follow.person_id), Proposal.hidden_at.is_(None),
            or_(Digest.person_id.is_(None),
                and_(News.id > Digest.told_to, Digest.told_at < now - DIGEST_PAUSE)),
        )
        .group_by(Follow.person_id).limit(MOST_AT_ONCE)
    ).all()
    return [(person_id, newest) for person_id, newest in found]


@command()
def send_digest(work: Work, person_id: int, newest: int) -> None:
    """Leave a digest for one follower, once for the same news."""
    require(work, Permission.RUN_JOBS)
    person = work.session.get_one(Person, person_id)
    digest = work.session.get(Digest, person_id)
    after = digest.told_to if digest else 0
    if newest <= after or not person.email:
        return
    if digest is None:
        digest = Digest(person_id=person_id, told_at=work.now)
        work.session.add(digest)
    digest.told_to, digest.told_at = newest, work.now
    tell(work, "idea_digest", email=person.email, language=person.language, person_id=person_id,
         follower_id=person_id, after=after, to=newest)
    work.about("person", person_id)


@command()
def forget_drafts(work: Work) -> None:
    """Delete drafts that nobody came back to for ninety days."""
    require(work, Permission.RUN_JOBS)
    number = drafts.forget_old_drafts(work, work.now - DRAFTS_KEPT)
    work.about("draft", None, number=number)
