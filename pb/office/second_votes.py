"""A second vote: chosen projects of a vote that is over stand on a ballot once more.

It is a process of its own with its own record, box and list of voters, so that nothing of the first
vote is opened again; what ties the two together is ``Process.follows``, by which pages show them as
one. Two officials publish it like any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from pb.access.permissions import Permission
from pb.access.policy import require
from pb.accounts.queries import roles_in
from pb.accounts.services import give_role
from pb.core.errors import Conflict, Invalid
from pb.core.work import Work, command
from pb.electorate.services import copy_ways, take_over_voters
from pb.office.queries import has_roll
from pb.processes.models import Phase, Process
from pb.processes.queries import second_vote_of
from pb.processes.rules import LASTS, OPENS
from pb.processes.services import copy_of, free_slug, the_process
from pb.processes.values import BAND_OF, SEATED
from pb.projects.models import CostLine, Project, ProjectObjection
from pb.projects.queries import projects_of
from pb.results.queries import published_count
from voting.tally import Tally


@dataclass(frozen=True)
class SecondVote:
    """What officials say of a second vote; ``name`` and ``why`` by language."""

    name: dict[str, str]
    why: dict[str, str]
    projects: tuple[int, ...]
    """The numbers of the projects that stand on its ballot."""
    same_voters: bool
    left_only: bool
    """Only the money that the first result left is voted on, else all of it once more."""
    opens_at: datetime
    closes_at: datetime
    reply_by: datetime


def winners_of(session: Session, process: Process) -> frozenset[str] | None:
    """What the published result funds or elects, by option; None while there is none."""
    count = published_count(session, process.id)
    if count is None:
        return None
    tally = Tally.from_dict(count.tally)
    return frozenset(tally.allocation.selected if tally.allocation else tally.elected)


@command()
def begin_second_vote(work: Work, process_id: int, values: SecondVote) -> str:
    """Make the draft of a second vote out of a vote that is over; its slug.

    Errors: Conflict("second.exists"), Invalid beside the field.
    """
    source = the_process(work, process_id)
    require(work, Permission.BEGIN_SECOND_VOTE, source)
    if second_vote_of(work.session, source.id) is not None:
        raise Conflict("second.exists")
    if values.opens_at <= work.now:
        raise Invalid("second.past", field="opens_at")
    if values.closes_at <= values.opens_at:
        raise Invalid("dates.order", field="closes_at")
    chosen = [one for one in projects_of(work.session, source.id)
              if one.number in values.projects and not one.aside]
    if len(chosen) < 2:
        raise Invalid("second.too_few", field="projects")
    if values.same_voters and not has_roll(work.session, source.id):
        raise Invalid("second.no_voters", field="voters")
    made = copy_of(work, source, free_slug(work, f"{source.slug}-second-vote"),
                   name=values.name, lead=values.why, headline={}, follows=source.id)
    made.phases = _phases(source, values)
    work.session.flush()
    if values.left_only:
        _leave_what_is_left(work, source, made)
    _add_projects(work, source, made, chosen)
    copy_ways(work, source.id, made.id)
    for role, person in roles_in(work.session, source.id):
        give_role(work, person.id, role.role, made.id)
    voters = take_over_voters(work, source, made) if values.same_voters else 0
    work.about("process", made.id, scope=source.id, follows=source.id,
               projects=[one.number for one in chosen], voters=voters)
    return made.slug


def _phases(source: Process, values: SecondVote) -> list[Phase]:
    """The vote, its count for the usual time, and the result from then on."""
    zone = ZoneInfo(source.time_zone)
    day = values.closes_at.astimezone(zone).date() + timedelta(days=LASTS["count"])
    counted = datetime.combine(day, OPENS, zone).astimezone(UTC)
    spans = (("voting", values.opens_at, values.closes_at),
             ("count", values.closes_at, counted), ("results", counted, None))
    return [
        Phase(kind=kind, name={}, summary={}, opens_at=opens, closes_at=closes, who={},
              band=BAND_OF[kind], reply_by=values.reply_by if kind == "voting" else None)
        for kind, opens, closes in spans
    ]


def _leave_what_is_left(work: Work, source: Process, made: Process) -> None:
    """Take what the first result spends out of each area's purse. Errors: Invalid."""
    winners = winners_of(work.session, source)
    if winners is None or source.method in SEATED:
        raise Invalid("second.no_result", field="money")
    keys = {area.id: area.key for area in source.areas}
    spent: dict[str, int] = {}
    for one in projects_of(work.session, source.id):
        if one.option_id in winners:
            spent[keys[one.area_id]] = spent.get(keys[one.area_id], 0) + one.cost
    for area in made.areas:
        area.budget = max(0, area.budget - spent.get(area.key, 0))


def _add_projects(
    work: Work, source: Process, made: Process, chosen: list[Project]
) -> None:
    """The chosen projects as they stood on the first ballot, under the same numbers."""
    areas = {area.key: area.id for area in made.areas}
    keys = {area.id: area.key for area in source.areas}
    for one in chosen:
        work.session.add(Project(
            process_id=made.id, area_id=areas[keys[one.area_id]], number=one.number,
            option_id=one.option_id, title=one.title, summary=one.summary, body=one.body,
            place=one.place, x=one.x, y=one.y, cost=one.cost, picture=one.picture,
            picture_alt=one.picture_alt, author=one.author, reason=one.reason,
            reason_by=one.reason_by,
            costs=[CostLine(position=line.position, label=line.label, amount=line.amount)
                   for line in one.costs],
            objections=[ProjectObjection(author=said.author, text=said.text)
                        for said in one.objections],
        ))
    work.session.flush()
