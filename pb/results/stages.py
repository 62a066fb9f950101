"""The course of a count: each stage of a ranked one, each turn of one about money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from pb.core.i18n import N_
from pb.results.views import ResultView, Row
from voting.tally import Stage, Step

PAGE_LENGTH = 12
STEPS_LENGTH = 40
MOST_TARGETS = 6
KINDS = ("1", "2", "3")
EXACT = 5
"""Decimals of votes in tables: all that Scottish rules have."""


@dataclass(frozen=True)
class StageView:
    """A stage in words, as a flow and as a table; ``flows`` is empty where nothing moved."""

    number: int
    title: str
    words: Markup
    flows: list[tuple[str, str, Any]]
    sources: list[tuple[str, str, str, str]]
    targets: list[tuple[str, str, str, str]]
    head: list[str]
    rows: list[list[str]]


def stage_title(view: ResultView, stage: Stage) -> str:
    """What a stage is called: its number and what moved."""
    words = {
        "first_preferences": N_("Stage %(number)s: first choices"),
        "surplus": N_("Stage %(number)s: a surplus moves"),
    }.get(stage.action, N_("Stage %(number)s: the lowest is excluded"))
    return view.reader.say(words, number=stage.number)


def stage_views(view: ResultView, page: int) -> list[StageView]:
    """The stages of one page, in order."""
    start = (page - 1) * PAGE_LENGTH
    return [
        _stage_view(view, place) for place in
        range(start, min(start + PAGE_LENGTH, len(view.tally.stages)))
    ]


def _stage_view(view: ResultView, place: int) -> StageView:
    stage = view.tally.stages[place]
    before = view.tally.stages[place - 1] if place else None
    flows, sources, targets = _flow(view, stage)
    return StageView(
        number=stage.number,
        title=stage_title(view, stage),
        words=view.words.stage(stage, view.tally.quota, before),
        flows=flows, sources=sources, targets=targets,
        head=_head(view, before),
        rows=_table(view, stage, before),
    )


def _flow(view: ResultView, stage: Stage) -> tuple[list[Any], list[Any], list[Any]]:
    """Where papers went; beyond the largest few, targets are one."""
    if not stage.transfers:
        return [], [], []
    words, say = view.words, view.reader.say
    received: dict[str, Any] = {}
    for moved in stage.transfers:
        if moved.target is not None:
            received[moved.target] = received.get(moved.target, 0) + moved.votes
    largest = sorted(received, key=lambda option: -received[option])[:MOST_TARGETS]
    given: dict[str, Any] = {}
    flows: list[tuple[str, str, Any]] = []
    for moved in stage.transfers:
        target = moved.target if moved.target in largest else (
            "nobody:" if moved.target is None else "others:"
        )
        flows.append((moved.source, str(target), moved.votes))
        given[moved.source] = given.get(moved.source, 0) + moved.votes
    sources = [
        (option, view.plain_title(option), words.votes(votes), "ink")
        for option, votes in given.items()
    ]
    targets = [
        (option, view.plain_title(option), words.votes(received[option]),
         KINDS[place] if place < len(KINDS) else "ink")
        for place, option in enumerate(largest)
    ]
    rest = sum(votes for option, votes in received.items() if option not in largest)
    if rest:
        targets.append(("others:", say(N_("Others")), words.votes(rest), "ink"))
    nobody = sum(moved.votes for moved in stage.transfers if moved.target is None)
    if nobody:
        targets.append(("nobody:", say(N_("No next choice")), words.votes(nobody), "0"))
    return flows, sources, targets


def _head(view: ResultView, before: Stage | None) -> list[str]:
    say = view.reader.say
    name = say(N_("Project")) if view.has_money else say(N_("Option"))
    if before is None:
        return [name, say(N_("Votes")), say(N_("State"))]
    return [name, say(N_("Gained or lost")), say(N_("Votes")), say(N_("State"))]


def _table(view: ResultView, stage: Stage, before: Stage | None) -> list[list[str]]:
    """Every option that still plays a part, the most votes first; then who has no option left."""
    words, say = view.words, view.reader.say
    elected = {
        option for one in view.tally.stages[: stage.number] for option in one.elected
    }
    out = {option for one in view.tally.stages[: stage.number - 1] for option in one.excluded}
    rows = []
    for option in sorted(stage.totals, key=lambda one: (-stage.totals[one], one)):
        if option in out:
            continue
        state = ""
        if option in stage.excluded:
            state = say(N_("Excluded"))
        elif option in elected:
            state = say(N_("Elected"))
        total = words.votes(stage.totals[option], EXACT)
        if before is None:
            rows.append([words.title(option), total, state])
        else:
            change = stage.totals[option] - before.totals[option]
            rows.append([words.title(option), _signed(view, change), total, state])
    for name, now, then in (
        (N_("No next choice"), stage.nontransferable, before.nontransferable if before else 0),
        (N_("Lost by rounding"), stage.lost_by_fraction,
         before.lost_by_fraction if before else 0),
    ):
        if not now:
            continue
        cells = [say(name), words.votes(now, EXACT), ""]
        if before is not None:
            cells.insert(1, _signed(view, now - then))
        rows.append(cells)
    return rows


def _signed(view: ResultView, change: Any) -> str:
    """A change with its sign; nothing for none."""
    if not change:
        return "–"
    sign = "+" if change > 0 else "−"
    return sign + view.words.votes(abs(change), EXACT)


@dataclass(frozen=True)
class StepView:
    """One project's turn in a count about money."""

    turn: int
    row: Row
    funded: bool
    words: Markup
    left: int


