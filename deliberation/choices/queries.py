"""Reading what a jury chose for the ballot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.choices.models import BallotChoice, JuryProject
from deliberation.drafts.models import OptionDraft
from deliberation.panels.models import Jury
from deliberation.votes.models import Poll
from pb.projects.models import Project


@dataclass(frozen=True)
class Candidate:
    """A draft or project that the jury could choose. ``project``: its number on the ballot."""

    number: int
    title: Mapping[str, str]
    text: Mapping[str, str]
    cost: int
    project: int | None
    chosen: bool


@dataclass(frozen=True)
class ChoiceView:
    """What was declared, the vote on it, and every candidate, those chosen first."""

    choice: BallotChoice
    poll: Poll | None
    candidates: Sequence[Candidate]

    @property
    def closed(self) -> bool:
        return self.poll is not None and self.poll.closed_at is not None


def choice_of(session: Session, jury: Jury) -> ChoiceView | None:
    """A jury's choice for the ballot, or None where none is declared."""
    choice = session.get(BallotChoice, jury.id)
    if choice is None:
        return None
    poll = session.get(Poll, choice.poll_id) if choice.poll_id else None
    found = _projects(session, jury, choice) if choice.of_projects else _options(
        session, jury, choice)
    place = {number: at for at, number in enumerate(choice.chosen)}
    return ChoiceView(
        choice, poll, sorted(found, key=lambda one: (place.get(one.number, 999), one.number))
    )


def _options(session: Session, jury: Jury, choice: BallotChoice) -> list[Candidate]:
    """The drafts that the vote was about, or would be."""
    wanted = ("asked", "chosen", "not_chosen") if choice.poll_id else ("ready",)
    made: dict[int, int] = dict(
        session.execute(
            select(JuryProject.draft_id, Project.number)
            .join(Project, Project.id == JuryProject.project_id)
        ).all()
    )
    return [
        Candidate(
            one.number, one.sections["title"], one.sections["text"],
            sum(line["amount"] for line in one.sections["costs"]), made.get(one.id),
            one.number in choice.chosen,
        )
        for one in session.scalars(
            select(OptionDraft).where(OptionDraft.jury_id == jury.id, OptionDraft.state.in_(wanted))
        )
    ]


def _projects(session: Session, jury: Jury, choice: BallotChoice) -> list[Candidate]:
    return [
        Candidate(one.number, one.title, one.summary, one.cost, one.number,
                  one.number in choice.chosen)
        for one in session.scalars(select(Project).where(Project.process_id == jury.process_id))
    ]


def is_declared(session: Session, jury: Jury | None) -> bool:
    """Whether it is public what this jury chooses for the ballot."""
    return jury is not None and session.get(BallotChoice, jury.id) is not None


def written_by_jury(session: Session, process_id: int) -> set[int]:
    """The ids of projects that the process's jury wrote."""
    return set(
        session.scalars(
            select(JuryProject.project_id)
            .join(Project, Project.id == JuryProject.project_id)
            .where(Project.process_id == process_id)
        )
    )
