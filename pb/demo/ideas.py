"""The demo's process that collects ideas: proposals, comments and supports by its residents."""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update

from pb.access.permissions import Permission
from pb.access.policy import DEPUTY, FACILITATOR, LEAD, MODERATOR, require
from pb.accounts.models import Person
from pb.accounts.services import give_role
from pb.comments.models import Comment
from pb.comments.services import recount as recount_comments
from pb.core.work import Work, command
from pb.demo.town import Town, areas_of, decides
from pb.processes.models import Phase, Process
from pb.proposals.models import Category, Proposal, ProposalVersion, Support
from pb.proposals.rules import MERSENNE
from pb.proposals.services import add_version, recount, reindex

HERE = Path(__file__).resolve().parent
OFFICERS = {"gwenno-maddox": LEAD, "huw-penfold": DEPUTY, "osian-llywarch": FACILITATOR,
            "anwen-probert": MODERATOR}
SEED = "aberwennol/ideas"
ZONE = ZoneInfo("Europe/London")
WEEKS = {"ideas": (-2, 4), "assessment": (4, 20), "voting": (22, 24), "count": (24, 26),
         "delivery": (26, None)}
"""From this week's Monday: when each phase opens and closes."""


@dataclass(frozen=True)
class Ideas:
    """The parsed file."""

    @cached_property
    def data(self) -> dict[str, Any]:
        return tomllib.loads((HERE / "ideas.toml").read_text(encoding="utf-8"))


def moment(now: datetime, weeks: int, hour: int = 9) -> datetime:
    local = now.astimezone(ZONE).date()
    day = local - timedelta(days=local.weekday()) + timedelta(weeks=weeks)
    return datetime.combine(day, time(hour), ZONE).astimezone(UTC)


@command()
def add_ideas(work: Work, town: Town) -> int:
    """The process with everything that residents wrote in it so far. How many ideas."""
    require(work, Permission.INSTALL)
    data = Ideas().data
    people = {
        str(email).split("@")[0]: id
        for id, email in work.session.execute(select(Person.id, Person.email))
    }
    process = _process(work, town, data["process"])
    for slug, role in OFFICERS.items():
        give_role(work, people[slug], role, process.id)
    categories = {}
    for position, one in enumerate(data["categories"]):
        category = Category(
            process_id=process.id, key=one["key"], name=one["name"], position=position
        )
        work.session.add(category)
        work.session.flush()
        categories[one["key"]] = category.id
    chance = random.Random(SEED)
    ids = {
        one["title"]: _idea(work, town, process, people, categories, one, number, chance)
        for number, one in enumerate(data["ideas"], 1)
    }
    _comments(work, town, people, ids, data["comments"])
    _supports(work, people, ids, chance)
    work.about("process", process.id, scope=process.id, ideas=len(ids))
    return len(ids)


def _process(work: Work, town: Town, table: dict[str, Any]) -> Process:
    dates = {
        kind: (moment(work.now, opens), moment(work.now, closes, 20) if closes else None)
        for kind, (opens, closes) in WEEKS.items()
    }
    process = Process(
        slug=table["slug"], state="published", name=table["name"], headline=table["headline"],
        lead=table["lead"], purpose=table["purpose"],
        who_decides={"citizens": {"title": {}, "text": table["who_citizens"]},
                     "officers": {"title": {}, "text": table["who_officers"]}},
        rule_reason=table["rule_reason"], rule_chosen_at=dates["ideas"][0],
        currency=town.data["council"]["currency"], time_zone=town.data["council"]["timezone"],
        ballot_kind="ranked", method="equal-shares-ranked", method_settings={}, max_choices=5,
        lot_seed=work.site.secrets.tag("lot-seed", table["slug"], SEED), map=town.map, source={},
        invented=True, made_at=dates["ideas"][0],
    )
    process.phases = [
        Phase(kind=kind, name={}, summary={}, opens_at=opens, closes_at=closes,
              opened_at=opens if opens <= work.now else None,
              **decides(kind, dates["voting"][1] if "voting" in dates else None))
        for kind, (opens, closes) in dates.items()
    ]
    process.areas = areas_of(town, table["budgets"])
    work.session.add(process)
    work.session.flush()
    return process


def _idea(
    work: Work, town: Town, process: Process, people: dict[str, int],
    categories: dict[str, int], one: dict[str, Any], number: int, chance: random.Random,
) -> int:
    """One published idea with its first version; the later ones came later."""
    author = town.residents[one["author"]]
    areas = {area.key or "town": area.id for area in process.areas}
    opened = process.phases[0].opens_at
    passed = (work.now - opened) * number / 28
    published = opened + passed
    helper = one.get("helped_by")
    proposal = Proposal(
        process_id=process.id, number=number, state="published",
        language="en" if helper else author["language"], wish=one["wish"], title=one["title"],
        body=one.get("body", ""), area_id=areas[one["area"]],
        category_id=categories.get(one["category"]), x=one.get("x"), y=one.get("y"),
        place=one.get("place", ""), cost_guess=one.get("cost"),
        already_there=one.get("already_there", ""), can_bring=one.get("can_bring", ""),
        author_id=None if helper else people[one["author"]],
        author_name=one.get("shown_as", author["name"]),
        helped_by=people[helper] if helper else None, made_at=published, saved_at=published,
        published_at=published, shuffle=1 + chance.randrange(MERSENNE - 1),
    )
    work.session.add(proposal)
    work.session.flush()
    add_version(work, proposal, [])
    work.session.execute(
        update(ProposalVersion).where(ProposalVersion.proposal_id == proposal.id)
        .values(made_at=published, made_by=proposal.author_id)
    )
    reindex(work, proposal)
    return proposal.id


def _comments(
    work: Work, town: Town, people: dict[str, int], ids: dict[str, int],
    said: list[dict[str, Any]],
) -> None:
    last: dict[str, Comment] = {}
    for position, one in enumerate(said):
        above = last.get(one["idea"]) if one.get("reply") else None
        made = Comment(
            proposal_id=ids[one["idea"]], author_id=people[one["from"]], text=one["text"],
            parent_id=above.id if above else None,
            language=town.residents[one["from"]]["language"],
            made_at=work.now - timedelta(hours=5 * (len(said) - position)),
        )
        work.session.add(made)
        work.session.flush()
        if above is None:
            last[one["idea"]] = made
    for proposal_id in ids.values():
        recount_comments(work, proposal_id)


def _supports(
    work: Work, people: dict[str, int], ids: dict[str, int], chance: random.Random
) -> None:
    """Each resident supports some ideas of others, some ideas more than others."""
    authors = dict(
        work.session.execute(
            select(Proposal.id, Proposal.author_id).where(Proposal.id.in_(ids.values()))
        ).all()
    )
    rows = []
    for proposal_id in ids.values():
        liking = chance.uniform(0.1, 0.85)
        rows += [
            {"proposal_id": proposal_id, "person_id": person_id, "made_at": work.now}
            for person_id in people.values()
            if authors[proposal_id] != person_id and chance.random() < liking
        ]
    work.session.execute(insert(Support), rows)
    for proposal_id in ids.values():
        recount(work, proposal_id)
