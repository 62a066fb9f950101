"""Reporting, the author's page of a case, the public log, and the moderators' queue."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from pb.access.permissions import Permission
from pb.access.policy import refusal
from pb.accounts.models import Person
from pb.core.errors import NotFound, SignInNeeded
from pb.core.storage import served
from pb.core.web import Request, Routes
from pb.moderation import queries, rules, services
from pb.moderation.forms import AnswerForm, AppealForm, DecideForm, ReportForm
from pb.moderation.models import Case
from pb.moderation.queries import Seen
from pb.moderation.subjects import SUBJECTS
from pb.moderation.words import CONTACT_NAMES, HELD_BACK, WHY
from pb.processes.models import Process
from pb.processes.office import attempt, office_process
from pb.processes.queries import the_process

routes = Routes()
BOTH = ("GET", "POST")
PAGE_LENGTH = 30
LOG_LENGTH = 50


def page_of(request: Request) -> int:
    typed = request.query.get("page", "1")
    return max(1, int(typed)) if typed.isascii() and typed.isdecimal() and len(typed) < 6 else 1


def _subject(request: Request, process: Process) -> tuple[str, int, Seen]:
    """What the address names. Errors: NotFound."""
    kind, typed = request.params["kind"], request.params["id"]
    known = typed.isascii() and typed.isdecimal() and len(typed) < 10
    if kind not in SUBJECTS or not known:
        raise NotFound("report.gone")
    return kind, int(typed), queries.seen(
        request.session, process, kind, int(typed), request.now
    )


def named(request: Request, kind: str) -> str:
    """The kind in the reader's words: "A comment"."""
    subject = SUBJECTS.get(kind)
    return request.reader.say(subject.named) if subject else kind


# -- for everybody ---------------------------------------------------------------------------


@routes("/processes/{slug}/report/{kind}/{id}", "report", methods=BOTH)
def report(request: Request) -> Response:
    """Say that something should not stand here, and why."""
    process = the_process(request)
    if not request.can(Permission.REPORT, process):
        raise refusal(request.actor, Permission.REPORT, process)
    kind, subject_id, now = _subject(request, process)
    if now.row is None or now.hidden:
        raise NotFound("report.gone")
    form = request.form(ReportForm)
    outcome = ""

    def act() -> None:
        nonlocal outcome
        request.limit("report", "10/minute")
        outcome = request.run(
            services.report, process.id, kind, subject_id, form.code.data, form.words.data,
            request.reader.language, services.address_mark(request.site, request.address),
        )

    if attempt(request, form, act):
        return request.redirect(
            "reported", slug=process.slug, kind=kind, id=subject_id, what=outcome
        )
    return request.page(
        "moderation/report.html", process=process, kind=kind, named=named(request, kind),
        seen=now, back=request.link(now.link[0], **now.link[1]) if now.link else "",
        form=form, keeps_form=True, protected=now.protected,
    )


@routes("/processes/{slug}/report/{kind}/{id}/thanks", "reported")
def reported(request: Request) -> Response:
    """What becomes of a report."""
    process = the_process(request)
    kind, subject_id, now = _subject(request, process)
    case = queries.latest_case(request.session, kind, subject_id)
    if case is None:
        raise NotFound("report.gone")
    # A guess in the address says no more than what is to be seen anyway.
    state = "hidden" if now.hidden else "counted" if case.decided_at else "queued"
    return request.page(
        "moderation/reported.html", process=process, named=named(request, kind), what=state,
        why=request.reader.say(HELD_BACK[case.held_back]) if case.held_back in HELD_BACK else "",
        back=request.link(now.link[0], **now.link[1]) if now.link and not now.hidden else "",
    )


