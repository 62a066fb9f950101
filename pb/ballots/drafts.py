"""What a voter has chosen and not cast yet. It lies on the voter's own device, in a signed cookie
bound to the voter: the server keeps no preference that was not cast."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import timedelta

from pb.ballots.content import from_json, to_json
from pb.ballots.models import RollEntry
from pb.core.web import Request
from voting.ballots import BallotError, Content

LENGTH = timedelta(days=14)
_MARK = re.compile(r"([1-9]\d{0,17})\.([1-9]\d{0,17})?\.([0-9a-f]{40})", re.ASCII)


def cookie(process_id: int) -> str:
    return f"draft-{process_id}"


def keep(request: Request, process_id: int, roll_id: int, content: Content) -> None:
    value = request.site.secrets.sign("draft", [process_id, roll_id, to_json(content)])
    request.set_cookie(cookie(process_id), value, int(LENGTH.total_seconds()))


def forget(request: Request, process_id: int) -> None:
    if cookie(process_id) in request.inner.cookies:
        request.set_cookie(cookie(process_id), None, None)


def kept(request: Request, process_id: int, roll_id: int) -> Content | None:
    """This voter's draft, if this device has one. What was tampered with is as if not there."""
    text = request.inner.cookies.get(cookie(process_id), "")
    seconds = int(LENGTH.total_seconds())
    value = request.site.secrets.unsign("draft", text, seconds) if text else None
    if value is None or value[:2] != [process_id, roll_id]:
        return None
    try:
        return from_json(value[2])
    except (BallotError, ValueError):
        return None


@dataclass(frozen=True)
class Button:
    """What the last button of the ballot did, for the words of the next page. It goes by a cookie
    and not by the address: addresses stand in logs, with the time and the device's number."""

    option: str = ""
    off: tuple[str, ...] = ()
    """What did not fit on the list any more."""
    tied: tuple[str, ...] = ()
    """What was given one place twice."""


def note_button(request: Request, process_id: int, button: Button) -> None:
    value = request.site.secrets.sign("button", [button.option, button.off, button.tied])
    request.set_cookie(f"button-{process_id}", value, 60)


def last_button(request: Request, process_id: int) -> Button:
    """Told once."""
    text = request.inner.cookies.get(f"button-{process_id}", "")
    if not text:
        return Button()
    request.set_cookie(f"button-{process_id}", None, None)
    value = request.site.secrets.unsign("button", text, 60)
    return Button(value[0], tuple(value[1]), tuple(value[2])) if value else Button()


@dataclass(frozen=True)
class VoterMark:
    """Whose ballot a form shows: the voter's row on the roll, and the area whose ballot it is."""

    roll_id: int
    area_id: int | None


def voter_mark(request: Request, process_id: int, entry: RollEntry) -> str:
    """Stands in each form of a ballot: whose ballot the page showed. Nobody else can make it."""
    return _mark(request, process_id, entry.id, entry.area_id)


def _mark(request: Request, process_id: int, roll_id: int, area_id: int | None) -> str:
    text = f"{roll_id}.{'' if area_id is None else area_id}"
    return f"{text}.{request.site.secrets.tag('voter', process_id, text)[:40]}"


def read_voter_mark(request: Request, process_id: int) -> VoterMark | None:
    """Whom a form was made for."""
    match = _MARK.fullmatch(request.value("voter"))
    if match is None:
        return None
    mark = VoterMark(int(match[1]), int(match[2]) if match[2] else None)
    true = _mark(request, process_id, mark.roll_id, mark.area_id)
    return mark if hmac.compare_digest(true, match[0]) else None
