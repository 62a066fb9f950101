"""The office's own pages: what waits, who has which role, the log."""

from __future__ import annotations

from starlette.responses import Response

from pb.access.permissions import Permission
from pb.accounts import queries as accounts
from pb.accounts.models import Act, Person
from pb.core.errors import AppError, NotFound, SignInNeeded
from pb.core.web import Request
from pb.moderation import queries as moderation
from pb.office import act_words, log_words, queries, services
from pb.office import life as life  # adds its pages
from pb.office import second_pages as second_pages  # adds its page
from pb.office import wizard as wizard  # adds its pages
from pb.office.forms import DeclineForm, InviteForm
from pb.office.paths import routes
from pb.processes import services as processes
from pb.processes.checks import THROUGHOUT, lacks
from pb.processes.models import Process
from pb.processes.office import office_process, require_office
from pb.processes.rules import held_phase, next_phase, phase_kind
from pb.projects import queries as projects
from pb.translations import queries as translations
from pb.translations.rules import TO_DO

LOG_PAGE = 50


@routes("/office", "office")
def office(request: Request) -> Response:
    """What waits for this person, and the processes in which they have a role."""
    require_office(request, Permission.SEE_OFFICE, None)
    own = queries.processes_of(request)
    waiting = accounts.waiting_acts(request.session, [one.id for one in own])
    by_id = {one.id: one for one in own}
    return request.page(
        "office/office.html",
        rows=[
            {
                "process": one,
                "phase": phase_kind(one, request.now),
                "lacks": len(lacks(request.session, one)) if one.state == "draft" else 0,
                "roles": sorted(
                    role for role, scope in request.actor.grants if scope in (one.id, None)
                ),
                **tasks(request, one),
            }
            for one in own
        ],
        waiting=[
            {"act": act, "asked_by": person, "process": by_id[act.process_id],
             "mine": person.id == request.actor.person_id}
            for act, person in waiting
            if request.can(Permission.CONFIRM_ACT, by_id[act.process_id])
        ],
        may_create=request.can(Permission.CREATE_PROCESS),
        may_edit_council=request.can(Permission.EDIT_COUNCIL),
        may_see_log=request.can(Permission.SEE_AUDIT),
        roles={role for role, _ in request.actor.grants},
    )


def tasks(request: Request, process: Process) -> dict[str, int]:
    """How many posts wait for a moderator and how many texts for a translator, for whoever is one.
    """
    reports = texts = 0
    if request.can(Permission.MODERATE, process):
        found = moderation.waiting(request.session, [process.id])
        reports = found.cases + found.appeals
    if request.can(Permission.TRANSLATE, process):
        texts = sum(1 for one in translations.units(request.session, process)
                    if one.state in TO_DO)
    return {"reports": reports, "texts": texts}


@routes("/office/processes/{slug}", "office_process", methods=("GET", "POST"))
def process_overview(request: Request) -> Response:
    """Everything about a process in one place: what is missing, what is set, where to change it."""
    process = office_process(request)
    problem = ""
    if request.posted:
        try:
            request.run(processes.ask_publish, process.id)
        except AppError as error:
            if error.status == 403:
                raise
            problem = request.reader.sentence(error.code)
        else:
            request.notify("office.asked")
            return request.redirect("office_process", slug=process.slug)
    waiting = accounts.waiting_acts(request.session, [process.id])
    held = held_phase(process, request.now)
    coming = next_phase(process, request.now) if process.state == "published" else None
    people = {person.name: None for _, person in accounts.roles_in(request.session, process.id)}
    return request.page(
        "office/process.html",
        status=422 if problem else None,
        process=process, problem=problem, waiting=waiting,
        asked=any(act.kind == "processes.publish" for act, _ in waiting),
        phase=phase_kind(process, request.now),
        held=held, coming=coming,
        held_lacks=lacks(request.session, process, held.kind) if held else [],
        coming_lacks=lacks(request.session, process, coming.kind)
        if coming is not None and coming.kind in THROUGHOUT else [],
        lacks=lacks(request.session, process) if process.state == "draft" else [],
        projects=sum(projects.count_by_area(request.session, process.id).values()),
        people=", ".join(people),
        may_edit=request.can(Permission.EDIT_PROCESS, process),
        may_change_dates=request.can(Permission.CHANGE_DATES, process),
        may_publish=request.can(Permission.PUBLISH_PROCESS, process),
    )


