"""Commands of moderation: report, decide, appeal, answer; and holding near-copies."""

from __future__ import annotations

import secrets

from sqlalchemy import delete, select, update

from pb.access.permissions import Permission
from pb.access.policy import LEAD, MODERATOR, OFFICIALS, require
from pb.accounts.models import Person
from pb.accounts.queries import roles_in
from pb.core.errors import Conflict, Invalid, NotAllowed, NotFound, TooMany
from pb.core.site import Site
from pb.core.work import Work, command
from pb.moderation import erasure as erasure  # registers what is forgotten with a person
from pb.moderation import projects as projects  # registers what can be reported here
from pb.moderation import queries, rules
from pb.moderation.models import Case, PostMark, Report
from pb.moderation.queries import Seen
from pb.moderation.rules import notice_contacts
from pb.moderation.subjects import SUBJECTS
from pb.moderation.words import contact_sentences
from pb.notifications.services import tell
from pb.processes.models import Process

__all__ = ["address_mark", "contact_sentences", "note_post", "notice_contacts"]
"""What later features use of moderation when somebody posts."""


def address_mark(site: Site, address: str) -> str:
    """The keyed fingerprint by which a line is known again for a day. Nobody reads it back."""
    return site.secrets.tag("moderation-address", rules.network(address))


def _process(work: Work, process_id: int) -> Process:
    process = work.session.get(Process, process_id)
    if process is None:
        raise NotFound("process.not_found")
    return process


# -- reporting -------------------------------------------------------------------------------


@command()
def report(
    work: Work, process_id: int, kind: str, subject_id: int, code: str, words: str, language: str,
    address: str,
) -> str:
    """Report what somebody wrote. What became of it: "hidden", "queued" or "counted".

    It is hidden at once until a moderator decides, unless ``rules.held_back`` says otherwise; then
    it goes to the queue as it is. ``address``: ``address_mark`` of whoever reports.
    Errors: NotFound, Invalid, TooMany.
    """
    process = _process(work, process_id)
    require(work, Permission.REPORT, process)
    if code not in rules.CODES:
        raise Invalid("report.code", field="code")
    if code == "other" and not words:
        raise Invalid("report.words", field="words")
    now = queries.seen(work.session, process, kind, subject_id, work.now)
    if now.row is None:
        raise NotFound("report.gone")
    person_id = work.actor.person_id
    made = Report(
        process_id=process.id, code=code, words=words, language=language, person_id=person_id,
        address="" if person_id is not None else address, made_at=work.now,
    )
    case = queries.open_case(work.session, kind, subject_id)
    if case is not None:
        _join(work, case, made)
        return "hidden" if now.hidden else "queued"
    _check_caps(work, person_id, made.address)
    standing = _standing(work, process, kind, subject_id, now, stranger=person_id is None)
    if not rules.opens_case(standing):
        work.about(kind, subject_id, scope=process.id, code=code, settled=True)
        return "counted"
    alone = queries.waiting(work.session, [process.id]).cases == 0
    case = _open(work, process, kind, subject_id, now, standing, cause="report", code=code)
    made.case_id = case.id
    work.session.add(made)
    work.session.flush()
    if alone:
        _tell_moderators(work, process, case)
    work.about(kind, subject_id, scope=process.id, code=code, case=case.id, hid=case.hid)
    return "hidden" if case.hid else "queued"


def _check_caps(work: Work, person_id: int | None, address: str) -> None:
    most = rules.STRANGER_A_DAY if person_id is None else rules.PERSON_A_DAY
    if queries.reports_today(work.session, person_id, address, work.now) >= most:
        code = "report.enough_stranger" if person_id is None else "report.enough"
        raise TooMany(code, most=most)


def _join(work: Work, case: Case, made: Report) -> None:
    """One more report of what is being looked at already; of the same person once."""
    who = (
        Report.person_id == made.person_id if made.person_id is not None
        else Report.address == made.address
    )
    known = work.session.scalar(select(Report.id).where(Report.case_id == case.id, who))
    if known is None:
        _check_caps(work, made.person_id, made.address)
        made.case_id = case.id
        work.session.add(made)
        work.session.flush()
    work.about(case.kind, case.subject_id, scope=case.process_id, code=made.code, case=case.id)


def _standing(
    work: Work, process: Process, kind: str, subject_id: int, now: Seen, *, stranger: bool
) -> rules.Standing:
    session = work.session
    return rules.Standing(
        protected=now.protected,
        stays=queries.stays(session, kind, subject_id, now.digest),
        unfounded=queries.unfounded(session, work.actor.person_id, work.now),
        hidden_by_strangers=queries.hidden_by_strangers(session, process.id, work.now),
        stranger=stranger,
    )


