"""What can go wrong in a jury's room, F01 to F18, and which tests prove what then happens.

``tests/sabotage/sabotages.toml`` breaks the app a line at a time for each of them.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from deliberation.notes import services as notes
from deliberation.notes.services import NoteValue, Place
from deliberation.sessions import running
from deliberation.sessions.plan import runsheet
from deliberation.votes import services as votes
from deliberation.votes.services import PollValue
from pb.core.site import Site
from pb.core.work import Actor
from tests.deliberation.test_room import OFFICE, jury, room
from tests.support import build
from tests.support.app import client, make_settings
from tests.support.clock import TurnableClock
from tests.support.named import exists

__all__ = ["jury"]

ROOM = "tests/deliberation/test_room.py::"
RULES = "tests/deliberation/test_room_rules.py::"
NOTES = "tests/deliberation/test_notes.py::"
VOTES = "tests/deliberation/test_votes.py::"
STATEMENTS = "tests/deliberation/test_statements.py::"
PAPER = "tests/deliberation/test_paper.py::"
SPEAKING = "tests/deliberation/test_speaking.py::"
TABLES = "tests/deliberation/test_allocation.py::"
MISSED = "tests/deliberation/test_missed.py::"
REFUSALS = "tests/deliberation/test_refusals.py::"
TIME = "tests/deliberation/test_table_time.py::"
EVIDENCE = "tests/deliberation/test_evidence.py::"
COMPLAINTS = "tests/deliberation/test_complaints.py::"
EVALUATION = "tests/deliberation/test_evaluation.py::"
CUT = "tests/deliberation/test_power_cut.py::"
HERE = "tests/deliberation/test_failures.py::"
BROWSER = "tests/browser/test_room.py::"


@dataclass(frozen=True)
class Failure:
    """``then`` says what the app does; ``tests`` prove it, by name."""

    what: str
    then: str
    tests: tuple[str, ...]


FAILURES = {
    "F01": Failure(
        "A juror is absent",
        "Four fifths are of those who are eligible and here; a table that is too small joins "
        "another, reserves come in until the second session, and who was away when a project was "
        "tested reads what they missed and comments, and does not vote on it.",
        (VOTES + "test_who_does_not_vote_does_not_agree",
         VOTES + "test_only_jurors_who_are_here_and_not_too_close_vote",
         VOTES + "test_four_fifths_of_those_who_are_here_carry_a_text",
         TABLES + "test_a_table_of_three_is_offered_to_be_put_together_and_its_projects_go_along",
         TABLES + "test_a_late_jurors_seat_is_kept_until_a_quarter_to_eleven",
         TABLES + "test_a_reserve_is_drawn_for_an_empty_seat_until_the_second_session",
         TABLES + "test_who_was_away_when_a_project_was_tested_does_not_vote_on_it",
         MISSED + "test_what_was_missed_is_on_the_phone_of_who_missed_it",
         MISSED + "test_who_was_away_comments_and_does_not_vote"),
    ),
    "F02": Failure(
        "A table has no network for 25 minutes",
        "Its notes are kept, arrive once each in their own times, and edits that met both stand; "
        "votes are on slips, which two people read.",
        (BROWSER + "test_a_table_without_network_loses_nothing",
         NOTES + "test_a_note_sent_twice_is_there_once",
         NOTES + "test_notes_kept_without_a_network_come_in_their_own_times",
         NOTES + "test_two_edits_of_one_version_both_stand_until_the_table_chooses",
         VOTES + "test_slips_of_paper_are_keyed_by_two_people"),
    ),
    "F03": Failure(
        "One person talks, another does not",
        "The table alone sees a share of more than twice an even one and a turn of over two "
        "minutes; the silent are invited in private, once a part.",
        (SPEAKING + "test_more_than_twice_an_even_share_or_two_minutes_is_marked",
         SPEAKING + "test_who_is_silent_for_two_minutes_for_each_at_the_table_is_so_once_others"
         "_spoke",
         SPEAKING + "test_the_silent_are_invited_once_a_part_on_their_own_phone_alone"),
    ),
    "F04": Failure(
        "Paper", "Every step prints; what was typed in says by whom, and its juror confirms it.",
        (PAPER + "test_every_kind_of_part_has_its_sheet",
         PAPER + "test_when_a_pack_holds",
         PAPER + "test_paper_is_typed_in_with_a_photo_and_confirmed_by_a_second_person",
         PAPER + "test_a_juror_says_that_it_is_not_what_they_wrote",
         NOTES + "test_a_paper_note_is_typed_in_and_confirmed_by_its_juror",
         VOTES + "test_slips_of_paper_are_keyed_by_two_people"),
    ),
    "F05": Failure(
        "Some are in the room and some elsewhere",
        "They form a table or join one; one queue by the time of the request; the tech steward "
        "sees each link, and who is cut off keeps their place for three minutes and no longer.",
        (SPEAKING + "test_one_queue_by_time_of_request_and_a_dropped_link_keeps_its_place_three"
         "_minutes",
         SPEAKING + "test_phones_and_hands_stand_in_one_queue_and_two_presses_call_one",
         SPEAKING + "test_a_place_that_was_given_up_is_not_given_back",
         SPEAKING + "test_the_tech_steward_checks_in_and_says_who_is_elsewhere_today",
         SPEAKING + "test_those_elsewhere_form_a_table_or_join_one"),
    ),
    "F06": Failure(
        "A juror speaks through an interpreter",
        "Their turn is half as long again, the interpreter stops its clock, and the time is the "
        "juror's.",
        (SPEAKING + "test_a_turn_through_an_interpreter_is_half_as_long_again_and_its_clock_can"
         "_stand",
         SPEAKING + "test_the_interpreter_stops_the_clock_of_the_juror_beside_them"),
    ),
    "F07": Failure(
        "A witness is missing or takes too long",
        "A recorded statement stands in; sides that are more than a fifth apart are told to the "
        "lead, and nothing is final until they are even or a public note says why not.",
        (EVIDENCE + "test_a_fifth_is_the_limit",
         EVIDENCE + "test_the_ledger_counts_what_was_heard_and_else_what_is_planned",
         EVIDENCE + "test_a_missing_witness_is_told_to_the_lead_until_balanced_or_explained"),
    ),
    "F08": Failure(
        "An official or observer tries to edit, vote or open a table",
        "It is refused, stands in the log, and the lead's console says so.",
        (ROOM + "test_a_screen_that_only_looks_is_refused_when_it_acts",
         ROOM + "test_officials_prepare_and_look_on_but_never_lead",
         STATEMENTS + "test_officials_never_write_check_or_lock",
         REFUSALS + "test_who_only_looks_is_refused_logged_and_the_lead_is_told",
         REFUSALS + "test_an_official_who_presses_what_is_the_leads_is_named",
         REFUSALS + "test_the_same_within_a_minute_is_one_row_and_strangers_fill_no_log",
         VOTES + "test_only_jurors_who_are_here_and_not_too_close_vote"),
    ),
    "F09": Failure(
        "A conflict of interest is found late",
        "The juror is out of that project's tally, the page says so, and it is checked again.",
        (STATEMENTS + "test_who_is_too_close_is_not_counted",),
    ),
    "F10": Failure(
        "The proposer disputes a fact",
        "The reply is kept, the jury answers keep or change with a reason, both are public.",
        (STATEMENTS + "test_a_fact_is_disputed_answered_and_stays_public",
         STATEMENTS + "test_the_proposer_disputes_a_fact_on_the_page_and_nobody_else_does"),
    ),
    "F11": Failure(
        "A part runs over",
        "It is given time, for one table or for all, all that follows moves, and a list says what "
        "may be left out: never a private vote, never the reading back.",
        (ROOM + "test_the_clock_extends_sheds_and_is_taken_back",
         RULES + "test_what_runs_over_pushes_what_follows_and_what_is_left_out_gives_its_time",
         RULES + "test_what_is_offered_for_leaving_out",
         TIME + "test_one_table_has_five_minutes_more_and_the_others_have_not",
         TIME + "test_what_follows_waits_for_the_last_table"),
    ),
    "F12": Failure(
        "Four fifths are not reached twice",
        "The page says that the jurors did not agree, with both texts, and stays on the ballot.",
        (STATEMENTS
         + "test_a_jury_that_did_not_agree_says_so_on_the_page_and_stays_on_the_ballot",
         VOTES + "test_one_repair_and_no_more"),
    ),
    "F13": Failure(
        "A table's facilitator is ill",
        "Its code moves the table to another device; the old one only looks, at once.",
        (ROOM + "test_a_table_moves_to_another_device_and_the_old_one_can_only_look",),
    ),
    "F14": Failure(
        "An abusive note",
        "A report puts it out of sight at once, and the lead decides with a reason; a complaint "
        "is read by those alone whom it is for.",
        (NOTES + "test_the_facilitator_puts_notes_on_the_wall_and_takes_bad_ones_away",
         COMPLAINTS + "test_a_report_hides_a_note_at_once_on_every_screen",
         COMPLAINTS + "test_the_lead_decides_in_the_session_with_a_reason",
         "tests/deliberation/test_note_photos.py::"
         "test_a_reported_note_takes_its_photo_along_and_brings_it_back",
         COMPLAINTS + "test_a_complaint_is_read_by_those_alone_it_is_for"),
    ),
    "F15": Failure(
        "A juror withdraws their consent",
        "Name, notes and marks go; sums that are closed stay; the evaluator's files are issued "
        "again with another hash, and the page says why.",
        (ROOM + "test_who_leaves_is_forgotten",
         EVALUATION + "test_who_withdraws_is_forgotten_and_the_files_are_made_anew",
         "tests/deliberation/test_note_photos.py::test_who_withdraws_leaves_no_photo",
         "tests/deliberation/test_evaluation_sources.py::"
         "test_who_withdraws_leaves_no_mark_and_no_flag"),
    ),
    "F16": Failure(
        "Clocks that differ, a laptop that slept",
        "What is left is the server's end less now, and no device's time moves anything.",
        (RULES + "test_time_left_is_the_end_less_now_however_long_a_laptop_slept",
         NOTES + "test_a_device_whose_clock_is_days_off_moves_nothing"),
    ),
    "F17": Failure(
        "Two leads press next", "One step; the other reads who was faster.",
        (ROOM + "test_two_presses_of_next_advance_once",),
    ),
    "F18": Failure(
        "The power goes in the hall",
        "The session stands where its last saved row was, votes and all; the paper of this part "
        "and the next is one click away.",
        (HERE + "test_after_a_power_cut_the_session_stands_where_it_was",
         CUT + "test_everything_is_there_again_after_the_power_was_cut",
         CUT + "test_the_printed_pack_is_at_most_one_part_old",
         HERE + "test_the_paper_for_the_room_is_never_behind",
         PAPER + "test_the_pack_is_this_part_and_the_next_and_says_when_it_is_old"),
    ),
}


def test_every_proof_exists() -> None:
    missing = [name for one in FAILURES.values() for name in one.tests if not exists(name)]
    assert not missing
    assert all(one.tests for one in FAILURES.values())


# -- F18 -------------------------------------------------------------------------------------


@pytest.fixture
def running_room(site: Site, jury: dict[str, Any], clock: TurnableClock) -> dict[str, Any]:
    """A session that runs: people at tables, notes, a table at a step, an open vote."""
    run, first = site.work.run, jury["sessions"][0]
    run(running.start, jury["lead"], first, 0)
    clock.turn(minutes=20)
    run(running.advance, jury["lead"], first, 1)
    run(running.extend, jury["lead"], first, 2, 5)
    people = [one.id for one in room(site, jury).jury.jurors]
    for one in people[:10]:
        run(running.be_present, jury["lead"], first, one, True)
    table = Actor(name="table 2", grants=frozenset({("table", jury["process"])}))
    run(running.ask_help, table, first, 2, True)
    run(notes.write_note, table, first, Place(table=2),
        NoteValue("device-001", "A ramp", "en", "table"))
    poll = run(votes.open_poll, jury["lead"], first, PollValue("comfort", "Benches"))
    for one in people[:9]:
        run(votes.vote, Actor(name="juror", grants=frozenset({("juror", jury["process"])})), poll,
            one, {"answer": "like"})
    return jury | {"poll": poll}


def as_seen(known: Site, jury: dict[str, Any]) -> tuple[str, str]:
    """What the facilitator's screen shows of the session, and its paper."""
    browser = client(known)
    build.signed_in(known, browser, jury["lead"].person_id)
    page = browser.get(f"{OFFICE}/sessions/1").text
    whole = page[page.index('id="part-now"'):page.index('id="part-agenda"')]
    pack = browser.get(f"{OFFICE}/sessions/1/pack").text
    # Keys against a second press are new on every page.
    cleaned = whole.split('<input type="hidden" name="once"')
    return "".join(part[part.find(">") + 1:] if place else part
                   for place, part in enumerate(cleaned)), pack


