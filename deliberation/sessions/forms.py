"""Forms of the jury room, and the sentences of what can go wrong in it."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, FileField, RadioField, SelectField

from deliberation.sessions.plan import LONGEST_ITEM, RUNSHEETS, Step
from pb.core.forms import (
    DayField,
    Form,
    LineField,
    Longest,
    ProseField,
    Required,
    Whole,
    choices,
)
from pb.core.i18n import N_, sentences

sentences(
    {
        "session.unknown": N_("There is no such session."),
        "session.in_use": N_("Something is kept for these sessions already: a survey, a vote, a "
                             "printed sheet. Change each session’s own plan instead."),
        "session.begun": N_("A session has begun: the plan of this jury stays as it is."),
        "session.over": N_("This session is over."),
        "session.tables": N_("Enter a number of tables from 1 to %(most)s."),
        "session.moved": N_("Somebody else was faster: %(by)s has just taken a step."),
        "session.lacks": N_("The session cannot begin yet: something is missing on the jury’s "
                            "page."),
        "session.empty": N_("This session has no agenda."),
        "session.not_running": N_("Nothing is running now."),
        "session.minutes": N_("Enter minutes from 1 to %(most)s."),
        "session.keep": N_("This part is not left out: it has begun, or a jury must not lose it."),
        "session.begun_part": N_("This part has begun or was left out. Use the buttons above."),
        "session.nothing": N_("There is no step to take back."),
        "seat.unknown": N_("This seat is not in this session."),
        "seats.impossible": N_("The seats cannot be made so. Take fewer tables, or free a seat "
                               "that is fixed."),
        "table.unknown": N_("There is no such table."),
        "pass.unknown": N_("This code was ended already."),
        "plan.grace": N_("Session %(session)s: a late juror’s seat is kept for 0 to %(most)s "
                         "minutes."),
        "agenda.grace": N_("Enter minutes from 0 to %(most)s."),
        "steward.code": N_("No juror has this code. Look again at their paper, or take the list."),
        "room.code": N_("No screen has this code. Look again at the paper it stands on."),
        "plan.unknown": N_("Choose the jury whose plan you want."),
        "agenda.begun": N_("This session has begun. Change it from the page that leads it."),
        "agenda.unknown": N_("This part is not in the plan any more."),
        "agenda.full": N_("A session has %(most)s parts at most."),
        "agenda.last": N_("A session keeps one part at least."),
        "agenda.steps": N_("Write a step a line: its minutes, then its name in English | in Welsh. "
                           "Together they fit into the part."),
        "plan.not_toml": N_("This is not a plan: %(reason)s."),
        "plan.version": N_("This is not a plan of this kind: it must begin with “version = 1”."),
        "plan.sessions": N_("A plan needs from 1 to %(most)s sessions."),
        "plan.start": N_("Session %(session)s: its start must be a time such as 09:30."),
        "plan.items": N_("Session %(session)s needs from 1 to %(most)s parts."),
        "plan.kind": N_("Session %(session)s, part %(item)s: “%(kind)s” is no kind of part."),
        "plan.minutes": N_("Session %(session)s, part %(item)s: minutes must be from 1 to "
                           "%(most)s."),
        "plan.steps": N_("Session %(session)s, part %(item)s: its steps take longer than it "
                         "has."),
        "plan.words": N_("A text (%(field)s) in the plan is missing, too long, or in no language "
                         "of ours."),
        "room.voted": N_("Your vote is in."),
        "room.saved": N_("Saved."),
        "room.undone": N_("The last step was taken back."),
    }
)

PLANS = {
    "bonfire": N_("The jury writes options for a ballot: four Saturdays, three tables of six"),
    "statements": N_("The jury writes a statement about each project: four Saturdays, four tables "
                     "of six"),
}


class PlanForm(Form):
    plan = RadioField(N_("What the jury does"),
                      choices=choices([*((name, PLANS[name]) for name in RUNSHEETS),
                                       ("copy", N_("The plan of another jury")),
                                       ("file", N_("A plan of your own, from a file"))]),
                      default="bonfire")
    file = FileField(N_("The file of your plan"))
    first_day = DayField(N_("The first session is on"))
    days_between = Whole(N_("Days from one session to the next"), least=1, most=100, default=7)
    tables = Whole(N_("Tables"), least=1, most=30, default=4)

    def validate_first_day(self, field: Any) -> None:
        if field.data is None and not field.errors:
            Required(N_("Enter the day of the first session."))(self, field)

    def validate_days_between(self, field: Any) -> None:
        if field.data is None and not field.errors:
            Required(N_("Enter a number of days."))(self, field)

    def validate_tables(self, field: Any) -> None:
        if field.data is None and not field.errors:
            Required(N_("Enter how many tables there are."))(self, field)


KIND_NAMES = {
    "arrival": N_("Arrival"), "welcome": N_("Welcome"), "writing": N_("Silent writing"),
    "pairs": N_("Pairs"), "table": N_("Table talk"), "witness": N_("Witness"),
    "questions": N_("Questions"), "claims": N_("Claims"), "criteria": N_("Criteria"),
    "pressure": N_("Pressure test"), "draft": N_("Drafting"),
    "check": N_("Check by another table"), "consent": N_("Consent"),
    "comfort": N_("Comfort vote"), "ranked": N_("Ranked vote"), "dots": N_("Dots"),
    "survey": N_("Survey"), "pause": N_("Pause"), "break": N_("Break"),
    "plenary": N_("All together"), "readback": N_("Reading back"),
}


MOVE_NAMES = {
    "table": N_("One table was given more time"),
    "start": N_("Began the session"), "next": N_("Went on to the next part"),
    "extend": N_("Changed the time of a part"), "drop": N_("Left a part out"),
    "minutes": N_("Changed the plan"), "add": N_("Put a part in"),
    "undo": N_("Took a step back"),
}
"""What the lead facilitator did, by the kind of step."""
sentences({f"kind.{kind}": words for kind, words in KIND_NAMES.items()})
sentences({f"move.{kind}": words for kind, words in MOVE_NAMES.items()})


class ItemForm(Form):
    """A part put in while a session runs."""

    kind = SelectField(N_("Kind of part"), choices=choices(KIND_NAMES.items()), default="table")
    title_en = LineField(N_("Its name in English"), [Longest(200)])
    title_cy = LineField(N_("Its name in Welsh"), [Longest(200)])
    minutes = Whole(N_("Minutes"), least=1, most=240, default=10)

    def validate_title_en(self, field: Any) -> None:
        if not any(self[f"title_{language}"].data for language in self.reader.languages):
            Required(N_("Say what this part is."))(self, field)

    def validate_minutes(self, field: Any) -> None:
        if field.data is None and not field.errors:
            Required(N_("Enter a number of minutes."))(self, field)


class GraceForm(Form):
    grace = Whole(N_("Minutes for which a late juror’s seat is kept"), least=0, most=240,
                  default=45)

    def validate_grace(self, field: Any) -> None:
        if field.data is None and not field.errors:
            Required(N_("Enter a number of minutes."))(self, field)


class PartForm(ItemForm):
    """A part of a plan that is written before the session."""

    prompt_en = LineField(N_("What the screens ask, in English"), [Longest(300)])
    prompt_cy = LineField(N_("What the screens ask, in Welsh"), [Longest(300)])
    steps = ProseField(
        N_("Steps that each table goes through, one a line"), [Longest(4000)],
        description=N_("For example: 2 Read in silence | Darllen yn dawel"),
    )
    droppable = BooleanField(N_("May be left out when time runs short"))

    def read_steps(self) -> tuple[Step, ...] | None:
        """The steps as written; None where a line is none or they take too long."""
        found = []
        for line in (self.steps.data or "").splitlines():
            minutes, _, names = line.strip().partition(" ")
            if not line.strip():
                continue
            if not (minutes.isascii() and minutes.isdecimal() and len(minutes) < 4) or not names:
                return None
            english, _, welsh = (one.strip() for one in names.partition("|"))
            title = {language: words for language, words in (("en", english), ("cy", welsh))
                     if words}
            if not title or not 1 <= int(minutes) <= LONGEST_ITEM or len(names) > 300:
                return None
            found.append(Step(int(minutes), title))
        fits = sum(one.minutes for one in found) <= (self.minutes.data or 0)
        return tuple(found) if fits else None

    def validate_steps(self, field: Any) -> None:
        if self.read_steps() is None:
            self.refuse("steps", "agenda.steps")
