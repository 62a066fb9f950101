"""The file of a hidden photo is served to nobody but its author and who decides on the case."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from pb.accounts import services as accounts
from pb.proposals.models import ProposalPhoto
from tests.pb.moderation.a_post import an_idea
from tests.pb.moderation.a_town import Town
from tests.support import build
from tests.support.app import client, run_jobs

CONTENT = b"a picture of a wall"


def photo_of(here: Town, idea: int) -> int:
    with here.site.database.reading() as session:
        return int(session.scalars(
            select(ProposalPhoto.id).where(ProposalPhoto.proposal_id == idea)
        ).one())


@pytest.mark.parametrize("kind", ["photo", "proposal"])
def test_a_hidden_photo_is_not_served_and_comes_back_when_it_stays(here: Town, kind: str) -> None:
    key = here.site.storage.save(CONTENT, "jpg")
    idea = an_idea(here.site, here.process, here.author_id, photo=key)
    anybody = client(here.site)
    open_to_all = anybody.get(f"/pictures/{key}")
    assert open_to_all.content == CONTENT
    assert "private" in open_to_all.headers["cache-control"], "no shared cache keeps it"

    here.report(kind, photo_of(here, idea) if kind == "photo" else idea)
    run_jobs(here.site)
    assert anybody.get(f"/pictures/{key}").status_code == 404
    # Only under the case, and only for the author and a moderator.
    address = f"/processes/shared-budget/moderation/1/pictures/{key}"
    assert anybody.get(address).status_code == 404
    for person, status in ((here.author_id, 200), (here.first.person_id, 200),
                           (build.a_person(here.site, "Twm"), 404)):
        browser = client(here.site)
        build.signed_in(here.site, browser, person)
        answer = browser.get(address)
        assert answer.status_code == status, person
        if status == 200:
            assert answer.content == CONTENT and answer.headers["cache-control"] == "no-store"
    # Another key is not to be had under this case.
    other = here.site.storage.save(b"another", "jpg")
    assert browser.get(address.replace(key, other)).status_code == 404

    here.decide(1, "stays")
    run_jobs(here.site)
    assert anybody.get(f"/pictures/{key}").content == CONTENT


def test_the_same_file_in_two_ideas_is_served_while_one_shows_it(here: Town) -> None:
    key = here.site.storage.save(CONTENT, "jpg")
    first = an_idea(here.site, here.process, here.author_id, photo=key)
    second = an_idea(here.site, here.process, None, number=2, title="A tap", photo=key)
    here.report("photo", photo_of(here, first))
    run_jobs(here.site)
    assert client(here.site).get(f"/pictures/{key}").status_code == 200
    here.report("photo", photo_of(here, second))
    run_jobs(here.site)
    assert client(here.site).get(f"/pictures/{key}").status_code == 404


def test_what_an_author_erased_is_no_file_any_more(here: Town) -> None:
    mine, shared = (here.site.storage.save(one, "jpg") for one in (b"mine", b"ours"))
    an_idea(here.site, here.process, here.author_id, photo=mine)
    an_idea(here.site, here.process, here.author_id, number=2, title="A tap", photo=shared)
    an_idea(here.site, here.process, None, number=3, title="A tap too", photo=shared)
    build.do(here.site, accounts.erase_account, False, actor=here.author)
    run_jobs(here.site)
    assert here.site.storage.find(mine) is None
    assert here.site.storage.path(shared).exists(), "somebody else's idea shows it"
