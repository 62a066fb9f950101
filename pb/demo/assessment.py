"""The demo's small fund whose ideas are being looked at: some decided, some not, one refusal that
its author has just read and one that its author has answered."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import select

from pb.access.permissions import Permission
from pb.access.policy import DEPUTY, LEAD, VALUER, require
from pb.accounts.models import Person
from pb.accounts.services import give_role
from pb.core.work import Work, command
from pb.demo.town import Town, areas_of
from pb.processes.models import Phase, Process
from pb.projects.models import Project
from pb.proposals.models import Proposal
from pb.proposals.services import add_version, reindex
from pb.valuations import rules
from pb.valuations.jobs import publish_when_time_is_up
from pb.valuations.models import Valuation, ValuationChange, ValuationNote, ValuationScore
from pb.valuations.projects import make_project

HERE = Path(__file__).resolve().parent
OFFICERS = {"gwenno-maddox": LEAD, "huw-penfold": DEPUTY, "anwen-probert": VALUER}
OUTCOMES = {
    "passed": "pass", "refused": "refuse", "refused_silent": "refuse", "parked": "park",
    "acted": "act", "told": "refuse", "answered": "refuse",
}
PUBLIC = ("passed", "refused", "refused_silent", "parked", "acted")
WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class Fund:
    """The parsed file."""

    @cached_property
    def data(self) -> dict[str, Any]:
        return tomllib.loads((HERE / "assessment.toml").read_text(encoding="utf-8"))


@command()
def add_assessment(work: Work, town: Town) -> int:
    """The fund's process, its ideas and what officers did with them so far. How many ideas."""
    require(work, Permission.INSTALL)
    data = Fund().data
    people = {
        str(email).split("@")[0]: id
        for id, email in work.session.execute(select(Person.id, Person.email))
    }
    process = _process(work, town, data["process"])
    for slug, role in OFFICERS.items():
        give_role(work, people[slug], role, process.id)
    areas = {area.key or "town": area.id for area in process.areas}
    for number, one in enumerate(data["ideas"], 1):
        published = work.now - 8 * WEEK + timedelta(days=2 * number, hours=number)
        proposal = _idea(work, process, areas, people, town, number, published, one)
        if one["state"] != "new":
            _valuation(work, process, people, town, proposal, number, one)
    work.about("process", process.id, scope=process.id)
    return len(data["ideas"])


def _process(work: Work, town: Town, table: dict[str, Any]) -> Process:
    now = work.now.replace(minute=0, second=0, microsecond=0)
    process = Process(
        slug=table["slug"], state="published", name=table["name"], headline={},
        lead=table["lead"], purpose=table["purpose"], who_decides={},
        rule_reason=table["rule_reason"], rule_chosen_at=now - 10 * WEEK,
        currency=town.data["council"]["currency"], time_zone=town.data["council"]["timezone"],
        ballot_kind="approval", method="equal-shares", method_settings={}, max_choices=5,
        lot_seed=work.site.secrets.tag("lot-seed", table["slug"], "aberwennol"), map=town.map,
        source={}, invented=True, made_at=now - 10 * WEEK,
    )
    process.phases = [
        _phase(kind, now + opens * WEEK, now + closes * WEEK if closes else None,
               table["phases"].get(kind, {}), work.now)
        for kind, opens, closes in (
            ("ideas", -9, -4), ("assessment", -4, 3), ("voting", 5, 7), ("count", 7, 8),
            ("delivery", 8, None),
        )
    ]
    process.areas = areas_of(town, table["budgets"])
    work.session.add(process)
    work.session.flush()
    return process


def _phase(
    kind: str, opens: datetime, closes: datetime | None, who: dict[str, Any], now: datetime
) -> Phase:
    return Phase(
        kind=kind, name={}, summary={}, opens_at=opens, closes_at=closes,
        opened_at=opens if opens <= now else None,
        closed_at=closes if closes is not None and closes <= now else None,
        band=who.get("band", ""),
        who={key: who[key] for key in ("knows", "decides", "acts") if key in who},
    )


def _idea(
    work: Work, process: Process, areas: dict[str, int], people: dict[str, int], town: Town,
    number: int, published: datetime, one: dict[str, Any],
) -> Proposal:
    proposal = Proposal(
        process_id=process.id, number=number, state="published", language=one["language"],
        wish=one["wish"], title=one["title"], body=one["body"], area_id=areas[one["area"]],
        x=one["x"], y=one["y"], place=one["place"], author_id=people[one["author"]],
        author_name=town.residents[one["author"]]["name"], published_at=published,
        made_at=published, saved_at=published, supporters=one["supporters"],
        shuffle=number * 7919 % 1000,
    )
    work.session.add(proposal)
    work.session.flush()
    add_version(work, proposal, [])
    reindex(work, proposal)
    return proposal


