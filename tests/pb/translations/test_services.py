"""Translating, checking and bringing in tables, on a real database."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from pb.accounts.models import Role
from pb.accounts.services import erase_account
from pb.core.errors import AppError, Conflict, Invalid, NotAllowed, NotFound
from pb.core.site import Site
from pb.core.work import NOBODY, Actor, Work
from pb.processes.checks import lacks
from pb.processes.models import Area, Notice, Phase, Process
from pb.projects.models import CostLine, Project
from pb.translations import queries, services
from pb.translations.rules import Unit
from pb.translations.tables import MARK, Line
from tests.support import build
from tests.support.app import client


class Desk:
    """A process in assessment whose first project is in Welsh alone; two translators."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.process = build.a_process(site, phase="assessment", projects=2)
        self.set(Project, 1, title={"cy": "Mainc"}, summary={"cy": "Un."}, body={"cy": "Eistedd."})
        self.set(Process, self.process, lead={"en": "Money for us.", "cy": "Arian i ni."})
        self.first = self.translator("Mair")
        self.second = self.translator("Gwyn")

    def translator(self, name: str) -> Actor:
        person = build.a_person(self.site, name, "translator", "shared-budget")
        return build.actor(self.site, person)

    def set(self, model: Any, id: int, **values: Any) -> None:
        def make(work: Work) -> None:
            row = work.session.get_one(model, id)
            for name, value in values.items():
                setattr(row, name, value)

        build.do(self.site, make)

    def unit(self, key: str) -> Unit:
        with self.site.database.reading() as session:
            process = session.get_one(Process, self.process)
            return queries.unit_of(session, process, *key.split("/"))[1]

    def save(
        self, key: str, text: str, state: str = "done", actor: Actor | None = None, **seen: Any
    ) -> None:
        unit = self.unit(key)
        values = {"digest": unit.source_digest, "version": unit.version} | seen
        build.do(
            self.site, services.save, self.process, key, text, state, values["digest"],
            values["version"], actor=actor or self.first,
        )

    def project(self, id: int = 1) -> Project:
        with self.site.database.reading() as session:
            found = session.get_one(Project, id)
            session.expunge(found)
            return found

    def lacks(self) -> list[tuple[str, int]]:
        with self.site.database.reading() as session:
            found = lacks(session, session.get_one(Process, self.process), "voting")
        return [(one.words.text, one.parameters["num"]) for one in found]


@pytest.fixture
def desk(either: Site) -> Desk:
    return Desk(either)


@pytest.fixture
def here(site: Site) -> Desk:
    return Desk(site)


def test_a_draft_is_nobodys_to_see_and_a_finished_one_everybodys(desk: Desk) -> None:
    desk.save("project/1/title/en", "A seat", "draft")
    assert desk.project().title == {"cy": "Mainc"}
    assert desk.unit("project/1/title/en").state == "draft"
    desk.save("project/1/title/en", "A bench")
    assert desk.project().title == {"cy": "Mainc", "en": "A bench"}
    unit = desk.unit("project/1/title/en")
    assert (unit.state, unit.source_language) == ("done", "cy")
    assert unit.kept is not None and unit.kept.translator == "Mair"


def test_a_second_person_checks(desk: Desk) -> None:
    desk.save("project/1/title/en", "A bench")

    def check(actor: Actor, version: int = 1) -> None:
        build.do(
            desk.site, services.check, desk.process, "project/1/title/en", version, actor=actor
        )

    with pytest.raises(NotAllowed) as refused:
        check(desk.first)
    assert refused.value.code == "translation.same_person"
    with pytest.raises(Invalid):
        check(desk.second, version=0)
    check(desk.second)
    assert desk.unit("project/1/title/en").state == "checked"
    with pytest.raises(Conflict):
        check(desk.second, version=2)
    # What is written afresh has to be checked afresh.
    desk.save("project/1/title/en", "A long bench", actor=desk.second)
    assert desk.unit("project/1/title/en").state == "done"


