"""Receipts, the box's life, what is published, checking one's ballot, the mails."""

from __future__ import annotations

import re
from html import unescape

import pytest
from sqlalchemy import update

from pb.accounts import twofold
from pb.accounts.models import Act
from pb.ballots import box, casting, publication, receipts, services, sweep
from pb.ballots.holders import HOLDERS, KeyMissing
from pb.ballots.models import Ballot, Box, OpenedBallot, RollEntry
from pb.core.errors import Conflict, Invalid
from pb.core.site import Site
from pb.core.work import Work
from pb.processes.models import Process
from pb.record import keys
from pb.record.models import LeafRow
from pb.results import services as results
from tests.pb.ballots.vote import (
    a_batch,
    area_of,
    cast,
    contents,
    enter,
    entry,
    hidden,
    leaves,
    leaves_of,
    open_box,
    opened_ballots,
    roll_id_of,
)
from tests.support.app import client, mails, run_jobs
from tests.support.build import WHEN, a_person, a_process, actor, do, signed_in
from tests.support.clock import TurnableClock
from voting.ballots import Approval
from voting.contest import Contest, Option

# -- opening ---------------------------------------------------------------------------------


def test_the_first_leaf_is_the_rules_and_the_second_the_roll(either: Site) -> None:
    site = either
    process = a_process(site, kind="ranked", method="scottish-stv", seats=2)
    a_batch(site, process, 2, area_of(site, process))
    a_batch(site, process, 1)
    open_box(site, process)
    open_box(site, process)  # again changes nothing
    (rules,) = leaves_of(site, process, "rules")
    assert rules["box"]["envelope_bytes"] > 48 and rules["box"]["key_holder"] == "server"
    assert rules["ballot"] == {"kind": "ranked", "max_choices": 5, "max_points": None}
    assert [one["id"] for one in rules["options"]] == list("123456")
    assert sorted(rules["lot_order"]) == list("123456") and rules["publication"] == "A"
    (roll,) = leaves_of(site, process, "roll")
    assert roll["entitled"] == {"riverside": 2, "": 1} and len(roll["commitment"]) == 64
    with site.database.reading() as session:
        assert session.query(LeafRow).count() == 2


def test_the_key_is_a_file_of_its_own_and_nowhere_else(site: Site) -> None:
    process = a_process(site)
    open_box(site, process)
    path = keys.folder(site) / f"{process}.box"
    assert path.stat().st_mode & 0o777 == 0o600
    private = path.read_text().strip()
    site.database.close()
    for other in site.settings.data.rglob("*"):
        if other.is_file() and other != path:
            assert private.encode() not in other.read_bytes(), other
            assert bytes.fromhex(private) not in other.read_bytes(), other


def test_voters_who_come_later_are_told_to_the_record(site: Site) -> None:
    process = a_process(site)
    a_batch(site, process, 2)
    open_box(site, process)
    a_batch(site, process, 3, area_of(site, process))
    do(site, services.enrol_person, process, a_person(site, "Mair"), None)
    changes = [(one["added"], one["voided"]) for one in leaves_of(site, process, "roll-change")]
    assert changes == [({"riverside": 3}, {}), ({"": 1}, {})]


def test_ballots_from_before_the_sealing_are_sealed(site: Site, clock: TurnableClock) -> None:
    process = a_process(site)
    rolls = [roll_id_of(site, process, code) for code in a_batch(site, process, 3)]

    def plain(work: Work) -> None:
        for number, roll_id in enumerate(rolls[:2]):
            work.session.add(Ballot(id=str(number) * 32, process_id=process,
                                    content={"approval": [str(number + 1)]}))
            work.connection.execute(update(RollEntry).where(RollEntry.id == roll_id).values(
                ballot_id=str(number) * 32, voted_on=work.now.date()))

    do(site, plain)
    cast(site, process, rolls[0], Approval(("5",)))
    assert contents(site, process) == [{"approval": ["2"]}, {"approval": ["5"]}]
    clock.now = WHEN["count"]
    run_jobs(site)
    assert len(opened_ballots(site, process)) == 2


# -- the close, opening and the end ----------------------------------------------------------


def test_a_voided_voter_s_ballot_does_not_count(site: Site, clock: TurnableClock) -> None:
    process = a_process(site)
    one, other = (roll_id_of(site, process, code) for code in a_batch(site, process, 2))
    cast(site, process, one, Approval(("1",)))
    cast(site, process, other, Approval(("2",)))
    assert do(site, services.void_ballot, process, one, "Was not entitled")
    clock.now = WHEN["count"]
    run_jobs(site)
    (close,) = leaves_of(site, process, "close")
    assert (close["casts"], close["counted"], close["voted"], close["voided_ballots"]) == (
        2, 1, 1, 1)
    assert [ballot.content for ballot in opened_ballots(site, process)] == [{"approval": ["2"]}]


