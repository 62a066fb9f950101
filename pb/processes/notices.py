"""Public notices: whatever is changed after publication says so in public, with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pb.core.errors import Invalid, NotFound
from pb.core.work import Work
from pb.processes.models import Notice, Process
from pb.processes.values import Reason
from pb.record import services as record


def the_process(work: Work, process_id: int) -> Process:
    """The process that a command is about. Errors: NotFound."""
    process = work.session.get(Process, process_id)
    if process is None:
        raise NotFound("process.not_found")
    return process


def notice(
    work: Work, process: Process, kind: str, reason: str, texts: Reason | None = None,
    **details: Any,
) -> None:
    """A change after publication is a public notice with its reason.

    ``texts`` is the same reason by language, where it was written in more than one.
    """
    if process.state == "draft":
        return
    work.session.add(
        Notice(process_id=process.id, at=work.now, kind=kind, details=details, reason=reason,
               texts=dict(texts or {}))
    )
    # Once the public record has begun, the change is an entry of it as well.
    record.note(work, process.id, "change", {"what": kind, "details": details, "reason": reason})


def reworded(before: Mapping[str, str] | None, after: Mapping[str, str] | None) -> bool:
    """Whether words that stood there were changed or taken away. A language that was missing and
    is added changes nothing for anybody."""
    return any(words and words != (after or {}).get(language)
               for language, words in (before or {}).items())


def need_reason(process: Process, reason: Reason | str) -> tuple[str, dict[str, str]]:
    """The reason of a change as it is kept: its first words, and all by language.

    Errors: Invalid("process.reason_needed") where the process is public and none was given.
    """
    texts = {} if isinstance(reason, str) else {
        language: words.strip() for language, words in reason.items() if words.strip()
    }
    first = reason.strip() if isinstance(reason, str) else next(iter(texts.values()), "")
    if process.state != "draft" and not first:
        raise Invalid("process.reason_needed", field="reason")
    return first, texts
