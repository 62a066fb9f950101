"""Projects in the office: added, changed, refused beside the field, removed; never in a vote."""

from __future__ import annotations

import html
import io
import re
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from pb.core.errors import Conflict, Invalid, NotAllowed
from pb.core.site import Site
from pb.core.work import Work
from pb.processes import services as processes
from pb.processes.checks import lacks
from pb.processes.models import Process
from pb.processes.values import AreaValue
from pb.projects import services
from pb.projects.models import Project
from pb.projects.queries import projects_of
from pb.projects.values import ProjectValue
from tests.support import build
from tests.support.app import client, run_jobs

LIST = "/office/processes/shared-budget/projects"


def value(area_id: int = 1, **rest: Any) -> ProjectValue:
    plain: dict[str, Any] = {
        "area_id": area_id, "title": {"en": "Benches"}, "summary": {}, "body": {}, "place": {},
        "x": None, "y": None, "costs": (({"en": "Wood"}, 100_000), ({"en": "Work"}, 50_000)),
        "picture": "", "picture_alt": {}, "author": "", "objections": (), "reason": {},
        "reason_by": "",
    }
    return ProjectValue(**plain | rest)


def official(site: Site) -> Any:
    browser = client(site)
    build.signed_in(site, browser, build.a_person(site, "Mair", "lead_official", "shared-budget"))
    return browser


def all_projects(site: Site) -> list[Project]:
    with site.database.reading() as session:
        found = projects_of(session, 1)
        session.expunge_all()
        return found


def typed(page: str, **rest: str) -> dict[str, str]:
    """What a browser sends: each field of the page's form as it stands, and what is typed."""
    form = page.split('id="page-form"')[1].split("</form>")[0]
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if attributes.get("type", "text") in ("text", "hidden"):
            found[attributes["name"]] = html.unescape(attributes.get("value", ""))
    for name, text in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>([^<]*)</textarea>', form):
        found[name] = html.unescape(text).strip()
    chosen = re.search(r'<option selected value="(\d+)"', form)
    return found | ({"area": chosen[1]} if chosen else {}) | rest


def test_numbers_are_given_once_and_stay(site: Site) -> None:
    build.a_process(site, phase="assessment", projects=3)
    assert build.do(site, services.save_project, 1, None, value()) == 4
    assert build.do(site, services.save_project, 1, 4, value(2)) == 4
    assert build.do(site, services.save_project, 1, None, value()) == 5
    four = next(one for one in all_projects(site) if one.number == 4)
    assert (four.area_id, four.cost, four.option_id) == (2, 150_000, "4")
    assert [(line.position, line.amount) for line in four.costs] == [(1, 100_000), (2, 50_000)]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"area_id": 99}, "area.unknown"),
        ({"costs": (({"en": "Gold"}, 6_000_001),)}, "project.over_budget"),
        ({"x": 3}, "project.place"),
    ],
)
def test_what_cannot_stand_is_refused_and_nothing_is_added(
    site: Site, wrong: dict[str, Any], code: str
) -> None:
    build.a_process(site, phase="assessment", projects=1)
    with pytest.raises(Invalid) as caught:
        build.do(site, services.save_project, 1, None, value(**wrong))
    assert caught.value.code == code
    assert len(all_projects(site)) == 1
    assert build.do(site, services.save_project, 1, None,
                    value(costs=(({"en": "Gold"}, 6_000_000),))) == 2  # to the last penny


@pytest.mark.parametrize("phase", ["voting", "count", "results"])
def test_what_is_on_an_open_ballot_stays(site: Site, phase: str) -> None:
    build.a_process(site, phase=phase, projects=2)
    lead = build.actor(site, build.a_person(site, "Mair", "administrator"))
    for attempt in (
        lambda: build.do(site, services.save_project, 1, 1, value(), actor=lead),
        lambda: build.do(site, services.save_project, 1, None, value(), actor=lead),
        lambda: build.do(site, services.remove_project, 1, 1, actor=lead),
    ):
        with pytest.raises(NotAllowed) as caught:
            attempt()
        assert caught.value.code == "access.not_now"
    assert len(all_projects(site)) == 2


def test_a_budget_stays_above_the_dearest_project(site: Site) -> None:
    build.a_process(site, phase="assessment", projects=1, state="draft")
    area = AreaValue({"en": "Riverside"}, {}, 999_999, None)
    with pytest.raises(Invalid) as caught:
        build.do(site, processes.edit_area, 1, 1, area)
    assert caught.value.code == "area.dearer_project"
    build.do(site, processes.edit_area, 1, 1, AreaValue({"en": "Riverside"}, {}, 1_000_000, None))


def test_a_project_of_another_process_cannot_be_changed_through_this_one(site: Site) -> None:
    build.a_process(site, phase="assessment", projects=1)
    build.a_process(site, "other", phase="assessment", projects=1)
    for command in (lambda: build.do(site, services.save_project, 1, 2, value()),
                    lambda: build.do(site, services.remove_project, 1, 2)):
        with pytest.raises(Conflict):
            command()


def test_the_checks_name_what_projects_lack(site: Site) -> None:
    build.a_process(site, phase="assessment", projects=0, state="draft")

    def found() -> list[tuple[str, int]]:
        with site.database.reading() as session:
            process = session.get_one(Process, 1)
            return [(one.words.text, one.parameters.get("num", 0))
                    for one in lacks(session, process, "voting") if one.page == "office_projects"]

    assert found() == [("There is no project to vote on.", 0)]
    build.do(site, services.save_project, 1, None, value(costs=()))
    build.do(site, services.save_project, 1, None, value(picture="a.jpg"))
    assert found() == [
        ("%(num)s project has no cost.", 1),
        ("%(num)s project lacks a text in one language.", 2),
        ("%(num)s picture has no description in every language.", 1),
    ]


