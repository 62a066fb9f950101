"""Check my ballot, and what is secret from whom: pages for everybody, without an account."""

from __future__ import annotations

from starlette.responses import Response

from pb.ballots import queries, receipts, views
from pb.ballots.content import from_json
from pb.ballots.contests import contest_of
from pb.ballots.forms import ReceiptForm, TrackingForm
from pb.ballots.models import Box
from pb.ballots.paths import routes
from pb.ballots.states import stage
from pb.core.security import read_code
from pb.core.web import Request
from pb.processes.queries import the_process
from pb.projects.queries import projects_of
from pb.record import queries as record

CHECKS = "60/minute"
"""From one address. A tracking code has 60 bits: nobody finds one by trying."""


@routes("/processes/{slug}/check", "check_ballot", methods=("GET", "POST"))
def check_ballot(request: Request) -> Response:
    """Is my ballot in the record, and, once ballots are published, which is it?"""
    process = the_process(request)
    by_receipt, by_code = request.form(ReceiptForm), request.form(TrackingForm)
    verdict, receipt, ballot, asked = "", None, None, False
    level = queries.publication_level(request.session, process.id)
    state = queries.box_state(request.session, process.id)
    head = record.last_head(request.connection, process.id)
    if request.posted:
        request.limit("check", CHECKS)
        if request.value("by") == "code":
            by_receipt = ReceiptForm(reader=request.reader)
            if by_code.validate():
                asked = True
                tracking = read_code(by_code.tracking.data)
                ballot = queries.published_ballot(request.session, process.id, tracking)
        else:
            by_code = TrackingForm(reader=request.reader)
            if by_receipt.validate():
                try:
                    receipt = receipts.read(by_receipt.receipt.data)
                except receipts.NotAReceipt:
                    by_receipt.refuse("receipt", "receipt.form")
                else:
                    verdict = receipts.verdict(
                        request.site, request.connection, process.id, process.slug, receipt
                    )
    content = from_json(ballot.content) if ballot is not None and level == "A" else None
    options = {}
    if content is not None:
        known = contest_of(process, projects_of(request.session, process.id)).by_id
        options = {
            one.option_id: views.option_view(request, process, one)
            for one in projects_of(request.session, process.id) if one.option_id in known
        }
    return request.page(
        "ballots/check_mine.html", one_size=True, process=process, form=by_receipt, by_code=by_code,
        verdict=verdict, receipt=receipt, ballot=ballot, asked=asked, level=level, state=state,
        head=head, kind=process.ballot_kind, options=options, content=content,
        points=dict(content.points) if content is not None and hasattr(content, "points") else {},
        stage=stage(request, process), closes_at=views.closes_at(process), keeps_form=True,
    )


@routes("/processes/{slug}/secrecy", "secrecy")
def secrecy(request: Request) -> Response:
    """Who could link whom to which ballot, until when; what is proved, and what is not."""
    process = the_process(request)
    box = request.session.get(Box, process.id)
    return request.page(
        "ballots/secrecy.html", process=process, state=box.state if box else "prepared",
        level=box.level if box else "A", key_holder=box.key_holder if box else "server",
        stage=stage(request, process), keeps_form=False,
    )
