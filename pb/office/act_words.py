"""What an act that takes two would do, for the official who is asked to confirm it."""

from __future__ import annotations

from datetime import datetime

from pb.accounts.models import Act
from pb.core.i18n import N_, PN_, Reader
from pb.core.web import Request
from pb.processes.models import Process

CONSEQUENCES = {
    "processes.publish": N_("Residents see the process from now on. After that every change of "
                            "dates, budgets or rule is a public notice with its reason."),
    "processes.dates": N_("The timetable changes at once, with a public notice that gives the "
                          "reason."),
    "processes.rule": N_("Ballot and rule change at once, with a public notice that gives the "
                         "reason."),
    "results.publish": N_("Everybody sees the result. It is provisional until the time for "
                          "objections is over."),
    "results.finish": N_("The result is final. The list of voters is deleted."),
    "results.withdraw": N_("The result is no longer shown. A public notice gives the reason."),
    "ballots.void_batch": N_("The codes and links of this batch stop working. Ballots that are in "
                             "stay in."),
}
PHASES = {
    "ideas": N_("Ideas"), "assessment": N_("Assessment by officers"),
    "jury": N_("Citizens’ jury"), "voting": PN_("phase", "Vote"),
    "count": PN_("phase", "Count"), "results": PN_("phase", "Result"),
    "delivery": N_("Building what won"),
}
BALLOTS = {
    "approval": N_("Ticks"), "ranked": N_("Ranks"), "knapsack": N_("Within the budget"),
    "points": PN_("ballot", "Points"),
}
METHODS = {
    "greedy": N_("Most votes first"), "equal-shares": N_("Equal shares"),
    "equal-shares-ranked": N_("Equal shares by rank"),
    "scottish-stv": N_("Single transferable vote"), "irv": N_("Instant runoff"),
}
PAGES = {"results": "office_count", "ballots": "office_voters", "processes": "process"}
"""Where one sees what an act is about, by the feature of its kind."""

Row = tuple[str, str, str]


def consequence(reader: Reader, kind: str) -> str:
    words = CONSEQUENCES.get(kind)
    return reader.say(words) if words else ""


def where(request: Request, process: Process, kind: str) -> str:
    """The address of the page that shows what the act is about, or nothing."""
    name = PAGES.get(kind.split(".")[0], "")
    return request.link(name, slug=process.slug) if name in request.hooks.paths else ""


def changes(reader: Reader, process: Process, act: Act) -> list[Row]:
    """(what, until now, from now on) for each thing that would change, while the act waits."""
    if act.open_key is None:
        return []
    if act.kind == "processes.dates":
        return _dates(reader, process, act)
    if act.kind == "processes.rule":
        return _rule(reader, process, act)
    return []


def _span(reader: Reader, opens: datetime | None, closes: datetime | None) -> str:
    if opens is None:
        return reader.say(N_("not planned"))
    until = reader.datetime(closes, "plain") if closes else reader.say(N_("stays open"))
    return f"{reader.datetime(opens, 'plain')} – {until}"


def _dates(reader: Reader, process: Process, act: Act) -> list[Row]:
    wanted = {
        kind: (datetime.fromisoformat(opens), datetime.fromisoformat(closes) if closes else None)
        for kind, opens, closes in act.arguments["phases"]
    }
    present = {phase.kind: (phase.opens_at, phase.closes_at) for phase in process.phases}
    found = []
    for kind, words in PHASES.items():
        before, after = present.get(kind, (None, None)), wanted.get(kind, (None, None))
        if before != after:
            found.append((reader.say(words), _span(reader, *before), _span(reader, *after)))
    return found


def _rule(reader: Reader, process: Process, act: Act) -> list[Row]:
    wanted = act.arguments["rule"]

    def named(table: dict[str, N_], key: str) -> str:
        return reader.say(table[key]) if key in table else key

    def figure(value: int | None) -> str:
        return reader.number(value) if value else "–"

    rows = [
        (reader.say(N_("The ballot")), named(BALLOTS, process.ballot_kind),
         named(BALLOTS, wanted["ballot_kind"])),
        (reader.say(N_("The rule")), named(METHODS, process.method),
         named(METHODS, wanted["method"])),
        (reader.say(N_("Most projects on a ballot")), figure(process.max_choices),
         figure(wanted["max_choices"])),
        (reader.say(N_("Points each voter has")), figure(process.max_points),
         figure(wanted["max_points"])),
        (reader.say(N_("How many projects win")), figure(process.seats),
         figure(wanted["seats"])),
        (reader.say(N_("Votes that a project needs at least")),
         figure(process.method_settings.get("threshold")),
         figure(wanted["settings"].get("threshold"))),
    ]
    return [row for row in rows if row[1] != row[2]]
