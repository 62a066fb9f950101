"""A Welsh idea all the way: its author writes Welsh alone, the vote waits for the translator."""

from __future__ import annotations

from pb.core.site import Site
from pb.core.work import Work
from pb.processes.checks import lacks
from pb.processes.models import Process
from pb.translations import queries, services
from pb.valuations import services as valuations
from tests.pb.valuations.made import a_proposal, findings, the_valuation
from tests.support import build
from tests.support.app import client


def held_back(site: Site, process_id: int) -> set[str]:
    with site.database.reading() as session:
        found = lacks(session, session.get_one(Process, process_id), "voting")
    return {one.words.text for one in found if one.page in ("office_translations",
                                                            "office_projects")}


def test_a_welsh_idea_becomes_a_project_in_both_languages(site: Site) -> None:
    process = build.a_process(site, phase="assessment", projects=0)
    author = build.a_person(site, "Nia", language="cy")
    idea = a_proposal(
        site, process, 1, author, language="cy", title="Mainc", wish="Lle i eistedd.",
        body="Mainc ger y cei. Mae’r wal yn wlyb.", place="Ar y cei",
    )
    officer = build.actor(site, build.a_person(site, "Olwen", "valuer", "shared-budget"))
    costs = (({"cy": "Derw"}, 120_000),)
    version = build.do(
        site, valuations.save, process, idea, 0,
        findings(costs=costs, reason={"cy": "Gellir ei wneud."}), actor=officer,
    )
    build.do(site, valuations.decide, process, idea, version, "pass", actor=officer)
    assert held_back(site, process) == {
        "%(num)s project lacks a text in one language.",
        "%(num)s project has a text that waits for its translation.",
    }

    ceri = build.actor(site, build.a_person(site, "Ceri", "translator", "shared-budget"))
    with site.database.reading() as session:
        todo = [
            unit for unit in queries.units(session, session.get_one(Process, process))
            if unit.state == "missing" and unit.kind in ("project", "valuation")
        ]
    assert {(unit.source_language, unit.language) for unit in todo} == {("cy", "en")}
    fields = {(unit.kind, unit.item.field.split("_")[0]) for unit in todo}
    assert fields == {("project", one) for one in ("title", "summary", "body", "place", "reason",
                                                   "cost")} | {("valuation", "reason")}
    for unit in todo:
        build.do(
            site, services.save, process, unit.key, f"English of {unit.item.field}", "done",
            unit.source_digest, 0, actor=ceri,
        )
    assert held_back(site, process) == set()
    assert the_valuation(site, idea).reason["en"] == "English of reason"

    page = client(site).get("/processes/shared-budget/projects/1").text
    assert "English of title" in page and "Translated from Welsh by Ceri." in page
    decision = client(site).get("/processes/shared-budget/ideas/1/decision").text
    assert "English of reason" in decision and "Translated from Welsh by Ceri." in decision
    welsh = client(site, "cy").get("/processes/shared-budget/projects/1").text
    assert "Mainc" in welsh and "English of" not in welsh and "Ceri" not in welsh


def test_what_is_not_decided_is_not_to_be_translated(site: Site) -> None:
    process = build.a_process(site, phase="assessment", projects=0)
    idea = a_proposal(site, process, 1, language="cy")
    officer = build.actor(site, build.a_person(site, "Olwen", "valuer", "shared-budget"))
    build.do(site, valuations.save, process, idea, 0, findings(reason={"cy": "Efallai."}),
             actor=officer)

    def kinds(work: Work) -> set[str]:
        found = queries.units(work.session, work.session.get_one(Process, process))
        return {unit.kind for unit in found}

    assert "valuation" not in build.do(site, kinds)
