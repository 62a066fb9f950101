"""The public's pages: who may vote and how well it is checked, a link sent again, declaring that
one lives here. What is found or not found by an address is answered alike."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from pb.access.permissions import Permission
from pb.ballots import doors
from pb.core.errors import Gone, Invalid, NotAllowed, NotFound
from pb.core.web import Request
from pb.electorate import declarations, queries, services
from pb.electorate.forms import DeclareForm, JoinCodeForm, SendForm
from pb.electorate.models import Contact, Declaration
from pb.electorate.paths import routes
from pb.electorate.rules import network_of
from pb.processes.models import Process
from pb.processes.queries import the_process

PENDING = "pending_join"
PENDING_SECONDS = 3600


@doors.door
def door(request: Request, process: Process) -> dict[str, Any]:
    """What the entrance of the vote says besides the code."""
    ways = queries.ways_of(request.session, process.id)
    return {
        "ways": ways,
        "may_declare": "declared" in ways.ways and process.roll_of is None
        and request.can(Permission.DECLARE, process),
        "has_mails": request.session.query(Contact.id)
        .filter_by(process_id=process.id).first() is not None,
    }


@doors.entered
def count_entry(request: Request, process_id: int, way: str) -> None:
    """Count an entry by minute, by way, and by network and day; each apart, none with the voter."""
    keys, network = request.site.secrets, network_of(request.address)
    buckets = {"minute": request.now.strftime("%Y-%m-%dT%H:%MZ"), "way": way}
    if network:
        buckets["network"] = network_mark(keys, process_id, network)
    request.site.work.run(services.count_entry, request.actor, process_id, buckets)


def network_mark(keys: Any, process_id: int, network: str) -> str:
    return str(keys.tag("network", process_id, network))


@routes("/processes/{slug}/who", "who_may_vote", cached=True)
def who_may_vote(request: Request) -> Response:
    """Who may vote, how that is checked, and what the checks have found, in sums only."""
    process = the_process(request)
    declared = queries.declared_in_numbers(request.session, process.id)
    return request.page(
        "electorate/who.html", process=process,
        ways=queries.ways_of(request.session, process.id), declared=declared,
        by_area=queries.entitled_by_area(request.session, process.id),
        voided=queries.voided_number(request.session, process.id),
        areas={area.id: area for area in process.areas},
    )


@routes("/processes/{slug}/vote/send", "vote_send", methods=("GET", "POST"))
def vote_send(request: Request) -> Response:
    """Send me my link: the same answer whether the address is on the roll or not."""
    process = the_process(request)
    form = request.form(SendForm)
    if request.posted and form.validate():
        request.limit("vote-send", "20/hour")
        request.limit("vote-send", "3/hour", who=form.email.data.lower())
        request.site.work.run(
            services.ask_for_vote_link, request.actor, process.id, form.email.data)
        return request.redirect("vote_sent", slug=process.slug)
    return request.page("electorate/send.html", process=process, form=form, keeps_form=True)


@routes("/processes/{slug}/vote/sent", "vote_sent")
def vote_sent(request: Request) -> Response:
    """The mail is on its way, if the address is on the roll."""
    return request.page("electorate/sent.html", process=the_process(request))


# -- declaring -------------------------------------------------------------------------------


def joinable(request: Request) -> tuple[Process, queries.Ways]:
    """A process that people join by declaring. Errors: NotFound, NotAllowed when it is over."""
    process = the_process(request)
    ways = queries.ways_of(request.session, process.id)
    if "declared" not in ways.ways or process.roll_of is not None:
        raise NotFound("declared.not_here")
    if not request.can(Permission.DECLARE, process):
        raise NotAllowed("access.not_now")
    return process, ways


@routes("/processes/{slug}/join", "declare", methods=("GET", "POST"))
def join(request: Request) -> Response:
    """Say that one lives here and is old enough, and which mail address is one's own."""
    process, ways = joinable(request)
    form = request.form(DeclareForm)
    form.least_age = ways.least_age
    form.asks = ("name", "street") * ways.ask_street + ("birth_year",) * ways.ask_birth_year
    own = [area for area in process.areas if not area.whole]
    form.area.choices = [("", request.reader._("Choose"))] + [
        (str(area.id), request.reader.plain(area.name)) for area in own]
    if not own:
        del form.area
    if request.posted:
        sound = form.validate()
        form.check_birth_year(request.now)
        if sound and not form.errors and not (own and not form.area.data):
            request.limit("join", "60/hour")
            request.limit("join", "5/hour", who=form.email.data.lower())
            network = network_of(request.address)
            declared = request.run(
                declarations.declare, process.id, form.value(), request.reader.language,
                network_mark(request.site.secrets, process.id, network) if network else "",
            )
            request.set_cookie(PENDING, request.site.secrets.sign("join", [process.id, declared]),
                               PENDING_SECONDS)
            return request.redirect("declare_sent", slug=process.slug)
        if own and not form.area.data:
            form.area.errors = [request.reader.sentence("batch.area")]
    return request.page("electorate/join.html", process=process, form=form, ways=ways,
                        own=bool(own), keeps_form=True)


@routes("/processes/{slug}/join/sent", "declare_sent", methods=("GET", "POST"))
def join_sent(request: Request) -> Response:
    """The mail is on its way; its code can be typed here."""
    process, _ways = joinable(request)
    form = request.form(JoinCodeForm)
    if request.posted and form.validate():
        request.limit("join-code", "20/10minutes")
        kept = request.site.secrets.unsign(
            "join", request.inner.cookies.get(PENDING, ""), PENDING_SECONDS)
        if not kept or kept[0] != process.id:
            form.refuse("code", "code.wrong")
        else:
            try:
                return joined(request, process, declarations.confirm_by_code, kept[1],
                              form.code.data)
            except Invalid as error:
                request.site.work.run(
                    declarations.count_wrong_declared, request.actor, process.id, kept[1])
                form.refuse("code", error.code)
    return request.page("electorate/join_sent.html", process=process, form=form, keeps_form=True)


@routes("/processes/{slug}/join/{token}", "declare_link", methods=("GET", "POST"))
def join_link(request: Request) -> Response:
    """Where the mail's link leads: a button confirms the address. Opening it uses nothing up."""
    process, _ways = joinable(request)
    token = request.params["token"]
    if request.posted:
        return joined(request, process, declarations.confirm_by_link, token)
    value = request.site.secrets.unsign(
        "declared", token, declarations.DAYS_TO_CONFIRM * 24 * 3600)
    row = request.session.get(Declaration, value[0]) if value else None
    if row is None or row.process_id != process.id:
        raise Gone("link.unknown")
    if row.state in ("review", "refused"):
        return request.page("electorate/joined.html", process=process, state=row.state)
    if row.nonce != value[1]:
        raise Gone("declared.used")
    return request.page("electorate/join_link.html", process=process, keeps_form=True)


def joined(request: Request, process: Process, command: Any, *arguments: Any) -> Response:
    """On the roll, and while voting is open into the ballot; or the word that an official looks."""
    found = request.site.work.run(
        command, request.actor, process.id, *arguments, request.value("once"), request.token)
    request.set_cookie(PENDING, None, None)
    if found["session"]:
        request.sign_in(found["session"])
        doors.note_entry(request, process.id, "declared")
        return request.redirect("ballot", slug=process.slug)
    return request.page("electorate/joined.html", process=process, state=found["state"])
