"""Commands on claims, criteria and the rating of projects."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from deliberation.claims import queries
from deliberation.claims.models import KINDS, Claim, Criterion, CriterionIdea
from deliberation.panels.services import process_of_jury
from deliberation.sessions.services import the_session, topic
from deliberation.votes.services import PollValue, open_poll
from deliberation.weighing import queries as weighing
from deliberation.weighing import services as rounds
from deliberation.weighing.rules import Marks
from pb.access.permissions import Permission
from pb.access.policy import require
from pb.core import live
from pb.core.errors import Conflict, Invalid, NotFound
from pb.core.work import Work, command
from pb.projects.models import Project

MOST_CLAIMS, MOST_IDEAS = 60, 300
FEWEST_CRITERIA, MOST_CRITERIA, DOTS = 5, 7, 5


# -- claims ----------------------------------------------------------------------------------


@command()
def add_claim(
    work: Work, session_id: int, table: int | None, kind: str, text: str, source: str,
    language: str,
) -> int:
    """A table, or who leads, writes a claim down; its number. Errors: Conflict, Invalid."""
    process, jury, _session = the_session(work, session_id)
    require(work, Permission.LEAD_TABLE, process)
    if kind not in KINDS:
        raise Invalid("claim.kind", field="kind")
    if not text:
        raise Invalid("claim.text", field="text")
    if not source:
        raise Invalid("claim.source", field="source")
    if weighing.is_open(work.session, session_id, "claims"):
        raise Conflict("claim.open")
    if len(queries.unweighed(work.session, session_id)) >= MOST_CLAIMS:
        raise Conflict("claim.enough", most=MOST_CLAIMS)
    most = work.session.scalar(select(func.max(Claim.number)).where(Claim.jury_id == jury.id))
    claim = Claim(jury_id=jury.id, session_id=session_id, number=(most or 0) + 1, kind=kind,
                  text=text, source=source, language=language, table_number=table)
    work.session.add(claim)
    work.session.flush()
    live.touch(work, topic(session_id))
    work.about("claim", claim.id, scope=process.id, table=table)
    return claim.number


@command()
def hide_claim(work: Work, claim_id: int) -> None:
    """Take a claim away that is there twice, before it is weighed. Errors: Conflict."""
    claim = work.session.get(Claim, claim_id)
    process, _jury = process_of_jury(work, claim.jury_id if claim is not None else -1)
    require(work, Permission.RUN_SESSION, process)
    if claim is None:
        raise NotFound("claim.unknown")
    if claim.round_id is not None or weighing.is_open(work.session, claim.session_id, "claims"):
        raise Conflict("claim.open")
    claim.hidden_at = work.now
    work.about("claim", claim.id, scope=process.id)


@command()
def open_claims(work: Work, session_id: int) -> int:
    """Let jurors weigh the claims in private; the round's id. Errors: Conflict."""
    process, _jury, _session = the_session(work, session_id)
    require(work, Permission.RUN_SESSION, process)
    if not queries.unweighed(work.session, session_id):
        raise Conflict("claim.none")
    return rounds.begin(work, session_id, "claims")


@command(audited=False)
def weigh(work: Work, session_id: int, juror_id: int, marks: Marks) -> None:
    """What a juror thinks of each claim, in the place of what they said before; sealed."""
    process, jury, _session = the_session(work, session_id)
    require(work, Permission.ACT_AS_JUROR, process)
    one = weighing.open_round(work.session, session_id, "claims")
    if one is None:
        raise Conflict("round.closed")
    numbers = [str(claim.number) for claim in queries.unweighed(work.session, session_id)]
    rounds.keep(work, jury, one, juror_id, numbers, marks)


@command()
def close_claims(work: Work, session_id: int, paper: Sequence[Marks] = ()) -> None:
    """Close it: sums are kept, the marks are gone. Errors: Conflict, Invalid."""
    process, jury, _session = the_session(work, session_id)
    require(work, Permission.RUN_SESSION, process)
    one = weighing.open_round(work.session, session_id, "claims")
    if one is None:
        raise Conflict("round.closed")
    found = queries.unweighed(work.session, session_id)
    rounds.finish(work, jury, one, [str(claim.number) for claim in found], paper)
    for claim in found:
        claim.round_id = one.id
    work.about("round", one.id, scope=process.id, claims=len(found))


# -- criteria --------------------------------------------------------------------------------


@command()
def suggest_criterion(
    work: Work, session_id: int, table: int | None, text: str, language: str
) -> int:
    """A table, or who leads, says what it would judge by; the idea's id. Errors: Conflict."""
    process, jury, _session = the_session(work, session_id)
    require(work, Permission.LEAD_TABLE, process)
    if not text:
        raise Invalid("criterion.text", field="text")
    number = work.session.scalar(
        select(func.count()).select_from(CriterionIdea).where(CriterionIdea.jury_id == jury.id))
    if (number or 0) >= MOST_IDEAS:
        raise Conflict("criterion.enough", most=MOST_IDEAS)
    idea = CriterionIdea(jury_id=jury.id, session_id=session_id, table_number=table, text=text,
                         language=language)
    work.session.add(idea)
    work.session.flush()
    live.touch(work, topic(session_id))
    work.about("criterion_idea", idea.id, scope=process.id, table=table)
    return idea.id


