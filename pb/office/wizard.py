"""The wizard: from nothing to a process that a second official can publish, six pages.

Each page is saved into the draft when it is sent, so that going back or away loses nothing.
"""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from starlette.responses import Response
from wtforms.validators import ValidationError

from pb.access.permissions import Permission
from pb.access.policy import OFFICIALS
from pb.accounts import queries as accounts
from pb.core.errors import AppError, NotFound
from pb.core.i18n import N_
from pb.core.web import Request
from pb.electorate import queries as electorate
from pb.electorate.services import set_ways
from pb.office import examples, services
from pb.office.paths import routes
from pb.office.wizard_forms import (
    MOST_AREAS,
    ROLL_WAYS,
    USUAL_STEPS,
    NameForm,
    PursesForm,
    SecondForm,
    StartForm,
    WayForm,
    WhoForm,
    first_monday,
    own_areas,
)
from pb.processes import services as processes
from pb.processes.checks import lacks
from pb.processes.models import Process
from pb.processes.office import attempt, office_process, require_office
from pb.processes.rules import keyed, phase_of_kind, proposed
from pb.processes.values import PhaseValue

BOTH = ("GET", "POST")
STEPS = {
    "name": N_("Name"), "money": N_("Money"), "who": N_("Who may vote"),
    "rule": N_("Ballot and rule"), "dates": N_("Dates"), "check": N_("Check"),
}
ORDER = tuple(STEPS)


def steps_of(request: Request, process: Process | None) -> list[tuple[str, str]]:
    """The wizard's pages with their addresses, once there is a draft to come back to."""
    return [
        (request.reader.say(words),
         request.link("office_wizard", slug=process.slug, step=step) if process else "")
        for step, words in STEPS.items()
    ]


@routes("/office/new", "office_new", methods=BOTH)
def new(request: Request) -> Response:
    """A new process begins with its name; it is a draft from then on."""
    require_office(request, Permission.CREATE_PROCESS, None)
    form = request.form(NameForm, **NameForm.of(None))
    if request.posted and form.validate():
        slug = request.run(processes.create_process, form.values())
        return request.redirect("office_wizard", slug=slug, step="money")
    return request.page(
        "office/wizard_name.html", form=form, process=None, steps=steps_of(request, None),
        current=1, keeps_form=True,
    )


@routes("/office/processes/{slug}/begin/{step}", "office_wizard", methods=BOTH)
def wizard(request: Request) -> Response:
    """One page of the wizard, for a draft. A public process has its own pages of the office."""
    step = request.params["step"]
    if step not in STEPS:
        raise NotFound("page.not_found")
    process = office_process(request, Permission.EDIT_PROCESS)
    if process.state != "draft":
        return request.redirect("office_process", slug=process.slug)
    return PAGES[step](request, process)


def _shown(
    request: Request, process: Process, step: str, **context: Any
) -> Response:
    shown = {
        "process": process, "steps": steps_of(request, process), "keeps_form": True,
        "current": ORDER.index(step) + 1, "back": _back(request, process, step), **context,
    }
    return request.page(f"office/wizard_{step}.html", **shown)


def _back(request: Request, process: Process, step: str) -> str:
    before = ORDER[max(0, ORDER.index(step) - 1)]
    return request.link("office_wizard", slug=process.slug, step=before)


def _on(request: Request, process: Process, step: str) -> Response:
    """To the next page, or back to the check page when one came from there."""
    following = "check" if request.value("to") == "check" else ORDER[ORDER.index(step) + 1]
    return request.redirect("office_wizard", slug=process.slug, step=following)


def name_page(request: Request, process: Process) -> Response:
    form = request.form(NameForm, **NameForm.of(process))
    if attempt(request, form, lambda: request.run(
        processes.edit_basics, process.id, form.values(process.who_decides)
    )):
        return _on(request, process, "name")
    return _shown(request, process, "name", form=form)


def money_page(request: Request, process: Process) -> Response:
    form = request.form(PursesForm, **PursesForm.of(process))
    typed = request.value("rows")
    filled = sum(1 for index in range(MOST_AREAS) if any(
        request.value(f"area_{index}_{language}") for language in request.reader.languages
    ))
    shown = max(len(own_areas(process)), filled) + 3
    if typed.isascii() and typed.isdecimal() and len(typed) < 4:
        shown = max(shown, int(typed))
    if request.posted and request.value("more"):
        rows = min(MOST_AREAS, shown + 5)
        return _shown(request, process, "money", form=form, rows=rows)
    if attempt(request, form, lambda: request.run(
        processes.save_purses, process.id, form.whole.data or 0, form.rows(process)
    )):
        return _on(request, process, "money")
    return _shown(request, process, "money", form=form, rows=min(MOST_AREAS, shown))