@routes("/processes/{slug}/moderation", "moderation_log", cached=True)
def log(request: Request) -> Response:
    """The public log: how much was reported, what was decided and why. No names, no texts."""
    process = the_process(request)
    page = page_of(request)
    found, number = queries.cases(request.session, process.id, "decided", page, LOG_LENGTH)
    last = max(1, -(-number // LOG_LENGTH))
    return request.page(
        "moderation/log.html", process=process, counts=queries.counts(request.session, process.id),
        rows=[
            {"case": one, "named": named(request, one.kind),
             "why": request.reader.say(WHY[one.reason_code]) if one.reason_code else ""}
            for one, _ in found
        ],
        why={code: request.reader.say(words) for code, words in WHY.items()},
        page=min(page, last), last=last,
        base=request.link("moderation_log", slug=process.slug), limits=rules,
    )


@routes("/processes/{slug}/moderation/{id}", "my_case", methods=BOTH)
def my_case(request: Request) -> Response:
    """What happened to what I wrote: hidden why, decided how, and the way to appeal."""
    if request.actor.person_id is None:
        raise SignInNeeded("access.sign_in")
    process = the_process(request)
    case = queries.case_of(request.session, process.id, request.params["id"])
    now = (
        queries.seen(request.session, process, case.kind, case.subject_id, request.now)
        if case else None
    )
    if case is None or now is None or request.actor.person_id not in now.authors:
        raise NotFound("case.unknown")
    form = request.form(AppealForm)
    appealable = rules.may_appeal(
        case.outcome, case.decided_at, case.appealed_at is not None, request.now
    )

    def act() -> None:
        request.run(
            services.appeal, process.id, case.id, form.words.data, request.reader.language
        )

    if attempt(request, form, act):
        request.notify("appeal.sent")
        return request.redirect("my_case", slug=process.slug, id=case.id)
    return request.page(
        "moderation/my_case.html", process=process, case=case, seen=now, form=form,
        keeps_form=appealable, appealable=appealable, named=named(request, case.kind),
        why=request.reader.say(WHY[case.reason_code or case.code]),
        days=rules.APPEAL_DAYS,
    )


@routes("/processes/{slug}/moderation/{id}/pictures/{key}", "case_picture")
def case_picture(request: Request) -> Response:
    """A picture that is under a case, hidden or not: for who decides and for its author alone."""
    process = the_process(request)
    case = queries.case_of(request.session, process.id, request.params["id"])
    now = (
        queries.seen(request.session, process, case.kind, case.subject_id, request.now)
        if case else None
    )
    me, key = request.actor.person_id, request.params["key"]
    may_look = now is not None and (
        request.can(Permission.MODERATE, process) or (me is not None and me in now.authors)
    )
    found = (
        request.site.storage.find(key)
        if now and may_look and key in dict(now.content.pictures) else None
    )
    if found is None:
        raise NotFound("case.unknown")
    return served(found, "no-store")


@routes("/processes/{slug}/moderation/{kind}/{id}", "my_case_of")
def my_case_of(request: Request) -> Response:
    """From a hidden post to its author's page of it, so that its owner needs to know no case."""
    if request.actor.person_id is None:
        raise SignInNeeded("access.sign_in")
    process = the_process(request)
    kind, subject_id, now = _subject(request, process)
    case = queries.latest_case(request.session, kind, subject_id)
    if case is None or request.actor.person_id not in now.authors:
        raise NotFound("case.unknown")
    return request.redirect("my_case", slug=process.slug, id=case.id)


# -- for moderators --------------------------------------------------------------------------


@routes("/office/processes/{slug}/reports", "office_reports")
def queue(request: Request) -> Response:
    """What waits for a moderator, the oldest first, with how long it has waited."""
    process = office_process(request, Permission.MODERATE)
    which = request.query.get("queue", "waiting")
    which = which if which in queries.QUEUES else "waiting"
    page = page_of(request)
    found, number = queries.cases(request.session, process.id, which, page, PAGE_LENGTH)
    last = max(1, -(-number // PAGE_LENGTH))
    return request.page(
        "moderation/queue.html", process=process, which=which,
        waiting=queries.waiting(request.session, [process.id]),
        rows=[_row(request, process, case, reports) for case, reports in found],
        number=number, page=min(page, last), last=last,
        base=request.link("office_reports", slug=process.slug, queue=which),
    )


def _row(request: Request, process: Process, case: Case, reports: int) -> dict[str, Any]:
    now = queries.seen(request.session, process, case.kind, case.subject_id, request.now)
    return {
        "case": case, "reports": reports, "named": named(request, case.kind), "now": now,
        "why": request.reader.say(WHY[case.reason_code or case.code]),
        "waited": request.now - (case.appealed_at or case.opened_at),
    }


@routes("/office/processes/{slug}/reports/{id}", "office_report", methods=BOTH)
def case_page(request: Request) -> Response:
    """One case: what was written, who says what about it, and the decision."""
    process = office_process(request, Permission.MODERATE)
    case = queries.case_of(request.session, process.id, request.params["id"])
    if case is None:
        raise NotFound("case.unknown")
    now = queries.seen(request.session, process, case.kind, case.subject_id, request.now)
    appealed = case.appealed_at is not None
    form, act = _answering(request, process, case) if appealed else _deciding(
        request, process, case, now
    )
    if attempt(request, form, act):
        request.notify("appeal.saved" if appealed else "case.saved")
        return request.redirect("office_reports", slug=process.slug)
    me = request.actor.person_id
    is_open = case.answered_at is None if appealed else case.decided_at is None
    why_not = ""
    if me in now.authors:
        why_not = "case.own_post"
    elif appealed and case.decided_by == me:
        why_not = "case.same_person"
    return request.page(
        "moderation/case.html", process=process, case=case, seen=now, form=form,
        named=named(request, case.kind), appealed=appealed, is_open=is_open,
        why_not=request.reader.sentence(why_not) if why_not else "",
        keeps_form=is_open and not why_not,
        link_to=request.link(now.link[0], **now.link[1]) if now.link else "",
        reports=[
            {"report": one, "why": request.reader.say(WHY[one.code])}
            for one in queries.reports_of(request.session, case.id)
        ],
        bundle=queries.bundle_of(request.session, case),
        held_back=request.reader.say(HELD_BACK[case.held_back])
        if case.held_back in HELD_BACK else "",
        decided_by=_name(request, case.decided_by), answered_by=_name(request, case.answered_by),
        why=request.reader.say(WHY[case.reason_code]) if case.reason_code else "",
        contacts=[
            request.reader.say(CONTACT_NAMES[one.kind], text=one.text)
            for one in services.notice_contacts("\n".join(now.content.words))
        ],
    )


def _name(request: Request, person_id: int | None) -> str:
    person = request.session.get(Person, person_id) if person_id is not None else None
    return person.name if person else ""


def _deciding(request: Request, process: Process, case: Case, now: Seen) -> tuple[Any, Any]:
    form = request.form(DecideForm, code=case.code)
    form.offer(rules.PROTECTED_DECISIONS if now.protected else rules.DECISIONS)

    def act() -> None:
        request.run(
            services.decide, process.id, case.id, form.outcome.data, form.code.data,
            form.reason.data, request.reader.language, bool(form.together.data),
        )

    return form, act


def _answering(request: Request, process: Process, case: Case) -> tuple[Any, Any]:
    form = request.form(AnswerForm)

    def act() -> None:
        request.run(
            services.answer, process.id, case.id, form.outcome.data, form.words.data,
            request.reader.language,
        )

    return form, act
