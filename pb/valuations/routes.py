"""The officers' pages of the assessment, and what the public and the author see of it."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from pb.access.permissions import Permission
from pb.accounts.models import Person
from pb.core.errors import Conflict, NotFound, SignInNeeded
from pb.core.forms import choices
from pb.core.i18n import N_
from pb.core.web import Request, Routes
from pb.processes.models import Process
from pb.processes.office import attempt, office_process, require_office
from pb.processes.queries import box_of, the_process
from pb.processes.rules import phase_of_kind
from pb.projects.models import Project
from pb.proposals.models import Proposal
from pb.valuations import queries, rules, services, views
from pb.valuations.forms import (
    MOST_LINES,
    AnswerForm,
    AssignForm,
    DecideForm,
    FindingsForm,
    NoteForm,
    ScoreForm,
    WhyForm,
)
from pb.valuations.models import Valuation
from pb.valuations.translatable import credits_of
from pb.valuations.words import OUTCOME_WORDS

routes = Routes()
BOTH = ("GET", "POST")
PAGE_LENGTH = 50
SHOWS = ("waiting", "mine", "unassigned", "overdue", "answered", "decided")


def _whole(text: str, most: int) -> int:
    plain = text.isascii() and text.isdecimal() and len(text) < 8
    return min(most, max(1, int(text))) if plain else 1


@routes("/office/processes/{slug}/assessment", "office_assessment")
def queue(request: Request) -> Response:
    """What waits for whom, the most pressing first."""
    process = office_process(request, Permission.SEE_VALUATIONS)
    me = request.actor.person_id
    numbers = queries.counts(request.session, process.id, me, request.now)
    show = request.query.get("show", "waiting")
    show = show if show in SHOWS else "waiting"
    area = next((one for one in process.areas if str(one.id) == request.query.get("area")), None)
    route = request.query.get("route", "")
    route = route if route in (*rules.ROUTES, "none") else ""
    wanted = {"show": show, "person_id": me, "area_id": area.id if area else None, "route": route}
    page = _whole(request.query.get("page", "1"), 100_000)
    rows, found = queries.queue(
        request.session, process.id, request.now, **wanted,  # type: ignore[arg-type]
        page=page, length=PAGE_LENGTH,
    )
    last = max(1, -(-found // PAGE_LENGTH))
    if page > last:
        page = last
        rows, _ = queries.queue(
            request.session, process.id, request.now, **wanted,  # type: ignore[arg-type]
            page=page, length=PAGE_LENGTH,
        )
    return request.page(
        "valuations/queue.html",
        process=process, rows=[views.queue_row(request, process, row) for row in rows],
        counts=numbers, show=show, area=area, route=route, found=found, page=page, last=last,
        waiting=numbers.all - numbers.decided,
        base=request.link("office_assessment", slug=process.slug, show=show,
                          area=area.id if area else "", route=route),
        may_value=request.can(Permission.VALUE_PROPOSALS, process),
    )


def _found(
    request: Request, permission: Permission = Permission.SEE_VALUATIONS
) -> tuple[Process, Proposal, Valuation | None]:
    """Process, proposal and valuation of an office page's address."""
    process = office_process(request, permission)
    proposal = queries.proposal_by_number(
        request.session, process.id, request.params["number"]
    )
    return process, proposal, queries.valuation_of(request.session, proposal.id)


@routes("/office/processes/{slug}/assessment/{number}", "office_valuation", methods=BOTH)
def valuation_page(request: Request) -> Response:
    """One proposal on the officer's desk: what is proposed, and what was found out about it."""
    process, proposal, valuation = _found(request)
    doing = request.value("do") if request.form_data is not None else ""
    forms = _forms(request, process, valuation, doing)
    if request.form_data is not None and not request.can(Permission.VALUE_PROPOSALS, process):
        return _too_late(request, process, forms["findings"])
    try:
        done = _act(request, process, proposal, doing, forms)
    except Conflict as error:
        if error.code != "valuation.changed":
            raise
        return _desk(request, process, proposal, forms, overtaken=True)
    if done:
        request.notify(done)
        anchor = {"score": "score", "note": "notes"}.get(doing, "")
        return request.redirect(
            "office_valuation", slug=process.slug, number=proposal.number, anchor=anchor
        )
    return _desk(request, process, proposal, forms)


def _too_late(request: Request, process: Process, form: FindingsForm) -> Response:
    """Somebody wrote while the vote opened: nothing is saved any more, and nothing is lost."""
    typed = [
        (field.label.text, str(field.data)) for field in form
        if isinstance(field.data, str) and field.data and field.name != "feasibility"
    ]
    if not typed:
        require_office(request, Permission.VALUE_PROPOSALS, process)
    return request.page("valuations/late.html", status=403, process=process, typed=typed,
                        code="access.not_now")


