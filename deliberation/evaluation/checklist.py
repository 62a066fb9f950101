"""The eleven principles of good practice, each with what the software knows of a jury. Pure.

Source: OECD, Good Practice Principles for Deliberative Processes for Public Decision Making. What
is not met is said, never left out; what the software cannot see, the organiser says in words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

PRINCIPLES = (
    "purpose", "accountability", "transparency", "representativeness", "inclusiveness",
    "information", "deliberation", "time", "integrity", "privacy", "evaluation",
)
FULL_DAYS = 4
"""The OECD asks for at least four full days, unless a shorter time can be justified."""
MET, PARTLY, NOT = "yes", "wait", "stop"


@dataclass(frozen=True)
class Facts:
    """What is known of a jury, as numbers and yes or no."""

    remit: bool = False
    promise: bool = False
    reply_by: date | None = None
    recommendations: int = 0
    answered_in_time: int = 0
    overdue: int = 0
    charter: int = 0
    draw: str = ""
    """The fingerprint of the draw's list, or empty."""
    pool: int = 0
    compared: int = 0
    """In how many traits panel and town are compared in public."""
    jurors: int = 0
    welsh: int = 0
    needs_asked: bool = False
    paid: bool = False
    witnesses: int = 0
    evidence: int = 0
    stances: int = 0
    questions: int = 0
    answered: int = 0
    sessions_held: int = 0
    minutes_held: int = 0
    minutes_talk: int = 0
    conflict_person: bool = False
    interests: int = 0
    withdrawn: int = 0
    published: bool = False
    quality_answers: int = 0


@dataclass(frozen=True)
class Principle:
    """One of the eleven: ``state`` is a tag's kind, ``facts`` are codes with parameters."""

    key: str
    state: str
    facts: tuple[tuple[str, dict[str, Any]], ...]


def principles(facts: Facts) -> list[Principle]:
    """All eleven, in order."""
    return [Principle(key, *_RULES[key](facts)) for key in PRINCIPLES]


Found = tuple[str, tuple[tuple[str, dict[str, Any]], ...]]


def _state(met: bool, partly: bool = False) -> str:
    return MET if met else PARTLY if partly else NOT


def _says(*pairs: tuple[bool, str, dict[str, Any]]) -> tuple[tuple[str, dict[str, Any]], ...]:
    """A sentence for each fact: its code, with ``_not`` where it does not hold."""
    return tuple((code if holds else f"{code}_not", more) for holds, code, more in pairs)


def _purpose(facts: Facts) -> Found:
    return _state(facts.remit), _says((facts.remit, "fact.remit", {}))


def _accountability(facts: Facts) -> Found:
    dated = facts.promise and facts.reply_by is not None
    said = _says((dated, "fact.promise", {"day": facts.reply_by}))
    if facts.recommendations:
        said += _says((facts.overdue == 0, "fact.replies", {
            "some": facts.answered_in_time, "all": facts.recommendations,
            "late": facts.overdue}))
    return _state(dated and facts.overdue == 0, facts.promise), said


def _transparency(facts: Facts) -> Found:
    return _state(bool(facts.charter and facts.draw), bool(facts.charter or facts.draw)), _says(
        (bool(facts.charter), "fact.charter", {"number": facts.charter}),
        (bool(facts.draw), "fact.draw", {"mark": facts.draw[:16]}),
    )


def _representativeness(facts: Facts) -> Found:
    drawn = bool(facts.draw)
    return _state(drawn and facts.compared > 0, drawn or facts.compared > 0), _says(
        (drawn, "fact.by_lot", {"jurors": facts.jurors}),
        (facts.compared > 0, "fact.compared", {"traits": facts.compared}),
    )


def _inclusiveness(facts: Facts) -> Found:
    return _state(facts.paid and facts.needs_asked, facts.paid or facts.needs_asked), _says(
        (facts.paid, "fact.paid", {}), (facts.needs_asked, "fact.needs", {}),
        (True, "fact.languages", {"jurors": facts.welsh}),
    )


def _information(facts: Facts) -> Found:
    heard = facts.witnesses > 0 or facts.evidence > 0
    said = _says((facts.witnesses > 0, "fact.witnesses", {"number": facts.witnesses}))
    if facts.evidence:
        said += _says((facts.stances > 1, "fact.evidence", {
            "pieces": facts.evidence, "stances": facts.stances}))
    if facts.questions:
        said += _says((facts.answered == facts.questions, "fact.questions", {
            "some": facts.answered, "all": facts.questions}))
    return _state(heard and (facts.stances > 1 or not facts.evidence), heard), said


def _deliberation(facts: Facts) -> Found:
    return _state(facts.minutes_talk > 0), _says(
        (facts.minutes_talk > 0, "fact.talk", {"hours": facts.minutes_talk / 60}))


def _time(facts: Facts) -> Found:
    return _state(facts.sessions_held >= FULL_DAYS, facts.sessions_held > 0), _says(
        (facts.sessions_held >= FULL_DAYS, "fact.days", {
            "days": facts.sessions_held, "hours": facts.minutes_held / 60, "least": FULL_DAYS}))


def _integrity(facts: Facts) -> Found:
    return _state(facts.conflict_person, facts.interests > 0), _says(
        (facts.conflict_person, "fact.conflict", {}),
        (True, "fact.interests", {"number": facts.interests}),
    )


def _privacy(facts: Facts) -> Found:
    return MET, _says((True, "fact.privacy", {}), (True, "fact.withdrawn",
                                                   {"number": facts.withdrawn}))


def _evaluation(facts: Facts) -> Found:
    return _state(facts.published, facts.quality_answers > 0), _says(
        (facts.published, "fact.published", {}),
        (facts.quality_answers > 0, "fact.quality", {"number": facts.quality_answers}),
    )


_RULES = {
    "purpose": _purpose, "accountability": _accountability, "transparency": _transparency,
    "representativeness": _representativeness, "inclusiveness": _inclusiveness,
    "information": _information, "deliberation": _deliberation, "time": _time,
    "integrity": _integrity, "privacy": _privacy, "evaluation": _evaluation,
}
