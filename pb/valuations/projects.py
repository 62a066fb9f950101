"""From a valuation that passed to the project that stands on the ballot, and back."""

from __future__ import annotations

from sqlalchemy import select

from pb.core.errors import Invalid
from pb.core.work import Work
from pb.processes.models import Process
from pb.projects.models import Project
from pb.projects.services import save_project
from pb.projects.values import ProjectValue
from pb.proposals.models import Proposal, ProposalPhoto
from pb.valuations.models import Valuation

LONGEST_SUMMARY = 300


def first_sentence(text: str) -> str:
    """The first sentence of a text, or as many whole words of it as a summary holds."""
    line = " ".join(text.split())
    for end in (". ", "! ", "? "):
        head, found, _ = line.partition(end)
        if found and len(head) < LONGEST_SUMMARY:
            line = head + end.strip()
            break
    if len(line) <= LONGEST_SUMMARY:
        return line
    return line[: LONGEST_SUMMARY - 1].rsplit(" ", 1)[0] + "…"


def value_of(
    work: Work, process: Process, proposal: Proposal, valuation: Valuation,
    known: Project | None = None,
) -> ProjectValue:
    """The project as it follows from proposal and valuation. A project that is there keeps its
    texts and place: officers may have had them translated or put right."""
    photo = work.session.scalar(
        select(ProposalPhoto)
        .where(ProposalPhoto.proposal_id == proposal.id, ProposalPhoto.hidden_at.is_(None))
        .order_by(ProposalPhoto.position, ProposalPhoto.id)
        .limit(1)
    )
    whole = next((area.id for area in process.areas if area.whole), None)
    area_id = known.area_id if known else proposal.area_id or whole
    if area_id is None:
        raise Invalid("valuation.area_needed", field="outcome")
    language = proposal.language

    def own(text: str) -> dict[str, str]:
        return {language: text} if text else {}

    return ProjectValue(
        area_id=area_id,
        title=known.title if known else own(proposal.title),
        summary=known.summary if known else own(first_sentence(proposal.body or proposal.wish)),
        body=known.body if known else own(proposal.body),
        place=known.place if known else own(proposal.place),
        x=known.x if known else proposal.x,
        y=known.y if known else proposal.y,
        costs=tuple(
            (_with_translation(line["label"], known), int(line["amount"]))
            for line in valuation.cost_lines
        ),
        picture=known.picture if known else photo.key if photo else "",
        picture_alt=known.picture_alt if known else own(photo.alt) if photo else {},
        author=known.author if known else proposal.author_name,
        objections=tuple((one.author, one.text) for one in known.objections) if known else (),
        reason={**(known.reason if known else {}), **valuation.reason},
        reason_by=valuation.decided_name,
    )


def _with_translation(label: dict[str, str], known: Project | None) -> dict[str, str]:
    """A cost's words with what a translator added to the same words on the project."""
    for line in known.costs if known else ():
        if any(line.label.get(language) == text for language, text in label.items()):
            return {**line.label, **label}
    return label


def _saved(
    work: Work, process: Process, project_id: int | None, value: ProjectValue
) -> int:
    try:
        return save_project(work, process.id, project_id, value)
    except Invalid as error:
        # Beside the decision: its form has no field of the project's.
        error.parameters["field"] = "outcome" if project_id is None else "amount_0"
        raise


def make_project(
    work: Work, process: Process, proposal: Proposal, valuation: Valuation
) -> int:
    """The id of a new project with the next public number. Errors: Invalid, Conflict."""
    number = _saved(work, process, None, value_of(work, process, proposal, valuation))
    return work.session.scalars(
        select(Project.id).where(Project.process_id == process.id, Project.number == number)
    ).one()


def refresh_project(
    work: Work, process: Process, proposal: Proposal, valuation: Valuation
) -> None:
    """Costs and reason of the project follow a correction of the valuation."""
    assert valuation.project_id is not None
    known = work.session.get_one(Project, valuation.project_id)
    _saved(work, process, known.id, value_of(work, process, proposal, valuation, known))
