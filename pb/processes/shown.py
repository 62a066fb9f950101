"""What was or would be changed, in words: for public notices and for acts that wait."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pb.core.i18n import N_, PN_, Reader
from pb.processes.models import Notice, Process
from pb.processes.values import BANDS, PHASE_NAMES

BALLOTS = {
    "approval": N_("Ticks"), "ranked": N_("Ranks"), "knapsack": N_("Within the budget"),
    "points": PN_("ballot", "Points"),
}
METHODS = {
    "greedy": N_("Most votes first"), "equal-shares": N_("Equal shares"),
    "equal-shares-ranked": N_("Equal shares by rank"),
    "scottish-stv": N_("Single transferable vote"), "irv": N_("Instant runoff"),
}
FACTS = {
    "ballot": N_("The ballot"), "rule": N_("The rule"),
    "choices": N_("Most projects on a ballot"), "points": N_("Points each voter has"),
    "seats": N_("How many projects win"),
    "threshold": N_("Votes that a project needs at least"),
    "min_support": N_("Votes that a project needs at least, whatever the rule"),
    "quorum": N_("People who must vote for the result to bind"),
}
Row = tuple[str, str, str]
Span = tuple[datetime | None, datetime | None]


def span(reader: Reader, opens: datetime | None, closes: datetime | None) -> str:
    """From when to when, in the reader's words and zone."""
    if opens is None:
        return reader.say(N_("not planned"))
    until = reader.datetime(closes, "plain") if closes else reader.say(N_("stays open"))
    return f"{reader.datetime(opens, 'plain')} – {until}"


def phase_label(reader: Reader, key: str, names: Mapping[str, Any] | None = None) -> str:
    """A phase by its name in forms; from the second of its kind on with its turn."""
    own = (names or {}).get(key)
    if own:
        return reader.plain(own)
    kind, _, turn = key.partition("_")
    words = reader.say(PHASE_NAMES[kind])
    return f"{words} ({reader.number(int(turn))})" if turn else words


def dates_changed(
    reader: Reader, before: Mapping[str, Span], after: Mapping[str, Span],
    names: Mapping[str, Any] | None = None,
) -> list[Row]:
    """(phase, until now, from now on) for each phase whose dates differ, in order of the dates."""
    far = datetime.max.timestamp()

    def order(key: str) -> float:
        moment = (after.get(key) or before[key])[0]
        return moment.timestamp() if moment else far

    return [
        (phase_label(reader, key, names), span(reader, *before.get(key, (None, None))),
         span(reader, *after.get(key, (None, None))))
        for key in sorted({*before, *after}, key=order)
        if before.get(key) != after.get(key)
    ]


