"""Commands on a jury's statements. Jurors and their facilitators write; officials only answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from deliberation.evidence.services import must_be_balanced
from deliberation.lines.services import Said, checked
from deliberation.minority.services import must_stand
from deliberation.panels.models import Jury
from deliberation.panels.services import process_of_jury
from deliberation.plain.queries import open_words_in
from deliberation.statements import checks as checks  # registers what the vote waits for
from deliberation.statements import reportable as reportable  # registers what can be reported here
from deliberation.statements import rules
from deliberation.statements.models import (
    FactReply,
    ProcessLine,
    Statement,
    StatementCheck,
    StatementVersion,
)
from deliberation.statements.queries import jurors_now
from pb.access.permissions import Permission
from pb.access.policy import can, require
from pb.core.errors import Conflict, Invalid, NotAllowed, NotFound
from pb.core.work import Work, command
from pb.processes.models import Council, Process
from pb.projects.queries import project_by_number
from pb.valuations.queries import proposal_of_project

MOST_REPLIES = 5


def the_statement(work: Work, statement_id: int) -> tuple[Process, Jury, Statement]:
    """A statement with its jury and the process that permissions are asked about."""
    found = work.session.get(Statement, statement_id)
    if found is None:
        raise NotFound("statement.unknown")
    process, jury = process_of_jury(work, found.jury_id)
    return process, jury, found


def must_be_open(statement: Statement) -> None:
    """Errors: Conflict where it is locked."""
    if statement.state == "locked":
        raise Conflict("statement.locked")


@command()
def keep_process_line(work: Work, jury_id: int, text: dict[str, str]) -> None:
    """Say how the jury worked, in the words that stand on every statement. Errors: Invalid."""
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.RUN_SESSION, process)
    if any(rules.words(one) > rules.PROCESS_LINE for one in text.values()):
        raise Invalid("statement.words", number=max(map(rules.words, text.values())),
                      most=rules.PROCESS_LINE)
    known = work.session.get(ProcessLine, jury.id)
    if known is None:
        work.session.add(ProcessLine(jury_id=jury.id, text=text))
    else:
        known.text = text
    work.about("jury", jury.id, scope=process.id)


@command()
def write(
    work: Work, jury_id: int, number: int, version: int, table: int | None,
    sections: Mapping[str, Any],
) -> int:
    """Save a statement as a new version, made from ``version``; the new version's number.

    Lines that changed are checked anew. Errors: Conflict (locked, somebody saved meanwhile),
    Invalid.
    """
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.RUN_SESSION, process)
    project = project_by_number(work.session, process.id, str(number))
    statement = work.session.scalar(select(Statement).where(Statement.project_id == project.id))
    if statement is None:
        statement = Statement(jury_id=jury.id, project_id=project.id, version=0, sections={},
                              project_number=project.number, state="draft")
        work.session.add(statement)
        work.session.flush()
    must_be_open(statement)
    if statement.version != version:
        raise Conflict("statement.moved", version=statement.version)
    _within_limits(sections, jurors_now(work.session, jury, project.number))
    kept = rules.carried(statement.sections, sections, statement.checks, version)
    statement.sections, statement.table_number = dict(sections), table
    statement.version += 1
    statement.checks += [
        one.carried_to(statement.version) for one in kept if one.table_number != table
    ]
    work.session.add(StatementVersion(statement_id=statement.id, version=statement.version,
                                      sections=dict(sections), saved_at=work.now))
    _settle(work, statement)
    work.about("statement", statement.id, scope=process.id, version=statement.version)
    return statement.version


def _within_limits(sections: Mapping[str, Any], jurors: int) -> None:
    for name, most in rules.LIMITS.items():
        for text in sections.get(name, {}).values():
            if rules.words(text) > most:
                raise Invalid("statement.words", number=rules.words(text), most=most)
    for language in ("en", "cy"):
        if rules.length(sections, language) > rules.TOTAL:
            raise Invalid("statement.words", number=rules.length(sections, language),
                          most=rules.TOTAL)
    if any(not 0 <= one["agree"] <= jurors for one in sections.get("findings", ())):
        raise Invalid("statement.agree", jurors=jurors)


def _settle(work: Work, statement: Statement) -> None:
    """Checked or draft, by what the other table said of this version."""
    done = bool(rules.texts(statement.sections)) and not rules.unchecked(
        statement.sections, statement.version, statement.checks
    )
    statement.state = "checked" if done else "draft"
    if done and statement.checked_at is None:
        statement.checked_at = work.now


@command()
def check_line(work: Work, statement_id: int, said: Said) -> None:
    """Another table says whether a line is true, fair and plain. Errors: Conflict, Invalid."""
    process, _jury, statement = the_statement(work, statement_id)
    require(work, Permission.RUN_SESSION, process)
    must_be_open(statement)
    statement.checks.append(
        checked(StatementCheck, statement, rules.texts(statement.sections), said, work.now)
    )
    _settle(work, statement)
    work.about("statement", statement.id, scope=process.id, line=said.line, colour=said.colour)


@command()
def dispute_fact(
    work: Work, statement_id: int, side: str, name: str, line: str, text: str
) -> int:
    """The proposer, or an opponent by the facilitator's hand, disputes a fact; the reply's id.

    Errors: Conflict (not the time), Invalid, NotAllowed (somebody else's project).
    """
    process, _jury, statement = the_statement(work, statement_id)
    require(work, Permission.DISPUTE_FACT, process)
    if not can(work.actor, Permission.RUN_SESSION, process, work.now):
        idea = proposal_of_project(work.session, statement.project_id)
        if side != "proposer" or idea is None or idea.author_id != work.actor.person_id:
            raise NotAllowed("access.not_you")
        name = idea.author_name  # as it stands on the idea
    if side not in ("proposer", "opponent"):
        raise Invalid("statement.line")
    reply = _reply(work, statement, side, name, line, text, "")
    work.about("statement", statement.id, scope=process.id, reply=reply, side=side)
    return reply


@command()
def mark_error(work: Work, statement_id: int, line: str, text: str, source: str) -> int:
    """An official says that a fact is wrong, with a source. They change no word themselves."""
    process, _jury, statement = the_statement(work, statement_id)
    require(work, Permission.MARK_ERROR, process)
    if not source:
        raise Invalid("statement.source", field="source")
    reply = _reply(work, statement, "official", work.actor.name, line, text, source)
    work.about("statement", statement.id, scope=process.id, reply=reply, side="official")
    return reply


def _reply(
    work: Work, statement: Statement, side: str, name: str, line: str, text: str, source: str
) -> int:
    must_be_open(statement)
    if statement.checked_at is None:
        raise Conflict("statement.not_checked")
    if line not in rules.texts(statement.sections):
        raise Invalid("statement.line", field="line")
    if not text:
        raise Invalid("statement.fact", field="text")
    if sum(one.side == side for one in statement.replies) >= MOST_REPLIES:
        raise Conflict("statement.replies", most=MOST_REPLIES)
    reply = FactReply(side=side, name=name[:200], line=line, text=text, source=source,
                      at=work.now, reason={})
    statement.replies.append(reply)
    work.session.flush()
    return reply.id


@command()
def answer_reply(
    work: Work, statement_id: int, reply_id: int, decision: str, reason: dict[str, str]
) -> None:
    """The jury keeps or changes what it wrote, and says why."""
    process, _jury, statement = the_statement(work, statement_id)
    require(work, Permission.RUN_SESSION, process)
    must_be_open(statement)
    reply = next((one for one in statement.replies if one.id == reply_id), None)
    if reply is None:
        raise NotFound("statement.unknown")
    if decision not in ("keep", "change") or not any(reason.values()):
        raise Invalid("statement.answer")
    reply.decision, reply.reason, reply.answered_at = decision, reason, work.now
    work.about("statement", statement.id, scope=process.id, reply=reply.id, decision=decision)


@command()
def lock(work: Work, statement_id: int) -> None:
    """Lock a statement: from now on it stands beside its project wherever people choose.

    Errors: Conflict, and Invalid with what is missing: an unchecked line, a fact without an
    answer, a word that is not plain.
    """
    process, jury, statement = the_statement(work, statement_id)
    require(work, Permission.RUN_SESSION, process)
    must_be_open(statement)
    council = work.session.scalar(select(Council))
    missing = rules.lacks(statement.sections, council.languages if council else ["en"])
    if missing:
        raise Invalid(missing[0])
    if any(not note.text.get(one) for note in statement.notes
           for one in (council.languages if council else ["en"])):
        raise Invalid("minority.language")
    if statement.state != "checked":
        raise Invalid("statement.not_checked")
    open_words = open_words_in(
        work.session, jury.id, rules.all_texts(statement.sections, statement.notes))
    if open_words:
        raise Invalid("word.not_plain", listed=", ".join(open_words))
    if any(not one.decision for one in statement.replies):
        raise Invalid("statement.unanswered")
    must_be_balanced(work, jury.id)
    until = rules.lockable_at(statement.checked_at)
    if until is None or work.now < until:
        raise Conflict("statement.reply_time", until=until)
    jurors = jurors_now(work.session, jury, statement.project_number)
    if any(one["agree"] > jurors for one in statement.sections.get("findings", ())):
        raise Invalid("statement.agree", jurors=jurors)
    for note in statement.notes:
        must_stand(note.text, note.jurors, jurors)
    statement.state, statement.jurors, statement.locked_at = "locked", jurors, work.now
    work.about("statement", statement.id, scope=process.id, version=statement.version,
               jurors=jurors)


@command()
def reopen(work: Work, statement_id: int, reason: str) -> None:
    """Open a locked statement again, with a reason that stands on it: every line is checked
    anew. Errors: Conflict, Invalid."""
    process, _jury, statement = the_statement(work, statement_id)
    require(work, Permission.RUN_SESSION, process)
    if statement.state != "locked":
        raise Conflict("statement.open")
    if not reason:
        raise Invalid("statement.reason")
    statement.reopened, statement.locked_at, statement.jurors = reason, None, 0
    statement.checks.clear()
    work.session.flush()
    _settle(work, statement)
    work.about("statement", statement.id, scope=process.id, reason=reason)