def test_a_changed_source_flags_its_translation_and_holds_the_vote_back(desk: Desk) -> None:
    for key, text in (("title", "A bench"), ("summary", "One."), ("body", "To sit.")):
        desk.save(f"project/1/{key}/en", text)
    assert desk.lacks() == []
    desk.set(Project, 1, body={"cy": "Eistedd a gorffwys.", "en": "To sit."})
    assert desk.unit("project/1/body/en").state == "changed"
    assert desk.lacks() == [("%(num)s translation is older than its text.", 1)]
    desk.save("project/1/body/en", "To sit and rest.")
    assert desk.lacks() == []


def test_the_vote_waits_for_every_text_of_a_project(desk: Desk) -> None:
    assert desk.lacks() == [
        ("%(num)s project lacks a text in one language.", 1),
        ("%(num)s project has a text that waits for its translation.", 1),
    ]
    desk.save("project/1/title/en", "A bench")
    desk.save("project/1/summary/en", "One.")
    assert desk.lacks() == [("%(num)s project has a text that waits for its translation.", 1)]
    desk.save("project/1/body/en", "To sit.", "draft")
    assert len(desk.lacks()) == 1
    desk.save("project/1/body/en", "To sit.")
    assert desk.lacks() == []
    desk.set(CostLine, 2, label={"en": "Oak"})
    assert len(desk.lacks()) == 1
    desk.save("project/2/cost_2/cy", "Derw")
    assert desk.lacks() == []


def test_what_changed_meanwhile_is_not_written_over(desk: Desk) -> None:
    before = desk.unit("project/1/title/en")
    desk.set(Project, 1, title={"cy": "Dwy fainc"})
    with pytest.raises(Invalid) as refused:
        desk.save("project/1/title/en", "A bench", digest=before.source_digest)
    assert refused.value.code == "translation.source_changed"
    desk.save("project/1/title/en", "Two benches")
    with pytest.raises(Invalid) as refused:
        desk.save("project/1/title/en", "A pair of benches", actor=desk.second, version=0)
    assert (refused.value.code, refused.value.parameters["by"]) == ("translation.taken", "Mair")
    assert desk.project().title["en"] == "Two benches"


@pytest.mark.parametrize(
    ("key", "text", "code"),
    [
        ("project/1/title/en", "", "translation.empty"),
        ("project/1/title/en", "x" * 151, "translation.too_long"),
    ],
)
def test_what_cannot_be_saved(here: Desk, key: str, text: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        here.save(key, text)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "key",
    ["project/99/title/en", "project/1/cost/en", "nothing/1/title/en", "project/1/id/en",
     "project/1/title", "project/x/title/en", "project/1/title/fr"],
)
def test_an_unknown_text(here: Desk, key: str) -> None:
    with pytest.raises(NotFound):
        build.do(
            here.site, services.save, here.process, key, "x", "done", "", 0, actor=here.first
        )


def test_another_process_is_not_reached(here: Desk) -> None:
    other = build.a_process(here.site, "elsewhere", phase="assessment", projects=1)
    here.set(Project, 3, title={"cy": "Arall"})
    with pytest.raises(NotFound):
        here.save("project/3/title/en", "Other")
    with pytest.raises(NotAllowed):
        build.do(
            here.site, services.save, other, "project/3/title/en", "Other", "done", "", 0,
            actor=here.first,
        )


def test_the_ballots_texts_stay_while_people_vote(here: Desk) -> None:
    here.site.clock.now = build.WHEN["voting"]  # type: ignore[attr-defined]
    with pytest.raises(Conflict) as refused:
        here.save("project/1/title/en", "A bench")
    assert refused.value.code == "translation.locked"

    def notice(work: Work) -> None:
        work.session.add(
            Notice(process_id=here.process, at=work.now, kind="notice.dates", details={},
                   texts={"cy": "Mae’r llythyrau’n hwyr."})
        )

    build.do(here.site, notice)
    here.save("notice/1/texts/en", "The letters are late.")
    with here.site.database.reading() as session:
        assert session.get_one(Notice, 1).texts["en"] == "The letters are late."


