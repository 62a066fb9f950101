"""Every command is authorised in its first line, and every change goes through a command."""

from __future__ import annotations

import ast
from pathlib import Path

from pb.access.permissions import Permission
from pb.access.policy import POLICY
from pb.core.work import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
CORE = {"core"}
"""Plumbing (sessions, the jobs' own table) has no civic subject to ask about."""


def command_functions() -> list[tuple[Path, ast.FunctionDef]]:
    found = []
    for folder in ("pb", "deliberation"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef) and any(
                    isinstance(one, ast.Call) and getattr(one.func, "id", "") == "command"
                    for one in node.decorator_list
                ):
                    found.append((path, node))
    return found


def first_call(node: ast.FunctionDef) -> str:
    body = node.body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]  # the docstring
    for statement in body:
        # Loading the subject that is asked about comes before asking about it.
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call):
            continue
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            return getattr(statement.value.func, "id", "")
        return ""
    return ""


def test_every_command_requires_a_permission_first() -> None:
    careless = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path, node in command_functions()
        if path.parent.name not in CORE and first_call(node) != "require"
    ]
    assert not careless, "\n".join(careless)
    assert len(command_functions()) > 20


def test_every_command_says_what_it_does() -> None:
    silent = [
        f"{path.relative_to(ROOT)}: {node.name}"
        for path, node in command_functions()
        if not ast.get_docstring(node) and not node.name.startswith("_")
    ]
    assert not silent, "\n".join(silent)


def test_services_never_commit() -> None:
    for path in (*ROOT.glob("pb/**/services.py"), *ROOT.glob("deliberation/**/services.py")):
        assert ".commit(" not in path.read_text(encoding="utf-8"), path


def test_only_the_cast_and_the_plumbing_leave_no_audit_row() -> None:
    quiet = {name for name, info in COMMANDS.items() if not info.audited}
    # Tests beside this one in the same process have commands of their own.
    ours = {f"{path.parent.name}.{node.name}" for path, node in command_functions()}
    civic = {name for name in quiet & ours if not name.startswith("core.")}
    # Who complained is for those alone whom the complaint is for.
    civic -= {"complaints.report_note", "complaints.complain"}
    # A voter who comes in leaves none either: who came when, in order, is half of who cast what.
    voters = {"ballots.admit_by_code", "ballots.admit_by_link", "ballots.admit_person",
              "electorate.confirm_by_link", "electorate.confirm_by_code",
              "electorate.count_entry", "electorate.ask_for_vote_link", "office.try_ballot"}
    # Jurors are few: who voted when would be half of who said what.
    jurors = {"votes.vote", "surveys.answer", "evidence.ask", "evidence.want",
              "claims.weigh", "claims.rate", "plain.flag"}
    # What is measured of talk goes when the session ends; rows of a log would keep it.
    talk = {f"speaking.{one}" for one in (
        "ask", "raise_hand", "call_next", "finish", "pause", "be_heard")}
    plumbing = {"accounts.count_wrong_code", "notifications._mark_sent", "results._progress",
                "ballots._progress",
                "record.keep_head", "electorate.claim_contact", "electorate.settle_contact",
                "electorate.go_on_mailing", "electorate.count_wrong_declared"}
    # A draft is nobody's act yet: it is saved every few seconds, and may be its author's alone.
    drafts = {f"proposals.{one}" for one in (
        "begin_draft", "save_draft", "drop_draft", "add_photo", "edit_photos", "claim")}
    assert civic <= {"ballots.cast"} | voters | jurors | talk | plumbing | drafts, civic


def test_every_permission_has_its_row() -> None:
    assert set(POLICY) == set(Permission)
