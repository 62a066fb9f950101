"""A count of real rows: what it comes to, that it repeats, and who may have it when."""

from __future__ import annotations

import pytest

from pb.core.errors import Conflict, NotAllowed
from pb.core.site import Site
from pb.results import jobs, services
from tests.support.app import run_jobs
from tests.support.build import WHEN, a_person, a_process, actor, do
from tests.support.results import approvals, cast, the_count


def test_a_count_funds_what_most_want_and_says_why(site: Site) -> None:
    process_id = a_process(site, phase="count", areas=(), whole=2_000_000, projects=3)
    cast(site, process_id, *approvals("1", "1 2", "1 2", "3", ""))

    count_id = services.count_and_publish_now(site, process_id, final=False)

    row = the_count(site, count_id)
    assert row.state == "provisional"
    assert row.tally["selected"] == ["1", "2"]
    assert row.tally["why"]["3"]["code"] == "no_money"
    assert (row.tally["ballots"], row.tally["blank"]) == (5, 1)


def test_the_same_ballots_come_to_the_same_again(site: Site) -> None:
    process_id = a_process(site, phase="count", areas=(), projects=3)
    cast(site, process_id, *approvals("1", "1 2", "3"))
    lead = actor(site, a_person(site, role="lead_official", process="shared-budget"))
    first = do(site, services.ask_count, process_id, actor=lead)
    run_jobs(site)
    second = do(site, services.ask_count, process_id, actor=lead)
    run_jobs(site)
    one, two = the_count(site, first), the_count(site, second)
    assert one.input_digest == two.input_digest != ""
    assert one.tally == two.tally


def test_one_more_ballot_is_seen_in_the_digest(site: Site) -> None:
    digests = set()
    for slug, extra in (("a", []), ("b", approvals("3"))):
        process_id = a_process(site, slug, phase="count", areas=(), projects=3)
        cast(site, process_id, *approvals("1", "1 2"), *extra)
        digests.add(the_count(site, services.count_and_publish_now(site, process_id, True))
                    .input_digest)
    assert len(digests) == 2


def test_nobody_counts_before_the_close(site: Site) -> None:
    process_id = a_process(site, phase="voting")
    lead = actor(site, a_person(site, role="lead_official", process="shared-budget"))
    with pytest.raises(NotAllowed) as refused:
        do(site, services.ask_count, process_id, actor=lead)
    assert refused.value.code == "access.not_now"
    site.clock.now = WHEN["count"]  # type: ignore[attr-defined]
    assert do(site, services.ask_count, process_id, actor=lead)


def test_two_counts_do_not_run_at_once(site: Site) -> None:
    process_id = a_process(site, phase="count")
    lead = actor(site, a_person(site, role="lead_official", process="shared-budget"))
    do(site, services.ask_count, process_id, actor=lead)
    with pytest.raises(Conflict):
        do(site, services.ask_count, process_id, actor=lead)


def test_a_contest_that_cannot_be_counted_leaves_its_reason(site: Site) -> None:
    process_id = a_process(site, phase="count", kind="ranked", method="greedy")
    with pytest.raises(Conflict) as failed:
        services.count_and_publish_now(site, process_id, final=True)
    assert failed.value.parameters["reason"] == "contest.ranked"


def test_a_job_that_comes_twice_counts_once(site: Site) -> None:
    process_id = a_process(site, phase="count")
    count_id = services.count_and_publish_now(site, process_id, final=True)
    jobs.carry_out(site, count_id)
    assert the_count(site, count_id).state == "final"
