"""What a jury needs before a session may begin, and how a list of jurors is read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from deliberation.panels.models import Jury
from deliberation.panels.values import JurorValue

MOST_JURORS = 150
LONGEST_NAME, LONGEST_NEEDS, LONGEST_ID = 200, 1000, 80
YES = {"reserve", "yes", "r", "x", "wrth gefn", "ie"}
LANGUAGES = {"en": "en", "english": "en", "saesneg": "en", "cy": "cy", "welsh": "cy",
             "cymraeg": "cy", "": "en"}


def lacks(jury: Jury) -> list[str]:
    """What is missing before a session can begin, as codes; empty when it may."""
    missing = []
    if not jury.remit:
        missing.append("jury.lacks_remit")
    if not jury.promise or jury.reply_by is None:
        missing.append("jury.lacks_promise")
    if not jury.charter_version:
        missing.append("jury.lacks_charter")
    elif jury.charter_accepted != jury.charter_version:
        missing.append("jury.lacks_acceptance")
    if not (jury.conflict_name and jury.conflict_contact):
        missing.append("jury.lacks_conflict")
    if not any(juror.left_at is None and not juror.reserve for juror in jury.jurors):
        missing.append("jury.lacks_jurors")
    return missing


@dataclass(frozen=True)
class LineFault:
    """What is wrong with one line, from 1; ``code`` has a sentence."""

    line: int
    code: str
    word: str = ""


def read_jurors(text: str) -> tuple[list[JurorValue], list[LineFault]]:
    """Jurors from lines as people type or paste them: ``name; id; reserve; language; needs``.

    Parts are parted by semicolons or tabs and all but the name may be left out. Nothing is
    guessed: a line that cannot be read is a fault, and so are a name or an id twice.
    """
    found: list[JurorValue] = []
    faults: list[LineFault] = []
    names: set[str] = set()
    ids: set[str] = set()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        parts = [" ".join(part.split()) for part in line.replace("\t", ";").split(";")]
        name, pool_id, reserve, speaks, needs, *more = [*parts, "", "", "", ""]
        word = speaks.casefold()
        if not name or len(name) > LONGEST_NAME:
            faults.append(LineFault(number, "jurors.name"))
        elif any(more) or len(needs) > LONGEST_NEEDS or len(pool_id) > LONGEST_ID:
            faults.append(LineFault(number, "jurors.parts"))
        elif word not in LANGUAGES:
            faults.append(LineFault(number, "jurors.speaks", speaks[:40]))
        elif reserve and reserve.casefold() not in YES:
            faults.append(LineFault(number, "jurors.reserve", reserve[:40]))
        elif name.casefold() in names or (pool_id and pool_id in ids):
            faults.append(LineFault(number, "jurors.twice", name))
        else:
            names.add(name.casefold())
            ids.add(pool_id)
            found.append(
                JurorValue(name, pool_id, bool(reserve), LANGUAGES[word], needs)
            )
    return found, faults


def missing_of_draw(drawn: Iterable[str], jurors: Iterable[JurorValue]) -> list[str]:
    """Who was drawn and is on no line, by id: a panel is changed by the lot and by nobody."""
    here = {juror.pool_id for juror in jurors}
    return [person for person in drawn if person not in here]
