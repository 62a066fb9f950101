"""The files of a published result: with them anybody can count again.

Headings and codes are fixed words, the same in every language, since programs read them; titles
stand in each language that they have.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from babel.numbers import get_currency_precision
from sqlalchemy.orm import Session

from pb.ballots.publication import FEW
from pb.ballots.queries import publication_level
from pb.core.errors import NotFound
from pb.core.i18n import LANGUAGES, N_
from pb.processes.models import Process
from pb.projects.queries import ballot_rows
from pb.results.counting import Input, input_of
from pb.results.models import Count
from voting.ballots import Content, Marks, Points
from voting.formats import Election
from voting.tally import Tally
from voting.tally_json import decimal


@dataclass(frozen=True)
class File:
    """A file that can be fetched: its name, its kind and what is in it."""

    name: str
    media_type: str
    words: N_
    area: str = ""


def files_of(process: Process, count: Count, level: str) -> list[File]:
    """The files of a result, as far as its ``level`` of publication goes (``ballots.publication``):
    at B ballots that ten or more share, at C none. One .pb a purse, as that format knows one
    budget."""
    files = [
        File("result.csv", "text/csv", N_("every option with its votes and what became of it")),
        File("result.json", "application/json",
             N_("the whole result: every stage, every reason, the other rules, the turnout")),
    ]
    if level == "B":
        files.append(File("ballots.csv", "text/csv",
                          N_("ballots that ten or more share, and how many others there are")))
    if level != "A":
        return files
    files.append(File("ballots.csv", "text/csv", N_("every ballot, equal ones on one line")))
    if process.ballot_kind == "ranked":
        files.append(File("ballots.blt", "text/plain", N_("the ballots for other programs")))
    if "selected" in count.tally:
        keys = [area.key for area in process.areas if area.budget]
        for key in keys:
            name = "result.pb" if len(keys) == 1 else f"result-{key or 'whole'}.pb"
            files.append(
                File(name, "text/plain",
                     N_("ballots, costs and winners in Pabulib’s format"), key)
            )
    return files


def content_of(session: Session, process: Process, count: Count, name: str) -> tuple[File, str]:
    """A file by its name, and what is in it. Errors: NotFound."""
    level = publication_level(session, process.id)
    file = next((one for one in files_of(process, count, level) if one.name == name), None)
    if file is None:
        raise NotFound("page.not_found")
    if name.endswith(".pb"):
        return file, _pabulib(session, process, count, file.area)
    make: Callable[[Session, Process, Count], str] = {
        "result.csv": _result_csv, "result.json": _result_json, "ballots.csv": _ballots_csv,
        "ballots.blt": _blt,
    }[name]
    return file, make(session, process, count)


def _table(rows: list[list[object]]) -> str:
    lines = io.StringIO()
    csv.writer(lines, lineterminator="\r\n").writerows(rows)
    return lines.getvalue()


def _amount(minor: int, currency: str) -> str:
    places = get_currency_precision(currency)
    whole, rest = divmod(minor, 10**places)
    return f"{whole}.{rest:0{places}d}" if rest else str(whole)


def _result_csv(session: Session, process: Process, count: Count) -> str:
    """An option a line: cost, votes, whether it won, the code of the reason; then its stages."""
    tally = Tally.from_dict(count.tally)
    rows = ballot_rows(session, process.id)
    areas = {area.id: area for area in process.areas}
    support: Mapping[str, Any] = tally.allocation.support if tally.allocation else (
        tally.stages[0].totals if tally.stages else {}
    )
    winners = tally.allocation.selected if tally.allocation else tally.elected
    place = {option: number for number, option in enumerate(winners, 1)}
    languages = [*LANGUAGES, *sorted({one for row in rows for one in row.title} - {*LANGUAGES})]
    languages = [one for one in languages if any(row.title.get(one) for row in rows)]
    stages = [f"stage_{stage.number}" for stage in tally.stages]
    table: list[list[object]] = [[
        "number", "id", *(f"title_{one}" for one in languages), "area", "cost", "currency",
        "votes", "won", "order", "reason", "short", "votes_short", *stages,
    ]]
    for row in rows:
        why = tally.why[row.option_id]
        short = why.parameters.get("short")
        table.append([
            row.number, row.option_id, *(row.title.get(one, "") for one in languages),
            areas[row.area_id].key, _amount(row.cost, process.currency), process.currency,
            decimal(support.get(row.option_id, 0), 5), int(row.option_id in place),
            place.get(row.option_id, ""), why.code,
            _amount(short, process.currency) if isinstance(short, int) else "",
            why.parameters.get("votes_short", ""),
            *(decimal(stage.totals[row.option_id], 5) for stage in tally.stages),
        ])
    return _table(table)


def _result_json(session: Session, process: Process, count: Count) -> str:
    given = input_of(session, process)
    result = {
        "process": process.slug,
        "state": count.state,
        "published_at": count.published_at and count.published_at.isoformat(),
        "objections_until": count.objections_until and count.objections_until.isoformat(),
        "final_at": count.final_at and count.final_at.isoformat(),
        "currency": process.currency,
        "contest": {
            "kind": given.contest.kind, "method": given.contest.method,
            "settings": dict(given.contest.settings), "seats": given.contest.seats,
            "budgets": dict(given.contest.budgets), "max_choices": given.contest.max_choices,
            "max_points": given.contest.max_points, "min_support": given.contest.min_support,
            "options": [
                {"id": one.id, "name": one.name, "cost": one.cost, "area": one.area}
                for one in given.contest.options
            ],
        },
        "lot_seed": process.lot_seed,
        "lot_order": list(given.lot_order),
        "input_sha256": count.input_digest,
        "tally": count.tally,
        "second_count": count.second_count,
        "comparison": count.comparison,
        "turnout": count.turnout,
    }
    return json.dumps(result, ensure_ascii=False, indent=1)


def _choices(content: Content) -> list[str]:
    """A ballot's cells: options in order, points as "option:points", marks with their gaps."""
    if isinstance(content, Points):
        return [f"{option}:{points}" for option, points in content.points]
    if isinstance(content, Marks):
        return ["?" if rank is None else "=".join(rank) for rank in content.ranks]
    return list(content.options)


