"""A quorum and a least support are announced before the vote and kept to after it."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from pb.core.site import Site
from pb.core.work import Work
from pb.processes.models import Process
from pb.results.services import count_and_publish_now
from tests.support import build
from tests.support.app import client
from tests.support.results import approvals, cast


def counted(site: Site, **rules: int) -> None:
    """Three ballots for project 1, one for project 2, and the result published."""
    build.a_process(site, phase="count", projects=2, areas=(), whole=5_000_000)

    def make(work: Work) -> None:
        work.session.execute(update(Process).values(**rules))

    make.__module__ = build.__name__
    build.do(site, make)
    cast(site, 1, *approvals("1", "1", "1", "2"))
    count_and_publish_now(site, 1, final=False)


@pytest.mark.parametrize(("quorum", "met"), [(0, None), (4, True), (5, False)])
def test_the_result_says_whether_enough_people_voted(
    site: Site, quorum: int, met: bool | None
) -> None:
    counted(site, quorum=quorum)
    page = client(site).get("/processes/shared-budget/result").text
    assert ("Too few people voted" in page) is (met is False)
    assert ("Enough people voted: at least 4 had to, and 4 did." in page) is (met is True)
    public = client(site).get("/processes/shared-budget").text
    assert ("If fewer vote, the result only advises the council." in public) is bool(quorum)


def test_a_project_below_the_least_support_does_not_win(site: Site) -> None:
    counted(site, min_support=2)
    page = client(site).get("/processes/shared-budget/result/projects/2").text
    won = client(site).get("/processes/shared-budget/result/projects/1").text
    assert "It won" in won or "Won" in won or "Funded" in won
    assert "Funded" not in page.split("<main")[1] or "Not funded" in page
    public = client(site).get("/processes/shared-budget").text
    assert "Votes that a project needs at least" in public
