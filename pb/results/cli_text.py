"""The result of a count as plain text, for people at a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from pb.results.cli_faults import fault_sentence as fault_sentence
from voting.contest import Contest
from voting.formats import Election
from voting.tally import Stage, Tally
from voting.tally_json import decimal

STAGES_A_TABLE = 6

MONEY_WHYS = {
    "funded": "funded",
    "funded_by_votes": "funded with money left, by its votes",
    "part_funded": "{paid} paid, {missing} missing",
    "no_money": "{short} short",
    "below_threshold": "{needed} votes needed",
    "no_votes": "no votes",
    "group_taken": "shut out by {by}",
    "after_stop": "not reached: the giving ended at {stopped_at}",
    "too_dear": "{short} dearer than the whole budget",
}

FROM = {
    "command": "as asked",
    "file": "recorded in the file",
    "usual": "the usual one for this kind of file",
}

SECOND = {
    "agrees": "comes to the same result",
    "differs": "comes to another result",
    "not_comparable": "cannot be compared",
    "unavailable": "could not be made",
}


def money(minor: int, scale: int) -> int | str:
    """An amount in the file's own unit: a whole number, or a decimal string."""
    whole, part = divmod(minor, scale)
    if not part:
        return whole
    return f"{whole}.{part:0{len(str(scale)) - 1}d}"


