"""The public pages of ideas: list, map, one idea with its history, and taking part in it."""

from __future__ import annotations

import secrets
from typing import Any

from starlette.responses import HTMLResponse, Response

from pb.access.permissions import Permission
from pb.accounts.models import Person
from pb.core.errors import NotFound
from pb.core.security import PICTURE_POLICY
from pb.core.web import Request
from pb.moderation.queries import latest_case
from pb.processes.models import Process
from pb.processes.queries import box_of, the_process
from pb.proposals import (
    authors,
    confirming,
    erasure,
    office,
    queries,
    services,
    views,
    writing,
)
from pb.proposals.content import parts_of
from pb.proposals.models import SHOWN, Package, Proposal
from pb.proposals.paths import BOTH, routes, the_idea, whole
from pb.proposals.rules import MOST_PINS
from pb.proposals.words import FIELD_NAMES, STATE_NAMES

__all__ = ["authors", "confirming", "erasure", "office", "routes", "writing"]
SEEDS = 60
"""So many orders of the list: few enough that finished pages can be kept."""


def filter_of(request: Request, process: Process) -> queries.Filter:
    """What the address asks of the list; whatever makes no sense is left out."""
    query = request.query
    areas = {one.id for one in process.areas}
    area, category = whole(request, "area"), whole(request, "category")
    state = query.get("state", "")
    order = query.get("order", "random")
    across, _, down = query.get("cell", "").partition("-")
    figures = all(one.isascii() and one.isdecimal() and len(one) < 4 for one in (across, down))
    return queries.Filter(
        words=query.get("words", "").strip()[:200],
        area_id=area if area in areas else None, category_id=category,
        state=state if state in SHOWN else "",
        cell=(int(across), int(down)) if figures and process.map else None,
        order=order if order in queries.ORDERS else "random", seed=whole(request, "seed") or 1,
    )


def as_query(wanted: queries.Filter) -> dict[str, Any]:
    """A filter as an address has it."""
    return {
        "words": wanted.words, "area": wanted.area_id or "", "category": wanted.category_id or "",
        "state": wanted.state, "cell": "-".join(map(str, wanted.cell)) if wanted.cell else "",
        "order": wanted.order if wanted.order != "random" else "",
        "seed": wanted.seed if wanted.order == "random" else "",
    }


