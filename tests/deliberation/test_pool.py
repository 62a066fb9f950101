"""Reading people and targets: both dialects, and every fault by row and column."""

import pytest

from deliberation.panels import words
from deliberation.sortition.chance import Chance
from deliberation.sortition.faults import Fault, InputError
from deliberation.sortition.pool import Pool, parse_people
from deliberation.sortition.targets import Target, Targets, decode, parse_targets
from deliberation.sortition.types import group

AGES = Targets((Target("age", "young", 1, 2), Target("age", "old", 1, 2)))


def faults_of(parse: object, *arguments: object) -> tuple[Fault, ...]:
    assert callable(parse)
    with pytest.raises(InputError) as caught:
        parse(*arguments)
    for fault in caught.value.faults:
        assert words.sentence(fault, "people.csv").startswith("people.csv")
    return caught.value.faults


def codes(found: tuple[Fault, ...]) -> list[tuple[str, int | None, str | None]]:
    return [(fault.code, fault.row, fault.column) for fault in found]


@pytest.mark.parametrize(
    "text",
    [
        "feature,value,min,max\nage,young,1,2\nage,old,1,2\n",
        "category,feature,min,max\r\nage,young,1,2\r\nage,old,1,2",
        "\ufeffcategory,value,min,max\nage,young,1,2\n\nage,old,1,2\n",
        "feature,value,min,max,min_flex,max_flex\nage, young ,1,2,0,9\nage,old,1.0,2.0,0,9\n",
        "feature;value;min;max\nage;young;1;2\nage;old;1;2\n",
        "Feature\tValue\tMin\tMax\nage\tyoung\t1\t2\nage\told\t1\t2\n",
    ],
)
def test_targets_in_each_dialect(text: str) -> None:
    assert parse_targets(text) == AGES


def test_targets_faults_are_all_named() -> None:
    text = (
        "feature,value,min,max\n"
        "age,young,3,2\n"
        "age,old,one,2\n"
        "age,young,1,2\n"
        ",old,1,\n"
        "age,middle,-1,2\n"
    )
    assert codes(faults_of(parse_targets, text)) == [
        ("targets.minimum_above_maximum", 2, "min"),
        ("targets.not_a_count", 3, "min"),
        ("targets.repeated", 4, "value"),
        ("targets.name_missing", 5, "feature"),
        ("targets.not_a_count", 5, "max"),
        ("targets.not_a_count", 6, "min"),
    ]


def test_targets_without_columns_or_rows() -> None:
    assert codes(faults_of(parse_targets, "feature,value,min\nage,young,1\n")) == [
        ("file.column_missing", 1, "max")
    ]
    assert codes(faults_of(parse_targets, "feature,value,min,max\n")) == [
        ("targets.empty", None, None)
    ]
    assert codes(faults_of(parse_targets, "")) == [("targets.empty", None, None)]


def test_targets_past_the_seats() -> None:
    assert codes(AGES.faults(1)) == [("targets.minimums_past_seats", None, "age")]
    assert codes(AGES.faults(5)) == [("targets.maximums_below_seats", None, "age")]
    assert AGES.faults(3) == ()


def test_not_utf8_names_the_row() -> None:
    assert codes(faults_of(decode, b"feature,value\nage,caf\xe9\n")) == [("file.not_utf8", 2, None)]


@pytest.mark.parametrize(
    ("heading", "chosen", "ids"),
    [
        ("unique_id,id,age", None, ("b1", "b2")),
        ("nationbuilder_id,unique_id,age", None, ("b1", "b2")),
        ("nationbuilder_id,number,age", None, ("a1", "a2")),
        ("name,number,age", None, ("1", "2")),
        ("id,ticket,age", "ticket", ("b1", "b2")),
    ],
)
def test_ids(heading: str, chosen: str | None, ids: tuple[str, str]) -> None:
    pool = parse_people(f"{heading}\na1,b1,young\na2,b2,old\n", AGES, chosen)
    assert pool.ids == ids
    assert pool.traits == ((0,), (1,))


def test_people_faults_are_all_named() -> None:
    text = "id,age\np1,young\np1,old\np3,\np4,ancient\n,old\np6,old,more\n"
    assert codes(faults_of(parse_people, text, AGES)) == [
        ("people.repeated", 3, "id"),
        ("people.trait_missing", 4, "age"),
        ("people.value_unknown", 5, "age"),
        ("people.id_missing", 6, "id"),
        ("people.too_many_cells", 7, None),
    ]


def test_people_columns() -> None:
    assert codes(faults_of(parse_people, "id,years\np1,9\n", AGES)) == [
        ("file.column_missing", 1, "age")
    ]
    assert codes(faults_of(parse_people, "id,age,age\np1,old,old\n", AGES)) == [
        ("file.column_repeated", 1, "age")
    ]
    found = faults_of(parse_people, "id,age\np1,old\n", AGES, "ticket", ("address",))
    missing = "file.column_missing"
    assert codes(found) == [(missing, 1, "address"), (missing, 1, "ticket")]
    assert codes(faults_of(parse_people, "id,age\n", AGES)) == [("people.empty", None, None)]
    assert codes(faults_of(parse_people, "", AGES)) == [("people.empty", None, None)]


def test_households_need_an_address_and_somebody_else() -> None:
    text = (
        "id,age,street,code\n"
        "a,young,1 Hill,X\n"
        "b,old,1 hill ,x\n"
        "c,old,1 Hill,Y\n"
        "d,young,,\n"
        "e,young,,\n"
        "f,old,1 Hill,X\n"
    )
    pool = parse_people(text, AGES, None, ("street", "code"))
    types = group(pool)
    assert [person.household for person in pool.people][3:5] == [None, None]
    # a shares with b and f, who are alike; c lives alone; d and e gave no address.
    assert types.members == ((0,), (1, 5), (2,), (3, 4))
    assert types.households == ((0, 1),)


def test_types_follow_the_order_given() -> None:
    pool = Pool(parse_people("age\nyoung\nold\nyoung\n", AGES).people)
    assert group(pool).members == ((0, 2), (1,))
    assert group(pool, (1, 2, 0)).members == ((1,), (2, 0))
    assert group(pool, (1, 2, 0)).of_people() == (1, 0, 1)


def test_chance_is_the_same_everywhere() -> None:
    """The stream is part of the published method: these numbers must never change."""
    stream = Chance("seed", "test")
    assert [stream.below(1000) for _ in range(5)] == [114, 48, 892, 337, 760]
    assert Chance("seed", "other").below(10**9) != Chance("seed", "test").below(10**9)
    assert sorted(Chance("a", "b").shuffled(range(50))) == list(range(50))


def test_chance_is_even() -> None:
    stream = Chance("even", "test")
    counts = [0] * 6
    for _ in range(60_000):
        counts[stream.below(6)] += 1
    # Five degrees of freedom: 20.5 is passed once in a thousand.
    assert sum((count - 10_000) ** 2 / 10_000 for count in counts) < 20.5