def _forms(
    request: Request, process: Process, valuation: Valuation | None, doing: str
) -> dict[str, Any]:
    """The desk's four forms; only the one that was sent holds what was typed."""
    scores = queries.scores_of(request.session, valuation.id) if valuation else []
    own = next((one for one in scores if one.person_id == request.actor.person_id), None)
    defaults: dict[str, tuple[Any, dict[str, Any]]] = {
        "findings": (FindingsForm, FindingsForm.of(valuation)),
        "score": (ScoreForm, {"kind": own.kind, "impact": own.impact, "effort": own.effort}
                  if own else {}),
        "assign": (AssignForm, {"person": str(valuation.assigned_to or ""),
                                "due_at": valuation.due_at} if valuation else {}),
        "note": (NoteForm, {}),
    }
    sent = doing if doing in ("score", "assign", "note") else "findings"
    made = {
        name: kind(request.form_data if name == sent else None, reader=request.reader, data=data)
        for name, (kind, data) in defaults.items()
    }
    officers = queries.officers_of(request.session, process.id)
    made["assign"].person.choices = choices(
        [("", request.reader.say(N_("Nobody yet"))),
         *((str(number), name) for number, name in officers.items())]
    )
    return made


def _act(
    request: Request, process: Process, proposal: Proposal, doing: str, forms: dict[str, Any]
) -> str:
    """Do what was asked for; the code of what to say, or nothing."""
    ids = (process.id, proposal.id)
    version = _version(request)
    if doing == "score":
        form = forms["score"]
        sound = attempt(request, form, lambda: request.run(services.score, *ids, form.score()))
        return "valuation.scored" if sound else ""
    if doing == "note":
        form = forms["note"]
        sound = attempt(
            request, form, lambda: request.run(services.add_note, *ids, form.note.data)
        )
        return "valuation.noted" if sound else ""
    if doing == "assign":
        form = forms["assign"]
        who = request.actor.person_id if request.value("take") else None
        typed = form.person.data or ""
        who = who or (int(typed) if typed.isascii() and typed.isdecimal() else None)
        sound = attempt(
            request, form,
            lambda: request.run(services.assign, *ids, version, who, form.due_at.data),
        )
        return "valuation.assigned" if sound else ""
    form = forms["findings"]
    sound = attempt(
        request, form,
        lambda: request.run(
            services.save, *ids, version, form.findings(), form.why.data or ""
        ),
    )
    return "valuation.saved" if sound else ""


def _version(request: Request) -> int:
    text = request.value("version")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else -1


def _desk(
    request: Request, process: Process, proposal: Proposal, forms: dict[str, Any],
    overtaken: bool = False,
) -> Response:
    # Read again: a command may have made it, or somebody changed it, since the request began.
    with request.site.database.reading() as session:
        valuation = queries.valuation_of(session, proposal.id)
        version = valuation.version if valuation else 0
        scores = queries.scores_of(session, valuation.id) if valuation else []
        mine = any(one.person_id == request.actor.person_id for one in scores)
        names = queries.officers_of(session, process.id)
        return request.page(
            "valuations/desk.html",
            status=409 if overtaken else None,
            process=process, proposal=proposal, valuation=valuation,
            # A form that was sent keeps the version it was typed on, until its sender has been
            # shown what changed.
            version=version if overtaken or not request.posted else max(0, _version(request)),
            since=views.changes(
                request, process, queries.changes_since(session, valuation.id, _version(request)),
                names,
            ) if overtaken and valuation else [],
            form=forms["findings"], score_form=forms["score"], assign_form=forms["assign"],
            note_form=forms["note"], keeps_form=True,
            notes=list(valuation.notes) if valuation else [],
            history=views.changes(
                request, process, list(valuation.history) if valuation else [], names
            ),
            joint=queries.joint(scores) if mine else {}, scored=len(scores), mine=mine,
            route=valuation.route if valuation else "",
            lines=forms["findings"].open_lines(), most_lines=MOST_LINES,
            area=next((one for one in process.areas if one.id == proposal.area_id), None),
            assigned=names.get(valuation.assigned_to or 0, "") if valuation else "",
            overdue=bool(valuation and rules.is_overdue(valuation.due_at, valuation.state,
                                                        request.now)),
            project=session.get(Project, valuation.project_id)
            if valuation and valuation.project_id else None,
            photos=queries.photos_of(session, proposal.id),
            may_value=request.can(Permission.VALUE_PROPOSALS, process),
        )


