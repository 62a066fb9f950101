"""What commands of other features do before they keep a minority note."""

from __future__ import annotations

from collections.abc import Mapping

from deliberation.minority import rules
from pb.core.errors import Invalid


def must_stand(text: Mapping[str, str], jurors: int, seated: int) -> None:
    """Errors: Invalid where it is empty, too long, or too few or too many stand behind it."""
    found = rules.problem(text, jurors, seated)
    if found is not None:
        code, field, more = found
        raise Invalid(code, field=field, **more)
