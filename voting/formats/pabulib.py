"""Pabulib's .pb files, in: participatory budgets with their ballots (out: ``pabulib_out``).

Format: three sections (META, PROJECTS, VOTES), each a line of columns and then records, fields
parted by semicolons and quoted as in CSV (http://pabulib.org/format). Names may hold
semicolons and line breaks; amounts may read "4000.0".

Money becomes integers: ``money_scale`` minor units make one unit of the file, 1 where every
amount is whole. Ballots are grouped as text before they are parsed, since most of a large
file's ballots repeat or at least repeat their faults.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

from voting.ballots import Approval, BallotError, Content, Points, Ranking, check
from voting.contest import WHOLE, Contest, ContestError, Option
from voting.formats.election import Election, Fault, FormatError
from voting.formats.pabulib_out import write
from voting.methods._budget import BY_LENGTH

__all__ = ["read", "recognise", "write"]

SECTIONS = ("META", "PROJECTS", "VOTES")
KINDS = {
    "approval": "approval",
    "choose-1": "approval",
    "cumulative": "points",
    "scoring": "points",
    "ordinal": "ranked",
}
"""Pabulib's vote_type to our kind of ballot."""

PART_FUNDING = re.compile(r"remaining budget is enough to fund at least (\d+)% of that project")
"""How the comments of files with the rule "greedy-custom" describe part-funding."""

MOST_DECIMALS = 4