@command()
def name_criterion(work: Work, jury_id: int, name: dict[str, str]) -> int:
    """Name a cluster of ideas; its id. Not after the vote has begun. Errors: Conflict, Invalid."""
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.RUN_SESSION, process)
    known = queries.criteria_of(work.session, jury.id)
    if known.asked:
        raise Conflict("criterion.asked")
    if not any(name.values()):
        raise Invalid("criterion.text", field="name_en")
    label = " / ".join(dict.fromkeys(name.values()))[:200]
    if len(known.views) >= MOST_CRITERIA:
        raise Conflict("criterion.most", most=MOST_CRITERIA)
    if label in {view.criterion.label for view in known.views}:
        raise Invalid("criterion.twice", field="name_en")
    one = Criterion(jury_id=jury.id, name=name, label=label)
    work.session.add(one)
    work.session.flush()
    work.about("criterion", one.id, scope=process.id)
    return one.id


@command()
def put_under(work: Work, jury_id: int, idea_id: int, criterion_id: int | None) -> None:
    """Put an idea under a criterion, or under none."""
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.RUN_SESSION, process)
    idea = work.session.get(CriterionIdea, idea_id)
    one = work.session.get(Criterion, criterion_id) if criterion_id is not None else None
    if idea is None or idea.jury_id != jury.id or (
        criterion_id is not None and (one is None or one.jury_id != jury.id)
    ):
        raise NotFound("criterion.unknown")
    idea.criterion_id = criterion_id
    work.about("criterion_idea", idea.id, scope=process.id, criterion=criterion_id)


@command()
def drop_criterion(work: Work, jury_id: int, criterion_id: int) -> None:
    """Take a name away again, before the vote; its ideas stay."""
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.RUN_SESSION, process)
    one = work.session.get(Criterion, criterion_id)
    if one is None or one.jury_id != jury.id:
        raise NotFound("criterion.unknown")
    if one.poll_id is not None:
        raise Conflict("criterion.asked")
    for idea in work.session.scalars(
        select(CriterionIdea).where(CriterionIdea.criterion_id == one.id)
    ):
        idea.criterion_id = None
    work.session.flush()
    work.session.delete(one)
    work.about("criterion", criterion_id, scope=process.id)


@command()
def ask_dots(work: Work, session_id: int, title: str) -> int:
    """Open the vote with five hidden dots each on five to seven criteria; the poll's id.

    Errors: Conflict.
    """
    process, jury, _session = the_session(work, session_id)
    require(work, Permission.RUN_SESSION, process)
    known = queries.criteria_of(work.session, jury.id)
    if known.asked:
        raise Conflict("criterion.asked")
    if not FEWEST_CRITERIA <= len(known.views) <= MOST_CRITERIA:
        raise Conflict("criterion.number", least=FEWEST_CRITERIA, most=MOST_CRITERIA)
    labels = tuple(view.criterion.label for view in known.views)
    poll = open_poll(work, session_id, PollValue("dots", title, options=labels, each=DOTS))
    for view in known.views:
        view.criterion.poll_id = poll
    return poll


# -- how hard a project is -------------------------------------------------------------------


@command()
def open_rating(work: Work, session_id: int, table: int, project_number: int) -> int:
    """A table rates a project in private; the round's id. Errors: Conflict, Invalid."""
    process, _jury, session = the_session(work, session_id)
    require(work, Permission.LEAD_TABLE, process)
    if not 1 <= table <= session.tables:
        raise Invalid("table.unknown", field="table")
    if work.session.scalar(select(Project.id).where(
            Project.process_id == process.id, Project.number == project_number)) is None:
        raise Invalid("rating.project", field="project_number")
    return rounds.begin(work, session_id, "project", table, project_number)


@command(audited=False)
def rate(work: Work, round_id: int, juror_id: int, answers: dict[str, str]) -> None:
    """A juror's rating of the project at their table; sealed. Errors: Conflict, Invalid."""
    process, jury, one = rounds.the_round(work, round_id)
    require(work, Permission.ACT_AS_JUROR, process)
    rounds.keep(work, jury, one, juror_id, [str(one.project_number)],
                {str(one.project_number): answers})


@command()
def close_rating(work: Work, round_id: int, table: int | None) -> None:
    """Close a table's rating; ``table``: whose screen does, which is its own. Errors: Conflict."""
    process, jury, one = rounds.the_round(work, round_id)
    require(work, Permission.LEAD_TABLE, process)
    if one.kind != "project" or (table is not None and one.table_number != table):
        raise NotFound("round.unknown")
    rounds.finish(work, jury, one, [str(one.project_number)])
    work.about("round", one.id, scope=process.id, project=one.project_number)