@routes("/office/acts/{id}", "act", methods=("GET", "POST"))
def act(request: Request) -> Response:
    """An act that takes two: who asked for what and why; confirm it or say no."""
    if request.actor.person_id is None:
        raise SignInNeeded("access.sign_in")
    number = request.params["id"]
    known = number.isascii() and number.isdecimal() and len(number) < 10
    waiting = request.session.get(Act, int(number)) if known else None
    process = request.session.get(Process, waiting.process_id) if waiting else None
    if waiting is None or process is None or not request.can(Permission.SEE_OFFICE, process):
        raise NotFound("act.unknown")
    require_office(request, Permission.CONFIRM_ACT, process)
    form = request.form(DeclineForm)
    if request.posted and request.value("confirm"):
        request.run(services.confirm_act, process.id, waiting.id)
        request.notify("office.confirmed")
        return request.redirect("office_process", slug=process.slug)
    mine = waiting.asked_by == request.actor.person_id
    if request.posted and form.validate():
        request.run(services.decline_act, process.id, waiting.id, form.reason.data)
        request.notify("office.taken_back" if mine else "office.declined")
        return request.redirect("office")
    return request.page(
        "office/act.html",
        act=waiting, process=process, form=form, keeps_form=waiting.open_key is not None,
        asked_by=request.session.get_one(Person, waiting.asked_by),
        mine=mine, is_open=waiting.open_key is not None,
        consequence=act_words.consequence(request.reader, waiting.kind),
        changes=act_words.changes(request.reader, process, waiting),
        see=act_words.where(request, process, waiting.kind),
    )


@routes("/office/processes/{slug}/people", "office_people", methods=("GET", "POST"))
def people_page(request: Request) -> Response:
    """Who has which role in a process; invite, withdraw, take."""
    process = office_process(request, posting=Permission.INVITE)
    may_invite = request.can(Permission.INVITE, process)
    form = request.form(InviteForm)
    if request.posted:
        for name, command, notice in (
            ("withdraw", services.withdraw_invitation, "office.withdrawn"),
            ("take", services.take_role, "office.taken"),
        ):
            if request.value(name).isdecimal():
                request.run(command, process.id, int(request.value(name)))
                request.notify(notice)
                return request.redirect("office_people", slug=process.slug)
        if request.value("lost").isdecimal() and request.can(Permission.CONFIRM_ACT, process):
            request.run(services.ask_reset_keys, process.id, int(request.value("lost")),
                        request.value("reason")[:500])
            request.notify("office.asked")
            return request.redirect("office_people", slug=process.slug)
        if form.validate():
            try:
                request.run(
                    services.invite, process.id, form.name.data, form.email.data,
                    form.mail_language.data, form.role.data,
                )
            except AppError as error:
                field = error.parameters.get("field")
                if not isinstance(field, str):
                    raise
                form.refuse(field, error.code)
            else:
                request.notify("office.invited")
                return request.redirect("office_people", slug=process.slug)
    return request.page(
        "office/people.html",
        process=process, form=form, keeps_form=may_invite, may_invite=may_invite,
        roles=accounts.roles_in(request.session, process.id),
        invitations=accounts.invitations_in(request.session, process.id),
        keyed=accounts.keyed_among(request.session, process.id),
    )


@routes("/office/log", "office_log")
def log(request: Request) -> Response:
    """The log of every command: who did what, when."""
    require_office(request, Permission.SEE_AUDIT, None)
    visible = queries.processes_of(request)
    everything = queries.sees_all(request.actor)
    typed = request.query.get("page", "1")
    page = max(1, int(typed)) if typed.isascii() and typed.isdecimal() and len(typed) < 7 else 1
    words = request.query.get("words", "")[:100]
    rows, number = queries.audit_rows(
        request.session,
        None if everything else [
            one.id for one in visible if request.can(Permission.SEE_AUDIT, one)
        ],
        words, log_words.commands_with(request.reader, words), page, LOG_PAGE,
    )
    names = {one.id: one.name for one in visible}
    return request.page(
        "office/log.html",
        rows=[
            {"at": row.at, "actor": log_words.who(request.reader, row.actor),
             "process": names.get(row.scope_id or 0),
             "words": log_words.say(request.reader, row.command),
             "details": log_words.details(row)}
            for row in rows
        ],
        all=number, page=page, words=words, last=max(1, -(-number // LOG_PAGE)),
        base=request.link("office_log", words=words),
    )
