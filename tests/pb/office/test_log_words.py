"""The office's log says each act in words, in both languages."""

from __future__ import annotations

import pytest

import pb.demo.build  # its commands stand in the demonstration's log
from pb.app import load_features
from pb.core.site import Site
from pb.core.work import COMMANDS, NOBODY, Actor, Work, command
from pb.office.log_words import WORDS, who
from tests.support import build
from tests.support.app import client

assert pb.demo.build


def test_every_act_that_is_logged_has_words() -> None:
    load_features()
    # Tests mark functions of their own: only the app's features are meant.
    features = {name.partition(".")[0] for name in WORDS}
    bare = sorted(name for name, info in COMMANDS.items()
                  if info.audited and name not in WORDS and name.partition(".")[0] in features)
    assert not bare, bare
    assert len(WORDS) > 250


@pytest.mark.parametrize(("language", "system", "juror"), [
    ("en", "the app itself", "juror 7"), ("cy", "yr ap ei hun", "rheithiwr 7"),
])
def test_whoever_is_no_person_is_said_in_the_reader_s_language(
    site: Site, language: str, system: str, juror: str
) -> None:
    build.a_process(site, phase="assessment")
    official = build.a_person(site, "Olwen", "administrator")

    def act(work: Work) -> None:
        work.about("session", 1)

    act.__module__ = "deliberation.sessions.services"
    act.__name__ = "extend"
    known = COMMANDS["sessions.extend"]
    marked = command()(act)
    COMMANDS["sessions.extend"] = known
    site.work.run(marked, Actor(name="juror 7", grants=NOBODY.grants))
    browser = client(site, language)
    build.signed_in(site, browser, official)
    page = browser.get("/office/log").text
    assert juror in page and "sessions.extend" not in page
    reader = site.reader(language, zone="Europe/London", languages=("en", "cy"))
    assert who(reader, "system") == system
    assert who(reader, "Juror Seven") == "Juror Seven", "a person's name stays as it is"