def test_after_a_power_cut_the_session_stands_where_it_was(
    site: Site, running_room: dict[str, Any], clock: TurnableClock, tmp_path: Path
) -> None:
    before = as_seen(site, running_room)[0]
    assert "A ramp" in before and "Asks for help" in before and "9 votes are in." in before
    # The files as the cut leaves them: nothing was closed, the journal was not written back.
    cut = tmp_path / "after-the-cut"
    cut.mkdir()
    for file in tmp_path.glob("pb.sqlite3*"):
        shutil.copy(file, cut / file.name)
    clock.turn(minutes=3)
    again = Site(make_settings(cut), clock)
    try:
        clock.turn(minutes=-3)
        assert as_seen(again, running_room)[0] == before
        clock.turn(minutes=3)
        item = room(again, running_room).current
        assert item.ends_at - clock.now == timedelta(minutes=item.minutes + 5 - 3)
        result = again.work.run(votes.close_poll, running_room["lead"], running_room["poll"])
        assert (result["voted"], result["eligible"], result["carried"]) == (9, 10, True)
        again.work.run(running.advance, running_room["lead"], running_room["sessions"][0], 3)
        assert room(again, running_room).current.position == 2
    finally:
        again.close()


def test_the_paper_for_the_room_is_never_behind(
    site: Site, running_room: dict[str, Any]
) -> None:
    first, parts = running_room["sessions"][0], runsheet("statements").sessions[0].items
    for place in range(1, 4):
        pack = as_seen(site, running_room)[1]
        assert pack.count("Now: " + parts[place].title["en"]) == 4, "a sheet a table"
        assert pack.count("Then: " + parts[place + 1].title["en"]) == 4
        version = room(site, running_room).session.version
        site.work.run(running.advance, running_room["lead"], first, version)
