"""The pool: the volunteers from whom a panel is drawn, and what the lottery may know of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from deliberation.sortition.faults import Fault, InputError
from deliberation.sortition.targets import Targets, read_table

ID_COLUMNS = ("id", "unique_id", "nationbuilder_id")


@dataclass(frozen=True)
class Person:
    """A volunteer: `traits` are places in the targets, one a category; a name is not needed.

    `household` is what people of one household share; None where the rule does not apply.
    """

    id: str
    traits: tuple[int, ...]
    household: str | None = None


@dataclass(frozen=True)
class Pool:
    """The volunteers, in the file's order; ids differ."""

    people: tuple[Person, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(person.id for person in self.people)

    @property
    def traits(self) -> tuple[tuple[int, ...], ...]:
        return tuple(person.traits for person in self.people)


def parse_people(
    text: str,
    targets: Targets,
    id_column: str | None = None,
    household_columns: Sequence[str] = (),
) -> Pool:
    """The pool from CSV: a column for each category, ids and households where they are named.

    Ids come from `id_column`, else `id`, `unique_id`, `nationbuilder_id`, else each row's number
    from 1. Several household columns (address, postcode) count together; who leaves all of them
    empty shares with nobody. Raises InputError with every fault by row and column.
    """
    table = read_table(text)
    if not table or not any(cell.strip() for cell in table[0]):
        raise InputError((Fault("people.empty"),))
    heading = [cell.strip() for cell in table[0]]
    faults: list[Fault] = []
    named = [*targets.categories, *household_columns, *([id_column] if id_column else [])]
    for name in dict.fromkeys(named):
        if heading.count(name) != 1:
            code = "file.column_repeated" if name in heading else "file.column_missing"
            faults.append(Fault(code, row=1, column=name))
    if faults:
        raise InputError(tuple(faults))
    if id_column is None:
        id_column = next((name for name in ID_COLUMNS if name in heading), None)
    place = {name: heading.index(name) for name in heading}
    index = targets.index()
    people: list[Person] = []
    first_row: dict[str, int] = {}
    for number, cells in enumerate(table[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        row = [cell.strip() for cell in cells]
        row += [""] * (len(heading) - len(row))
        if any(row[len(heading) :]):
            faults.append(Fault("people.too_many_cells", row=number))
        name = str(len(first_row) + 1) if id_column is None else row[place[id_column]]
        if not name:
            faults.append(Fault("people.id_missing", row=number, column=id_column))
        elif name in first_row:
            faults.append(
                Fault(
                    "people.repeated",
                    row=number,
                    column=id_column,
                    values={"id": name, "first": first_row[name]},
                )
            )
        first_row.setdefault(name or f"row {number}", number)
        traits = []
        for category in targets.categories:
            value = row[place[category]]
            target = index.get((category, value))
            if target is not None:
                traits.append(target)
            elif not value:
                faults.append(Fault("people.trait_missing", row=number, column=category))
            else:
                faults.append(
                    Fault(
                        "people.value_unknown",
                        row=number,
                        column=category,
                        values={"value": value},
                    )
                )
        shared = [row[place[column]].casefold() for column in household_columns]
        household = " / ".join(shared) if any(shared) else None
        people.append(Person(name, tuple(traits), household))
    if not people:
        faults.append(Fault("people.empty"))
    if faults:
        raise InputError(tuple(faults))
    return Pool(tuple(people))