@routes("/processes/{slug}/ideas", "ideas", cached=True)
def idea_list(request: Request) -> Response:
    """Every idea: searched, filtered, in an order drawn anew for each visit and kept in the
    address, so that no idea is always the first and a page read on is the next page."""
    process = the_process(request)
    wanted = filter_of(request, process)
    if wanted.order == "random" and whole(request, "seed") is None:
        rest = {name: value for name, value in as_query(wanted).items() if name != "seed"}
        return request.redirect(
            "ideas", slug=process.slug, seed=1 + secrets.randbelow(SEEDS), **rest
        )
    session = request.session
    found = queries.count(session, process.id, wanted)
    last = max(1, -(-found // queries.PAGE_LENGTH))
    page = min(last, max(1, whole(request, "page") or 1))
    rows = queries.rows(session, process.id, wanted, page)
    base = request.link("ideas", slug=process.slug, **as_query(wanted))
    return request.page(
        "proposals/list.html", process=process, wanted=wanted, found=found, page=page, last=last,
        rows=[views.card(request, process, row) for row in rows],
        base=base + ("&" if "?" in base else "?") + "page=",
        filters=as_query(wanted), categories=queries.categories(session, process.id),
        states=[(one, request.reader.say(STATE_NAMES[one])) for one in SHOWN],
        square=views.square(*wanted.cell) if wanted.cell else "",
        open=writing.may_propose(request, process), closes_at=writing.closes_at(process, request),
        all=found or queries.count(session, process.id, queries.Filter()),
        who=box_of(request, process, "ideas"),
    )


@routes("/processes/{slug}/ideas/map", "ideas_map", cached=True)
def idea_map(request: Request) -> Response:
    """The map of a list, with the same places as a list."""
    process = the_process(request)
    if not process.map:
        raise NotFound("page.not_found")
    wanted = filter_of(request, process)
    session, filters = request.session, as_query(wanted)
    crowds = queries.crowds(session, process.id, wanted)
    number = sum(many for _, many in crowds)
    pins = queries.pins(session, process.id, wanted) if number <= MOST_PINS else []
    return request.page(
        "proposals/map.html", process=process, wanted=wanted, number=number, filters=filters,
        map=views.map_of(request, process, pins, filters) if number <= MOST_PINS
        else views.squares_of(request, process, crowds, filters),
        pins=pins, packages=views.frames_of(request, process),
        without=queries.count(session, process.id, wanted) - number,
    )


@routes("/processes/{slug}/ideas/similar", "ideas_similar")
def similar(request: Request) -> Response:
    """Ideas like what is being typed, as a piece of a page for the script."""
    process = the_process(request)
    request.limit("similar", "120/minute")
    typed = request.query.get("words", "")[:2500]
    found = queries.similar(
        request.session, process.id, typed, but=whole(request, "but", 10**9) or 0
    )
    answer = request.page("proposals/similar.html", process=process, similar=found)
    return HTMLResponse(answer.body, headers={"content-language": request.reader.language})


@routes("/processes/{slug}/ideas/mine", "ideas_mine")
def mine(request: Request) -> Response:
    """A person's drafts and ideas, and what they are asked about."""
    process = the_process(request)
    person_id = request.actor.person_id
    drafts = queries.drafts_of(
        request.session, process.id, request.actor, writing.device(request)
    )
    own = queries.Filter(mine=person_id, order="newest") if person_id else None
    return request.page(
        "proposals/mine.html", process=process, drafts=drafts,
        rows=[views.card(request, process, row)
              for row in queries.rows(request.session, process.id, own, 1)] if own else [],
        asked=[
            (merge, proposal) for merge, _, proposal in
            queries.merges_asked(request.session, person_id)
            if merge.process_id == process.id
        ],
        open=writing.may_propose(request, process),
    )


@routes("/processes/{slug}/ideas/{number:int}", "idea", cached=True)
def idea_page(request: Request) -> Response:
    """One idea, whatever became of it."""
    process = the_process(request)
    proposal = the_idea(request, process)
    session = request.session
    writes = queries.writes(session, proposal, request.actor)
    staff = request.can(Permission.SEE_OFFICE, process)
    case = latest_case(session, "proposal", proposal.id) if proposal.hidden_at else None
    if proposal.hidden_at is not None and not (writes or staff):
        return request.page("proposals/hidden.html", status=404, process=process,
                            proposal=proposal, case=case)
    before, after = parts_of(request, process, proposal)
    return request.page(
        "proposals/idea.html", process=process, proposal=proposal, writes=writes, case=case,
        **shown(request, process, proposal), before=before, after=after,
        supports=queries.supports(session, proposal.id, request.actor.person_id),
        follows=queries.follows(session, proposal.id, request.actor.person_id),
        may_support=proposal.state in services.OPEN and _phase_allows(request, process),
        may_edit=writes and proposal.state == "published"
        and request.can(Permission.EDIT_PROPOSAL, process),
        may_withdraw=proposal.author_id is not None and proposal.state == "published"
        and proposal.author_id == request.actor.person_id
        and request.can(Permission.WITHDRAW_PROPOSAL, process),
        asked=[merge for merge, _, about in
               queries.merges_asked(session, request.actor.person_id)
               if about.id == proposal.id],
    )


def _phase_allows(request: Request, process: Process) -> bool:
    """Whether anybody signed in could support now: the button then leads to the sign-in."""
    from pb.access.policy import UNDER_DISCUSSION

    return process.is_public and process.phase_kind(request.now) in UNDER_DISCUSSION


def shown(request: Request, process: Process, proposal: Proposal) -> dict[str, Any]:
    """What an idea's page says besides its text."""
    session = request.session
    into = session.get(Proposal, proposal.merged_into) if proposal.merged_into else None
    package = session.get(Package, proposal.package_id) if proposal.package_id else None
    co_authors = [one for one in queries.co_authors(session, proposal.id) if one.accepted_at]
    helper = session.get(Person, proposal.helped_by) if proposal.helped_by else None
    return {
        "area": next((one for one in process.areas if one.id == proposal.area_id), None),
        "category": next((one for one in queries.categories(session, process.id)
                          if one.id == proposal.category_id), None),
        "photos": queries.photos(session, proposal.id), "into": into, "package": package,
        "neighbours": [one for one in queries.in_package(session, package.id)
                       if one.id != proposal.id] if package else [],
        "merged": queries.merged_from(session, proposal.id), "co_authors": co_authors,
        "helper": helper.name if helper else "",
        "state_name": request.reader.say(STATE_NAMES[proposal.state]),
        "versions": len(queries.versions(session, proposal.id)),
    }


@routes("/processes/{slug}/ideas/{number:int}/history", "idea_history", cached=True)
def history(request: Request) -> Response:
    """Every version of an idea, with what changed."""
    process = the_process(request)
    proposal = the_idea(request, process)
    if proposal.hidden_at is not None or proposal.state == "withdrawn":
        raise NotFound("idea.not_found")
    found = queries.versions(request.session, proposal.id)
    say = request.reader.say
    named = {one.id: request.reader.plain(one.name) for one in process.areas}
    kinds = {one.id: request.reader.plain(one.name)
             for one in queries.categories(request.session, process.id)}
    return request.page(
        "proposals/history.html", process=process, proposal=proposal, named=named, kinds=kinds,
        versions=[
            {"version": one, "changed": [say(FIELD_NAMES[name]) for name in one.changed],
             "before": found[place + 1].content if place + 1 < len(found) else None}
            for place, one in enumerate(found)
        ],
        field_names={name: say(words) for name, words in FIELD_NAMES.items()},
    )


@routes("/processes/{slug}/map.svg", "map_picture")
def map_picture(request: Request) -> Response:
    """The process's map as a picture, with a pin at ``x`` and ``y``: a point of it can be sent
    without any script."""
    process = the_process(request)
    if not process.map:
        raise NotFound("page.not_found")
    x, y = whole(request, "x", 1000), whole(request, "y", 1000)
    dark = request.query.get("theme", request.reader.theme)
    answer = request.page(
        "proposals/map.svg", map=process.map, x=x, y=y,
        dark=dark if dark in ("dark", "light") else "",
    )
    return Response(answer.body, media_type="image/svg+xml", headers={
        "content-security-policy": PICTURE_POLICY, "cache-control": "public, max-age=300"})


# -- taking part -----------------------------------------------------------------------------


@routes("/processes/{slug}/ideas/{number:int}/support", "idea_support", methods=BOTH)
def support(request: Request) -> Response:
    """Support an idea or take it back; opened by GET it goes to the idea's page."""
    return _take_part(request, services.support, "idea.notice_supported", "idea.notice_unsupported")


@routes("/processes/{slug}/ideas/{number:int}/follow", "idea_follow", methods=BOTH)
def follow(request: Request) -> Response:
    """Get mails about an idea, or no more."""
    return _take_part(request, services.follow, "idea.notice_follows", "idea.notice_unfollows")


def _take_part(request: Request, command: Any, taken: str, given_back: str) -> Response:
    """Do it or take it back, for whoever is signed in; then to the idea's page."""
    process = the_process(request)
    proposal = the_idea(request, process)
    if request.actor.person_id is None:
        return request.redirect("join", next=request.inner.url.path)
    if request.posted:
        wanted = request.value("take") != "back"
        request.run(command, proposal.id, wanted)
        request.notify(taken if wanted else given_back)
    return request.redirect("idea", slug=process.slug, number=proposal.number, anchor="support")
