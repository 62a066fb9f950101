"""Pins and land, words in two languages, the order by chance: on literals and on both databases."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pb.core.site import Site
from pb.proposals import queries, rules, search
from tests.support import ideas

ABERWENNOL = tomllib.loads(
    (Path(__file__).resolve().parents[3] / "pb/demo/map.toml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize(
    ("x", "y", "land"),
    [(600, 380, True), (200, 600, False), (100, 520, False), (10, 10, False), (512, 522, True),
     (750, 160, True), (250, 600, False), (-5, 300, False), (5000, 300, False)],
)
def test_pins_of_the_demo_town_stand_on_its_land(x: int, y: int, land: bool) -> None:
    assert rules.on_land(ABERWENNOL, x, y) is land


def test_every_known_place_is_on_land_and_a_map_without_wards_has_only_its_edge() -> None:
    places = rules.known_places(ABERWENNOL)
    assert len(places) >= 5
    assert all(rules.on_land(ABERWENNOL, one["x"], one["y"]) for one in places)
    assert rules.on_land({"width": 10, "height": 10}, 3, 3)
    assert not rules.on_land({"width": 10, "height": 10}, 11, 3)


def test_paths_with_other_letters_are_refused() -> None:
    with pytest.raises(ValueError, match="'q'"):
        rules.outline("M0 0q10 10 20 20Z")


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 1000), st.integers(0, 700))
def test_a_point_lies_in_one_ward_at_most(x: int, y: int) -> None:
    inside = [
        ward["id"] for ward in ABERWENNOL["wards"]
        if rules._inside(rules.outline(ward["d"]), x, y)
    ]
    assert len(inside) <= 1
    assert (rules.ward_at(ABERWENNOL, x, y) is not None) == bool(inside)


def test_changes_are_named_and_a_moved_pin_is_one() -> None:
    before = dict.fromkeys(rules.FIELDS) | {"title": "A", "x": 1, "y": 2}
    assert rules.changed(before, before | {"x": 5, "y": 9, "title": "B"}) == ["title", "pin"]
    assert rules.changed(before, dict(before)) == []


@pytest.mark.parametrize(
    ("word", "found"),
    [("parc", {"parc", "barc", "pharc", "mharc"}), ("tŷ", set()),
     ("gardd", {"gardd", "ardd", "ngardd"}), ("llyfrgell", {"llyfrgell", "lyfrgell"}),
     ("rhandir", {"rhandir", "randir"}), ("chwarel", {"chwarel"}),
     ("mainc", {"mainc", "fainc"})],
)
def test_mutations(word: str, found: set[str]) -> None:
    assert search.mutations(word) >= found
    if word == "chwarel":
        assert search.mutations(word) == found


def test_a_mutated_word_leads_back_to_its_radical() -> None:
    assert "parc" in search.variants("barc") and "parc" in search.variants("pharc")
    assert "gardd" in search.variants("ngardd") and "mainc" in search.variants("fainc")


def test_search_with_and_without_accents_and_mutations(either: Site) -> None:
    process = ideas.a_process(either)
    house = ideas.an_idea(either, "Tŷ cynnes i bawb", language="cy")
    park = ideas.an_idea(either, "Mwy o olau yn y parc", language="cy")
    river = ideas.an_idea(either, "Steps down to the river")
    ideas.an_idea(either, "Something else entirely")

    def found(words: str) -> list[int]:
        wanted = queries.Filter(words=words, order="newest")
        with either.database.reading() as session:
            rows = queries.rows(session, process, wanted, 1)
            assert queries.count(session, process, wanted) == len(rows)
        return sorted(one.id for one in rows)

    assert found("tŷ") == found("ty") == found("TY") == found("dŷ") == [house]
    assert found("parc") == found("barc") == [park]
    assert found("river") == found("riv") == found("steps river") == [river]
    assert found("river parc") == []
    assert found("2") == [park]  # a number is the public reference
    for nonsense in ('"', "' OR 1=1 --", "a* NEAR b", ":*", "& | !", "\\", "(", "<script>",
                     "x" * 400, "AND OR NOT", "-", "^tŷ", "{}", "ﬁ", "𝔭𝔞𝔯𝔠"):
        found(nonsense)


def test_similar_ideas_across_both_languages(either: Site) -> None:
    process = ideas.a_process(either)
    bench = ideas.an_idea(either, "Mwy o feinciau ger y llyfrgell", language="cy")
    ideas.an_idea(either, "Traffic lights at the school")
    garden = ideas.an_idea(either, "A garden for the library", wish="Flowers and herbs.")

    def like(text: str, but: int = 0) -> list[int]:
        with either.database.reading() as session:
            return [one.id for one in queries.similar(session, process, text, but=but)]

    assert like("Benches outside the library would help my mother")[0] == bench
    assert like("Gardd flodau wrth ymyl y llyfrgell") == [garden]  # one shared word is too little
    assert like("Gardd flodau wrth ymyl y llyfrgell", but=garden) == []
    assert like("llyfrgell") == [bench, garden]  # unless it is the only one there is
    assert like("a place where the young can skate") == []
    assert like("") == like("the and of") == []


def test_the_order_by_chance_is_stable_fair_and_pages_without_gaps(either: Site) -> None:
    process = ideas.a_process(either)
    numbers = [ideas.an_idea(either, f"Idea about {number}") for number in range(45)]

    def order(seed: int) -> list[int]:
        wanted = queries.Filter(seed=seed)
        with either.database.reading() as session:
            pages = [queries.rows(session, process, wanted, page) for page in (1, 2, 3)]
        return [row.id for rows in pages for row in rows]

    assert order(3) == order(3)
    assert sorted(order(3)) == sorted(numbers)
    orders = [order(seed) for seed in range(1, 13)]
    assert len({tuple(one) for one in orders}) == 12
    assert len({one[0] for one in orders}) > 6  # not always the same one first
    rotations = {tuple(orders[0][k:] + orders[0][:k]) for k in range(45)}
    assert not any(tuple(one) in rotations for one in orders[1:])