def _open(
    work: Work, process: Process, kind: str, subject_id: int, now: Seen, standing: rules.Standing,
    *, cause: str, code: str, bundle: str = "",
) -> Case:
    """Open the case of a subject, hide it unless something keeps that back, tell its authors."""
    why_not = rules.held_back(standing)
    case = Case(
        process_id=process.id, kind=kind, subject_id=subject_id, cause=cause, code=code,
        opened_at=work.now, hid=not why_not, held_back=why_not, bundle=bundle, digest=now.digest,
        open_key=f"{kind}/{subject_id}",
    )
    work.session.add(case)
    work.session.flush()
    if case.hid:
        SUBJECTS[kind].hide(work, now.row)
        _tell_authors(work, now, case, "post_hidden")
    return case


# -- deciding --------------------------------------------------------------------------------


def _case(work: Work, process_id: int, case_id: int) -> Case:
    case = work.session.get(Case, case_id)
    if case is None or case.process_id != process_id:
        raise NotFound("case.unknown")
    return case


def _not_own(work: Work, now: Seen) -> None:
    if work.actor.person_id in now.authors:
        raise NotAllowed("case.own_post")


@command()
def decide(
    work: Work, process_id: int, case_id: int, outcome: str, code: str, reason: str,
    language: str, together: bool,
) -> int:
    """Decide a case, with a reason; ``together``: also the near-copies held with it. How many.

    Errors: NotFound, Invalid, NotAllowed("case.own_post"), Conflict("case.decided").
    """
    process = _process(work, process_id)
    require(work, Permission.MODERATE, process)
    case = _case(work, process_id, case_id)
    if case.decided_at is not None:
        raise Conflict("case.decided", by=_name(work, case.decided_by), at=case.decided_at)
    if outcome in ("hidden", "passed") and code not in rules.CODES:
        raise Invalid("report.code", field="code")
    if not reason:
        raise Invalid("case.reason", field="reason")
    every = [case, *(queries.bundle_of(work.session, case) if together else [])]
    for one in every:
        _decide(work, process, one, outcome, code, reason, language)
    work.about("case", case.id, scope=process.id, outcome=outcome, code=code, cases=len(every))
    return len(every)


def _decide(
    work: Work, process: Process, case: Case, outcome: str, code: str, reason: str, language: str
) -> None:
    now = queries.seen(work.session, process, case.kind, case.subject_id, work.now)
    _not_own(work, now)
    allowed = rules.PROTECTED_DECISIONS if now.protected else rules.DECISIONS
    if outcome not in allowed:
        raise Invalid("case.outcome", field="outcome")
    case.decided_at, case.decided_by, case.open_key = work.now, work.actor.person_id, None
    case.outcome, case.reason, case.reason_language = outcome, reason, language
    case.reason_code = code if outcome != "stays" else ""
    case.digest = now.digest
    if now.row is not None:
        _set_hidden(work, now, outcome == "hidden")
        _tell_authors(work, now, case, "post_decided")
    if outcome == "passed":
        for role, person in roles_in(work.session, process.id):
            if role.role == LEAD:
                _tell(work, person, "post_passed", case)
    work.session.flush()


def _set_hidden(work: Work, now: Seen, hidden: bool) -> None:
    if now.subject is None or now.hidden == hidden:
        return
    (now.subject.hide if hidden else now.subject.show)(work, now.row)


@command()
def appeal(work: Work, process_id: int, case_id: int, words: str, language: str) -> None:
    """An author asks another person to look again, once. Errors: NotFound, Conflict, Invalid."""
    process = _process(work, process_id)
    require(work, Permission.APPEAL, process)
    case = _case(work, process_id, case_id)
    now = queries.seen(work.session, process, case.kind, case.subject_id, work.now)
    if work.actor.person_id not in now.authors:
        raise NotFound("case.unknown")
    if not words:
        raise Invalid("appeal.words", field="words")
    if not rules.may_appeal(case.outcome, case.decided_at, case.appealed_at is not None, work.now):
        raise Conflict("appeal.over")
    case.appealed_at, case.appeal, case.appeal_language = work.now, words, language
    _tell_moderators(work, process, case, but=case.decided_by)
    work.about("case", case.id, scope=process.id)


@command()
def answer(
    work: Work, process_id: int, case_id: int, outcome: str, words: str, language: str
) -> None:
    """Answer an appeal; whoever decided the case cannot.

    Errors: NotFound, Invalid, NotAllowed("case.same_person", "case.own_post"),
    Conflict("appeal.answered").
    """
    process = _process(work, process_id)
    require(work, Permission.MODERATE, process)
    case = _case(work, process_id, case_id)
    if case.appealed_at is None:
        raise Conflict("appeal.none")
    if case.answered_at is not None:
        raise Conflict("appeal.answered", by=_name(work, case.answered_by), at=case.answered_at)
    if case.decided_by == work.actor.person_id:
        raise NotAllowed("case.same_person")
    now = queries.seen(work.session, process, case.kind, case.subject_id, work.now)
    _not_own(work, now)
    if outcome not in rules.DECISIONS:
        raise Invalid("case.outcome", field="outcome")
    if not words:
        raise Invalid("case.reason", field="reason")
    case.answered_at, case.answered_by = work.now, work.actor.person_id
    case.answer_outcome, case.answer, case.answer_language = outcome, words, language
    case.digest = now.digest
    if now.row is not None:
        _set_hidden(work, now, outcome == "hidden")
        _tell_authors(work, now, case, "appeal_answered")
    work.about("case", case.id, scope=process.id, outcome=outcome)


