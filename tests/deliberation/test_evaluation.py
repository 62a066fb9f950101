"""The evaluation: its figures and what is left out of them, the checklist, files, withdrawals."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from deliberation.evaluation import (
    checklist,
    figures,
    queries,
    rules,
    services,
    sources,
    withdrawal,
)
from deliberation.evaluation.models import Export
from deliberation.notes import services as notes
from deliberation.panels import services as panels
from deliberation.panels.models import Juror, Jury
from deliberation.recommendations import services as recommendations
from deliberation.sessions import running
from deliberation.surveys import services as surveys
from deliberation.surveys.rules import opinion_items
from pb.core.database import Model
from pb.core.errors import Conflict, NotAllowed
from pb.core.site import Site
from tests.deliberation.test_room import OFFICE, enter, jury, room
from tests.deliberation.test_room import codes as room_codes
from tests.deliberation.test_surveys import juror, say, wave
from tests.support import build
from tests.support.app import client, hidden

__all__ = ["jury"]
PUBLIC = "/processes/shared-budget/jury"
VECTORS = Path(__file__).parents[3] / "shared/design/metric-vectors.json"
AGES = ("young", "middle", "older", "old")
CENSUS = [["young", 25], ["middle", 35], ["older", 25], ["old", 15]]
LINES = "\n".join(f"Age | Oedran; {line}" for line in (
    "young | ifanc; 2,500", "middle; 3500", "older; 2500", "old; 1500"))


@pytest.fixture
def asked(site: Site, jury: dict[str, Any]) -> dict[str, Any]:
    """The jury with a first, a last and a quality survey of six people, closed."""
    run, first = site.work.run, jury["sessions"][0]
    run(surveys.set_questions, jury["official"], jury["id"], opinion_items(
        {"attitude": [{"en": "We can.", "cy": "Gallwn."}, {"en": "We will.", "cy": "Byddwn."}]},
        {}, []))
    people = room(site, jury).jury.jurors
    run(running.start, jury["lead"], first, 0)
    for one in people[:6]:
        run(running.be_present, jury["lead"], first, one.id, True)
    for kind in ("before", "after", "quality"):
        run(surveys.open_wave, jury["lead"], first, kind)
    for place in range(6):
        say(site, jury, place, "before", {"attitude1": 1, "attitude2": 4})
        say(site, jury, place, "after", {"attitude1": 5, "attitude2": 4})
        say(site, jury, place, "quality", {"heard": 8, "pressure": 1})
    for kind in ("before", "after", "quality"):
        run(surveys.close_wave, jury["lead"], wave(site, jury, kind).id)
    evaluator = build.actor(site, build.a_person(site, "Elin", "evaluator", "shared-budget"))
    return jury | {"people": people, "evaluator": evaluator}


def browser_of(site: Site, known: dict[str, Any], who: str) -> Any:
    browser = client(site)
    build.signed_in(site, browser, known[who].person_id)
    return browser


def found(site: Site, known: dict[str, Any], *, exact: bool) -> list[dict[str, Any]]:
    with site.database.reading() as session:
        one = session.get_one(Jury, known["id"])
        return queries.figures_of(session, site.secrets, one, site.clock(),
                                  site.clock().tzinfo, exact=exact)


def test_likeness_equals_the_design() -> None:
    if not VECTORS.exists():
        pytest.skip("the design's vectors are not beside the checkout")
    case = json.loads(VECTORS.read_text("utf-8"))["representativeness"]
    counts = dict(zip(AGES, case["panel"], strict=True))
    whole = figures.likeness_figure("panel", "Age", counts, CENSUS, exact=True, seed="s")
    assert whole["result"]["dissimilarity"] == case["D"]
    assert whole["result"]["chi_square"] == case["chi2"]
    assert whole["result"]["worst_ratio"] == case["worst_ratio"]
    assert "Monte Carlo" in whole["formula"]


def test_small_cells_are_for_officials_alone() -> None:
    counts = dict(zip(AGES, (3, 9, 8, 4), strict=True)) | {"": 3}
    whole = figures.likeness_figure("panel", "Age", counts, CENSUS, exact=True, seed="s")
    assert [row[2] for row in whole["rows"]] == [3, 9, 8, 4]
    assert whole["result"]["unanswered"] == 3
    seen = figures.likeness_figure("panel", "Age", counts, CENSUS, exact=False, seed="s")
    assert [row[2] for row in seen["rows"]] == [None, None, None, None]
    assert seen["result"]["unanswered"] is None
    assert not {"worst_ratio", "chi_square"} & set(seen["result"]), "they give the cell away"
    assert seen["result"]["dissimilarity"] == 0.1
    large = figures.likeness_figure(
        "pool", "Age", {"young": 52, "middle": 70, "older": 43, "old": 31}, CENSUS, exact=False,
        seed="s")
    assert [row[2] for row in large["rows"]] == [50, 70, 45, 30]
    assert not large["result"]["simulated"]


def test_change_needs_five_pairs_and_is_raised_for_the_number_of_questions() -> None:
    items = opinion_items({"trust": [{"en": str(one)} for one in range(3)]}, {}, [])
    before = {str(tag): {"trust1": 1, "trust2": tag} for tag in range(6)}
    after = {str(tag): {"trust1": 5, "trust2": tag, "trust3": 1} for tag in range(6)}
    one, two, three = figures.change_figures(items, before, after)
    assert one["result"]["p"] == figures.rounded(Fraction(2, 64))
    assert one["result"]["p_holm"] == figures.rounded(Fraction(4, 64)), "two questions were tested"
    assert (one["result"]["mean"], one["result"]["changed"]) == (4, 1)
    assert one["result"]["rank_biserial"] == 1 and two["result"]["mean"] == 0
    assert "pairs" not in three["result"], "nobody answered it twice"
    few = figures.change_figures(items, dict(list(before.items())[:4]), after)
    assert all("pairs" not in each["result"] for each in few)


def test_voice_and_slate_are_figures() -> None:
    voice = figures.voice_figure(
        sources.Voice.measured(1, 2, [1, 1, 2, 4, 6, 10], [0, 0, 0, 0, 0, 9]))["result"]
    assert voice["turns"] == 0.430556 and voice["turns_of_few"] == 0.516667
    assert voice["seconds_of_few"] == 1 and voice["seconds"] == 0.833333
    kept = figures.voice_figure(sources.Voice(1, 2, 6, Fraction(31, 60)))["result"]
    assert kept["seconds"] == 0.430556 and "turns" not in kept
    left = figures.slate_figure(sources.Slate(1, 24, 4, 1))["result"]
    assert left == {"jurors": 24, "chosen": 4, "left_out": 1, "fair": False}
    assert figures.slate_figure(sources.Slate(1, 24, 4, 0))["result"]["fair"]


def test_accountability_counts_days_from_the_hand_over() -> None:
    day = date(2027, 3, 1)
    one = figures.accountability_figure(
        [(1, day, date(2027, 3, 11), "in_time"), (2, day, date(2027, 4, 30), "late"),
         (3, day, None, "missing")], date(2027, 3, 31))
    assert [row[1] for row in one["rows"]] == [10, 60, None]
    assert (one["result"]["in_time"], one["result"]["answered"]) == (1, 2)


def test_a_census_and_a_pool_are_read_or_refused() -> None:
    census = rules.read_census(LINES)
    assert census["Age | Oedran"][1] == ["middle", 3500]
    census = {"Age": CENSUS}
    for lines, code in (
        ("Age; young", "census.line"), ("Age; young; x", "census.line"), ("", "census.empty"),
        ("Age; young; 1\nAge; young; 2", "census.twice"), ("Age; young; 1", "census.values"),
    ):
        with pytest.raises(rules.ReadError, match=re.escape(code)):
            rules.read_census(lines)
    pool = rules.read_pool("id,Age,Name\np1,young,Ann\np2,old,Bob\np9,,Cy\n", census, ["p2"])
    assert pool.counts == {"Age": {"young": 1, "old": 1, "": 1}}
    assert pool.traits == {"p2": {"Age": "old"}} and pool.people == 3
    both = rules.read_census("Age | Oedran; young|ifanc; 5\nAge | Oedran; old | hen; 5")
    assert both == {"Age | Oedran": [["young | ifanc", 5], ["old | hen", 5]]}
    named = rules.read_pool("id,Age\np1,young\n", both, ["p1"])
    assert named.counts == {"Age | Oedran": {"young | ifanc": 1}}
    with pytest.raises(rules.ReadError, match=r"census\.column"):
        rules.read_pool("id,Gender\np1,f\n", census, [])
    with pytest.raises(rules.ReadError, match=r"census\.no_pool"):
        rules.read_pool("Age\nyoung\n", census, [])


def test_the_office_compares_publishes_and_everybody_reads(
    site: Site, asked: dict[str, Any]
) -> None:
    official = browser_of(site, asked, "official")
    page = official.get(f"{OFFICE}/census").text
    ages = ["young"] * 13 + ["middle"] * 9 + ["old"] * 6
    pool = "id,Age\n" + "".join(f"p{at},{age}\n" for at, age in enumerate(ages, 1))
    bad = official.post(f"{OFFICE}/census", data=hidden(page) | {"lines": "Age; young"})
    assert bad.status_code == 422 and "Line 1" in bad.text and "Age; young" in bad.text
    done = official.post(f"{OFFICE}/census", data=hidden(page) | {"lines": LINES},
                         files={"pool": ("pool.csv", pool.encode(), "text/csv")})
    assert done.status_code == 200 and done.url.path.endswith("/evaluation")
    assert client(site).get(f"{PUBLIC}/evaluation").text.count("Not published yet") == 1
    assert client(site).get(f"{PUBLIC}/evaluation.json").status_code == 404
    official.post(f"{OFFICE}/evaluation", data=hidden(done.text) | {"act": "publish"})
    data = client(site).get(f"{PUBLIC}/evaluation.json").json()
    kinds = {one["kind"] for one in data["figures"]}
    assert kinds == {"likeness", "attendance", "change", "quality"}
    assert all(one["formula"] for one in data["figures"])
    panel = next(one for one in data["figures"] if one.get("group") == "panel")
    assert [row[2] for row in panel["rows"]] == [15, None, None, None]
    exact = next(one for one in found(site, asked, exact=True) if one.get("group") == "panel")
    assert [row[2] for row in exact["rows"]] == [13, 9, 0, 2], "24 seats, none of the reserves"
    for language, words, age in (("en", "fewer than 10", "Age</h3>"),
                                 ("cy", "llai na 10", "Oedran</h3>")):
        shown = client(site, language).get(f"{PUBLIC}/evaluation").text
        assert words in shown and age in shown and "Gini" not in shown, "no talk was measured"
    with pytest.raises(NotAllowed):
        site.work.run(services.publish, asked["evaluator"], asked["id"])


def test_each_role_sees_what_it_may(site: Site, asked: dict[str, Any]) -> None:
    site.work.run(services.set_census, asked["official"], asked["id"], "", {"Age": CENSUS},
                  rules.PoolCounts(28, {"Age": {"young": 28}}, {
                      f"p{at}": {"Age": "young" if at < 14 else "old"} for at in range(1, 25)}),
                  "")
    exact = browser_of(site, asked, "official").get(f"{OFFICE}/evaluation").text
    seen = browser_of(site, asked, "evaluator").get(f"{OFFICE}/evaluation").text
    assert "<td class=\"num\">11</td>" in exact and "<td class=\"num\">11</td>" not in seen
    assert "Make the files" in seen and "Make the files" not in exact
    run = site.work.run
    for who in ("official", "lead"):
        with pytest.raises(NotAllowed):
            run(services.issue_export, asked[who], asked["id"])
    number = run(services.issue_export, asked["evaluator"], asked["id"])
    path = f"{OFFICE}/evaluation/files/{number}"
    assert browser_of(site, asked, "official").get(path).status_code == 403, "sums alone"
    assert browser_of(site, asked, "evaluator").get(path).status_code == 200
    assert browser_of(site, asked, "evaluator").get(f"{OFFICE}/census").status_code == 403
    moderator = build.actor(site, build.a_person(site, "Mo", "moderator", "shared-budget"))
    assert browser_of(site, {"m": moderator}, "m").get(f"{OFFICE}/evaluation").status_code == 403
    known = room_codes(site, asked)
    assert "Before and after" in enter(site, known["evaluator", None]).get(
        "/room/evaluation").text
    for screen in (("wall", None), ("observer", None), ("official", None),
                   ("juror", asked["people"][0].id), ("table", 1)):
        assert enter(site, known[screen]).get("/room/evaluation").status_code == 403, screen


def archive_of(site: Site, number: int) -> tuple[bytes, dict[str, bytes]]:
    with site.database.reading() as session:
        content = session.scalar(select(Export.content).where(Export.number == number))
    assert content is not None
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return content, {name: archive.read(name) for name in archive.namelist()}


def answers(members: dict[str, bytes]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(members["answers.csv"].decode())))


def test_the_evaluators_files_hold_no_person_and_new_pseudonyms_each_time(
    site: Site, asked: dict[str, Any]
) -> None:
    run = site.work.run
    run(services.issue_export, asked["evaluator"], asked["id"])
    _content, first = archive_of(site, 1)
    run(services.issue_export, asked["evaluator"], asked["id"])
    content, second = archive_of(site, 2)
    manifest = json.loads(second["manifest.json"])["files"]
    assert set(manifest) | {"manifest.json"} == set(second)
    for name, mark in manifest.items():
        assert hashlib.sha256(second[name]).hexdigest() == mark
    names = [{row["pseudonym"] for row in answers(one)} for one in (first, second)]
    assert not names[0] & names[1], "an issue's pseudonyms lead to no other issue"
    with site.database.reading() as session:
        tags = {row[0][:16] for row in session.execute(
            text("select tag from jury_survey_answers"))}
        kept = session.scalars(select(Export).order_by(Export.number)).all()
        assert [one.content is None for one in kept] == [True, False]
        assert kept[1].sha256 == hashlib.sha256(content).hexdigest()
    assert not tags & names[1]
    rows = answers(second)
    by_kind = {kind: {row["pseudonym"] for row in rows if row["survey"] == kind}
               for kind in ("before", "after", "quality")}
    assert by_kind["before"] == by_kind["after"] and len(by_kind["before"]) == 6
    assert not by_kind["before"] & by_kind["quality"]
    everything = b"".join(second.values())
    for one in asked["people"]:
        assert one.name.encode() not in everything


def everything(site: Site) -> str:
    """The whole database as words."""
    with site.database.reading() as session:
        return "\n".join(
            str(tuple(row)) for table in Model.metadata.sorted_tables
            for row in session.execute(select(table))
        )


def test_who_withdraws_is_forgotten_and_the_files_are_made_anew(
    site: Site, asked: dict[str, Any]
) -> None:
    run, first = site.work.run, asked["sessions"][0]
    one = asked["people"][2]

    def name(work: Any) -> None:
        mine = work.session.get_one(Juror, one.id)
        mine.name, mine.needs = "Zilla Quy", "a ramp at the door"

    build.do(site, name)
    run(notes.write_note, juror(asked), first, notes.Place(juror_id=one.id),
        notes.NoteValue("client-id-1", "my own words", "en", "table"))
    run(recommendations.add, asked["lead"], asked["id"], {"en": "Benches."}, None)
    run(recommendations.publish, asked["lead"], asked["id"])
    run(services.issue_export, asked["evaluator"], asked["id"])
    before = wave(site, asked, "before").result
    phone = enter(site, room_codes(site, asked)["juror", one.id])
    page = phone.get("/room/withdraw").text
    unsure = phone.post("/room/withdraw", data=hidden(page))
    assert unsure.status_code == 422 and "Tick the box" in unsure.text
    assert "Zilla Quy" in everything(site)
    done = phone.post("/room/withdraw", data=hidden(page) | {"sure": "y"})
    assert done.url.path == "/room"
    kept = everything(site)
    for words in ("Zilla Quy", "a ramp at the door", "my own words"):
        assert words not in kept
    assert wave(site, asked, "before").result == before, "sums that are closed stay"
    content, members = archive_of(site, 2)
    assert len({row["pseudonym"] for row in answers(members)
                if row["survey"] == "before"}) == 5
    public = client(site).get(f"{PUBLIC}/evaluation").text
    assert "A juror withdrew their consent" in public
    assert hashlib.sha256(content).hexdigest() in public
    with site.database.reading() as session:
        marks = session.scalars(select(Export.sha256)).all()
        assert len(set(marks)) == 2
        assert session.get_one(Juror, one.id).number == one.number
    assert browser_of(site, asked, "evaluator").get(
        f"{OFFICE}/evaluation/files/1").status_code == 410
    assert phone.get("/room/screen").url.path == "/room", "the code is ended"
    with pytest.raises(Conflict, match=r"juror\.withdrawn"):
        run(withdrawal.withdraw_for, asked["official"], asked["id"], one.id)
    lead = browser_of(site, asked, "lead")
    for path in ("", "/jurors", "/sessions", "/sessions/1", "/sessions/1/seats", "/surveys",
                 "/evaluation", "/recommendations", "/codes"):
        assert lead.get(f"{OFFICE}{path}").status_code == 200, path
    for path in ("", "/checklist", "/evaluation", "/recommendations"):
        assert client(site).get(f"{PUBLIC}{path}").status_code == 200, path


def test_the_office_withdraws_for_a_juror_behind_a_page_that_asks(
    site: Site, asked: dict[str, Any]
) -> None:
    one = asked["people"][1]
    path = f"{OFFICE}/jurors/{one.id}/withdraw"
    lead = browser_of(site, asked, "lead")
    page = lead.get(path)
    assert one.name in page.text and "cannot be undone" in page.text
    assert lead.post(path, data=hidden(page.text)).status_code == 422
    assert lead.post(path, data=hidden(page.text) | {"sure": "y"}).status_code == 200
    assert f"{one.number} {one.name}</h3>" not in lead.get(f"{OFFICE}/jurors").text
    assert browser_of(site, asked, "evaluator").get(path).status_code == 403
    with pytest.raises(NotAllowed):
        site.work.run(withdrawal.withdraw, asked["evaluator"], asked["people"][0].id)


def test_the_checklist_says_what_is_met_and_what_is_not() -> None:
    nothing = {one.key: one for one in checklist.principles(checklist.Facts())}
    assert list(nothing) == list(checklist.PRINCIPLES) and len(nothing) == 11
    assert {key for key, one in nothing.items() if one.state == "yes"} == {"privacy"}
    full = checklist.Facts(
        remit=True, promise=True, reply_by=date(2027, 9, 1), recommendations=3,
        answered_in_time=3, charter=2, draw="ab" * 32, compared=4, jurors=24, needs_asked=True,
        paid=True, witnesses=5, evidence=6, stances=2, sessions_held=4, minutes_held=1440,
        minutes_talk=600, conflict_person=True, published=True, quality_answers=24)
    assert all(one.state == "yes" for one in checklist.principles(full))
    late = {one.key: one for one in checklist.principles(
        checklist.Facts(**{**full.__dict__, "overdue": 1, "sessions_held": 2}))}
    assert late["accountability"].state == "wait" and late["time"].state == "wait"
    assert late["accountability"].facts[1][0] == "fact.replies_not"


def test_the_checklist_stands_in_public_with_the_organisers_sentence(
    site: Site, asked: dict[str, Any]
) -> None:
    official = browser_of(site, asked, "official")
    page = official.get(f"{OFFICE}/checklist").text
    official.post(f"{OFFICE}/checklist", data=hidden(page) | {
        "integrity_en": "Nia works for nobody here.", "integrity_cy": "Nid yw Nia’n gweithio yma."})
    shown = client(site).get(f"{PUBLIC}/checklist").text
    assert shown.count("<h2>") >= 11 and "Nia works for nobody here." in shown
    assert "No record of a draw is attached." in shown and "Not met" in shown
    assert "promised a reply to each recommendation by" in shown
    assert "Nia’n gweithio" in client(site, "cy").get(f"{PUBLIC}/checklist").text
    with pytest.raises(NotAllowed):
        site.work.run(services.set_words, asked["evaluator"], asked["id"], {})
    run = site.work.run
    run(panels.set_charter, asked["official"], asked["id"], {"en": "We listen well."})
    assert "in version 2" in client(site).get(f"{PUBLIC}/checklist").text