def who_page(request: Request, process: Process) -> Response:
    before = electorate.ways_of(request.session, process.id)
    form = request.form(WhoForm, ways=list(before.ways), least_age=before.least_age)
    if attempt(request, form, lambda: request.run(
        set_ways, process.id, form.values(before), ""
    )):
        return _on(request, process, "who")
    return _shown(request, process, "who", form=form)


def rule_page(request: Request, process: Process) -> Response:
    def usual(name: str) -> dict[str, str]:
        way = examples.WAYS.get(name)
        return {
            language: request.site.reader(language).say(way.reason)
            for language in request.reader.languages
        } if way else {}

    set_way = examples.way_of(process.ballot_kind, process.method)
    form = request.form(WayForm, **WayForm.of(process, usual(set_way)))

    def save() -> None:
        request.run(processes.edit_rule, process.id, form.values(usual(form.way.data)))

    if attempt(request, form, save):
        return _on(request, process, "rule")
    ways = [
        {"name": name, "way": way, "rows": [
            (request.reader.say(examples.NAMES[row.option]),
             request.reader.money(row.cost), row.voters, row.wins)
            for row in examples.example(name)
        ]}
        for name, way in examples.WAYS.items()
    ]
    return _shown(request, process, "rule", form=form, ways=ways,
                  money_of_example=request.reader.money(examples.MONEY))


def dates_page(request: Request, process: Process) -> Response:
    zone = ZoneInfo(process.time_zone)
    planned = list(process.phases)
    voting = phase_of_kind(process, "voting")
    form = request.form(
        StartForm,
        start=planned[0].opens_at.astimezone(zone).date() if planned
        else first_monday(request.now.astimezone(zone).date()),
        steps=[phase.kind for phase in planned] or list(USUAL_STEPS),
        reply=voting.reply_by.astimezone(zone).date() if voting and voting.reply_by else None,
    )
    form.now = request.now

    def save() -> None:
        values = _timetable(process, form, zone)
        closes = next(one.closes_at for one in values if one.kind == "voting")
        assert closes is not None
        request.run(processes.plan_dates, process.id, values, form.reply_by(closes))

    try:
        if attempt(request, form, save):
            return _on(request, process, "dates")
    except ValidationError as error:
        form.reply.errors = [str(error)]
    proposal = proposed(
        form.start.data, form.steps.data or USUAL_STEPS, zone
    ) if form.start.data else []
    kept = [(phase.kind, phase.opens_at, phase.closes_at) for phase in planned]
    return _shown(request, process, "dates", form=form, rows=kept or proposal)


def _timetable(process: Process, form: StartForm, zone: ZoneInfo) -> list[PhaseValue]:
    """The proposal; but dates that were changed one by one stay, while day and steps are these."""
    planned, start = process.phases, form.start.data
    assert start is not None
    if planned and (
        planned[0].opens_at.astimezone(zone).date() == start
        and {phase.kind for phase in planned} == set(form.steps.data)
    ):
        turns = {id(phase): int(key.partition("_")[2] or 1)
                 for key, phase in keyed(planned).items()}
        return [PhaseValue(one.kind, one.opens_at, one.closes_at, turns[id(one)])
                for one in planned]
    return [PhaseValue(*one) for one in proposed(start, form.steps.data, zone)]


def check_page(request: Request, process: Process) -> Response:
    """Every answer on one page, what is missing, and the second official."""
    people = {
        person.id: person
        for scope in (process.id, None)
        for role, person in accounts.roles_in(request.session, scope)
        if role.role in OFFICIALS and person.id != request.actor.person_id
    }
    invited = accounts.invitations_in(request.session, process.id)
    alone = not people and not invited
    form = request.form(SecondForm, second_language=request.reader.language)
    missing = lacks(request.session, process)
    problem = ""
    if request.posted and (not alone or form.validate()):
        try:
            if alone:
                request.run(services.invite, process.id, form.second_name.data,
                            form.second_email.data, form.second_language.data, "deputy")
            request.run(processes.ask_publish, process.id)
        except AppError as error:
            if error.status == 403:
                raise
            problem = request.reader.sentence(error.code)
        else:
            request.notify("office.asked")
            return request.redirect("office_process", slug=process.slug)
    asked = [act for act, _ in accounts.waiting_acts(request.session, [process.id])
             if act.kind == "processes.publish"]
    ways = electorate.ways_of(request.session, process.id)
    words = dict(ROLL_WAYS)
    return _shown(
        request, process, "check", form=form, lacks=missing, problem=problem, alone=alone,
        status=422 if problem else None, asked=asked,
        keeps_form=not missing and not asked,
        people=[person.name for person in people.values()] + [one.name for one in invited],
        ways=[request.reader.say(words[way]) for way in ways.ways if way in words],
        least_age=ways.least_age,
        rule=examples.WAYS.get(examples.way_of(process.ballot_kind, process.method)),
    )


PAGES = {
    "name": name_page, "money": money_page, "who": who_page, "rule": rule_page,
    "dates": dates_page, "check": check_page,
}
