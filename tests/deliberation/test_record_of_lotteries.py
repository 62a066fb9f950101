"""Records of lotteries really held: written and checked, with households, ceilings, exclusions."""

import json
import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from deliberation.sortition import draw, lottery, record, verify
from deliberation.sortition.pool import Pool, parse_people
from deliberation.sortition.replacements import vacancies
from deliberation.sortition.targets import Targets, parse_targets

DATA = Path(__file__).parents[3] / "shared/data/sortition"

TARGETS = """category,value,min,max
sex,f,5,5
sex,m,5,5
age,young,3,4
age,old,6,7
place,town,7,8
place,farm,2,3
"""


def a_pool(targets: Targets) -> Pool:
    """60 people of uneven traits; every fifth shares a household with the one before."""
    rows = ["id,sex,age,place,home"]
    for at in range(60):
        home = at - 1 if at % 5 == 4 else at
        rows.append(
            f"v{at},{'fmm'[at % 3]},{('young', 'old')[at % 4 == 0]},"
            f"{('town', 'farm')[at % 7 == 0]},home {home}"
        )
    return parse_people("\n".join(rows), targets, None, ("home",))


@pytest.mark.parametrize("ceiling", [None, Fraction(1, 2)])
def test_a_lottery_with_households_and_a_ceiling(tmp_path: Path, ceiling: Fraction | None) -> None:
    targets = parse_targets(TARGETS)
    pool = a_pool(targets)
    held = lottery.hold(pool, targets, 10, seed="3", panels=200, ceiling=ceiling)
    _, index = record.write(held, pool, targets, tmp_path / "draw")
    assert index == draw.draw(held)
    report = verify.examine(tmp_path / "draw")
    assert report.findings == []
    assert any("the certificate holds" in fact for fact in report.facts)
    assert lottery.certificate_holds(held, pool, targets)
    counts = json.loads((tmp_path / "draw/counts.json").read_bytes())["counts"]
    tickets = json.loads((tmp_path / "draw/tickets.json").read_bytes())
    by_person = [Fraction(counts[ticket - 1], 200) for ticket in tickets]
    assert by_person == list(held.probabilities)
    shutil.rmtree(tmp_path / "draw/sealed")
    assert record.check(tmp_path / "draw") == []
    assert b"home " not in (tmp_path / "draw/certificate.json").read_bytes()


def test_a_bound_that_is_claimed_too_low_is_found(tmp_path: Path) -> None:
    """Prices prove what they prove; a smaller bound would make a worse portfolio look the best."""
    targets = parse_targets(TARGETS)
    pool = a_pool(targets)
    held = lottery.hold(pool, targets, 10, seed="3", panels=7)
    assert held.lowest < held.bound  # seven panels are too few for it
    claimed = replace(held, bound=held.lowest, gap=0.0)
    record.write(claimed, pool, targets, tmp_path / "draw")
    found = record.check(tmp_path / "draw")
    assert any("prove" in finding.words for finding in found)


@pytest.mark.parametrize(
    ("name", "seats", "without"), [("tight_60_12", 12, 22), ("odlp_20", 20, 29)]
)
def test_people_without_a_chance_have_a_proof(
    tmp_path: Path, name: str, seats: int, without: int
) -> None:
    if not DATA.is_dir():
        pytest.skip(f"the test data beside the checkout are not here: {DATA}")
    targets = parse_targets((DATA / name / "categories.csv").read_text(encoding="utf-8-sig"))
    people = (DATA / name / "respondents.csv").read_text(encoding="utf-8-sig")
    pool = parse_people(people, targets)
    held = lottery.hold(pool, targets, seats, seed="1", panels=300)
    record.write(held, pool, targets, tmp_path / "draw")
    report = verify.examine(tmp_path / "draw")
    assert report.findings == []
    assert any(f"the {without} tickets without a chance have none" in fact for fact in report.facts)


def test_replacements_are_a_draw_of_their_own_chained_to_the_first(tmp_path: Path) -> None:
    targets = parse_targets(TARGETS)
    pool = a_pool(targets)
    held = lottery.hold(pool, targets, 10, seed="3", panels=50)
    fingerprint, index = record.write(held, pool, targets, tmp_path / "first")
    drawn = [held.ids[person] for person in held.panels[index]]
    traits = {person.id: person.traits for person in pool.people}
    leaving = max(drawn, key=lambda name: pool.traits.count(traits[name]))  # has many alike
    sitting = [name for name in drawn if name != leaving]
    left = vacancies(pool, targets, 10, sitting=sitting, withdrawn=[leaving])
    again = lottery.hold(left.pool, left.targets, left.seats, seed="4", panels=50)
    record.write(again, left.pool, left.targets, tmp_path / "second", previous=fingerprint)
    assert left.seats == 1
    assert record.check(tmp_path / "second", previous=tmp_path / "first") == []
    assert not set(drawn) & set(again.ids)
