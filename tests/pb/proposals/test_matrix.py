"""Role x phase x route over everything about ideas and comments."""

from __future__ import annotations

from pb.access.permissions import Permission as P
from pb.comments.models import Comment
from pb.core.site import Site
from pb.core.work import Work
from pb.proposals.models import Category, Merge, MergePart, Proposal
from tests.support import build, ideas
from tests.support.matrix import (
    ALLOWED,
    HIDDEN,
    NOT_NOW,
    NOT_YOU,
    SIGN_IN,
    SLUG,
    Row,
    faults,
)

OPEN = {"slug": SLUG, "number": "1"}
DRAFT = {"slug": SLUG, "draft": "2", "step": "about"}
NOBODY = ("stranger", "voter")


def leads_to_joining(who: str, phase: str, right: str) -> str | None:
    """Whoever is not signed in is asked who they are before anything else."""
    return SIGN_IN if right != HIDDEN and who in NOBODY else None


def of_authors_only(who: str, phase: str, right: str) -> str | None:
    """Nobody here wrote the idea."""
    if right == HIDDEN:
        return None
    return SIGN_IN if who in NOBODY else NOT_YOU


def late_or_not_theirs(who: str, phase: str, right: str) -> str | None:
    if right == HIDDEN:
        return None
    if who in NOBODY:
        return SIGN_IN
    return NOT_YOU if phase == "ideas" else NOT_NOW


def foreign_draft(who: str, phase: str, right: str) -> str:
    return HIDDEN


def comments_are_closed(who: str, phase: str, right: str) -> str | set[str] | None:
    """The page of a comment leads back to the idea when comments are closed."""
    if right == HIDDEN:
        return None
    return SIGN_IN if who in NOBODY else ALLOWED


def signs_in_first(who: str, phase: str, right: str) -> str:
    return SIGN_IN if who in NOBODY else ALLOWED


def dead_link(who: str, phase: str, right: str) -> str | None:
    """Whoever opens an old or invented link of a mail reads that it is over, and nothing more."""
    return None if right == HIDDEN else ALLOWED


def for_anybody(who: str, phase: str, right: str) -> str:
    return ALLOWED


def somebody_elses(who: str, phase: str, right: str) -> str:
    return SIGN_IN if who in NOBODY and right != HIDDEN else HIDDEN


def refused_as_somebody_elses(who: str, phase: str, right: str) -> str | set[str]:
    if right == HIDDEN:
        return HIDDEN
    return SIGN_IN if who in NOBODY else {NOT_YOU, NOT_NOW}


