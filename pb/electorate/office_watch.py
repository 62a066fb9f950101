"""Officials' pages that watch over the roll: declarations that are alike, and oddities."""

from __future__ import annotations

from starlette.responses import Response

from pb.access.permissions import Permission
from pb.core.web import Request
from pb.electorate import declarations, queries
from pb.electorate.forms import DecideForm
from pb.electorate.models import Declaration
from pb.electorate.paths import routes
from pb.processes.office import attempt, office_process


@routes("/office/processes/{slug}/electorate/review", "office_review", methods=("GET", "POST"))
def review(request: Request) -> Response:
    """Two declarations that are alike, side by side: on the roll, or not, with a reason."""
    process = office_process(request, Permission.EDIT_ROLL)
    form = request.form(DecideForm)
    number = request.value("declaration")
    if request.posted:
        accept = request.value("do") == "accept"
        meant = int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else 0
        if attempt(request, form, lambda: request.run(
            declarations.decide_declaration, process.id, meant, accept, form.reason.data
        )):
            request.notify("declared.accepted" if accept else "declared.refused")
            return request.redirect("office_review", slug=process.slug)
    keys, pairs = request.site.secrets, []
    for row in queries.to_review(request.session, process.id):
        other = request.session.get(Declaration, row.like_id) if row.like_id else None
        pairs.append({
            "row": row, "new": declarations.revealed(keys, row), "other": other,
            "old": declarations.revealed(keys, other) if other else None,
            "inbox": other is not None and other.inbox_mark == row.inbox_mark,
            "person": bool(other and row.person_mark and other.person_mark == row.person_mark),
            "network": bool(other and row.network_mark
                            and other.network_mark == row.network_mark),
        })
    return request.page(
        "electorate/review.html", process=process, pairs=pairs, form=form, wrong=number,
        areas={area.id: area for area in process.areas}, keeps_form=False,
    )


@routes("/office/processes/{slug}/electorate/oddities", "office_oddities")
def oddities(request: Request) -> Response:
    """What stands out: entries by minute and network, declarations by network, inbox, year of
    birth and day. Each drawn and as a table; networks are numbered, not named."""
    process = office_process(request, Permission.SEE_ODDITIES)
    read = request.session
    minutes = queries.entries_by(read, process.id, "minute")
    networks = queries.entries_by(read, process.id, "network")
    return request.page(
        "electorate/oddities.html", process=process, minutes=minutes, networks=networks,
        ways=queries.entries_by(read, process.id, "way"),
        minute_limit=queries.unusual([one.number for one in minutes]),
        network_limit=queries.unusual([one.number for one in networks]),
        by_network=queries.declared_clusters(read, process.id, "network_mark", 3),
        by_inbox=queries.declared_clusters(read, process.id, "inbox_mark"),
        by_person=queries.declared_clusters(read, process.id, "person_mark"),
        by_year=sorted(queries.declared_clusters(read, process.id, "birth_year", 1, 130),
                       key=lambda one: one.name),
        by_day=queries.declared_by_day(read, process.id),
        moment=queries.moment_of,
    )
