"""What the page of a result needs, for the public and for the officials' private preview."""

from __future__ import annotations

from typing import Any

from pb.ballots.queries import publication_level
from pb.core.web import Request
from pb.processes.models import Process
from pb.processes.queries import first_vote_of, second_vote_of
from pb.results import queries, rules, stages
from pb.results.files import files_of
from pb.results.models import Count
from pb.results.views import MOST_LACKING, MOST_WINNERS, ResultView

MOST_IN_TABLE = 40
MOST_STAGES = 15
MOST_FIRST = 20


def votes_beside(request: Request, process: Process) -> dict[str, Any]:
    """The vote before this one and the one after it, whose results link each other."""
    return {
        "first_vote": first_vote_of(request.session, process),
        "second_vote": second_vote_of(request.session, process.id, public=True),
    }


def shown(request: Request, process: Process, count: Count) -> dict[str, Any]:
    """The context of ``results/result.html``, small enough for one page whatever the vote."""
    view = ResultView(request, process, count)
    objections = queries.objections_of(request.session, count.id)
    tally = view.tally
    level = publication_level(request.session, process.id)
    first: list[tuple[str, Any]] = []
    if tally.stages:
        totals = tally.stages[0].totals
        first = sorted(totals.items(), key=lambda item: (-item[1], item[0]))[:MOST_FIRST]
    return {
        "process": process,
        "count": count,
        "view": view,
        "winners": view.winners[:MOST_WINNERS],
        "lacking": view.others[:MOST_LACKING],
        "everything": [*view.winners, *view.others] if len(view.rows) <= MOST_IN_TABLE else [],
        "may_object": rules.may_object(count, request.now),
        "money_flow": stages.money_flow(view) if view.is_budget else None,
        "first_choices": first,
        "stage_words": [
            (stage, view.words.stage(stage, tally.quota, before))
            for stage, before in zip(
                tally.stages[:MOST_STAGES], (None, *tally.stages), strict=False
            )
        ],
        "answered": [one for one in objections if one.answered_at is not None],
        "open_objections": sum(1 for one in objections if one.answered_at is None),
        "files": [
            {"name": file.name, "words": request.reader.say(file.words)}
            for file in files_of(process, count, level)
        ] if rules.is_published(count) else [],
        "every_ballot": level == "A",
    }