@dataclass
class _Sections:
    meta: dict[str, str] = field(default_factory=dict)
    meta_lines: dict[str, int] = field(default_factory=dict)
    projects: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    vote_columns: list[str] = field(default_factory=list)
    votes: list[tuple[int, list[str]]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def recognise(head: str) -> bool:
    """Whether a file beginning like this is one of Pabulib's."""
    first = next((line for line in head.lstrip("\ufeff").splitlines() if line.strip()), "")
    return first.strip().strip(";") == "META"


def read(source: Path | str) -> Election:
    """Read a file (a Path) or a text (a str). Errors: FormatError with every fault by line."""
    if isinstance(source, Path):
        try:
            text = source.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise FormatError([Fault(0, "file.encoding", {"position": error.start})]) from error
    else:
        text = source.removeprefix("\ufeff")
    sections = _sections(text)
    return _Reader(sections).election()


def _sections(text: str) -> _Sections:
    found = _Sections()
    section = ""
    columns: list[str] = []
    for line, row in _rows(text):
        if len(row) == 1 and row[0].strip() in SECTIONS:
            section, columns = row[0].strip(), []
        elif not any(text.strip() for text in row):
            continue
        elif not section:
            raise FormatError([Fault(line, "pb.no_section")])
        elif not columns:
            columns = [name.strip() for name in row]
            if section == "VOTES":
                found.vote_columns = columns
        elif section == "META":
            name = row[0].strip()
            found.meta[name] = ";".join(row[1:]).strip()
            found.meta_lines[name] = line
        elif section == "PROJECTS":
            if len(row) > len(columns):
                raise FormatError(
                    [Fault(line, "pb.fields", {"found": len(row), "expected": len(columns)})]
                )
            found.projects.append((line, dict(zip(columns, map(str.strip, row), strict=False))))
        else:
            found.votes.append((line, row))
    missing = [name for name in ("budget", "vote_type") if name not in found.meta]
    faults = [Fault(0, "pb.meta_missing", {"key": name}) for name in missing]
    if not found.projects:
        faults.append(Fault(0, "pb.no_projects"))
    if faults:
        raise FormatError(faults)
    return found


def _rows(text: str) -> Iterable[tuple[int, list[str]]]:
    """Records with the line on which each begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    rows = []
    line = 1
    try:
        for row in reader:
            rows.append((line, row))
            line = reader.line_num + 1
    except csv.Error:
        return _rows_with_stray_quotes(text)
    return rows


def _rows_with_stray_quotes(text: str) -> Iterator[tuple[int, list[str]]]:
    """The same for files whose quotes are not all those of CSV: ``"Odkupmy" i my``.

    Such a quote is read as it stands. One that opens a field and is never closed would swallow
    the lines after it, so it is refused.
    """
    begun, record = 1, ""
    for line, part in enumerate(io.StringIO(text, newline=""), start=1):
        if not record:
            begun = line
        record += part
        try:
            rows = list(csv.reader([record], delimiter=";", strict=True))
        except csv.Error as error:
            if "unexpected end of data" in str(error):
                continue
            rows = list(csv.reader([record], delimiter=";"))
            if line > begun or rows[-1][-1].endswith(("\n", "\r")):
                raise FormatError([Fault(begun, "pb.quoting")]) from error
        record = ""
        for row in rows:
            yield begun, row
    if record:
        raise FormatError([Fault(begun, "pb.quoting")])


class _Reader:
    """Turns the sections of one file into an election, collecting faults on the way."""

    def __init__(self, sections: _Sections) -> None:
        self.sections = sections
        self.meta = sections.meta
        self.faults: list[Fault] = []
        vote_type = self.meta["vote_type"].strip().lower()
        if vote_type not in KINDS:
            line = sections.meta_lines["vote_type"]
            raise FormatError([Fault(line, "pb.vote_type", {"found": vote_type})])
        self.vote_type = vote_type
        self.kind = KINDS[vote_type]

    def election(self) -> Election:
        scale = self._scale()
        options = self._options(scale)
        method, settings, recorded = self._rule(scale)
        min_support = self._threshold()
        try:
            contest = Contest(
                options=options,
                kind=self.kind,
                method=method,
                budgets={WHOLE: self._money(self.meta["budget"], scale)},
                settings=settings,
                min_support=min_support,
                max_choices=self._whole("max_length", 0) or None,
                max_points=self._whole("max_sum_points", 0) or None,
            )
        except ContestError as error:
            raise FormatError([Fault(0, error.code, error.parameters)]) from error
        groups = self._ballots(contest)
        self._compare_numbers()
        return Election(
            contest=contest,
            groups=groups,
            faults=tuple(sorted(self.faults, key=lambda fault: fault.line)),
            expected=self._expected(),
            title=self.meta.get("description", ""),
            format="pabulib",
            method_recorded=recorded,
            currency=self.meta.get("currency", ""),
            money_scale=scale,
        )

    def _scale(self) -> int:
        """Minor units in a unit of the file: as many decimals as any amount truly has."""
        amounts = [(self.sections.meta_lines["budget"], self.meta["budget"])]
        amounts += [(line, project.get("cost", "")) for line, project in self.sections.projects]
        decimals = 0
        faults = []
        for line, text in amounts:
            try:
                amount = Decimal(text.replace(",", ".") if text.count(",") == 1 else text)
            except InvalidOperation:
                amount = Decimal("NaN")
            if not amount.is_finite():
                faults.append(Fault(line, "pb.amount", {"found": text}))
                continue
            exponent = amount.normalize().as_tuple().exponent
            assert isinstance(exponent, int)
            if -exponent > MOST_DECIMALS:
                faults.append(Fault(line, "pb.amount_decimals", {"found": text}))
            decimals = max(decimals, -exponent)
        if faults:
            raise FormatError(faults)
        return int(10**decimals) if decimals not in (1,) else 100

    @staticmethod
    def _money(text: str, scale: int) -> int:
        return int(Decimal(text.replace(",", ".")) * scale)

    def _options(self, scale: int) -> tuple[Option, ...]:
        options: dict[str, Option] = {}
        faults = []
        for line, project in self.sections.projects:
            identity = project.get("project_id", "")
            if not identity:
                faults.append(Fault(line, "pb.no_project_id"))
            elif identity in options:
                faults.append(Fault(line, "pb.project_repeated", {"option": identity}))
            else:
                cost = self._money(project["cost"], scale)
                if cost < 0:
                    faults.append(Fault(line, "pb.amount", {"found": project["cost"]}))
                options[identity] = Option(identity, project.get("name", ""), cost)
        if faults:
            raise FormatError(faults)
        return tuple(options.values())

    def _rule(self, scale: int) -> tuple[str, dict[str, object], bool]:
        """The rule the file records as a method with its settings, else greedy."""
        settings: dict[str, object] = {}
        settings["increment"] = scale
        if self.kind == "ranked":
            settings["rank_points"] = BY_LENGTH
        name = self.meta.get("rule", "unknown").strip().lower()
        if name.startswith("equalshares"):
            settings["completion"] = "add1" if "add1" in name else "none"
            if name.endswith("comparison"):
                settings["comparison"] = "satisfaction"
            return "equal-shares", settings, True
        if name == "greedy-no-skip":
            settings["skip"] = False
        recorded = name in ("greedy", "greedy-threshold", "greedy-no-skip")
        part = PART_FUNDING.search(self.meta.get("comment", ""))
        if name == "greedy-custom" and part is not None:
            settings["part_funding_percent"] = int(part[1])
            recorded = True
        if not recorded:
            line = self.sections.meta_lines.get("rule", 0)
            self.faults.append(Fault(line, "pb.rule", {"found": name, "used": "greedy"}))
        return "greedy", settings, recorded

    def _whole(self, key: str, default: int) -> int:
        text = self.meta.get(key, "")
        if not text:
            return default
        try:
            return int(Decimal(text))
        except (InvalidOperation, ValueError) as error:
            line = self.sections.meta_lines[key]
            raise FormatError([Fault(line, "pb.number", {"key": key, "found": text})]) from error

    def _threshold(self) -> int:
        return self._whole("min_project_score_threshold", 0)

    def _column(self, name: str) -> int:
        if name not in self.sections.vote_columns:
            raise FormatError([Fault(0, "pb.column_missing", {"column": name})])
        return self.sections.vote_columns.index(name)

    def _ballots(self, contest: Contest) -> dict[Content, int]:
        if not self.sections.votes:
            return {}
        vote = self._column("vote")
        points = self._column("points") if self.kind == "points" else -1
        by_text: dict[tuple[str, str], list[int]] = {}
        for line, row in self.sections.votes:
            if len(row) <= max(vote, points):
                self.faults.append(Fault(line, "pb.fields", {"found": len(row)}, ballots=1))
                continue
            text = (row[vote], row[points] if points >= 0 else "")
            by_text.setdefault(text, []).append(line)
        groups: dict[Content, int] = {}
        for (chosen, given), lines in by_text.items():
            try:
                content, repeated = self._content(chosen, given, contest)
                check(content, contest)
            except BallotError as error:
                self.faults += [Fault(line, error.code, error.parameters, 1) for line in lines]
                continue
            if repeated:
                remark = {"options": repeated}
                self.faults += [Fault(line, "ballot.repeated", remark) for line in lines]
            groups[content] = groups.get(content, 0) + len(lines)
        return groups

    def _content(
        self, chosen: str, given: str, contest: Contest
    ) -> tuple[Content, tuple[str, ...]]:
        """A ballot, and what it named again (each option counts once)."""
        named = [text.strip() for text in chosen.split(",")] if chosen.strip() else []
        for option in named:
            if option not in contest.by_id:
                raise BallotError("ballot.unknown", option=option)
        once = tuple(dict.fromkeys(named))
        repeated = tuple(option for option in once for _ in range(named.count(option) - 1))
        if self.kind == "ranked":
            return Ranking(once), repeated
        if self.kind == "approval":
            return Approval(once), repeated
        numbers = [text.strip() for text in given.split(",")] if given.strip() else []
        if len(numbers) != len(named):
            raise BallotError("ballot.points", options=len(named), points=len(numbers))
        total: dict[str, int] = {}
        for option, number in zip(named, numbers, strict=True):
            total.setdefault(option, _points(option, number))
        return Points(tuple((option, n) for option, n in total.items() if n)), repeated

    def _compare_numbers(self) -> None:
        """Remark where the file says it has other numbers than it has."""
        for key, found in (
            ("num_projects", len(self.sections.projects)),
            ("num_votes", len(self.sections.votes)),
        ):
            said = self._whole(key, found)
            if said != found:
                values = {"key": key, "said": said, "found": found}
                self.faults.append(
                    Fault(self.sections.meta_lines[key], "pb.number_differs", values)
                )

    def _expected(self) -> dict[str, object]:
        """What the file records of the result, where it does."""
        expected: dict[str, object] = {}
        projects = [project for _, project in self.sections.projects]
        if projects and "selected" in projects[0]:
            marks = {project["project_id"]: project.get("selected", "") for project in projects}
            expected["selected"] = tuple(option for option, mark in marks.items() if mark == "1")
            # 2 and 3 mark money from outside the rule: reserves, awards for turnout.
            expected["also_funded"] = tuple(
                option for option, mark in marks.items() if mark not in ("", "0", "1")
            )
        for key in ("votes", "score"):
            if projects and key in projects[0]:
                expected[key] = {
                    project["project_id"]: int(Decimal(project[key]))
                    for project in projects
                    if project.get(key)
                }
        if self.meta.get("num_votes"):
            expected["ballots"] = self._whole("num_votes", 0)
        return expected


def _points(option: str, text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        raise BallotError("ballot.points", option=option, points=text) from None
    if number < 0:
        raise BallotError("ballot.points", option=option, points=number)
    return number