# -- near-copies -----------------------------------------------------------------------------


def note_post(
    work: Work, process_id: int, kind: str, subject_id: int, text: str, address: str
) -> bool:
    """Note a post just published, inside its command; whether it is held with its near-copies.

    ``address``: ``address_mark`` of where it came from. Later features call this with each post.
    """
    work.session.execute(delete(PostMark).where(PostMark.made_at < work.now - rules.MARKS_KEPT))
    mine, words = rules.sketch(text), rules.words_in(text)
    alike = [
        mark for mark in queries.recent_marks(work.session, address, work.now)
        if rules.likeness(mine, mark.sketch) >= rules.ALIKE
        and (mark.kind, mark.subject_id) != (kind, subject_id)
    ]
    work.session.add(
        PostMark(process_id=process_id, kind=kind, subject_id=subject_id, address=address,
                 sketch=mine, words=words, made_at=work.now)
    )
    work.session.flush()
    if not rules.too_many(words, len({(mark.kind, mark.subject_id) for mark in alike}) + 1):
        return False
    posts = {(mark.process_id, mark.kind, mark.subject_id): None for mark in reversed(alike)}
    posts[process_id, kind, subject_id] = None
    return _hold(work, list(posts))[process_id, kind, subject_id]


def _hold(work: Work, posts: list[tuple[int, str, int]]) -> dict[tuple[int, str, int], bool]:
    """Open a case for each of these near-copies that has none; which of them are hidden now."""
    bundle, held = "", {}
    for _, kind, subject_id in posts:
        known = queries.open_case(work.session, kind, subject_id)
        if known is not None and known.bundle:
            bundle = known.bundle
    bundle = bundle or secrets.token_hex(8)
    for post in posts:
        process_id, kind, subject_id = post
        process = _process(work, process_id)
        now = queries.seen(work.session, process, kind, subject_id, work.now)
        if now.row is None:
            continue
        case = queries.open_case(work.session, kind, subject_id)
        if case is None:
            standing = _standing(work, process, kind, subject_id, now, stranger=False)
            alone = queries.waiting(work.session, [process_id]).cases == 0
            case = _open(work, process, kind, subject_id, now, standing, cause="copies",
                         code="advert", bundle=bundle)
            if alone:
                _tell_moderators(work, process, case)
        else:
            case.bundle = case.bundle or bundle
        held[post] = case.hid
    return held


# -- mails -----------------------------------------------------------------------------------


def _name(work: Work, person_id: int | None) -> str:
    person = work.session.get(Person, person_id) if person_id is not None else None
    return person.name if person else ""


def _tell(work: Work, person: Person, kind: str, case: Case) -> None:
    if person.email:
        tell(work, kind, email=person.email, language=person.language, person_id=person.id,
             case_id=case.id, name=person.name)


def _tell_authors(work: Work, now: Seen, case: Case, kind: str) -> None:
    for person_id in now.authors:
        person = work.session.get(Person, person_id)
        if person is not None:
            _tell(work, person, kind, case)


def _tell_moderators(work: Work, process: Process, case: Case, but: int | None = None) -> None:
    """Mail the moderators, or the officials where the process has none: the queue is not empty."""
    everybody = roles_in(work.session, process.id)
    moderators = [person for role, person in everybody if role.role == MODERATOR]
    officials = [person for role, person in everybody if role.role in OFFICIALS]
    own = {person.id: person for person in moderators if person.id != but}
    if not own:
        own = {person.id: person for person in officials if person.id != but}
    for person in own.values():
        _tell(work, person, "reports_waiting", case)


@command()
def forget_addresses(work: Work) -> int:
    """Take the marks of addresses out of reports and posts whose time is over; of how many."""
    require(work, Permission.RUN_JOBS)
    reports = work.connection.execute(
        update(Report)
        .where(Report.address != "", Report.made_at < work.now - rules.ADDRESSES_KEPT)
        .values(address="")
    ).rowcount
    posts = work.connection.execute(
        delete(PostMark).where(PostMark.made_at < work.now - rules.MARKS_KEPT)
    ).rowcount
    work.about("report", None, reports=reports, posts=posts)
    return int(reports + posts)
