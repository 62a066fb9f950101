"""The record for machines: heads, leaves and proofs, as plain text and JSON, for anybody.

No session is read and nobody is known here. Only what stands under a signed head is given out, so
that nothing can be shown and then be taken back unseen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from starlette.responses import JSONResponse, PlainTextResponse, Response

from pb.core.errors import AppError, Invalid, NotFound
from pb.core.web import Request, Routes
from pb.record import keys, queries, rules, tree
from pb.record import words as words  # their sentences are said here

routes = Routes()
MOST_LEAVES = 1000
MOST_HEADS = 1000
SEPARATOR = "-----\n"
"""Between the notes of a list of heads, as in a bundle."""


@dataclass(frozen=True)
class Signed:
    """A log with its newest head."""

    log: queries.TheLog
    head: queries.TheHead


def plainly(handler: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """Answer a refusal with a line of text: programs ask here, and people who write them."""

    @wraps(handler)
    def answer(request: Request) -> Response:
        try:
            return handler(request)
        except AppError as error:
            words = request.reader.sentence(error.code, **error.parameters)
            return PlainTextResponse(words + "\n", status_code=error.status)

    return answer


def the_signed(request: Request) -> Signed:
    """The log of the address. Errors: NotFound."""
    log = queries.log_by_slug(request.connection, request.params["slug"])
    if log is None:
        raise NotFound("record.not_begun")
    head = queries.last_head(request.connection, log.process_id)
    if head is None:
        raise NotFound("record.no_head")
    return Signed(log, head)


def number(request: Request, name: str, default: int | None = None) -> int:
    """A number of the query. Errors: Invalid."""
    typed = request.query.get(name)
    if typed is None and default is not None:
        return default
    if typed is None or not (typed.isascii() and typed.isdecimal() and len(typed) <= 15):
        raise Invalid("record.numbers")
    return int(typed)


def within(found: int, most: int) -> int:
    """A number that the signed record reaches. Errors: NotFound."""
    if found > most:
        raise NotFound("record.beyond", size=most)
    return found


@routes("/processes/{slug}/record/checkpoint", "record_checkpoint")
@plainly
def checkpoint(request: Request) -> Response:
    """The newest signed head."""
    return PlainTextResponse(the_signed(request).head.note)


@routes("/processes/{slug}/record/key", "record_key")
@plainly
def key(request: Request) -> Response:
    """The public key that signs, in hexadecimal digits."""
    the_signed(request)
    return PlainTextResponse(keys.public_key(request.site).hex() + "\n")


@routes("/processes/{slug}/record/heads", "record_heads")
@plainly
def heads(request: Request) -> Response:
    """Every signed head from a size on, the smallest first; a thousand at most."""
    signed = the_signed(request)
    found = queries.heads(
        request.connection, signed.log.process_id, number(request, "from", 0), MOST_HEADS
    )
    return PlainTextResponse("".join(head.note + SEPARATOR for head in found))


@routes("/processes/{slug}/record/leaves", "record_leaves")
@plainly
def leaves(request: Request) -> Response:
    """The leaves from one number on, up to and without another; a thousand at most, one a line."""
    signed = the_signed(request)
    start = within(number(request, "from", 0), signed.head.size)
    stop = within(number(request, "to", signed.head.size), signed.head.size)
    if stop < start:
        raise Invalid("record.order")
    found = queries.leaves(
        request.connection, signed.log.process_id, start, min(stop, start + MOST_LEAVES)
    )
    lines = [
        leaf.payload if leaf.payload is not None else rules.canonical({"erased": leaf.hash.hex()})
        for leaf in found
    ]
    return Response(
        b"".join(line + b"\n" for line in lines), media_type="application/jsonl; charset=utf-8"
    )


@routes("/processes/{slug}/record/proof/inclusion", "record_inclusion")
@plainly
def inclusion(request: Request) -> Response:
    """The proof that a leaf stands in the record of a size (the newest head's if none is given)."""
    signed = the_signed(request)
    size = within(number(request, "size", signed.head.size), signed.head.size)
    leaf = number(request, "leaf")
    if leaf >= size:
        raise NotFound("record.beyond", size=size)
    hashes = queries.hashes_of(request.connection, signed.log.process_id)
    return _hashes(tree.inclusion(hashes, leaf, size))


@routes("/processes/{slug}/record/proof/consistency", "record_consistency")
@plainly
def consistency(request: Request) -> Response:
    """The proof that the record of one size is the beginning of that of another."""
    signed = the_signed(request)
    old, new = number(request, "from"), number(request, "to", signed.head.size)
    if not old:
        raise Invalid("record.from_nothing")
    if old > new:
        raise Invalid("record.order")
    within(new, signed.head.size)
    hashes = queries.hashes_of(request.connection, signed.log.process_id)
    return _hashes(tree.consistency(hashes, old, new))


def _hashes(path: list[bytes]) -> Response:
    return JSONResponse({"hashes": [one.hex() for one in path]})
