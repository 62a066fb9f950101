"""What ideas and comments do with moderation when somebody posts."""

from __future__ import annotations

from sqlalchemy import func, select

from pb.comments import services as comments
from pb.comments.models import Comment
from pb.core.errors import Conflict
from pb.core.site import Site
from pb.core.work import NOBODY
from pb.moderation import services
from pb.proposals import services as proposals
from pb.proposals.models import Proposal
from tests.pb.moderation.a_post import an_idea, cases, hidden
from tests.pb.moderation.test_rules import POSTS, near_copies
from tests.support import build

HERE = "192.0.2.4"


def test_twenty_comments_much_alike_from_one_address_are_held(either: Site) -> None:
    site = either
    process = build.a_process(site, phase="ideas")
    idea = an_idea(site, process)
    mark = services.address_mark(site, HERE)
    for number, text in enumerate(near_copies(20)):
        # Another account each time: it is the line that counts.
        person = build.actor(site, build.a_person(site, f"Reader {number}"))
        build.do(site, comments.comment, idea, None, text, "en", mark, actor=person)
    with site.database.reading() as session:
        shown = select(func.count()).select_from(Comment).where(Comment.hidden_at.is_(None))
        assert session.scalar(shown) == 0
        assert session.get_one(Proposal, idea).comments == 0
    assert len(cases(site)) == 20
    moderator = build.actor(site, build.a_person(site, "Mair", "moderator", "shared-budget"))
    build.do(site, services.decide, process, cases(site)[7].id, "stays", "", "A school class.",
             "en", True, actor=moderator)
    with site.database.reading() as session:
        assert session.get_one(Proposal, idea).comments == 20


def test_two_hundred_honest_comments_from_the_library_are_all_shown(site: Site) -> None:
    process = build.a_process(site, phase="ideas")
    idea = an_idea(site, process)
    mark = services.address_mark(site, HERE)
    person = build.actor(site, build.a_person(site, "Ceri"))
    for post in POSTS:
        build.do(site, comments.comment, idea, None, post["text"], post["language"], mark,
                 actor=person)
    assert cases(site) == []
    with site.database.reading() as session:
        assert session.get_one(Proposal, idea).comments == len(POSTS) == 200


def test_a_reported_comment_leaves_the_count_and_comes_back(site: Site) -> None:
    process = build.a_process(site, phase="ideas")
    idea = an_idea(site, process)
    nia = build.actor(site, build.a_person(site, "Nia"))
    made = build.do(site, comments.comment, idea, None, "Rude.", "en", "", actor=nia)
    build.do(site, services.report, process, "comment", made, "insult", "", "en", "x",
             actor=NOBODY)
    with site.database.reading() as session:
        assert session.get_one(Proposal, idea).comments == 0
    moderator = build.actor(site, build.a_person(site, "Mair", "moderator", "shared-budget"))
    build.do(site, services.decide, process, 1, "stays", "", "Rude, and allowed.", "en", False,
             actor=moderator)
    with site.database.reading() as session:
        assert session.get_one(Proposal, idea).comments == 1


def test_a_hidden_idea_takes_no_support_until_it_is_shown(site: Site) -> None:
    process = build.a_process(site, phase="ideas")
    idea = an_idea(site, process)
    nia = build.actor(site, build.a_person(site, "Nia"))
    build.do(site, services.report, process, "proposal", idea, "insult", "", "en", "x",
             actor=NOBODY)
    try:
        build.do(site, proposals.support, idea, True, actor=nia)
    except Conflict:
        pass
    else:
        raise AssertionError("a hidden idea was supported")
    moderator = build.actor(site, build.a_person(site, "Mair", "moderator", "shared-budget"))
    build.do(site, services.decide, process, 1, "stays", "", "Fine.", "en", False,
             actor=moderator)
    assert not hidden(site, idea)
    assert build.do(site, proposals.support, idea, True, actor=nia) == 1
