"""Payments of jurors: the list for officials, a juror's own page, and certificates of thanks."""

from __future__ import annotations

import csv
import io

from babel.numbers import get_currency_precision
from starlette.responses import Response

from deliberation.honoraria import queries, services
from deliberation.honoraria.forms import ChoiceForm, ClaimForm, TermsForm
from deliberation.panels.models import Jury
from deliberation.panels.office import the_office_jury
from deliberation.sessions.doors import the_juror
from deliberation.sessions.office import number_of
from pb.access.permissions import Permission
from pb.core.errors import AppError
from pb.core.forms import by_language, spread
from pb.core.web import Request, Routes
from pb.processes.office import attempt

routes = Routes()
BOTH = ("GET", "POST")
HEADS = ("number", "name", "way", "sessions", "due", "paid", "currency")


@routes("/office/processes/{slug}/jury/payments", "office_payments", methods=BOTH)
def payments(request: Request) -> Response:
    """What a session is worth, the list of payments, and costs that were claimed."""
    process, jury = the_office_jury(request, Permission.PAY_JURORS)
    terms = queries.terms_of(request.session, jury.id)
    act = request.value("act")
    form = TermsForm(
        request.form_data if not act or act == "terms" else None, reader=request.reader,
        data={"amount": terms.amount, "voucher": terms.voucher,
              **spread("benefits", terms.benefits)} if terms else {"voucher": True},
    )
    form.amount.currency = process.currency
    problem = ""
    if request.posted and act == "terms":
        if attempt(request, form, lambda: request.run(
            services.set_terms, jury.id, form.amount.data or 0, form.voucher.data,
            by_language(form, "benefits"),
        )):
            request.notify("payment.saved")
            return request.redirect("office_payments", slug=process.slug)
    elif request.posted:
        try:
            _act(request, jury, act)
        except AppError as error:
            if error.status in (403, 404):
                raise
            problem = request.reader.sentence(error.code, **error.parameters)
        else:
            request.notify("payment.paid" if act == "pay" else "payment.saved")
            return request.redirect("office_payments", slug=process.slug)
    rows = queries.payment_list(request.session, jury)
    return request.page(
        "honoraria/office.html", status=422 if problem else None, process=process, jury=jury,
        terms=terms, form=form, problem=problem, rows=rows,
        due=sum(one.account.due for one in rows), paid=sum(one.account.paid for one in rows),
        keeps_form=True,
    )


def _act(request: Request, jury: Jury, act: str) -> None:
    which = number_of(request.value("which"))
    if act == "pay":
        request.run(services.mark_paid, jury.id, which, number_of(request.value("sum")))
    else:
        request.run(services.settle_claim, jury.id, which, act == "agree",
                    " ".join(request.value("reason").split())[:300])


@routes("/office/processes/{slug}/jury/payments/list.csv", "office_payments_file")
def payments_file(request: Request) -> Response:
    """The list of payments as a file for the council's own books."""
    process, jury = the_office_jury(request, Permission.PAY_JURORS)
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([request.reader.sentence(f"payment.head_{one}") for one in HEADS])
    for row in queries.payment_list(request.session, jury):
        writer.writerow([
            row.juror.number, _cell(row.juror.name),
            request.reader.sentence(f"payment.choice_{row.choice}"),
            " ".join(map(str, row.attended)), _plain(row.account.due, process.currency),
            _plain(row.account.paid, process.currency), process.currency,
        ])
    return Response("\ufeff" + written.getvalue(), media_type="text/csv", headers={
        "content-disposition": f'attachment; filename="payments-{process.slug}.csv"'})


def _cell(words: str) -> str:
    """Words that no spreadsheet takes for a formula."""
    return f"'{words}" if words[:1] in ("=", "+", "-", "@") else words


def _plain(minor: int, currency: str) -> str:
    places = get_currency_precision(currency)
    whole, rest = divmod(minor, 10**places)
    return f"{whole}.{rest:0{places}d}" if places else str(whole)


@routes("/office/processes/{slug}/jury/certificates", "office_certificates")
def certificates(request: Request) -> Response:
    """A certificate of thanks for each juror, in both languages, a sheet each."""
    process, jury = the_office_jury(request, Permission.EDIT_JURY)
    return request.page(
        "honoraria/certificates.html", process=process, jury=jury,
        sheets=[(one.juror, _thanks(request, jury, one))
                for one in queries.payment_list(request.session, jury)
                if one.attended and one.juror.name],
    )


def _thanks(request: Request, jury: Jury, row: queries.Row) -> list[tuple[str, str, str]]:
    """(language, heading, sentence), the juror's own language first."""
    offered = sorted(request.reader.languages, key=lambda one: one != row.juror.speaks)
    found = []
    for language in offered:
        reader = request.site.reader(language, zone=request.council.time_zone,
                                     languages=tuple(request.council.languages))
        found.append((language, reader.sentence("certificate.heading"), reader.sentence(
            "certificate.words", jury=reader.plain(jury.name), number=len(row.attended))))
    return found


@routes("/room/payment", "room_payment", methods=BOTH)
def own(request: Request) -> Response:
    """A juror's own page: what they get, how they want it, and costs to ask back."""
    found = the_juror(request)
    if found is None:
        return request.redirect("room")
    guest, juror = found
    row = queries.row_of(request.session, guest.jury, juror.id)
    terms = queries.terms_of(request.session, guest.jury.id)
    act, run = request.value("act"), request.site.work.run
    once = request.value("once") or None
    choice = ChoiceForm(request.form_data if act == "choose" else None, reader=request.reader,
                        data={"choice": row.choice if row else "money"})
    if terms is not None and not terms.voucher:
        choice.choice.choices = [one for one in choice.choice.choices if one[0] != "voucher"]
    costs = ClaimForm(request.form_data if act == "claim" else None, reader=request.reader)
    costs.amount.currency = guest.process.currency
    if act == "choose" and attempt(request, choice, lambda: run(
        services.choose, guest.actor, juror.id, choice.choice.data, once=once)):
        request.notify("payment.saved")
        return request.redirect("room_payment")
    if act == "claim" and attempt(request, costs, lambda: run(
        services.claim, guest.actor, juror.id, costs.kind.data, costs.amount.data or 0,
        costs.words.data or "", once=once)):
        request.notify("payment.claimed")
        return request.redirect("room_payment")
    return request.page(
        "honoraria/room.html", process=guest.process, jury=guest.jury, terms=terms, row=row,
        choice=choice, costs=costs, acts=guest.screen.acts, nav=[],
        faulty=choice if choice.errors else costs,
    )