def width(text: str) -> int:
    """Columns of a terminal that a text takes: wide letters take two, marks none."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def table(rows: Sequence[Sequence[str]], left: int = 1) -> Iterator[str]:
    """Rows under each other, the first ``left`` columns to the left, the others to the right."""
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell + " " * (wide - width(cell)) if place < left else " " * (wide - width(cell)) + cell
            for place, (cell, wide) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()


class Report:
    """The lines of one result."""

    def __init__(
        self,
        election: Election,
        contest: Contest,
        tally: Tally,
        method_from: str,
        second: Mapping[str, Any] | None,
    ) -> None:
        self.election = election
        self.contest = contest
        self.tally = tally
        self.method_from = method_from
        self.second = second

    def name(self, option: str) -> str:
        name = self.contest.by_id[option].name
        return f"{option} {name}" if name and name != option else option

    def names(self, options: Sequence[str]) -> str:
        return "; ".join(self.name(option) for option in options) or "none"

    def lines(self) -> Iterator[str]:
        tally = self.tally
        if self.election.title:
            yield self.election.title
        yield f"Rule: {tally.method} ({FROM[self.method_from]})"
        yield (
            f"Ballots: {tally.ballots} ({tally.valid} valid, {tally.blank} blank, "
            f"{tally.invalid} refused)"
        )
        if tally.stages:
            yield from self._ranked()
        if tally.allocation is not None:
            yield from self._budget()
        for tie in tally.ties:
            how = "by lot" if tie.settled_by == "lot" else tie.settled_by.replace("_", " ")
            at = f" (stage {tie.earlier})" if tie.earlier else ""
            decision = f" ({tie.decision})" if tie.decision else ""
            yield (
                f"Tie at stage {tie.stage}{decision}: {self.names(tie.options)}; "
                f"settled {how}{at}: {self.name(tie.chosen)}"
            )
        if self.second is not None:
            yield from self._second_count()

    def _ranked(self) -> Iterator[str]:
        tally = self.tally
        if tally.quota is not None:
            yield f"Seats: {tally.seats}, quota: {decimal(tally.quota, 5)}"
        yield "Elected:" + ("" if tally.elected else " nobody")
        for place, option in enumerate(tally.elected, 1):
            yield f"  {place}. {self.name(option)}"
        yield ""
        for start in range(0, len(tally.stages), STAGES_A_TABLE):
            yield from self._stages(tally.stages[start : start + STAGES_A_TABLE])
            yield ""
        for option in self.contest.by_id:
            yield f"{self.name(option)}: {self._why(option)}"

    def _stages(self, stages: Sequence[Stage]) -> Iterator[str]:
        rows = [["", *(f"Stage {stage.number}" for stage in stages)]]
        for option in self.contest.by_id:
            cells = (
                decimal(stage.totals[option], 5) + ("*" if option in stage.elected else "")
                for stage in stages
            )
            rows.append([self.name(option), *cells])
        rows.append(["Not transferable", *(decimal(s.nontransferable, 5) for s in stages)])
        if any(stage.lost_by_fraction for stage in self.tally.stages):
            rows.append(["Lost by fraction", *(decimal(s.lost_by_fraction, 5) for s in stages)])
        yield from table(rows)
        for stage in stages:
            if stage.options:
                moved = "surplus of" if stage.action == "surplus" else "excluded:"
                yield f"Stage {stage.number}: {moved} {self.names(stage.options)}"

    def _why(self, option: str) -> str:
        why = self.tally.why[option]
        told = dict(why.parameters)
        if why.code == "elected":
            sentence = f"elected at stage {told['stage']} with {told['votes']} votes"
            if "next" in told:
                sentence += f", {told['margin']} more than {self.name(str(told['next']))}"
            return sentence
        if why.code in ("excluded", "not_elected"):
            word = "excluded" if why.code == "excluded" else "still standing"
            sentence = f"{word} at stage {told['stage']} with {told['votes']} votes"
            if "next" in told:
                sentence += f", {told['margin']} short of {self.name(str(told['next']))}"
            return sentence
        return _plainly(why.code, told)

    def _budget(self) -> Iterator[str]:
        tally, scale = self.tally, self.election.money_scale
        allocation = tally.allocation
        assert allocation is not None
        unit = f" {self.election.currency}" if self.election.currency else ""
        yield f"Budget: {money(sum(self.contest.budgets.values()), scale)}{unit}"
        yield f"Cost: {money(allocation.cost, scale)}{unit}"
        yield f"Funded: {len(allocation.selected)} of {len(self.contest.options)}"
        yield ""
        rows = [["", "Votes", "Cost"]]
        whys = [""]
        chosen = set(allocation.selected)
        rest = [option for option in self.contest.by_id if option not in chosen]
        for option in (*allocation.selected, *rest):
            rows.append(
                [
                    ("* " if option in chosen else "  ") + self.name(option),
                    decimal(allocation.support.get(option, 0), 5),
                    str(money(self.contest.by_id[option].cost, scale)),
                ]
            )
            whys.append(self._why_money(option))
        for line, why in zip(table(rows), whys, strict=True):
            yield f"{line}  {why}".rstrip()

    def _why_money(self, option: str) -> str:
        """The reason in a sentence; where the code is not known here, with its parameters."""
        why = self.tally.why[option]
        told = dict(why.parameters)
        template = MONEY_WHYS.get(why.code)
        if template is None:
            return _plainly(why.code, told)
        for name in ("short", "budget", "paid", "missing"):
            if isinstance(told.get(name), int):
                told[name] = money(cast(int, told[name]), self.election.money_scale)
        for name in ("by", "stopped_at"):
            if name in told and told[name] in self.contest.by_id:
                told[name] = self.name(str(told[name]))
        try:
            sentence = template.format(**told)
        except KeyError:
            return _plainly(why.code, told)
        if told.get("votes_short"):
            sentence += f"; votes missing: {told['votes_short']}"
        return sentence

    def _second_count(self) -> Iterator[str]:
        assert self.second is not None
        by = f" by {self.second['by']}" if self.second.get("by") else ""
        sentence = f"The second count{by} {SECOND[self.second['status']]}"
        reason = self.second.get("reason")
        if reason:
            told = {key: value for key, value in reason.items() if key != "code"}
            sentence += f": {_plainly(reason['code'], told)}"
        yield sentence


def _plainly(code: str, parameters: Mapping[str, object]) -> str:
    """A code in words as far as it goes, and its parameters."""
    told = ", ".join(
        f"{name.replace('_', ' ')} {value}"
        for name, value in parameters.items()
        if value not in (None, "", (), [])
    )
    words = code.rpartition(".")[2].replace("_", " ")
    return f"{words} ({told})" if told else words
