"""Tables over rounds: what must hold, holds; people meet many others; the same seed repeats."""

from collections import Counter
from dataclasses import replace
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deliberation.sortition import seating
from deliberation.sortition.seating import Gathering, Seating, SeatingError, plan, steps_for
from deliberation.sortition.seating_rules import first_plan, units_by_round


def people(number: int) -> tuple[str, ...]:
    return tuple(f"p{at}" for at in range(number))


def meetings(*rounds: tuple[tuple[str, ...], ...]) -> Counter[frozenset[str]]:
    return Counter(
        frozenset(pair) for tables in rounds for table in tables for pair in combinations(table, 2)
    )


def table_of(found: Seating, number: int, person: str) -> int:
    return next(at for at, table in enumerate(found.rounds[number]) if person in table)


def three_traits(number: int) -> dict[str, tuple[str, ...]]:
    """Uneven shares of two, three and four values, dealt by chance."""
    random = Random("traits")
    shares = {"sex": "fffmm", "age": "aabbbbbccc", "place": "nnnneesswww"}
    return {
        column: tuple(values[int(random.random() * len(values))] for _ in range(number))
        for column, values in shares.items()
    }


@pytest.mark.parametrize("seed", ["1", "2", "a town"])
def test_24_people_at_4_tables_in_4_rounds_meet_in_192_pairs(seed: str) -> None:
    # Two rounds of four tables of six repeat at least 2 pairs a table, so 8; six pairs of rounds
    # make 48 of the 240 meetings repeats: 192 is the most when nobody meets thrice.
    found = plan(Gathering(people(24), 4, 4), seed)
    met = meetings(*found.rounds)
    assert (len(met), max(met.values())) == (192, 2)
    assert (found.distinct_pairs, found.possible_pairs, found.most_meetings) == (192, 276, 2)


def test_60_people_at_8_tables_with_three_traits() -> None:
    traits = three_traits(60)
    found = plan(Gathering(people(60), 8, 6, traits=traits))
    assert len(meetings(*found.rounds)) == found.distinct_pairs >= 1_000
    outside = 0
    for tables in found.rounds:
        assert sorted(len(table) for table in tables) == [7] * 4 + [8] * 4
        for values in traits.values():
            for value in set(values):
                total = values.count(value)
                for table in tables:
                    seated = sum(values[int(person[1:])] == value for person in table)
                    outside += not total // 8 <= seated <= -(-total // 8)
    assert outside == len(found.imbalances) <= 4


