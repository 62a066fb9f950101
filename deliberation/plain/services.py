"""Commands on words that are not plain."""

from __future__ import annotations

from sqlalchemy import select

from deliberation.panels.models import Juror, Jury
from deliberation.panels.services import process_of_jury
from deliberation.plain.models import FlaggedWord, WordFlag
from deliberation.sessions.queries import todays_session
from deliberation.sessions.services import the_session, topic
from pb.access.permissions import Permission
from pb.access.policy import require
from pb.core import live
from pb.core.errors import Invalid, NotFound
from pb.core.work import Work, command

MOST_WORDS = 300


@command(audited=False)
def flag(work: Work, session_id: int, juror_id: int, word: str, language: str) -> None:
    """A juror does not understand a word. Twice is once; what is explained already stays so. The
    log does not say who. Errors: Invalid."""
    process, jury, _session = the_session(work, session_id)
    require(work, Permission.ACT_AS_JUROR, process)
    juror = work.session.get(Juror, juror_id)
    if juror is None or juror.jury_id != jury.id:
        raise NotFound("juror.unknown")
    known = _flagged(work, jury, word, language)
    if work.session.get(WordFlag, (known.id, juror_id)) is None:
        work.session.add(WordFlag(word_id=known.id, juror_id=juror_id))
        known.dropped_at = None
    work.session.flush()
    live.touch(work, topic(session_id))


@command()
def raise_flag(work: Work, jury_id: int, word: str, plain: str, language: str) -> None:
    """Who leads or whispers flags a word: the same flag as a juror's. ``plain``: what might stand
    in its place, in their language. Errors: Invalid."""
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.WHISPER, process)
    known = _flagged(work, jury, word, language)
    known.dropped_at = None
    if plain and known.resolved_at is None:
        known.plain = known.plain | {language: plain[:300]}
    session_id = todays_session(work.session, jury.id)
    if session_id is not None:
        live.touch(work, topic(session_id))
    work.about("word", known.id, scope=process.id, word=known.word)


def _flagged(work: Work, jury: Jury, word: str, language: str) -> FlaggedWord:
    """The word as the jury keeps it, new or known."""
    word = " ".join(word.split())[:100]
    if not word:
        raise Invalid("word.empty", field="word")
    known = work.session.scalar(
        select(FlaggedWord).where(FlaggedWord.jury_id == jury.id,
                                  FlaggedWord.folded == word.casefold()[:100])
    )
    if known is None:
        if len(work.session.scalars(
                select(FlaggedWord.id).where(FlaggedWord.jury_id == jury.id)).all()) >= MOST_WORDS:
            raise Invalid("word.many", most=MOST_WORDS)
        known = FlaggedWord(jury_id=jury.id, folded=word.casefold()[:100], word=word,
                            language=language, names={}, plain={}, raised_at=work.now)
        work.session.add(known)
        work.session.flush()
    return known


@command()
def explain(
    work: Work, jury_id: int, word_id: int, names: dict[str, str], plain: dict[str, str],
    wall: int | None,
) -> None:
    """Plain words for a word, in both languages: it is in the glossary from now on. ``wall``: the
    session on whose wall they stand too, in the word's own language. Errors: Invalid, NotFound."""
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.WHISPER, process)
    known = work.session.get(FlaggedWord, word_id)
    if known is None or known.jury_id != jury.id:
        raise NotFound("word.unknown")
    for language in ("en", "cy"):
        if not plain.get(language):
            raise Invalid("word.plain", field=f"plain_{language}")
    known.names = {one: names.get(one) or known.word for one in ("en", "cy")}
    known.plain, known.resolved_at = dict(plain), work.now
    if wall is not None:
        _process, _jury, session = the_session(work, wall)
        if session.jury_id != jury.id:
            raise NotFound("session.unknown")
        session.plain_line = f"{known.names[known.language]}: {plain[known.language]}"[:300]
        session.plain_language = known.language
        live.touch(work, topic(wall))
    work.about("word", word_id, scope=process.id, word=known.word)


@command()
def put_aside(work: Work, jury_id: int, word_id: int) -> None:
    """This needs no plain words: it goes from the list and the glossary. Errors: NotFound."""
    process, jury = process_of_jury(work, jury_id)
    require(work, Permission.RUN_SESSION, process)
    known = work.session.get(FlaggedWord, word_id)
    if known is None or known.jury_id != jury.id:
        raise NotFound("word.unknown")
    known.dropped_at = work.now
    work.about("word", word_id, scope=process.id, word=known.word)
