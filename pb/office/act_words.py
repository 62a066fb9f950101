"""What an act that takes two would do, for the official who is asked to confirm it."""

from __future__ import annotations

from datetime import datetime

from pb.accounts.models import Act
from pb.core.i18n import N_, PN_, Reader
from pb.core.web import Request
from pb.processes.models import Process
from pb.processes.office import Row, dates_changed, rule_changed
from pb.processes.rules import keyed
from pb.processes.services import rule_facts
from pb.processes.values import PhaseValue

CONSEQUENCES = {
    "processes.publish": N_("Residents see the process from now on. After that every change of "
                            "dates, budgets or rule is a public notice with its reason."),
    "processes.dates": N_("The timetable changes at once, with a public notice that gives the "
                          "reason."),
    "processes.rule": N_("Ballot and rule change at once, with a public notice that gives the "
                         "reason."),
    "processes.open_now": N_("The step opens at once, with a public notice that gives the "
                             "reason."),
    "processes.close_now": N_("The step closes at once, with a public notice that gives the "
                              "reason. A vote that is closed cannot be opened again."),
    "processes.archive": N_("The process is put into the archive. Everybody can still read it; "
                            "nobody can change it any more."),
    "results.publish": N_("Everybody sees the result. It is provisional until the time for "
                          "objections is over."),
    "results.finish": N_("The result is final. The list of voters is deleted."),
    "results.withdraw": N_("The result is no longer shown. A public notice gives the reason."),
    "electorate.add_list": N_("The voters of this list are added to the roll while the vote is "
                              "open. The public record shows how many, and why."),
    "electorate.void_entry": N_("This voter leaves the roll; codes and links stop working, and a "
                                "ballot they cast is not counted. The public record shows that "
                                "one was taken off, and why."),
    "ballots.destroy": N_("The sealed envelopes and the key that opens them are destroyed for "
                          "good. The published ballots and the result stay."),
    "accounts.reset_keys": N_("Passkeys, code apps and recovery codes of this person go, and every "
                              "session ends. They sign in by mail alone until they set up new "
                              "ones. Confirm it only if you have spoken with the person."),
    "choices.put_on_ballot": N_("What the jury chose stands on the ballot: options that it wrote "
                                "become projects, or projects that it left off keep only their "
                                "page. Once the vote has opened nothing of this changes."),
    "ballots.void_batch": N_("The codes and links of this batch stop working. Ballots that are in "
                             "stay in."),
}
PHASES = {
    "ideas": N_("Ideas"), "assessment": N_("Assessment by officers"),
    "jury": N_("Citizens’ jury"), "voting": PN_("phase", "Vote"),
    "count": PN_("phase", "Count"), "results": PN_("phase", "Result"),
    "delivery": N_("Building what won"),
}
PAGES = {"accounts": "office_people", "electorate": "office_electorate",
         "results": "office_count", "ballots": "office_voters", "processes": "process",
         "choices": "office_choice"}
"""Where one sees what an act is about, by the feature of its kind."""

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
    if act.kind in ("processes.open_now", "processes.close_now"):
        return _early(reader, process, act)
    return []


def _dates(reader: Reader, process: Process, act: Act) -> list[Row]:
    wanted = {
        PhaseValue(kind, datetime.fromisoformat(opens), None, *turn).key: (
            datetime.fromisoformat(opens), datetime.fromisoformat(closes) if closes else None
        )
        for kind, opens, closes, *turn in act.arguments["phases"]
    }
    phases = keyed(process.phases)
    present = {key: (phase.opens_at, phase.closes_at) for key, phase in phases.items()}
    names = {
        key: phase.name or {"": reader.say(PHASES[phase.kind])} for key, phase in phases.items()
    }
    return dates_changed(reader, present, wanted, names)


def _rule(reader: Reader, process: Process, act: Act) -> list[Row]:
    wanted = act.arguments["rule"]
    return rule_changed(
        reader, rule_facts(process),
        {
            "ballot": wanted["ballot_kind"], "rule": wanted["method"],
            "choices": wanted["max_choices"], "points": wanted["max_points"],
            "seats": wanted["seats"], "threshold": wanted["settings"].get("threshold"),
            "min_support": wanted.get("min_support"), "quorum": wanted.get("quorum"),
        },
    )


def _early(reader: Reader, process: Process, act: Act) -> list[Row]:
    phase = next((one for one in process.phases if one.id == act.subject_id), None)
    if phase is None:
        return []
    opens = act.kind == "processes.open_now"
    planned = phase.opens_at if opens else phase.closes_at
    return [(
        reader.plain(phase.name) or reader.say(PHASES[phase.kind]),
        reader.datetime(planned, "plain") if planned else reader.say(N_("stays open")),
        reader.say(N_("opens at once") if opens else N_("closes at once")),
    )]