def test_who_translated_is_said_as_long_as_it_is_theirs(here: Desk) -> None:
    here.save("project/1/title/en", "A bench")
    here.save("project/1/body/en", "To sit.", actor=here.second)
    with here.site.database.reading() as session:
        project = session.get_one(Project, 1)
        found = queries.credits_of_project(session, project, "en")
        assert {(one.source_language, one.translator) for one in found} == {
            ("cy", "Mair"), ("cy", "Gwyn")
        }
        assert queries.credits_of_project(session, project, "cy") == []
    # An official writes another title over it: Mair's name goes, and nothing is lost.
    here.set(Project, 1, title={"cy": "Mainc", "en": "A seat"})
    with here.site.database.reading() as session:
        found = queries.credits_of_project(session, session.get_one(Project, 1), "en")
    assert [one.translator for one in found] == ["Gwyn"]


def line(desk: Desk, key: str, text: str, state: str = "done") -> Line:
    return Line(2, key, text, state, desk.unit(key).source_digest[:MARK])


def test_a_table_is_taken_in_whole_or_not_at_all(desk: Desk) -> None:
    lines = [line(desk, "project/1/title/en", "A bench"), line(desk, "project/1/body/en", "Sit.")]
    desk.set(Project, 1, body={"cy": "Newydd."})
    with pytest.raises(Conflict):
        build.do(desk.site, services.bring_in, desk.process, lines, actor=desk.first)
    assert desk.project().title == {"cy": "Mainc"}
    lines[1] = line(desk, "project/1/body/en", "New.")
    assert build.do(desk.site, services.bring_in, desk.process, lines, actor=desk.first) == 2
    assert desk.project().title["en"] == "A bench"
    assert build.do(desk.site, services.bring_in, desk.process, lines, actor=desk.first) == 0


def test_nobody_else_translates(here: Desk) -> None:
    evaluator = build.actor(
        here.site, build.a_person(here.site, "Eve", "evaluator", "shared-budget")
    )
    for who in (NOBODY, evaluator):
        with pytest.raises(AppError):
            here.save("project/1/title/en", "A bench", actor=who)


def test_a_translator_who_leaves_takes_the_name_along(here: Desk) -> None:
    here.save("project/1/title/en", "A bench")

    def take(work: Work) -> None:
        for role in work.session.scalars(select(Role).where(Role.role == "translator")):
            role.taken_at = work.now

    build.do(here.site, take)
    gone = build.actor(here.site, here.first.person_id or 0)
    build.do(here.site, erase_account, True, actor=gone)
    with here.site.database.reading() as session:
        found = queries.credits_of_project(session, session.get_one(Project, 1), "en")
    assert [one.translator for one in found] == [""]
    page = client(here.site).get("/processes/shared-budget/projects/1").text
    assert "Translated from Welsh." in page and "Mair" not in page


JURY = {"who_decides": {"jury": {"title": {"cy": "Y rheithgor"}, "text": {"cy": "24."}}}}


@pytest.mark.parametrize(
    ("model", "values", "key", "where"),
    [
        (Process, JURY,
         "process/1/who_jury/en", ("who_decides", "jury", "text")),
        (Process, JURY,
         "process/1/whose_jury/en", ("who_decides", "jury", "title")),
        (Process, {"choices": {"quorum": {"value": 40, "reason": {"cy": "Digon."}}}},
         "process/1/choice_quorum/en", ("choices", "quorum", "reason")),
        (Phase, {"who": {"decides": {"cy": "Pawb."}}}, "phase/1/who_decides/en",
         ("who", "decides")),
        (Phase, {"summary": {"cy": "Eich syniadau."}}, "phase/1/summary/en", ("summary",)),
        (Area, {"description": {"cy": "Wrth yr afon."}}, "area/1/description/en",
         ("description",)),
    ],
)
def test_texts_inside_others_are_translated_where_they_stand(
    here: Desk, model: Any, values: dict[str, Any], key: str, where: tuple[str, ...]
) -> None:
    here.set(model, 1, **values)
    before = here.unit(key)
    assert (before.state, before.language) == ("missing", "en")
    here.save(key, "In English")
    assert here.unit(key).state == "done"
    with here.site.database.reading() as session:
        found: Any = getattr(session.get_one(model, 1), where[0])
        for step in where[1:]:
            found = found[step]
        assert found == {before.source_language: before.source, "en": "In English"}
        if where[0] == "choices":
            assert session.get_one(Process, 1).choices["quorum"]["value"] == 40
