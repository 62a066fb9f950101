"""The tree against RFC 9162 written out word by word, for every size up to 300 and beyond."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pb.record import tree
from pb.record.rules import leaf_hash
from tests.pb.record import reference

MOST = 300
ENTRIES = [f"leaf {number}".encode() for number in range(MOST)]


class Kept:
    """Leaves and kept hashes in memory, grown in steps as the log's are."""

    def __init__(self, entries: Sequence[bytes], steps: Sequence[int] = ()) -> None:
        self.rows: dict[int, dict[int, bytes]] = {
            0: {number: leaf_hash(entry) for number, entry in enumerate(entries)}
        }
        self.reads = 0
        before = 0
        for size in [*steps, len(entries)]:
            for level, number, digest in list(tree.growth(self, before, size)):
                assert number not in self.rows.setdefault(level, {})  # made once
                self.rows[level][number] = digest
            before = size

    def __call__(self, level: int, start: int, stop: int) -> list[bytes]:
        self.reads += stop - start
        return [self.rows[level][number] for number in range(start, stop)]


WHOLE = Kept(ENTRIES)


def test_every_root_up_to_300() -> None:
    for size in range(MOST + 1):
        assert tree.root(WHOLE, 0, size) == reference.mth(ENTRIES[:size]), size
    assert tree.root(WHOLE, 0, 0) == tree.EMPTY_ROOT


def test_every_proof_of_every_size_up_to_65() -> None:
    for size in range(1, 66):
        head = tree.root(WHOLE, 0, size)
        for leaf in range(size):
            path = tree.inclusion(WHOLE, leaf, size)
            assert path == reference.path(leaf, ENTRIES[:size])
            assert tree.includes(leaf_hash(ENTRIES[leaf]), leaf, size, path, head)
        for old in range(1, size + 1):
            path = tree.consistency(WHOLE, old, size)
            assert path == reference.proof(old, ENTRIES[:size])
            assert tree.continues(old, tree.root(WHOLE, 0, old), size, head, path)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_proofs_up_to_300(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, MOST))
    leaf = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size))
    path = tree.inclusion(WHOLE, leaf, size)
    assert path == reference.path(leaf, ENTRIES[:size])
    both = tree.consistency(WHOLE, old, size)
    assert both == reference.proof(old, ENTRIES[:size])
    head, before = reference.mth(ENTRIES[:size]), reference.mth(ENTRIES[:old])
    digest = leaf_hash(ENTRIES[leaf])
    assert tree.includes(digest, leaf, size, path, head)
    assert tree.continues(old, before, size, head, both)
    # Anything else is refused: another leaf, size, root, or a hash more, fewer or changed.
    other = data.draw(st.integers(0, MOST - 1).filter(lambda one: one != leaf))
    assert not tree.includes(leaf_hash(ENTRIES[other]), leaf, size, path, head)
    if other < size:
        assert not tree.includes(digest, other, size, path, head)
    assert not tree.includes(digest, leaf, size, path, before if old != size else digest[::-1])
    for wrong in spoilt(data, path):
        assert not tree.includes(digest, leaf, size, wrong, head)
    for wrong in spoilt(data, both):
        assert not tree.continues(old, before, size, head, wrong)
    if old < size:
        assert not tree.continues(old, head, size, head, both)
        assert not tree.continues(size, head, old, before, both)
        assert not tree.continues(old, before, size, before, both)


def spoilt(data: st.DataObject, path: list[bytes]) -> list[list[bytes]]:
    found = [[*path, bytes(32)]]
    if path:
        at = data.draw(st.integers(0, len(path) - 1))
        changed = bytes([path[at][0] ^ 1]) + path[at][1:]
        found += [path[:-1], path[1:], [*path[:at], changed, *path[at + 1 :]]]
    return found


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, MOST), max_size=8))
def test_growing_in_any_steps_keeps_the_same_hashes(steps: list[int]) -> None:
    grown = Kept(ENTRIES, sorted(steps))
    assert grown.rows == WHOLE.rows


def test_a_proof_reads_a_few_hashes_of_a_large_log() -> None:
    size = 70_000
    kept = Kept([b"%d" % number for number in range(size)], [9, 300, 301, 65_000])
    assert sorted(kept.rows) == [0, 4, 8, 12, 16]
    head = tree.root(kept, 0, size)
    chance = random.Random(7)
    worst = 0
    for _ in range(50):
        leaf, old = chance.randrange(size), chance.randrange(1, size)
        kept.reads = 0
        path = tree.inclusion(kept, leaf, size)
        worst = max(worst, kept.reads)
        kept.reads = 0
        both = tree.consistency(kept, old, size)
        worst = max(worst, kept.reads)
        assert tree.includes(leaf_hash(b"%d" % leaf), leaf, size, path, head)
        assert tree.continues(old, tree.root(kept, 0, old), size, head, both)
    assert worst <= 16 * 5 * 2


@pytest.mark.parametrize(("leaf", "size"), [(-1, 5), (5, 5), (0, 0)])
def test_no_proof_for_a_leaf_outside(leaf: int, size: int) -> None:
    with pytest.raises(ValueError):
        tree.inclusion(WHOLE, leaf, size)


@pytest.mark.parametrize(("old", "new"), [(0, 5), (6, 5), (-1, 3)])
def test_no_consistency_with_nothing_or_backwards(old: int, new: int) -> None:
    with pytest.raises(ValueError):
        tree.consistency(WHOLE, old, new)
    assert not tree.continues(old, bytes(32), new, bytes(32), [])


def test_a_node_does_not_pass_for_a_leaf() -> None:
    """The prefixes: without them the two hashes of a node would be a leaf's content."""
    left, right = leaf_hash(ENTRIES[0]), leaf_hash(ENTRIES[1])
    forged = left + right
    assert leaf_hash(forged) != tree.root(WHOLE, 0, 2)
