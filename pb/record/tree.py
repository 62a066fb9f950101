"""The Merkle tree of RFC 9162 over the leaves: roots, proofs and their checks. Pure.

The hashes of complete subtrees are kept at every fourth level (over 16, 256, 4096 ... leaves), so
a proof of any size reads at most sixteen hashes a level, not the log. ``Hashes`` gives them:
``hashes(level, start, stop)`` are those numbered start to stop - 1 of that level, where level 0
are the leaves. Numbers count from 0 at the left, as in the RFC.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from pb.record.rules import node_hash

STEP = 4
WIDTH = 1 << STEP
EMPTY_ROOT = bytes.fromhex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
"""SHA-256 of nothing: the root of a tree without leaves."""

Hashes = Callable[[int, int, int], Sequence[bytes]]


def fold(row: Sequence[bytes]) -> bytes:
    """The hash over a complete row: as many hashes as a power of two."""
    while len(row) > 1:
        row = [node_hash(row[place], row[place + 1]) for place in range(0, len(row), 2)]
    return row[0]


def complete(hashes: Hashes, level: int, number: int) -> bytes:
    """The hash of a complete subtree, from the next kept level at or below it."""
    kept = level - level % STEP
    width = 1 << (level - kept)
    return fold(hashes(kept, number * width, (number + 1) * width))


def split(count: int) -> int:
    """The largest power of two below a count of two or more: where the RFC divides a tree."""
    return 1 << ((count - 1).bit_length() - 1)


def root(hashes: Hashes, start: int, stop: int) -> bytes:
    """MTH(D[start:stop]). The start is where a subtree begins, as in every proof."""
    count = stop - start
    if count == 0:
        return EMPTY_ROOT
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return complete(hashes, level, start >> level)
    middle = start + split(count)
    return node_hash(root(hashes, start, middle), root(hashes, middle, stop))


def inclusion(hashes: Hashes, leaf: int, size: int) -> list[bytes]:
    """PATH(leaf, D[0:size]): the hashes that lead from a leaf to the root, the lowest first."""
    if not 0 <= leaf < size:
        raise ValueError("the leaf is not in a tree of that size")
    start, stop, path = 0, size, []
    while stop - start > 1:
        middle = start + split(stop - start)
        if leaf < middle:
            path.append(root(hashes, middle, stop))
            stop = middle
        else:
            path.append(root(hashes, start, middle))
            start = middle
    return path[::-1]


def consistency(hashes: Hashes, old: int, new: int) -> list[bytes]:
    """PROOF(old, D[0:new]): that the tree of the new size continues that of the old."""
    if not 0 < old <= new:
        raise ValueError("the old size must be between 1 and the new")
    start, stop, whole, path = 0, new, True, []
    while old != stop:
        middle = start + split(stop - start)
        if old <= middle:
            path.append(root(hashes, middle, stop))
            stop = middle
        else:
            path.append(root(hashes, start, middle))
            start, whole = middle, False
    return ([] if whole else [root(hashes, start, stop)]) + path[::-1]


def growth(hashes: Hashes, kept: int, size: int) -> Iterator[tuple[int, int, bytes]]:
    """The subtrees (level, number, hash) that became complete when a tree grew from ``kept``.

    Each level is made of the one below it, whose older hashes are read.
    """
    level, new, first = 0, list(hashes(0, kept - kept % WIDTH, size)), kept - kept % WIDTH
    while new:
        # Here ``new`` are the hashes of this level from number ``first`` on, to its end.
        above = [fold(new[at : at + WIDTH]) for at in range(0, len(new) - WIDTH + 1, WIDTH)]
        level, number = level + STEP, first // WIDTH
        for one in above:
            yield level, number, one
            number += 1
        if not above:
            return
        beginning = first // WIDTH
        first = beginning - beginning % WIDTH
        new = [*(hashes(level, first, beginning) if first < beginning else ()), *above]


def includes(digest: bytes, leaf: int, size: int, path: Sequence[bytes], head: bytes) -> bool:
    """Whether a proof of inclusion holds (RFC 9162, 2.1.3.2)."""
    if not 0 <= leaf < size:
        return False
    here, last = leaf, size - 1
    for step in path:
        if last == 0:
            return False
        if here & 1 or here == last:
            digest = node_hash(step, digest)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            digest = node_hash(digest, step)
        here, last = here >> 1, last >> 1
    return last == 0 and digest == head


def continues(
    old: int, old_head: bytes, new: int, new_head: bytes, path: Sequence[bytes]
) -> bool:
    """Whether a proof of consistency holds (RFC 9162, 2.1.4.2)."""
    if old == new:
        return not path and old_head == new_head
    if not 0 < old < new or not path:
        return False
    steps = list(path) if old & (old - 1) else [old_head, *path]
    here, last = old - 1, new - 1
    while here & 1:
        here, last = here >> 1, last >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if here & 1 or here == last:
            first, second = node_hash(step, first), node_hash(step, second)
            while not here & 1 and here:
                here, last = here >> 1, last >> 1
        else:
            second = node_hash(second, step)
        here, last = here >> 1, last >> 1
    return last == 0 and first == old_head and second == new_head