def step_views(view: ResultView, page: int) -> list[StepView]:
    """The turns of one page, in the rule's own order."""
    start = (page - 1) * STEPS_LENGTH
    steps: tuple[Step, ...] = view.allocation.steps[start : start + STEPS_LENGTH]
    return [
        StepView(turn, view.rows[step.option], step.funded, view.words.why(step.why),
                 step.money_left)
        for turn, step in enumerate(steps, start + 1)
    ]


def last_page(view: ResultView) -> int:
    """How many pages the course of the count takes."""
    if view.tally.stages:
        return max(1, -(-len(view.tally.stages) // PAGE_LENGTH))
    return max(1, -(-len(view.allocation.steps) // STEPS_LENGTH))


def money_flow(view: ResultView, most: int = 7) -> dict[str, Any] | None:
    """From the purses to the largest projects, the others together, and what was not spent."""
    rows = sorted(view.winners, key=lambda row: (-row.cost, row.number))
    rows = [row for row in rows if row.cost]
    if not rows:
        return None
    say, money = view.reader.say, view.money
    purses = [one for one in view.purses if one["budget"]]
    large, small = rows[:most], rows[most:]
    several = len(purses) > 1
    flows: list[tuple[str, str, int]] = [(row.area.key, row.option, row.cost) for row in large]
    spent_on_rest: dict[str, int] = {}
    for row in small:
        spent_on_rest[row.area.key] = spent_on_rest.get(row.area.key, 0) + row.cost
    flows += [(key, "others:", cost) for key, cost in spent_on_rest.items()]
    flows += [(one["area"].key, "left:", one["left"]) for one in purses if one["left"] > 0]
    sources = [
        (one["area"].key, view.reader.plain(one["area"].name), money(one["budget"]),
         (KINDS[place] if place < len(KINDS) else "ink") if several else "ink")
        for place, one in enumerate(purses)
    ]
    order = {one["area"].key: place for place, one in enumerate(purses)}
    large.sort(key=lambda row: (order.get(row.area.key, 99), -row.cost))
    targets = [
        (row.option, view.plain_title(row.option), money(row.cost),
         "ink" if several else "3") for row in large
    ]
    if small:
        targets.append(("others:", say(N_("Other winners")),
                        money(sum(row.cost for row in small)), "ink" if several else "3"))
    left = sum(one["left"] for one in purses if one["left"] > 0)
    if left:
        targets.append(("left:", say(N_("Not spent")), money(left), "0"))
    return {"flows": flows, "sources": sources, "targets": targets}