def _valuation(
    work: Work, process: Process, people: dict[str, int], town: Town, proposal: Proposal,
    number: int, one: dict[str, Any],
) -> None:
    found, state = one.get("found", {}), one["state"]
    lines = [
        {"label": {"en": en, "cy": cy}, "amount": amount}
        for en, cy, amount in found.get("costs", ())
    ]
    outcome = OUTCOMES.get(state, "")
    officer = one.get("assigned") or one["scores"][number % len(one["scores"])][0]
    decided = work.now - 3 * WEEK + timedelta(days=number, hours=3)
    if state in ("told", "answered"):
        decided = work.now - timedelta(days=2, hours=number)
    valuation = Valuation(
        process_id=process.id, proposal_id=proposal.id, version=2,
        state="decided" if state in PUBLIC else state if outcome else "open",
        outcome=outcome, route=rules.route(score[1] for score in one["scores"]),
        assigned_to=people[officer], due_at=work.now + timedelta(days=number - 12),
        feasibility=found.get("feasibility", ""), changes=found.get("changes", {}),
        cost=sum(line["amount"] for line in lines), cost_lines=lines,
        legal=found.get("legal", {}), long_term=found.get("long_term", {}),
        ways=found.get("ways", []), equality=found.get("equality", {}),
        expert=found.get("expert", ""), advice=found.get("advice", {}),
        reason=found.get("reason", {}), answer=one.get("answer", ""),
        answer_language=one["language"] if "answer" in one else "",
    )
    work.session.add(valuation)
    work.session.flush()
    for slug, kind, impact, effort in one["scores"]:
        work.session.add(
            ValuationScore(valuation_id=valuation.id, person_id=people[slug], kind=kind,
                           impact=impact, effort=effort, at=decided - timedelta(days=1))
        )
    if "note" in one:
        work.session.add(
            ValuationNote(valuation_id=valuation.id, person_id=people[officer],
                          name=town.residents[officer]["name"],
                          at=decided - timedelta(hours=4), text=one["note"])
        )
    if outcome:
        _decided(work, process, people, town, proposal, valuation, officer, decided, one)


def _decided(
    work: Work, process: Process, people: dict[str, int], town: Town, proposal: Proposal,
    valuation: Valuation, officer: str, decided: datetime, one: dict[str, Any],
) -> None:
    """Who decided and when, whether the author was told first, and the project of what passed."""
    name = town.residents[officer]["name"]
    valuation.decided_by, valuation.decided_name = people[officer], name
    valuation.decided_role, valuation.decided_at = OFFICERS[officer], decided
    public = one["state"] in PUBLIC
    told = valuation.outcome in rules.TOLD_FIRST
    steps: list[tuple[str, str, datetime, str]] = []
    if told:
        valuation.answer_until = decided + rules.ANSWER_TIME
        steps.append(("told", name, decided, OFFICERS[officer]))
        if valuation.answer:
            valuation.answered_at = decided + timedelta(days=1)
            author = town.residents[one["author"]]["name"]
            steps.append(("answered", author, valuation.answered_at, "system"))
        if not public and not valuation.answer:
            work.later(publish_when_time_is_up, at=valuation.answer_until,
                       valuation_id=valuation.id)
    if public:
        kind = "decided" if not told else "upheld" if valuation.answer else "published"
        later = timedelta(days=2) if valuation.answer else rules.ANSWER_TIME
        at = decided + later if told else decided
        valuation.public_at = at
        steps.append((kind, name, at, OFFICERS[officer]))
        proposal.state = {"pass": "accepted", "refuse": "refused"}.get(
            valuation.outcome, "published"
        )
    for version, (kind, who, at, role) in enumerate(steps, 2):
        work.session.add(
            ValuationChange(
                valuation_id=valuation.id, version=version, at=at, name=who, role=role, kind=kind,
                person_id=people[officer if role != "system" else one["author"]], before={},
                after={"answer": valuation.answer} if kind == "answered"
                else {"outcome": valuation.outcome},
                public=public and kind in ("decided", "upheld", "published"),
            )
        )
        valuation.version = version
    if valuation.outcome == "pass" and public:
        valuation.project_id = make_project(work, process, proposal, valuation)
        project = work.session.get_one(Project, valuation.project_id)
        for part in ("title", "summary", "body", "place"):
            setattr(project, part, getattr(project, part) | one["texts"].get(part, {}))