COMMENT = {**OPEN, "comment": "1"}
JOINING = {"slug": SLUG, "merge": "1"}
CONFIRM = {"slug": SLUG, "draft": "2"}
ROWS = (
    Row("ideas", public=True), Row("ideas_map", public=True), Row("ideas_similar", public=True),
    Row("ideas_mine", public=True), Row("idea", params=OPEN, public=True),
    Row("idea_history", params=OPEN, public=True), Row("map_picture", public=True),
    Row("idea_new", permission=P.PROPOSE, public=True),
    Row("idea_new", "POST", P.PROPOSE, public=True),
    Row("idea_step", permission=P.KEEP_DRAFT, params=DRAFT, public=True, expect=foreign_draft),
    Row("idea_step", "POST", P.KEEP_DRAFT, DRAFT, public=True, expect=foreign_draft,
        form={"wish": "Stolen"}),
    Row("idea_support", permission=P.SEE_PROCESS, params=OPEN, public=True,
        expect=leads_to_joining),
    Row("idea_support", "POST", P.SUPPORT, OPEN, public=True, expect=leads_to_joining),
    Row("idea_follow", "POST", P.FOLLOW, OPEN, public=True, expect=leads_to_joining),
    Row("idea_edit", permission=P.EDIT_PROPOSAL, params=OPEN, public=True,
        expect=of_authors_only),
    Row("idea_edit", "POST", P.EDIT_PROPOSAL, OPEN, public=True, expect=late_or_not_theirs),
    Row("idea_withdraw", "POST", P.WITHDRAW_PROPOSAL, OPEN, public=True, expect=of_authors_only),
    Row("idea_authors", "POST", P.EDIT_PROPOSAL, OPEN, public=True, expect=of_authors_only),
    Row("comment", permission=P.COMMENT, params=OPEN, public=True, expect=comments_are_closed),
    Row("comment", "POST", P.COMMENT, OPEN, public=True, form={"text": "A word."},
        expect=leads_to_joining),
    Row("idea_withdraw", permission=P.WITHDRAW_PROPOSAL, params=OPEN, public=True,
        expect=of_authors_only),
    Row("idea_authors", permission=P.EDIT_PROPOSAL, params=OPEN, public=True,
        expect=of_authors_only),
    Row("idea_follow", permission=P.SEE_PROCESS, params=OPEN, public=True,
        expect=leads_to_joining),
    Row("comment_remove", permission=P.SEE_PROCESS, params=COMMENT, public=True,
        expect=somebody_elses),
    Row("comment_remove", "POST", P.SEE_PROCESS, COMMENT, public=True,
        expect=refused_as_somebody_elses),
    Row("merge_answer", permission=P.SEE_PROCESS, params=JOINING, public=True,
        expect=of_authors_only),
    Row("merge_answer", "POST", P.SEE_PROCESS, JOINING, public=True, form={"answer": "yes"},
        expect=of_authors_only),
    *[Row("idea_code", method, P.SEE_PROCESS, CONFIRM, public=True, expect=dead_link)
      for method in ("GET", "POST")],
    *[Row(route, method, P.SEE_PROCESS, params, public=True, expect=for_anybody)
      for route, params in (("co_author", {"token": "old"}), ("idea_confirm", {"bound": "old"}))
      for method in ("GET", "POST")],
    Row("account", permission=P.SEE_PROCESS, params={}, public=True, expect=signs_in_first),
    Row("office_ideas"), Row("office_ideas", "POST", P.MERGE_PROPOSALS),
    Row("office_merge", permission=P.MERGE_PROPOSALS),
    Row("office_merge", "POST", P.MERGE_PROPOSALS),
    Row("office_package", permission=P.MERGE_PROPOSALS),
    Row("office_package", "POST", P.MERGE_PROPOSALS),
    Row("office_categories", permission=P.EDIT_PROCESS),
    Row("office_categories", "POST", P.EDIT_PROCESS),
)


def prepare(site: Site, process_id: int) -> None:
    """Ideas, a comment, a question and a draft of somebody who does not ask."""

    def furnish(work: Work) -> None:
        from pb.processes.models import Process

        work.session.get_one(Process, process_id).map = ideas.TOWN
        work.session.add(Category(process_id=process_id, key="a", name={"en": "A", "cy": "A"}))

    build.do(site, furnish)
    author = build.a_person(site, "The author")
    bench = ideas.an_idea(site, "A bench", author=author, slug=SLUG)

    def draft(work: Work) -> None:
        work.session.add(Proposal(
            process_id=process_id, state="draft", language="en", wish="Mine", author_id=author,
            made_at=work.now, saved_at=work.now, shuffle=5))
        merge = Merge(process_id=process_id, into_id=bench, reason="Alike.", asked_at=work.now)
        work.session.add(merge)
        work.session.flush()
        work.session.add(MergePart(merge_id=merge.id, proposal_id=bench, person_id=author))
        work.session.add(Comment(
            proposal_id=bench, author_id=author, text="A word.", language="en",
            made_at=work.now))

    build.do(site, draft)


def test_everybody_at_every_time(site: Site) -> None:
    wrong, asked = faults(site, ROWS, prepare=prepare)
    assert not wrong, "\n".join(wrong[:40])
    assert asked > 3500
