"""Every route of a process stands in one of the matrices of roles, times and routes, or here beside
the tests that say who may ask for it: a new one is not forgotten."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

from pb.app import load_features
from tests.support.matrix import Row

MATRICES = (
    "tests.integration.test_matrix_ballot_box", "tests.integration.test_matrix_jury",
    "tests.integration.test_matrix_moderation", "tests.integration.test_matrix_processes",
    "tests.integration.test_matrix_valuations", "tests.pb.proposals.test_matrix",
)
OF_NO_PROCESS = ("pb.accounts", "pb.pages")
"""Signing in, one's own account, the pages of the house: they know neither role nor phase."""
ELSEWHERE = {
    # What has to be there first: a vote that is open, a draft, a page that is locked.
    "deliberation/test_votes.py": "room_vote",
    "deliberation/test_room.py": "room room_leave room_screen office_seats",
    "deliberation/test_notes.py": "room_notes room_worker",
    "deliberation/test_paper.py": "office_pack office_paper room_paper",
    "deliberation/test_speaking.py": "room_speaking room_steward",
    "deliberation/test_allocation.py": "jury_tables_csv",
    "deliberation/test_interests.py": "room_interests",
    "deliberation/test_surveys.py": "room_survey",
    "deliberation/test_plain.py": "room_word office_word",
    "deliberation/test_questions.py": "room_questions",
    "deliberation/test_claims.py": "room_claims",
    "deliberation/test_drafts.py": "room_drafts room_draft office_drafts office_draft",
    "deliberation/test_choices.py": "jury_choice office_choice",
    "deliberation/test_complaints.py": "room_report",
    "deliberation/test_note_photos.py": "reported_photo",
    "deliberation/test_missed.py": "room_missed office_missed",
    "deliberation/test_recommendations.py": "room_recommendations",
    "deliberation/test_evaluation.py": "evaluation_data office_evaluation_files",
    "deliberation/test_statements.py":
        "statement statements_json room_statement office_statement",
    "deliberation/test_spoken.py": "statement_aloud statement_text booklet_text booklet_pdf",
    "deliberation/test_minority.py": "room_minority",
}


def rows(module: str) -> Iterator[Row]:
    for value in vars(importlib.import_module(module)).values():
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, Row):
                yield one


def test_every_route_of_a_process_is_asked_for_by_everybody() -> None:
    asked = {(row.route, row.method) for module in MATRICES for row in rows(module)}
    known = {name for names in ELSEWHERE.values() for name in names.split()}
    left, needed = [], set()
    for routes in load_features():
        for page in routes.pages:
            if page.handler.__module__.startswith(OF_NO_PROCESS):
                continue
            for method in page.methods:
                if (page.name, method) not in asked:
                    needed.add(page.name)
                    if page.name not in known:
                        left.append(f"{method} {page.name}")
    assert not left, f"in no matrix: {', '.join(left)}"
    assert known == needed, f"in a matrix by now: {', '.join(sorted(known - needed))}"
    assert len(asked) > 250


def test_the_tests_named_here_are_there() -> None:
    folder = Path(__file__).resolve().parents[1]
    assert [name for name in ELSEWHERE if not (folder / name).is_file()] == []
