"""A statement as words alone, in one language: to be read aloud, kept as a text, set as a PDF.

Everything that the page shows stands here in its order, and nothing that only the eye finds: no
table, no link, no mark of emphasis.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deliberation.statements.queries import Shown
from pb.core.i18n import N_, NN_, Reader
from pb.processes.models import Process
from pb.projects.models import Project


@dataclass(frozen=True)
class Block:
    """A piece of the text. ``kind``: title, heading, part or words."""

    kind: str
    text: str


def bare(text: str) -> str:
    """Words without the marks that stand for emphasis, lists and links."""
    lines = []
    for line in text.splitlines():
        words = re.sub(r"^\s*(?:[-*+>]|#{1,6}|\d+[.)])\s+", "", line)
        words = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", words)
        lines.append(re.sub(r"(\*\*|__|\*|(?<!\w)_|_(?!\w)|`)", "", words).strip())
    return "\n".join(lines).strip()


def _own(reader: Reader, value: Mapping[str, str]) -> str:
    """What people wrote, in this language; where it is in another one only, that is said."""
    text = value.get(reader.language, "")
    if text:
        return bare(text)
    other = next((one for one in value.values() if one), "")
    return f"{reader.say(N_('In the other language only:'))} {bare(other)}" if other else ""


def _paragraphs(text: str) -> Iterator[Block]:
    for part in re.split(r"\n\s*\n", text):
        if part.strip():
            yield Block("words", " ".join(part.split()))


def project_blocks(
    reader: Reader, process: Process, project: Project, shown: Shown | None
) -> list[Block]:
    """A project with what the jury says of it."""
    say = reader.say
    title = _own(reader, project.title)
    found = [Block("heading", say(N_("Project %(number)s: %(title)s"), number=project.number,
                                  title=title))]
    found += _paragraphs(_own(reader, project.summary))
    area = next((one for one in process.areas if one.id == project.area_id), None)
    if area is not None:
        found.append(Block("words", say(N_("Area: %(area)s."), area=reader.plain(area.name))))
    if project.cost:
        found.append(Block("words", say(N_("It costs %(money)s."),
                                        money=reader.money(project.cost, process.currency))))
    if shown is None:
        found.append(Block("words", say(N_("The jury has not published a page about this "
                                           "project."))))
        return found
    return found + statement_blocks(reader, shown)


def statement_blocks(reader: Reader, shown: Shown) -> list[Block]:
    """What the jury says, in the order of its page."""
    say, sections = reader.say, shown.sections
    found: list[Block] = []
    if not shown.agreed:
        found.append(Block("part", say(N_("The jurors did not agree"))))
        found.append(Block("words", say(N_("Fewer of them than needed stood behind this page. It "
                                           "stands here all the same, with what was voted on:"))))
        for vote in shown.votes:
            found += _paragraphs(_own(reader, {vote.language or reader.language: vote.text}))
            found.append(Block("words", say(
                N_("%(agree)s of %(all)s jurors; %(needed)s were needed."), agree=vote.agree,
                all=vote.eligible, needed=vote.needed)))
    found += _paragraphs(_own(reader, sections.get("what", {})))
    if shown.findings:
        found.append(Block("part", say(N_("What the jurors found"))))
        for _place, one in shown.findings:
            agree = say(N_("%(agree)s of %(all)s jurors agree."), agree=one["agree"],
                        all=shown.jurors)
            found.append(Block("words", f"{_ended(_own(reader, one['text']))} {agree}"))
    found += _side(reader, sections, "for", N_("Strongest reasons for it"))
    found += _side(reader, sections, "care", N_("Strongest reasons for care"))
    if sections.get("unknown"):
        found.append(Block("part", say(N_("What we could not find out"))))
        found += _paragraphs(_own(reader, sections["unknown"]))
    for note in shown.notes:
        found.append(Block("part", say(N_("Minority note"))))
        found += _paragraphs(_own(reader, note.text))
        found.append(Block("words", say(NN_("%(num)s juror stands behind it.",
                                            "%(num)s jurors stand behind it."), num=note.jurors)))
    if shown.late:
        found.append(Block("words", say(
            NN_("%(num)s juror turned out to be too close to this project after the page was "
                "locked, and is not counted any more.",
                "%(num)s jurors turned out to be too close to this project after the page was "
                "locked, and are not counted any more."), num=shown.late)))
    if shown.statement.reopened:
        found.append(Block("words", say(N_("This page was opened again once: %(why)s"),
                                        why=shown.statement.reopened)))
    return found


def _ended(text: str) -> str:
    """A sentence with its stop, so that a voice falls before the figure that follows."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _side(
    reader: Reader, sections: Mapping[str, Any], side: str, name: N_
) -> Iterator[Block]:
    yield Block("part", reader.say(name))
    if side in sections.get("nobody", ()):
        yield Block("words", reader.say(N_("No juror took this position.")))
    else:
        yield from _paragraphs(_own(reader, sections.get(side, {})))


def booklet_blocks(
    reader: Reader, process: Process, projects: Sequence[Project], shown: Mapping[int, Shown],
    line: Mapping[str, str],
) -> list[Block]:
    """Every project with what the jury says of it."""
    found = [Block("title", reader.plain(process.name)),
             Block("words", reader.say(N_("Every project, with what the citizens’ jury says of "
                                          "it.")))]
    found += _paragraphs(_own(reader, line))
    for project in projects:
        found += project_blocks(reader, process, project, shown.get(project.id))
    return found


def as_text(blocks: Iterable[Block]) -> str:
    """Lines that any device reads from top to bottom; an empty line before each new thing."""
    lines: list[str] = []
    for block in blocks:
        if block.kind in ("title", "heading") and lines:
            lines.append("")
        if lines:
            lines.append("")
        lines.append(_ended(block.text) if block.kind != "words" else block.text)
    return "\n".join(lines) + "\n"