def test_an_envelope_that_was_altered_is_counted_as_such(
    site: Site, clock: TurnableClock
) -> None:
    process = a_process(site)
    for code in a_batch(site, process, 2):
        cast(site, process, roll_id_of(site, process, code), Approval(("1",)))
    first = leaves(site, process)[0]

    def alter(work: Work) -> None:
        assert first.envelope is not None
        broken = casting.leaf_payload(bytes(len(first.envelope) * 3 // 4), first.replaces)
        work.connection.execute(update(LeafRow).where(
            LeafRow.process_id == process, LeafRow.number == first.number
        ).values(payload=broken))

    do(site, alter)
    clock.now = WHEN["count"]
    run_jobs(site)
    (opened,) = leaves_of(site, process, "opened")
    assert (opened["number"], opened["unopenable"]) == (1, 1)


def test_opening_is_begun_again_where_it_stopped(site: Site, clock: TurnableClock) -> None:
    process = a_process(site)
    (code,) = a_batch(site, process)
    cast(site, process, roll_id_of(site, process, code), Approval(("1",)))
    clock.now = WHEN["count"]
    path = keys.folder(site) / f"{process}.box"
    private = path.read_text()
    path.unlink()
    run_jobs(site)  # the key is not there: nothing is lost, nothing is half done
    assert opened_ballots(site, process) == []
    with pytest.raises(KeyMissing):
        HOLDERS["server"].private(site, process)
    path.write_text(private)
    official = actor(site, a_person(site, "Non", "lead_official", "shared-budget"))
    site.work.run(box.leave_opening, official, process)
    run_jobs(site)
    assert len(opened_ballots(site, process)) == 1


def finished(site: Site, clock: TurnableClock, process: int) -> None:
    """A final result."""
    from pb.results.jobs import carry_out

    clock.now = WHEN["count"]
    run_jobs(site)
    count_id = do(site, results.begin_count, process)
    carry_out(site, count_id)
    do(site, results.publish_now, count_id, True)


def test_two_officials_destroy_envelopes_and_key(
    either: Site, clock: TurnableClock
) -> None:
    site = either
    process = a_process(site)
    (code,) = a_batch(site, process)
    number, digest, *_ = cast(site, process, roll_id_of(site, process, code), Approval(("1",)))
    first = actor(site, a_person(site, "Non", "lead_official", "shared-budget"))
    second = actor(site, a_person(site, "Huw", "deputy", "shared-budget"))
    clock.now = WHEN["count"]
    run_jobs(site)
    with pytest.raises(Conflict, match="not_final"):
        site.work.run(box.ask_destroy, first, process, "The time is over", True)
    finished(site, clock, process)
    for reason, backups, code_ in (("", True, "destroy.reason"), ("x", False, "destroy.backups")):
        with pytest.raises(Invalid, match=code_):
            site.work.run(box.ask_destroy, first, process, reason, backups)
    act = site.work.run(box.ask_destroy, first, process, "The time is over", True)
    assert leaves(site, process)[0].envelope is not None  # not on one person's word

    def confirm(work: Work) -> None:
        twofold.confirm(work, work.session.get_one(Process, process), act)

    do(site, confirm, actor=second)
    run_jobs(site)
    assert leaves(site, process)[0].envelope is None
    assert not (keys.folder(site) / f"{process}.box").exists()
    (gone,) = leaves_of(site, process, "destroyed")
    assert (gone["envelopes"], gone["by"], gone["reason"]) == (1, 2, "The time is over")
    with site.database.reading() as session:
        row = session.get_one(Box, process)
        assert (row.state, row.key_gone) == ("destroyed", True)
        leaf = session.get_one(LeafRow, (process, number))
        assert leaf.hash.hex() == digest  # its place and its fingerprint stay
        assert session.get_one(Act, act).confirmed_by == second.person_id
    assert len(opened_ballots(site, process)) == 1


# -- what is published -----------------------------------------------------------------------


def lay_open(site: Site, process: int, *groups: tuple[str, int]) -> None:
    def put(work: Work) -> None:
        number = 0
        for options, times in groups:
            for _ in range(times):
                number += 1
                work.session.add(OpenedBallot(
                    process_id=process, tracking=f"{number:012d}", word="gair",
                    content={"ranking": options.split()},
                ))

    do(site, put)


def test_the_three_levels(site: Site) -> None:
    process = a_process(site, kind="ranked")
    lay_open(site, process, ("1 2", 12), ("2 1", 9), ("3", 1), ("", 10))
    with site.database.reading() as session:
        whole = [line.decode() for line in publication.lines(session, process, "A")]
        assert len(whole) == 32 and whole == sorted(whole, key=lambda one: one.split("tracking")[1])
        few = [line.decode() for line in publication.lines(session, process, "B")]
        assert few == ['{"ballot":{"ranking":["1","2"]},"number":12}\n',
                       '{"ballot":{"ranking":[]},"number":10}\n', '{"withheld":10}\n']
        (totals,) = publication.lines(session, process, "C")
        assert totals == (b'{"totals":{"ballots":32,"blank":10,'
                          b'"options":{"1":21,"2":21,"3":1}}}\n')
        assert publication.counted(session, process) == publication.Patterns(32, 1, 10)


def test_more_places_make_more_fingerprints() -> None:
    def unique(options: int, places: int) -> float:
        one = Contest(tuple(Option(str(one)) for one in range(options)), "ranked",
                      "equal-shares-ranked", max_choices=places)
        found = publication.estimate(one, 5000)
        assert found == publication.estimate(one, 5000) and found.ballots == 5000
        return found.unique / found.ballots

    assert unique(10, 3) < 0.05 < 0.3 < unique(20, 5)


def test_the_level_is_chosen_before_the_vote_opens(site: Site, clock: TurnableClock) -> None:
    process = a_process(site, phase="before")
    lead = a_person(site, "Non", "lead_official", "shared-budget")
    official = client(site)
    signed_in(site, official, lead)
    path = "/office/processes/shared-budget/box"
    page = official.get(path)
    assert "The box is not open yet" in page.text and "An estimate for 500 voters" in page.text
    page = official.post(path, data={**hidden(page.text), "level": "B", "go": "level"})
    assert "Saved." in page.text
    clock.now = WHEN["voting"]
    open_box(site, process)
    (rules,) = leaves_of(site, process, "rules")
    assert rules["publication"] == "B"
    with pytest.raises((Conflict, AssertionError, Exception), match=r"level.fixed|not_now"):
        site.work.run(box.choose_level, actor(site, lead), process, "A")
    signed_in(site, official, lead)
    assert "The box is open" in official.get(path).text


# -- receipts and checking -------------------------------------------------------------------


CHECK = "/processes/shared-budget/check"


def voted(site: Site, word: str = "") -> tuple[str, str]:
    """A voter's receipt and tracking code, as the page shows them."""
    process = a_process(site)
    (code,) = a_batch(site, process)
    browser = client(site)
    page = enter(browser, code)
    page = browser.post("/processes/shared-budget/vote/ballot",
                        data={**hidden(page.text), "choose": ["2"], "check": "1"})
    page = browser.post("/processes/shared-budget/vote/check",
                        data={**hidden(page.text), "word": word, "cast": "1"})
    assert browser.get("/processes/shared-budget/vote/in").text.count("CP1.") == 1  # a refresh
    (tracking,) = re.findall(r'class="receipt">([^<]+)<', page.text)
    (text,) = re.findall(r"(CP1\.[^<]+)<", page.text)
    return unescape(text), tracking


def test_a_receipt_is_in_the_record_or_not(site: Site) -> None:
    receipt, _tracking = voted(site)
    other = client(site)  # no account, another device

    def asked(text: str) -> str:
        page = other.get(CHECK)
        return str(other.post(CHECK, data={**hidden(page.text), "by": "receipt",
                                           "receipt": text}).text)

    assert "Your envelope is in the record" in asked(receipt)
    assert "Your envelope is in the record" in asked("\n ".join(
        receipt[start : start + 20] for start in range(0, len(receipt), 20)))
    parts = receipt.split(".")
    for place, changed in ((2, "7"), (3, "0" * 64), (4, "A" * 91)):
        forged = ".".join([*parts[:place], changed, *parts[place + 1 :]])
        assert "was not signed by us" in asked(forged)
    assert "is of another vote" in asked(receipt.replace("shared-budget", "other"))
    for nonsense in ("", "x", receipt[:-1], receipt + "A", "CP2" + receipt[3:], "ŵ" * 900):
        assert "There is a problem" in asked(nonsense)

    def take_out(work: Work) -> None:
        work.connection.execute(update(LeafRow).where(LeafRow.kind == "cast")
                                .values(hash=bytes(32)))

    do(site, take_out)
    assert "This envelope is missing" in asked(receipt)


def test_a_tracking_code_finds_the_published_ballot(site: Site, clock: TurnableClock) -> None:
    _receipt, tracking = voted(site, "heulwen")
    other = client(site)

    def asked(code: str) -> str:
        page = other.get(CHECK)
        return str(other.post(CHECK, data={**hidden(page.text), "by": "code",
                                           "tracking": code}).text)

    assert "Ballots are still sealed" in asked(tracking)
    clock.now = WHEN["count"]
    run_jobs(site)
    found = asked(tracking.lower().replace(" ", "-"))
    assert "this ballot was counted" in found and "heulwen" in found and "Project 2" in found
    assert "No ballot has this code" in asked("0" * 12)
    assert "has 12 letters and digits" in asked("ABC")

    def publish_less(work: Work) -> None:
        work.connection.execute(update(Box).values(level="B"))

    do(site, publish_less)
    found = asked(tracking)
    assert "this ballot was counted" in found and "Project 2" not in found


def test_the_server_keeps_no_tracking_code(site: Site) -> None:
    _receipt, tracking = voted(site, "gorwelion")
    site.database.close()
    code = tracking.replace(" ", "")
    for path in site.settings.data.rglob("*"):
        if path.is_file():
            for planted in (code, tracking, "gorwelion"):
                assert planted.encode() not in path.read_bytes(), path


def test_a_word_that_is_none_is_said_beside_its_field(site: Site) -> None:
    process = a_process(site)
    (code,) = a_batch(site, process)
    browser = client(site)
    page = enter(browser, code)
    page = browser.post("/processes/shared-budget/vote/ballot",
                        data={**hidden(page.text), "choose": ["2"], "check": "1"})
    page = browser.post("/processes/shared-budget/vote/check",
                        data={**hidden(page.text), "word": "two words", "cast": "1"})
    assert page.status_code == 422 and 'value="two words"' in page.text
    assert "Use up to 20 letters or digits" in page.text and leaves(site, process) == []


def test_another_device_says_in_and_shows_no_choice(site: Site) -> None:
    process = a_process(site)
    (code,) = a_batch(site, process)
    cast(site, process, roll_id_of(site, process, code), Approval(("2",)), once="elsewhere")
    browser = client(site)
    page = enter(browser, code)
    assert "Your ballot is in" in page.text and "Your ballot is sealed." in page.text
    page = browser.get("/processes/shared-budget/vote/in")
    assert "Your ballot is in" in page.text and "CP1.shared-budget.2." in page.text
    assert "Project 2" not in page.text and "tracking code" not in page.text.lower().split(
        "<main")[1].split("your receipt")[0]
    page = browser.get("/processes/shared-budget/vote/check")
    assert page.url.path.endswith("/vote/ballot")  # nothing is known to look at


@pytest.mark.parametrize("language", ["en", "cy"])
def test_the_page_about_secrecy_names_who_could(site: Site, language: str) -> None:
    a_process(site)
    page = client(site, language).get("/processes/shared-budget/secrecy")
    words = {"en": "lies on the same server", "cy": "ar yr un gweinydd"}
    assert page.status_code == 200 and words[language] in page.text


# -- the mails -------------------------------------------------------------------------------


def test_newly_marked_voters_are_told_in_batches_without_order(
    site: Site, clock: TurnableClock
) -> None:
    process = a_process(site)
    people = [a_person(site, f"Voter {number}") for number in range(sweep.BATCH)]
    rolls = [do(site, services.enrol_person, process, person, None) for person in people]
    for roll_id in rolls[:3]:
        cast(site, process, roll_id, Approval())
    run_jobs(site)
    clock.turn(minutes=30)
    run_jobs(site)
    assert mails(site) == []  # three are no crowd yet
    for roll_id in rolls[3:]:
        cast(site, process, roll_id, Approval())
    run_jobs(site)
    told = [str(mail["to"]) for mail in mails(site)]
    assert len(set(told)) == len(told) == sweep.BATCH
    assert told != [f"voter.{number}@example.com" for number in range(sweep.BATCH)]
    assert "cast in your name" in str(mails(site)[0]["subject"])
    run_jobs(site)
    assert len(mails(site)) == sweep.BATCH
    cast(site, process, rolls[0], Approval(("1",)))  # changed: told again, after the hour
    run_jobs(site)
    assert len(mails(site)) == sweep.BATCH
    clock.turn(minutes=61)
    run_jobs(site)
    assert len(mails(site)) == sweep.BATCH + 1
    assert entry(site, rolls[0]).told


def test_the_promise_is_the_same_each_time(site: Site) -> None:
    process = a_process(site)
    open_box(site, process)
    first, again = (receipts.promised(site, "shared-budget", "o", 5, b"h" * 32) for _ in range(2))
    assert first == again and receipts.read(first.text) == first
    assert first.square.startswith("<svg")


def test_a_forged_draft_is_as_if_not_there(site: Site) -> None:
    process = a_process(site, kind="ranked")
    (code,) = a_batch(site, process)
    browser = client(site)
    enter(browser, code)
    browser.cookies.set(f"draft-{process}", "WzEsMSx7fV0.x.y", domain="testserver.local")
    page = browser.get("/processes/shared-budget/vote/ballot")
    assert page.status_code == 200 and hidden(page.text)["order"] == ""
