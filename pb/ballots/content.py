"""What a ballot says, as the JSON that is stored, and back. One key names the kind:

``{"ranking": ["7", "12"]}``, ``{"approval": ["12", "7"]}``, ``{"knapsack": [...]}``,
``{"points": {"7": 3}}``, and for imported papers ``{"marks": [["7"], [], null]}`` (a rank with
no, one or several options, or None for an overvote of which no more is known). A kind with
nothing in it is a blank vote.
"""

from __future__ import annotations

import json
from typing import Any

from voting.ballots import Approval, Content, Knapsack, Marks, Points, Ranking

KEYS = {"ranked": "ranking", "approval": "approval", "knapsack": "knapsack", "points": "points"}
"""The kind of a contest to the key of its ballots."""


def to_json(content: Content) -> dict[str, Any]:
    """A content as a JSON value; equal contents give equal values."""
    if isinstance(content, Ranking):
        return {"ranking": list(content.options)}
    if isinstance(content, Approval):
        return {"approval": list(content.options)}
    if isinstance(content, Knapsack):
        return {"knapsack": list(content.options)}
    if isinstance(content, Points):
        return {"points": dict(content.points)}
    return {"marks": [None if rank is None else list(rank) for rank in content.ranks]}


def from_json(value: dict[str, Any]) -> Content:
    """The content again. Errors: ValueError for what ``to_json`` never writes, BallotError for
    what cannot stand."""
    if len(value) != 1:
        raise ValueError("a ballot has one kind")
    ((key, inside),) = value.items()
    if key == "ranking":
        return Ranking(tuple(inside))
    if key == "approval":
        return Approval(tuple(inside))
    if key == "knapsack":
        return Knapsack(tuple(inside))
    if key == "points":
        return Points(tuple(inside.items()))
    if key == "marks":
        return Marks(tuple(None if rank is None else tuple(rank) for rank in inside))
    raise ValueError(f"no ballot is of the kind {key!r}")


def blank(kind: str) -> Content:
    """A blank vote of a contest's kind."""
    return from_json({KEYS[kind]: {} if kind == "points" else []})


def canonical(content: Content) -> str:
    """One text for one content: to group, to compare and to digest."""
    return json.dumps(to_json(content), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
