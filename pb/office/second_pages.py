"""The page on which officials begin a second vote, and what it is called."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from starlette.responses import Response
from wtforms import RadioField
from wtforms.validators import ValidationError

from pb.access.permissions import Permission
from pb.core.forms import (
    DayField,
    Form,
    Longest,
    MomentField,
    ProseField,
    Required,
    by_language,
    choices,
)
from pb.core.i18n import N_, Reader, sentences
from pb.core.web import Request
from pb.office.paths import routes
from pb.office.queries import has_roll
from pb.office.second_votes import SecondVote, begin_second_vote, winners_of
from pb.office.wizard_forms import TicksField
from pb.processes.models import Process
from pb.processes.office import attempt, office_process
from pb.processes.queries import second_vote_of
from pb.processes.rules import LASTS
from pb.processes.values import SEATED
from pb.projects.queries import ballot_rows

sentences({
    "second.exists": N_("This process has a second vote already."),
    "second.past": N_("Choose a moment that is still to come."),
    "second.too_few": N_("Tick at least two projects: with fewer there is nothing to choose."),
    "second.no_voters": N_("The list of voters of the first vote was deleted when its result "
                           "became final. Bring a new list."),
    "second.no_result": N_("What is left is known once the first result is published. Choose all "
                           "the money, and change the budgets of the draft if need be."),
    "second.begun": N_("The second vote is a draft. Look it through; two officials publish it."),
    "notice.second_vote": N_("There is a second vote."),
    "roll.taken_over": N_("This vote has the same voters as the first. Nobody is added to the "
                          "list."),
})
NAMED = N_("%(name)s: second vote")
VOTERS = [
    ("same", N_("The voters of the first vote. The code on their letter lets them in again; "
                "whoever gave a mail address gets a new link. Nobody can be added.")),
    ("new", N_("A new list of voters, with new codes.")),
]
MONEY = [
    ("all", N_("All the money once more: the first result does not stand.")),
    ("left", N_("What the first result left. What it funds is built.")),
]
OPENS_IN = timedelta(days=7)


class SecondVoteForm(Form):
    """Everything that a second vote needs, on one page."""

    why_en = ProseField(N_("Why there is a second vote, in English"), [Longest(400)],
                        description=N_("The public reads this under the name of the second vote."))
    why_cy = ProseField(N_("Why there is a second vote, in Welsh"), [Longest(400)])
    projects = TicksField(N_("Projects on its ballot"), validate_choice=True)
    voters = RadioField(N_("Who votes"), choices=choices(VOTERS))
    money = RadioField(N_("Which money"), choices=choices(MONEY))
    opens_at = MomentField(N_("Vote: opens"), [Required(N_("Say when the vote opens."))])
    closes_at = MomentField(N_("Vote: closes"), [Required(N_("Say when the vote closes."))])
    reply = DayField(N_("By when does the council answer what people decided?"),
                     description=N_("Empty: four weeks after the count."))

    def validate_why_en(self, field: Any) -> None:
        if not any(self[f"why_{language}"].data for language in self.reader.languages):
            raise ValidationError(self.reader.say(N_("Say why, for the public.")))

    def validate_reply(self, field: Any) -> None:
        closes = self.closes_at.data
        if closes and field.data and field.data <= closes.astimezone(self.reader.zone).date():
            raise ValidationError(self.reader.sentence("wizard.reply_early"))

    def values(self, names: dict[str, str], money: bool) -> SecondVote:
        """``names`` of the process by language; ``money``: whether its rule spends any."""
        opens, closes = self.opens_at.data, self.closes_at.data
        assert opens is not None and closes is not None
        day: date = self.reply.data or closes.astimezone(self.reader.zone).date() + timedelta(
            days=LASTS["count"] + LASTS["results"]
        )
        return SecondVote(
            names, by_language(self, "why"), tuple(int(one) for one in self.projects.data),
            self.voters.data == "same", money and self.money.data == "left",
            opens, closes,
            datetime.combine(day, time(23, 59), self.reader.zone).astimezone(UTC),
        )


def names_of(request: Request, process: Process) -> dict[str, str]:
    """What the second vote of a process is called, in each of its languages."""
    return {
        language: request.site.reader(language).say(NAMED, name=name)[:150]
        for language, name in process.name.items()
    }


def planned(process: Process, now: datetime) -> dict[str, Any]:
    """A vote of the usual length from a Monday morning on."""
    zone = ZoneInfo(process.time_zone)
    soonest = now.astimezone(zone).date() + OPENS_IN
    first = soonest + timedelta(days=(7 - soonest.weekday()) % 7)
    last = first + timedelta(days=LASTS["voting"] - 1)
    return {"opens_at": datetime.combine(first, time(9), zone).astimezone(UTC),
            "closes_at": datetime.combine(last, time(20), zone).astimezone(UTC)}


def what_became(reader: Reader, money: bool, won: bool | None) -> str:
    """What the first result made of a project, to stand beside its name."""
    if won is None:
        return ""
    if money:
        return reader.say(N_("Funded")) if won else reader.say(N_("Not funded"))
    return reader.say(N_("Elected")) if won else reader.say(N_("Not elected"))


@routes("/office/processes/{slug}/second-vote", "office_second_vote", methods=("GET", "POST"))
def second_vote(request: Request) -> Response:
    """Begin a second vote: its projects, voters, money and dates in one step."""
    process = office_process(request, Permission.BEGIN_SECOND_VOTE)
    reader, spends = request.reader, process.method not in SEATED
    winners = winners_of(request.session, process)
    rows = ballot_rows(request.session, process.id)
    known = has_roll(request.session, process.id)
    form = request.form(
        SecondVoteForm, voters="same" if known else "new", money="all",
        projects=[str(row.number) for row in rows
                  if winners is not None and row.option_id not in winners],
        **planned(process, request.now),
    )
    form.projects.choices = [
        (str(row.number), " – ".join(filter(None, (
            f"{row.number}. {reader.plain(row.title)}",
            reader.money(row.cost, process.currency) if spends else "",
            what_became(reader, spends, None if winners is None else row.option_id in winners),
        ))))
        for row in rows
    ]
    if not spends:
        del form.money
    slug = ""

    def begin() -> None:
        nonlocal slug
        slug = request.run(begin_second_vote, process.id,
                           form.values(names_of(request, process), spends))

    exists = second_vote_of(request.session, process.id)
    if exists is None and attempt(request, form, begin):
        request.notify("second.begun")
        return request.redirect("office_process", slug=slug)
    return request.page(
        "office/second_vote.html", process=process, form=form, exists=exists, known=known,
        result=winners is not None, keeps_form=exists is None,
    )