def test_150_people_at_19_tables_even_with_a_tenth_of_the_steps() -> None:
    found = plan(Gathering(people(150), 19, 6), steps=steps_for(150, 6) // 10)
    assert len(meetings(*found.rounds)) == found.distinct_pairs >= 3_046


def test_the_same_seed_gives_the_same_plan_and_another_seed_another() -> None:
    gathering = Gathering(people(20), 4, 3, traits={"x": tuple("ab" * 10)})
    first = plan(gathering, "7", 20_000)
    assert plan(gathering, "7", 20_000) == first
    assert plan(gathering, "8", 20_000) != first


def test_a_plan_of_this_version_stays_what_it_is() -> None:
    """A plan may be printed today and checked next year: the steps are part of the contract."""
    found = plan(Gathering(people(6), 2, 2), "1", 1_000)
    assert found.rounds == (
        (("p3", "p4", "p5"), ("p0", "p1", "p2")),
        (("p1", "p2", "p5"), ("p0", "p3", "p4")),
    )


def test_pins_hold_in_every_round_and_search_works_around_them() -> None:
    pins = {(number, "p0"): 2 for number in range(5)} | {(3, "p1"): 2, (3, "p2"): 0}
    found = plan(Gathering(people(18), 3, 5, pins=pins), steps=50_000)
    for (number, person), table in pins.items():
        assert table_of(found, number, person) == table


def test_together_and_apart_hold_and_those_together_still_move_about() -> None:
    together = (frozenset({"p1", "p2"}), frozenset({"p2", "p3"}), frozenset({"p8", "p9"}))
    apart = (frozenset({"p1", "p4", "p5", "p6"}), frozenset({"p8", "p10"}))
    found = plan(Gathering(people(20), 4, 6, together=together, apart=apart), steps=100_000)
    seen = set()
    for tables in found.rounds:
        for table in tables:
            for group in ({"p1", "p2", "p3"}, {"p8", "p9"}):
                assert group <= set(table) or not group & set(table)
            assert all(len(group & set(table)) < 2 for group in apart)
        seen.add(next(frozenset(table) for table in tables if "p1" in table))
    assert len(seen) == 6
    assert found.possible_pairs == 190 - 7
    met = meetings(*found.rounds)
    assert met[frozenset({"p1", "p2"})] == 6 > found.most_meetings


def test_who_is_pinned_holds_those_who_sit_with_him() -> None:
    gathering = Gathering(
        people(12), 3, 2, together=(frozenset({"p4", "p5"}),), pins={(1, "p5"): 2}
    )
    found = plan(gathering, steps=10_000)
    assert table_of(found, 1, "p4") == table_of(found, 1, "p5") == 2


def test_who_is_absent_has_no_seat_and_no_pin_and_the_rest_are_balanced() -> None:
    traits = {"sex": tuple("ffffffmmmmmm")}
    absent = frozenset({(1, "p0"), (1, "p1"), (1, "p6")})
    gathering = Gathering(people(12), 3, 2, traits=traits, absent=absent, pins={(1, "p0"): 1})
    found = plan(gathering, steps=10_000)
    assert sorted(person for table in found.rounds[1] for person in table) == sorted(
        set(people(12)) - {"p0", "p1", "p6"}
    )
    assert [len(table) for table in found.rounds[1]] == [3, 3, 3]
    assert not found.imbalances


def test_later_rounds_are_planned_around_what_has_happened() -> None:
    whole = plan(Gathering(people(16), 4, 3), steps=100_000)
    past = whole.rounds[:2]
    again = plan(Gathering(people(16), 4, 3, history=past), steps=200_000)
    met = meetings(*past, *again.rounds)
    # 16 people at 4 tables can meet everybody in five rounds (an affine plane): two were given.
    assert (len(met), max(met.values())) == (again.distinct_pairs, again.most_meetings)
    assert again.distinct_pairs >= 116
    blind = plan(Gathering(people(16), 4, 3), steps=200_000)
    assert len(meetings(*past, *blind.rounds)) < again.distinct_pairs


def test_a_history_may_hold_people_who_have_left() -> None:
    past = ((("p0", "gone"), ("p1", "p2", "p3")),)
    found = plan(Gathering(people(4), 2, 1, history=past), steps=1_000)
    assert found.distinct_pairs == len(meetings((("p1", "p2", "p3"),), *found.rounds))
    assert found.possible_pairs == 6


def test_pairs_who_could_meet_are_counted_one_by_one() -> None:
    # a and b are never there together, c and d are kept apart, e and f too but had met before.
    gathering = Gathering(
        tuple("abcdef"),
        2,
        2,
        apart=(frozenset("cd"), frozenset("ef")),
        absent=frozenset({(0, "a"), (1, "b")}),
        history=((("e", "f"), ("a", "c")),),
    )
    assert plan(gathering, steps=2_000).possible_pairs == 15 - 2
    met_apart = replace(gathering, history=((("a", "b"), ("c", "d")),))
    assert plan(met_apart, steps=2_000).possible_pairs == 15 - 1


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_each_change_costs_what_a_count_of_the_whole_says(data: st.DataObject) -> None:
    number = data.draw(st.integers(6, 14))
    names = people(number)
    traits = {
        column: tuple(data.draw(st.lists(st.sampled_from("abc"), min_size=number, max_size=number)))
        for column in "xy"
    }
    gathering = Gathering(
        names,
        tables=data.draw(st.integers(2, 3)),
        rounds=3,
        traits=traits,
        apart=(frozenset(names[:3]), frozenset(names[1:4])),
        absent=frozenset({(0, names[-1])}),
        history=((names[:4], names[4:]),),
    )
    random = Random(data.draw(st.integers(0, 99)))
    room = seating._Room(gathering, first_plan(gathering, units_by_round(gathering), random))
    cost = room.cost()
    for _ in range(20):
        round_number = random.randrange(3)
        a, b = random.sample(range(number), 2)
        at = room.table_of[round_number]
        if at[a] == at[b] or -1 in (at[a], at[b]):
            continue
        cost += room.change(round_number, a, b)
        room.swap(round_number, a, b)
        assert room.cost() == cost


def refused(gathering: Gathering) -> tuple[str, dict[str, object]]:
    with pytest.raises(SeatingError) as caught:
        plan(gathering, steps=3_000)
    return caught.value.code, caught.value.parameters


def test_what_contradicts_itself_is_refused_and_said() -> None:
    ten = people(10)
    pair = frozenset({"p1", "p2"})
    assert refused(Gathering((), 2, 1))[0] == "people.none"
    assert refused(Gathering(("a", "b", "a"), 2, 1)) == ("people.repeated", {"person": "a"})
    assert refused(Gathering(people(3_001), 2, 1))[0] == "people.many"
    assert refused(Gathering(ten, 0, 1))[0] == "tables.number"
    assert refused(Gathering(ten, 2, 0))[0] == "rounds.number"
    assert refused(Gathering(ten, 2, 1, traits={"x": ("a",)}))[0] == "traits.length"
    assert refused(Gathering(ten, 2, 1, apart=(frozenset({"p1", "who"}),))) == (
        "person.unknown",
        {"person": "who", "where": "apart"},
    )
    assert refused(Gathering(ten, 2, 1, together=(frozenset({"p1"}),)))[0] == "group.small"
    assert refused(Gathering(ten, 2, 1, pins={(0, "p1"): 2}))[0] == "pin.table"
    assert refused(Gathering(ten, 2, 1, pins={(1, "p1"): 0}))[0] == "pin.round"
    assert refused(Gathering(ten, 2, 1, absent=frozenset({(1, "p1")})))[0] == "absent.round"
    nobody = frozenset((0, person) for person in ten[:8])
    assert refused(Gathering(ten, 3, 1, absent=nobody)) == (
        "round.few",
        {"round": 0, "present": 2, "tables": 3},
    )
    assert refused(Gathering(ten, 2, 1, together=(pair,), apart=(pair | {"p3"},))) == (
        "apart.together",
        {"people": ("p1", "p2")},
    )
    assert refused(Gathering(ten, 5, 1, together=(pair | {"p3"},)))[0] == "together.large"
    pins = {(0, "p1"): 0, (0, "p2"): 1}
    assert refused(Gathering(ten, 2, 1, together=(pair,), pins=pins))[0] == "together.pinned"
    pins = {(0, "p1"): 1, (0, "p2"): 1}
    assert refused(Gathering(ten, 2, 1, apart=(pair,), pins=pins))[0] == "apart.pinned"
    pins = {(0, person): 0 for person in ten[:6]}
    assert refused(Gathering(ten, 2, 1, pins=pins)) == (
        "pin.full",
        {"round": 0, "table": 0, "pinned": 6, "seats": 5},
    )
    pairs = tuple(frozenset(ten[at : at + 2]) for at in range(0, 10, 2))
    assert refused(Gathering(ten, 2, 1, together=pairs))[0] == "together.fit"
    assert refused(Gathering(ten, 2, 1, apart=(frozenset(ten[:3]),)))[0] == "apart.impossible"


def test_a_larger_table_goes_where_most_are_pinned() -> None:
    pins = {(0, person): 1 for person in people(11)[:6]}
    found = plan(Gathering(people(11), 2, 1, pins=pins), steps=1_000)
    assert [len(table) for table in found.rounds[0]] == [5, 6]
