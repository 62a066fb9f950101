"""Codes by which two papers, or a paper and a screen, are known to be of one person.

A juror's own screen shows them their code; blank slips with codes lie in a box, and whoever writes
on paper takes one and keeps it. Who took which is nowhere written down.
"""

from __future__ import annotations

from deliberation.panels.models import Jury
from deliberation.surveys import rules
from deliberation.surveys.models import SurveyWave
from pb.core.security import Secrets, read_code

LENGTH = 5
SLIPS = 60


def code_of(keys: Secrets, jury_id: int, juror_id: int) -> str:
    """A juror's code, made again from the site's key whenever it is needed, and kept nowhere."""
    return keys.code("survey-juror", jury_id, juror_id, length=LENGTH)


def slips(keys: Secrets, jury_id: int) -> list[str]:
    """The codes of the slips that are printed for those who write on paper."""
    return sorted(
        keys.code("survey-slip", jury_id, place, length=LENGTH) for place in range(SLIPS)
    )


def known(keys: Secrets, jury: Jury, typed: str) -> str | None:
    """The code as it is meant, if it is one of this jury's: what was misread pairs with nothing."""
    code = read_code(typed)
    jurors = {code_of(keys, jury.id, one.id) for one in jury.jurors if one.left_at is None}
    return code if code in jurors or code in slips(keys, jury.id) else None


def tag(keys: Secrets, wave: SurveyWave, code: str) -> str:
    """What answers are kept under: one for the first and last survey, and another in each other
    wave, so that nothing but those two can be laid side by side."""
    if wave.kind in rules.PAIRED:
        return keys.tag("survey-pair", wave.jury_id, code)
    return keys.tag("survey-answer", wave.jury_id, wave.kind, wave.session_id, code)