def test_an_official_adds_a_project_with_a_picture(site: Site) -> None:
    build.a_process(site, phase="assessment", projects=1)
    browser = official(site)
    page = browser.get(f"{LIST}/new").text
    picture = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(picture, "PNG")
    sent = typed(page, area="2", title_en="Quay benches", title_cy="Meinciau’r Cei",
                 cost_0_en="Oak", cost_0_cy="Derw", amount_0="£1,200.50",
                 alt_en="Two benches", alt_cy="Dwy fainc")
    # A title that is missing: everything typed and the picture come back.
    answer = browser.post(f"{LIST}/new", data=sent | {"title_en": "", "title_cy": ""},
                          files={"picture": ("x.png", picture.getvalue(), "image/png")})
    assert answer.status_code == 422
    assert "Enter a title." in answer.text and "£1,200.50" in answer.text
    key = typed(answer.text)["picture_key"]
    assert browser.get(f"/pictures/{key}").headers["content-type"] == "image/jpeg"
    sent = typed(answer.text, title_en="Quay benches", title_cy="Meinciau’r Cei")
    answers = [browser.post(f"{LIST}/new", data=sent) for _ in range(2)]  # a double click
    assert [one.status_code for one in answers] == [200, 200]
    added = all_projects(site)
    assert len(added) == 2
    assert (added[1].title["cy"], added[1].cost, added[1].picture) == (
        "Meinciau’r Cei", 120_050, key
    )
    assert added[1].picture_alt == {"en": "Two benches", "cy": "Dwy fainc"}


def test_what_holds_the_vote_back_is_put_right_while_nothing_is_open(site: Site) -> None:
    """The assessment is over and the vote waits for a cost: officials can still write it down."""
    process_id = build.a_process(site, projects=1, opened=False)
    browser = official(site)

    def held(work: Work) -> None:
        process = work.session.get_one(Process, process_id)
        process.lead = {"en": "Money.", "cy": "Arian."}
        for phase in process.phases:
            phase.opened_at = phase.opens_at if phase.kind in ("ideas", "assessment") else None
        project = work.session.scalars(select(Project)).one()
        project.cost, project.costs = 0, []

    build.do(site, held)
    run_jobs(site)
    overview = browser.get("/office/processes/shared-budget").text
    assert "1 project has no cost." in overview and "Since the vote opened" not in overview
    page = browser.get(f"{LIST}/1").text
    sent = typed(page, cost_0_en="Oak", cost_0_cy="Derw", amount_0="1,200")
    assert browser.post(f"{LIST}/1", data=sent).status_code == 200
    assert all_projects(site)[0].cost == 120_000
    run_jobs(site)
    with site.database.reading() as session:
        assert session.get_one(Process, process_id).phase_kind(site.clock()) == "voting"


def test_errors_stand_beside_their_fields(site: Site) -> None:
    build.a_process(site, phase="assessment", projects=1)
    browser = official(site)
    page = browser.get(f"{LIST}/1").text
    for wrong, field in (
        ({"amount_0": "70000"}, "amount_0"), ({"amount_1": "3"}, "cost_1_en"),
        ({"cost_1_en": "Paint"}, "amount_1"), ({"amount_0": "lots"}, "amount_0"),
        ({"objection_1_en": "No."}, "objector_1"), ({"title_en": "x" * 151}, "title_en"),
    ):
        answer = browser.post(f"{LIST}/1", data=typed(page, **wrong))
        assert answer.status_code == 422, wrong
        assert f'id="{field}-error"' in answer.text, wrong
        assert f'href="#{field}"' in answer.text, wrong
    assert all_projects(site)[0].cost == 1_000_000
    file = {"picture": ("x.svg", b"<svg/>", "image/svg+xml")}
    answer = browser.post(f"{LIST}/1", data=typed(page), files=file)
    assert answer.status_code == 422 and 'id="picture-error"' in answer.text


def test_a_page_sent_back_unchanged_changes_nothing(site: Site) -> None:
    build.a_process(site, phase="assessment", projects=1)
    browser = official(site)
    before = all_projects(site)[0]
    answer = browser.post(f"{LIST}/1", data=typed(browser.get(f"{LIST}/1").text))
    assert answer.status_code == 200
    after = all_projects(site)[0]
    for name in ("title", "summary", "body", "place", "cost", "author", "reason", "reason_by",
                 "area_id"):
        assert getattr(before, name) == getattr(after, name), name
    assert [(one.label, one.amount) for one in after.costs] == [
        (one.label, one.amount) for one in before.costs
    ]
    assert [(one.author, one.text) for one in after.objections] == [
        (one.author, one.text) for one in before.objections
    ]


def test_a_project_is_removed_with_its_lines(site: Site) -> None:
    build.a_process(site, phase="assessment", projects=2)
    browser = official(site)
    answer = browser.post(f"{LIST}/1", data={"remove": "yes"})
    assert answer.status_code == 200 and "The project is removed." in answer.text
    assert [one.number for one in all_projects(site)] == [2]
    with site.database.reading() as session:
        assert session.scalar(select(Project.id).where(Project.number == 1)) is None
