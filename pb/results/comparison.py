"""What other rules would have made of the same ballots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from voting import Content, Contest, Tally


def compare_rules(
    contest: Contest, groups: Mapping[Content, int], lot_order: Sequence[str], own: Tally
) -> dict[str, Any]:
    return {}