@routes("/office/processes/{slug}/assessment/{number}/decide", "office_decide", methods=BOTH)
def decide(request: Request) -> Response:
    """Decide on what was written down; or, after an answer or a decision, look at it again."""
    process, proposal, valuation = _found(request, Permission.VALUE_PROPOSALS)
    before = "reopen" if valuation and valuation.state != "open" else "decide"
    doing = request.value("do") if request.form_data is not None else before
    form: Any = request.form(WhyForm if doing == "reopen" else DecideForm)
    ids = (process.id, proposal.id, _version(request))
    overtaken, done = False, ""

    def act() -> None:
        nonlocal done
        if doing == "reopen":
            request.run(services.reopen, *ids, form.why.data)
            done = "valuation.reopened"
        else:
            state = request.run(services.decide, *ids, str(form.outcome.data))
            done = "valuation.told" if state == "told" else "valuation.done"

    try:
        if request.posted and doing == "uphold":
            request.run(services.uphold, *ids)
            done = "valuation.done"
        else:
            attempt(request, form, act)
    except Conflict as error:
        if error.code != "valuation.changed":
            raise
        overtaken = True
    if done:
        request.notify(done)
        return request.redirect("office_valuation", slug=process.slug, number=proposal.number)
    with request.site.database.reading() as session:
        fresh = queries.valuation_of(session, proposal.id)
        state = fresh.state if fresh else "open"
        chosen = form.outcome.data if overtaken and doing == "decide" else ""
        if (state == "open") != isinstance(form, DecideForm):
            form = (DecideForm if state == "open" else WhyForm)(None, reader=request.reader)
        return request.page(
            "valuations/decide.html",
            status=409 if overtaken else None,
            process=process, proposal=proposal, valuation=fresh, form=form, state=state,
            version=fresh.version if fresh else 0, keeps_form=True,
            since=views.changes(
                request, process, queries.changes_since(session, fresh.id, _version(request)),
                queries.officers_of(session, process.id),
            ) if overtaken and fresh else [],
            chosen=request.reader.say(OUTCOME_WORDS[chosen]) if chosen else "",
            days=rules.ANSWER_TIME.days,
            authors=bool(queries.authors_of(session, proposal)),
        )


@routes("/office/processes/{slug}/triage", "office_triage")
def triage(request: Request) -> Response:
    """What brings much for little: every proposal's scores together, drawn and as a table."""
    process = office_process(request, Permission.SEE_VALUATIONS)
    found = queries.triage(request.session, process.id)
    last = max(1, -(-len(found) // PAGE_LENGTH))
    page = _whole(request.query.get("page", "1"), last)
    rows = found[(page - 1) * PAGE_LENGTH : page * PAGE_LENGTH]
    return request.page(
        "valuations/triage.html", process=process, page=page, last=last,
        base=request.link("office_triage", slug=process.slug) + "?page=",
        rows=rows, points=views.points(rows), as_number=queries.as_number,
        words=views.quadrant_words(request),
    )


@routes("/processes/{slug}/assessment", "assessment", cached=True)
def progress(request: Request) -> Response:
    """How far the assessment is, what passed, and what did not with its reason."""
    process = the_process(request)
    numbers_of = queries.public_counts(request.session, process.id)
    outcome = request.query.get("outcome", "")
    outcome = outcome if outcome in numbers_of else ""
    found = numbers_of[outcome] if outcome else sum(numbers_of.values())
    last = max(1, -(-found // PAGE_LENGTH))
    page = _whole(request.query.get("page", "1"), last)
    rows = queries.public_rows(request.session, process.id, outcome, page, PAGE_LENGTH)
    done, all_of_them = queries.progress(request.session, process.id)
    projects = views.projects_by_id(request.session, process.id)
    return request.page(
        "valuations/progress.html", process=process, done=done, all=all_of_them,
        rows=[views.public_row(request, process, row, projects) for row in rows],
        numbers=numbers_of, outcome=outcome, page=page, last=last,
        base=request.link("assessment", slug=process.slug, outcome=outcome),
        phase=phase_of_kind(process, "assessment"),
        who=box_of(request, process, "assessment"),
    )


@routes("/processes/{slug}/ideas/{number}/decision", "decision", methods=BOTH)
def decision(request: Request) -> Response:
    """What the council says to one proposal; before it is public, to its authors alone."""
    process = the_process(request)
    proposal = queries.proposal_by_number(
        request.session, process.id, request.params["number"]
    )
    if proposal.hidden_at is not None:
        raise NotFound("idea.not_found")
    valuation = queries.valuation_of(request.session, proposal.id)
    state = valuation.state if valuation else "open"
    mine = request.actor.person_id is not None and request.actor.person_id in {
        person.id for person in queries.authors_of(request.session, proposal)
    }
    if request.form_data is not None:
        if request.actor.person_id is None:
            raise SignInNeeded("access.sign_in")
        if not mine:
            raise NotFound("idea.not_found")
    form = request.form(AnswerForm, answer=valuation.answer if valuation else "")
    kept = ""
    try:
        if attempt(
            request, form,
            lambda: request.run(services.answer, process.id, proposal.id, form.answer.data,
                                request.reader.language),
        ):
            request.notify("valuation.answered")
            return request.redirect("decision", slug=process.slug, number=proposal.number)
    except Conflict as error:
        if error.code != "valuation.too_late":
            raise
        kept = form.answer.data  # the time ran out while they wrote
    return request.page(
        "valuations/decision.html", status=409 if kept else None,
        process=process, proposal=proposal, form=form, mine=mine, kept=kept,
        credits=credits_of(request.session, valuation, request.reader.language)
        if valuation else [],
        keeps_form=mine and state in ("told", "answered"),
        # Whoever is neither author nor officer learns nothing before it is public.
        state=state if state == "decided" or mine else "open",
        valuation=valuation if state == "decided" or mine else None,
        history=views.public_history(request, process, valuation)
        if valuation and state == "decided" else [],
        project=request.session.get(Project, valuation.project_id)
        if valuation and valuation.project_id and state == "decided" else None,
        author=request.session.get(Person, proposal.author_id) if proposal.author_id else None,
    )
