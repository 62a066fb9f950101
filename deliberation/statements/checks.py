"""What a jury's words lack before people vote beside them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from deliberation.choices.models import JuryProject
from deliberation.drafts.models import OptionDraft
from deliberation.drafts.rules import all_texts as texts_of_draft
from deliberation.panels.queries import jury_of
from deliberation.plain.queries import open_words_in
from deliberation.statements.models import Statement
from deliberation.statements.rules import all_texts
from pb.core.i18n import NN_
from pb.processes.checks import Lack, check
from pb.processes.models import Council, Process


@check
def plain_words(session: Session, process: Process, council: Council) -> list[Lack]:
    """A word may be flagged after its page was locked or its option chosen: it is explained
    before anybody votes."""
    jury = jury_of(session, process.id)
    if jury is None:
        return []
    texts = [
        text for sections in session.scalars(
            select(Statement.sections)
            .where(Statement.jury_id == jury.id, Statement.state == "locked"))
        for text in all_texts(sections)
    ] + [
        text for sections in session.scalars(
            select(OptionDraft.sections).join(JuryProject, JuryProject.draft_id == OptionDraft.id)
            .where(OptionDraft.jury_id == jury.id))
        for text in texts_of_draft(sections)
    ]
    words = open_words_in(session, jury.id, texts)
    if not words:
        return []
    return [Lack(NN_("%(num)s word in the jury’s pages is not plain yet: %(listed)s.",
                     "%(num)s words in the jury’s pages are not plain yet: %(listed)s."),
                 "office_words", {"num": len(words), "listed": ", ".join(words)})]