def rule_changed(
    reader: Reader, before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[Row]:
    """(what, until now, from now on) for each part of ballot and rule that differs."""

    def said(name: str, value: Any) -> str:
        table = {"ballot": BALLOTS, "rule": METHODS}.get(name)
        if table is not None:
            return reader.say(table[value]) if value in table else str(value)
        return reader.number(value) if value else "–"

    return [
        (reader.say(words), said(name, before.get(name)), said(name, after.get(name)))
        for name, words in FACTS.items() if (before.get(name) or 0) != (after.get(name) or 0)
    ]


def moments(table: Mapping[str, list[str | None]]) -> dict[str, Span]:
    """Dates as a notice keeps them, as moments."""
    return {
        key: (datetime.fromisoformat(opens) if opens else None,
              datetime.fromisoformat(closes) if closes else None)
        for key, (opens, closes) in table.items()
    }


def notice_rows(reader: Reader, process: Process, notice: Notice) -> list[Row]:
    """What a public notice changed; nothing for notices of other features and of earlier times."""
    details = notice.details
    before, after = details.get("before"), details.get("after")
    if notice.kind == "notice.budget" and isinstance(before, int) and isinstance(after, int):
        area = details.get("area", "")
        return [(reader.plain(area), reader.money(before, process.currency),
                 reader.money(after, process.currency))]
    if notice.kind in ("notice.area_new", "notice.area_gone"):
        def amount(value: Any) -> str:
            return reader.money(value, process.currency) if isinstance(value, int) else "–"

        return [(reader.plain(details.get("area", "")), amount(before), amount(after))]
    if notice.kind in ("notice.opened", "notice.closed"):
        planned = details.get("planned")
        return [(
            reader.plain(details.get("name")) or reader.say(PHASE_NAMES[details["step"]]),
            reader.datetime(datetime.fromisoformat(planned), "plain") if planned
            else reader.say(N_("stays open")),
            reader.datetime(notice.at, "plain"),
        )]
    if not isinstance(before, dict) or not isinstance(after, dict):
        return []
    if notice.kind == "notice.dates":
        return dates_changed(reader, moments(before), moments(after))
    if notice.kind == "notice.rule":
        return rule_changed(reader, before, after)
    if notice.kind in TEXTS_OF:
        rows = [(reader.say(words), reader.plain(before.get(part)) or "–",
                 reader.plain(after.get(part)) or "–")
                for part, words in TEXTS_OF[notice.kind].items() if part in before]
        return [row for row in rows if row[1] != row[2]]
    if notice.kind == "notice.step":
        return [row for row in _step(reader, details, before, after) if row[1] != row[2]]
    return []


TEXTS_OF = {
    "notice.area": {"name": N_("Its name"), "description": N_("What belongs to it")},
    "notice.purpose": {
        "purpose": N_("What it is for"), "citizens": N_("What citizens decide"),
        "officers": N_("What officers do"), "jury": N_("What the jury does"),
    },
}
"""The texts that a notice may say were changed, by its kind."""
STEP_TEXTS = {
    "name": N_("its name"), "knows": N_("who knows"), "decides": N_("who decides"),
    "acts": N_("who acts"),
}


def _step(
    reader: Reader, details: Mapping[str, Any], before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> list[Row]:
    name = reader.plain(details.get("name")) or reader.say(PHASE_NAMES[details["step"]])

    def band(value: str) -> str:
        return reader.say(BANDS[value]) if value in BANDS else "–"

    def day(value: str | None) -> str:
        return reader.date(datetime.fromisoformat(value), "plain") if value else "–"

    return [
        (name, band(before.get("band", "")), band(after.get("band", ""))),
        (f"{name}: {reader.say(N_('reply promised by'))}",
         day(before.get("reply_by")), day(after.get("reply_by"))),
        *[(f"{name}: {reader.say(words)}", reader.plain(before[part] or {}) or "–",
           reader.plain(after[part] or {}) or "–")
          for part, words in STEP_TEXTS.items() if part in before],
    ]


CHOICE_NAMES = {
    "ballot": N_("How you fill in the ballot"), "rule": N_("How the winners are found"),
    "most": N_("Most projects on a ballot"), "min_support": N_("Votes that a project needs at "
                                                                "least"),
    "quorum": N_("How many people must vote"), "areas": N_("How the money is shared out"),
    "ties": N_("What happens when votes are equal"),
}


def choices(reader: Reader, process: Process) -> list[dict[str, str]]:
    """Every choice that shapes the result, as the public reads it, with its reason where one was
    written."""
    areas = ", ".join(
        f"{reader.plain(area.name)}: {reader.money(area.budget, process.currency)}"
        for area in process.areas if area.budget
    )
    none = reader.say(N_("none"))
    ballot = BALLOTS.get(process.ballot_kind)
    method = METHODS.get(process.method)
    values = {
        "ballot": reader.say(ballot) if ballot else process.ballot_kind,
        "rule": reader.say(method) if method else process.method,
        "most": reader.number(process.max_choices) if process.max_choices
        else reader.say(N_("as many as you like")),
        "min_support": reader.number(process.min_support) if process.min_support else none,
        "quorum": reader.say(
            N_("%(number)s people. If fewer vote, the result only advises the council."),
            number=reader.number(process.quorum),
        ) if process.quorum else none,
        "areas": areas or reader.say(N_("no money is shared out")),
        "ties": reader.say(N_("An order of lots decides. It was drawn before anybody voted.")),
    }
    given = {name: one.get("reason") for name, one in process.choices.items()}
    given["rule"] = given.get("rule") or process.rule_reason
    return [
        {"name": reader.say(words), "value": values[name], "reason": reader.text(given.get(name))}
        for name, words in CHOICE_NAMES.items()
    ]