def _ballots_csv(session: Session, process: Process, count: Count) -> str:
    """Equal ballots once, with how many there were; the largest first, then in order of content.
    At level B those that few share are a number only. Nothing here says in which order ballots
    were cast."""
    groups = input_of(session, process).groups
    few = FEW if publication_level(session, process.id) == "B" else 0
    rows = sorted(
        ([number, _choices(content)] for content, number in groups.items() if number >= few),
        key=lambda row: (-row[0], row[1]),  # type: ignore[operator]
    )
    longest = max((len(choices) for _, choices in rows), default=0)  # type: ignore[arg-type]
    head: list[object] = ["ballots", *(f"choice_{n}" for n in range(1, longest + 1))]
    table = [head, *([number, *choices] for number, choices in rows)]  # type: ignore[misc]
    if few:
        table.append([sum(number for number in groups.values() if number < few), "withheld"])
    return _table(table)


def _blt(session: Session, process: Process, count: Count) -> str:
    given = input_of(session, process)
    from voting.formats import blt  # only here: numpy takes its time to be imported

    return blt.write(given.contest, given.groups, _title(process))


def _pabulib(session: Session, process: Process, count: Count, area: str) -> str:
    given = input_of(session, process)
    from voting.formats import pabulib_out

    return pabulib_out.write(
        _election(process, given), Tally.from_dict(count.tally), area,
        {"language": next(iter(process.name), "en")},
    )


def _election(process: Process, given: Input) -> Election:
    return Election(
        contest=given.contest, groups=given.groups, title=_title(process),
        currency=process.currency,
        money_scale=10 ** get_currency_precision(process.currency),
    )


def _title(process: Process) -> str:
    return process.name.get("en") or next(iter(process.name.values()), process.slug)
