"""The record over HTTP: every proof against the reference, and plain answers to wrong numbers."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from pb.core.site import Site
from pb.record import notes, rules, services, tree
from tests.pb.record import reference
from tests.pb.record.test_heads import ORIGIN, entries
from tests.pb.record.test_log import begin, envelopes, rows
from tests.support.app import client
from tests.support.build import do

BASE = "/processes/shared-budget/record"


@pytest.fixture
def browser(either: Site) -> Iterator[TestClient]:
    begin(either)
    services.sign_now(either, 1)
    do(either, services.append_many, 1, envelopes(36))
    services.sign_now(either, 1)
    yield client(either)


def hashes(browser: TestClient, address: str) -> list[bytes]:
    answer = browser.get(BASE + address)
    assert answer.status_code == 200, answer.text
    return [bytes.fromhex(one) for one in answer.json()["hashes"]]


def test_every_proof_of_a_log_is_the_reference_s(either: Site, browser: TestClient) -> None:
    log = entries(either)
    assert len(log) == 37
    for size in (1, 2, 16, 17, 31, 37):
        head = reference.mth(log[:size])
        for leaf in range(0, size, 3):
            path = hashes(browser, f"/proof/inclusion?leaf={leaf}&size={size}")
            assert path == reference.path(leaf, log[:size])
            assert tree.includes(rules.leaf_hash(log[leaf]), leaf, size, path, head)
        for old in range(1, size + 1, 4):
            path = hashes(browser, f"/proof/consistency?from={old}&to={size}")
            assert path == reference.proof(old, log[:size])
    assert hashes(browser, "/proof/inclusion?leaf=5") == reference.path(5, log)
    assert hashes(browser, "/proof/consistency?from=1") == reference.proof(1, log)


def test_head_key_and_leaves_fit_each_other(either: Site, browser: TestClient) -> None:
    note = browser.get(BASE + "/checkpoint")
    assert note.headers["content-type"] == "text/plain; charset=utf-8"
    public = bytes.fromhex(browser.get(BASE + "/key").text.strip())
    head = notes.read_head(notes.opened(note.text, ORIGIN, public))
    answer = browser.get(BASE + f"/leaves?from=0&to={head.size}")
    lines = answer.content.split(b"\n")[:-1]
    assert reference.mth(lines) == head.root
    assert json.loads(lines[0])["signing_key"] == public.hex()
    listed = browser.get(BASE + "/heads").text.split("-----\n")
    assert listed[-1] == "" and listed[-2] == note.text and len(listed) == 3
    assert browser.get(BASE + "/heads?from=2").text == note.text + "-----\n"


def test_an_erased_leaf_shows_its_hash(either: Site, browser: TestClient) -> None:
    before = entries(either)
    do(either, services.erase, 1, "cast")
    lines = browser.get(BASE + "/leaves?from=1&to=3").text.splitlines()
    assert [json.loads(line) for line in lines] == [
        {"erased": rules.leaf_hash(before[number]).hex()} for number in (1, 2)
    ]


def test_what_is_not_signed_yet_is_not_given_out(either: Site, browser: TestClient) -> None:
    do(either, services.append_many, 1, envelopes(3, 100))
    assert browser.get(BASE + "/leaves?from=36").text.count("\n") == 1
    assert browser.get(BASE + "/leaves?from=36&to=40").status_code == 404
    assert browser.get(BASE + "/proof/inclusion?leaf=37").status_code == 404


WRONG = (
    ("/proof/inclusion", 422),
    ("/proof/inclusion?leaf=x", 422),
    ("/proof/inclusion?leaf=-1", 422),
    ("/proof/inclusion?leaf=1.5", 422),
    ("/proof/inclusion?leaf=٣", 422),
    ("/proof/inclusion?leaf=" + "9" * 400, 422),
    ("/proof/inclusion?leaf=37", 404),
    ("/proof/inclusion?leaf=3&size=3", 404),
    ("/proof/inclusion?leaf=3&size=38", 404),
    ("/proof/inclusion?leaf=3&size=", 422),
    ("/proof/consistency", 422),
    ("/proof/consistency?from=0", 422),
    ("/proof/consistency?from=9&to=8", 422),
    ("/proof/consistency?from=9&to=999", 404),
    ("/proof/consistency?from=99", 422),
    ("/leaves?from=38", 404),
    ("/leaves?from=5&to=4", 422),
    ("/leaves?from=0;drop", 422),
    ("/heads?from=many", 422),
)


def test_wrong_numbers_get_a_plain_answer(site: Site) -> None:
    begin(site)
    do(site, services.append_many, 1, envelopes(36))
    services.sign_now(site, 1)
    for language in ("en", "cy"):
        browser = client(site, language)
        for address, status in WRONG:
            answer = browser.get(BASE + address)
            assert answer.status_code == status, address
            assert answer.headers["content-type"].startswith("text/plain")
            assert len(answer.text.splitlines()) == 1 and "record." not in answer.text


@settings(max_examples=150, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(("heads", "leaves", "proof/inclusion", "proof/consistency")),
    st.dictionaries(
        st.sampled_from(("from", "to", "leaf", "size", "x")),
        st.one_of(st.integers(-5, 60).map(str), st.text(max_size=12)), max_size=4,
    ),
)
def test_whatever_is_asked_the_answer_is_plain(
    site: Site, place: str, query: dict[str, str]
) -> None:
    if not rows(site):
        begin(site)
        do(site, services.append_many, 1, envelopes(36))
        services.sign_now(site, 1)
    answer = ASKING.setdefault(id(site), client(site)).get(f"{BASE}/{place}", params=query)
    assert answer.status_code in (200, 404, 422)
    if answer.status_code != 200:
        assert len(answer.text.splitlines()) == 1


ASKING: dict[int, TestClient] = {}


def test_a_record_that_is_not_there(site: Site) -> None:
    for address in ("/checkpoint", "/key", "/heads", "/leaves", "/proof/inclusion?leaf=0",
                    "/proof/consistency?from=1"):
        assert client(site).get(BASE + address).status_code == 404
    begin(site)
    answer = client(site).get(BASE + "/checkpoint")
    assert answer.status_code == 404 and "no signed head yet" in answer.text
