"""Commands on the jury's choice for the ballot. Officials declare it before the session and put it
on the ballot, two of them; the jury alone chooses in between."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from deliberation.choices import rules
from deliberation.choices.models import KINDS, BallotChoice, JuryProject
from deliberation.drafts.models import OptionDraft
from deliberation.drafts.rules import all_texts, cost, paragraphs
from deliberation.panels.models import Jury
from deliberation.panels.services import process_of_jury
from deliberation.plain.queries import open_words_in
from deliberation.sessions.models import JurySession
from deliberation.votes.models import Poll
from deliberation.votes.services import PollValue, open_poll
from pb.access.permissions import Permission
from pb.access.policy import require
from pb.accounts import twofold
from pb.accounts.models import Act
from pb.core.errors import Conflict, Invalid, NotFound
from pb.core.work import Work, command
from pb.processes.models import Council, Process
from pb.processes.values import SEATED
from pb.projects.models import Project
from pb.projects.services import save_project
from pb.projects.values import ProjectValue

MOST_SEATS = 40
ACT = "choices.put_on_ballot"


@dataclass(frozen=True)
class ChoiceValue:
    """A declaration as its form says it."""

    kind: str
    seats: int
    session_number: int
    area_id: int | None
    reason: dict[str, str]


def _languages(work: Work) -> list[str]:
    council = work.session.scalar(select(Council))
    return list(council.languages) if council else ["en"]


def _choice(work: Work, jury: Jury) -> BallotChoice:
    found = work.session.get(BallotChoice, jury.id)
    if found is None:
        raise NotFound("choice.undeclared")
    return found


def _session(work: Work, jury: Jury, number: int) -> JurySession | None:
    return work.session.scalar(
        select(JurySession).where(JurySession.jury_id == jury.id, JurySession.number == number)
    )


@command()
def declare(work: Work, jury_id: int, value: ChoiceValue) -> None:
    """Say in public what the jury chooses for the ballot, and when; changed until that session
    begins. Errors: Conflict once it has begun, Invalid."""
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.DECLARE_CHOICE, process)
    known = work.session.get(BallotChoice, jury.id)
    if known is not None:
        _before(work, jury, known.session_number)
    if value.kind not in KINDS:
        raise Invalid("choice.kind", field="kind")
    if value.kind != "consent" and not 1 <= value.seats <= MOST_SEATS:
        raise Invalid("choice.seats", field="seats", most=MOST_SEATS)
    if any(not value.reason.get(one) for one in _languages(work)):
        raise Invalid("choice.reason", field=f"reason_{_languages(work)[0]}")
    _before(work, jury, value.session_number)
    areas = {area.id: area for area in process.areas}
    area_id = value.area_id if value.kind == "options" else None
    if value.kind == "options" and area_id not in areas:
        raise Invalid("choice.area", field="area")
    choice = known or BallotChoice(jury_id=jury.id, options={}, chosen=[])
    choice.kind, choice.session_number, choice.area_id = value.kind, value.session_number, area_id
    choice.seats = 0 if value.kind == "consent" else value.seats
    choice.reason, choice.declared_at = value.reason, work.now
    work.session.add(choice)
    work.about("jury", jury.id, scope=process.id, choice=value.kind, seats=choice.seats,
               session=value.session_number)


def _before(work: Work, jury: Jury, number: int) -> None:
    session = _session(work, jury, number)
    if session is None:
        raise Invalid("choice.session", field="session_number")
    if session.state != "planned":
        raise Conflict("choice.begun")


@command()
def ask_jury(work: Work, jury_id: int) -> int:
    """Open the ranked vote among the drafts that are ready, or among the projects; its id.

    Errors: Conflict (no such session now, asked already), Invalid (too few).
    """
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.RUN_SESSION, process)
    choice = _choice(work, jury)
    if choice.kind == "consent":
        raise Conflict("choice.by_consent")
    if choice.poll_id is not None:
        raise Conflict("choice.asked")
    session = _session(work, jury, choice.session_number)
    if session is None or session.state != "running":
        raise Conflict("session.not_running")
    languages = _languages(work)
    ready = _ready(work, jury)
    if choice.of_projects:
        pairs = [(one.number, one.title) for one in _projects(work, process)]
    else:
        _plain(work, jury, ready)
        pairs = [(one.number, one.sections["title"]) for one in ready]
    if len(pairs) <= choice.seats or len(pairs) < 2:
        raise Invalid("choice.too_few", number=len(pairs), seats=choice.seats)
    choice.options = {rules.label(number, title, languages): number for number, title in pairs}
    title = " / ".join(work.site.reader(one).sentence("choice.question") for one in languages)
    choice.poll_id = open_poll(
        work, session.id, PollValue("ranked", title, "", tuple(choice.options), choice.seats)
    )
    if not choice.of_projects:
        for one in ready:
            one.state = "asked"
    work.about("jury", jury.id, scope=process.id, poll=choice.poll_id)
    return choice.poll_id


def _ready(work: Work, jury: Jury, state: str = "ready") -> list[OptionDraft]:
    return list(
        work.session.scalars(
            select(OptionDraft)
            .where(OptionDraft.jury_id == jury.id, OptionDraft.state == state)
            .order_by(OptionDraft.number)
        )
    )


def _projects(work: Work, process: Process) -> list[Project]:
    return list(
        work.session.scalars(
            select(Project).where(Project.process_id == process.id).order_by(Project.number)
        )
    )


@command()
def decide(work: Work, jury_id: int) -> list[int]:
    """Take down what the jury chose, from its closed votes; the numbers. Errors: Conflict,
    Invalid with the projects that were not voted on."""
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.RUN_SESSION, process)
    choice = _choice(work, jury)
    if choice.decided_at is not None:
        raise Conflict("choice.decided")
    if choice.kind == "consent":
        choice.chosen = _carried(work, process, jury, choice)
    else:
        poll = work.session.get(Poll, choice.poll_id) if choice.poll_id else None
        if poll is None or poll.closed_at is None:
            raise Conflict("choice.open")
        choice.chosen = [choice.options[one] for one in poll.result["elected"]]
    for draft in _ready(work, jury, "asked"):
        draft.state = "chosen" if draft.number in choice.chosen else "not_chosen"
    choice.decided_at = work.now
    work.about("jury", jury.id, scope=process.id, chosen=choice.chosen)
    return list(choice.chosen)


def _carried(work: Work, process: Process, jury: Jury, choice: BallotChoice) -> list[int]:
    votes = work.session.scalars(
        select(Poll).join(JurySession, JurySession.id == Poll.session_id)
        .where(JurySession.jury_id == jury.id, JurySession.number == choice.session_number,
               Poll.kind == "consent", Poll.closed_at.is_not(None),
               Poll.project_number.is_not(None))
        .order_by(Poll.id)
    )
    carried, unvoted = rules.by_consent(
        [one.number for one in _projects(work, process)],
        [(one.project_number or 0, one.result["carried"]) for one in votes],
    )
    if unvoted:
        raise Invalid("choice.unvoted", listed=", ".join(map(str, unvoted)))
    if not carried:
        raise Invalid("choice.none")
    return carried


@command()
def ask_ballot(work: Work, jury_id: int) -> int:
    """An official asks to put on the ballot what the jury chose; another confirms. The act's id.

    Errors: Conflict, Invalid where an option cannot be paid.
    """
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.PUT_CHOICE, process)
    choice = _choice(work, jury)
    if choice.decided_at is None:
        raise Conflict("choice.undecided")
    if choice.applied_at is not None:
        raise Conflict("choice.applied")
    if not choice.of_projects:
        _affordable(work, process, jury, choice)
        _plain(work, jury, _ready(work, jury, "chosen"))
    work.about("jury", jury.id, scope=process.id)
    return twofold.ask(work, process, ACT, jury.id)


def _affordable(work: Work, process: Process, jury: Jury, choice: BallotChoice) -> None:
    """Where the rule looks at costs, no option may cost more than there is. Errors: Invalid."""
    budget = next((one.budget for one in process.areas if one.id == choice.area_id), 0)
    dear = [one.number for one in _ready(work, jury, "chosen")
            if cost(one.sections) > budget and process.method not in SEATED]
    if dear:
        raise Invalid("choice.over_budget", listed=", ".join(map(str, dear)))


def _plain(work: Work, jury: Jury, drafts: Iterable[OptionDraft]) -> None:
    """Nothing goes on a ballot in words that jurors flagged and nobody explained. Errors:
    Invalid."""
    texts = [text for one in drafts for text in all_texts(one.sections)]
    open_words = open_words_in(work.session, jury.id, texts)
    if open_words:
        raise Invalid("word.not_plain", listed=", ".join(open_words))


@twofold.act(ACT, Permission.PUT_CHOICE)
def _put_on_ballot(work: Work, process: Process, act: Act) -> None:
    """Make projects of the elected options, or leave the other projects off the ballot."""
    jury = work.session.get_one(Jury, act.subject_id)
    choice = _choice(work, jury)
    if choice.applied_at is not None:
        raise Conflict("choice.applied")
    if choice.of_projects:
        for project in _projects(work, process):
            project.aside = {} if project.number in choice.chosen else dict(choice.reason)
    else:
        chosen = {one.number: one for one in _ready(work, jury, "chosen")}
        _plain(work, jury, chosen.values())
        for number in choice.chosen:
            _make_project(work, process, jury, choice, chosen[number])
    choice.applied_at = work.now
    work.about("jury", jury.id, scope=process.id, chosen=list(choice.chosen))


def _make_project(
    work: Work, process: Process, jury: Jury, choice: BallotChoice, draft: OptionDraft
) -> None:
    """A project in the jury's own words, with its number and costs. Errors: Invalid."""
    sections = draft.sections
    first = {
        language: (paragraphs(text) or [""])[0][:300] for language, text in sections["text"].items()
    }
    names = list(dict.fromkeys(jury.name[one] for one in _languages(work) if jury.name.get(one)))
    number = save_project(work, process.id, None, ProjectValue(
        area_id=choice.area_id or 0, title=dict(sections["title"]), summary=first,
        body=dict(sections["text"]), place={}, x=None, y=None,
        costs=tuple((dict(one["label"]), int(one["amount"])) for one in sections["costs"]),
        picture="", picture_alt={}, author=" / ".join(names)[:200], objections=(),
        reason={}, reason_by="",
    ))
    project_id = work.session.scalars(
        select(Project.id).where(Project.process_id == process.id, Project.number == number)
    ).one()
    work.session.add(JuryProject(project_id=project_id, draft_id=draft.id))
