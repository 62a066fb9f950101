"""Reading the council and its processes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, lazyload, load_only

from pb.access.permissions import Permission
from pb.core.errors import NotFound
from pb.core.i18n import N_, Reader
from pb.core.pictures import users_of_pictures
from pb.core.web import Request
from pb.processes.models import Council, Notice, Phase, Process
from pb.processes.rules import phase_at
from pb.processes.values import BAND_WORDS, BANDS, WHO, WHO_PARTS


@users_of_pictures
def strips_of_key(session: Session, key: str) -> list[bool]:
    """The council's own picture is always seen."""
    return [True for _ in session.scalars(select(Council.id).where(Council.strip == key))]


def the_council(session: Session) -> Council:
    """The installation's council; a placeholder before ``pb init`` was run."""
    council = session.scalar(select(Council).limit(1))
    return council or Council(
        name={"en": "The common purse", "cy": "Y pwrs cyffredin"}, claim={},
        languages=["en", "cy"], time_zone="Europe/London", address={}, phone="", email="",
        strip="",
    )


def council_of(request: Request) -> Council:
    return the_council(request.session)


def process_by_slug(session: Session, slug: str) -> Process:
    """The process with its phases and areas. Errors: NotFound."""
    process = session.scalar(select(Process).where(Process.slug == slug))
    if process is None or process.state == "wiped":
        raise NotFound("process.not_found")
    return process


def the_process(request: Request) -> Process:
    """The process of the address, if this reader may see it. Errors: NotFound."""
    process = process_by_slug(request.session, request.params["slug"])
    if not request.can(Permission.SEE_PROCESS, process):
        raise NotFound("process.not_found")
    return process


def published_processes(session: Session) -> list[Process]:
    """What the public sees, the newest first; no rehearsal is among them."""
    return list(
        session.scalars(
            select(Process).where(Process.state.in_(("published", "archived")))
            .order_by(Process.id.desc())
        )
    )


def processes_of_the_menu(session: Session) -> list[Process]:
    """The same with what the menu of every page asks of them alone: their steps, no map, no areas.
    """
    return list(
        session.scalars(
            select(Process).where(Process.state.in_(("published", "archived")))
            .order_by(Process.id.desc())
            .options(load_only(Process.slug, Process.state), lazyload(Process.areas))
        )
    )


def second_vote_of(session: Session, process_id: int, *, public: bool = False) -> Process | None:
    """The vote that follows a process, a draft as well; ``public``: only what everybody sees."""
    wanted = select(Process).where(Process.follows == process_id, Process.state != "wiped")
    if public:
        wanted = wanted.where(Process.state.in_(("published", "archived")))
    return session.scalar(wanted.order_by(Process.id.desc()).limit(1))


def first_vote_of(session: Session, process: Process) -> Process | None:
    """The process whose second vote this is."""
    return session.get(Process, process.follows) if process.follows is not None else None


def votes_in_turn(session: Session, process: Process) -> list[Process]:
    """A process with the votes before and after it that everybody sees, in their order."""
    found = [process]
    while (first := first_vote_of(session, found[0])) is not None and first.is_public:
        found.insert(0, first)
    while (second := second_vote_of(session, found[-1].id, public=True)) is not None:
        found.append(second)
    return found


def shown_notices(request: Request, process: Process) -> list[dict[str, Any]]:
    """The public notices in the reader's words, the newest first."""
    from pb.processes.shown import notice_rows

    reader = request.reader
    return [
        {
            "id": one.id, "at": one.at, "texts": one.texts,
            "reason": reader.text(one.texts) or one.reason,
            "words": reader.sentence(one.kind, **one.details),
            "rows": notice_rows(reader, process, one),
        }
        for one in notices_of(request.session, process.id)
    ]


def shown_choices(request: Request, process: Process) -> list[dict[str, str]]:
    """The design choices of a process in the reader's words, with their reasons."""
    from pb.processes.shown import choices

    return choices(request.reader, process)


def notices_of(session: Session, process_id: int) -> list[Notice]:
    """The public notices of a process, the newest first."""
    return list(
        session.scalars(
            select(Notice).where(Notice.process_id == process_id).order_by(Notice.id.desc())
        )
    )


WHO_NAMES = {
    "knows": N_("Who knows"), "decides": N_("Who decides"), "acts": N_("Who acts"),
}


def box_of(request: Request, process: Process, *kinds: str) -> dict[str, Any] | None:
    """Who knows, decides and acts in the step that a page is about: the one of these kinds that is
    open now, else the first there is; nothing where the process has none."""
    found = [phase for phase in process.phases if phase.kind in kinds]
    current = phase_at(process, request.now)
    phase = current if current in found else next(iter(found), None)
    return step_box(request.reader, phase) if phase is not None else None


def step_box(reader: Reader, phase: Phase) -> dict[str, Any]:
    """How far people decide in a phase, and who knows, decides and acts, in the reader's words:
    the office's own, else the usual ones of its kind. ``facts`` are by the part's name, ``rows``
    by its words."""
    usual = dict(zip(WHO_PARTS, WHO[phase.kind], strict=True))
    facts = [
        (part, reader.text((phase.who or {}).get(part)) or reader.say(usual[part]))
        for part in WHO_PARTS
    ]
    return {
        "band": reader.say(BANDS[phase.band]) if phase.band in BANDS else "",
        "band_words": reader.say(BAND_WORDS[phase.band]) if phase.band in BANDS else "",
        "facts": facts,
        "rows": [(reader.say(WHO_NAMES[part]), words) for part, words in facts],
        "reply": reader.say(
            N_("The council promises to reply by %(day)s."),
            day=reader.date(phase.reply_by, "long"),
        ) if phase.reply_by is not None else "",
    }
