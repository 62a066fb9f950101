"""Rows of ranks in very large files, by numpy: about as fast as the file's lines are split.

Only plain files are read this way (no line breaks inside quotes, no faulty cells, no row longer
than the others); for any other ``read`` gives None and the format's plain reader does it. Both
give the same election.

The bytes of a cell are compared as 64-bit words with those of the cells seen before, through
a table at a place calculated from the words; equality is decided by the words themselves, so
nothing rests on a hash.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voting.ballots import Content
from voting.formats.marks import Rank, content_of, natural, rank_of
from voting.formats.text import Source, whole_number
from voting.papers import Papers

LARGE = 1 << 20
"""Bytes from which a file is worth the way by arrays."""
BOM = b"\xef\xbb\xbf"
NOTHING, OVERVOTE = -1, -2
CHUNK = 1 << 20
"""Bytes read at once: what is worked on stays in the processor's cache."""

COMMA, NEWLINE, RETURN, QUOTE = b',\n\r"'
HIDDEN = 0x1F
"""Stands for a comma inside quotes while cells are parted."""
TABLE_BITS = 14
MOST_TEXTS = 4096
"""Distinct texts of cells; for more the table would be too large to be quick."""
LONGEST = 64
"""Bytes of the longest cell that is read this way."""

Words = npt.NDArray[np.uint64]


class NotPlainError(Exception):
    """The file needs the plain reader."""


@dataclass(frozen=True)
class Layout:
    """What the cells of a row are.

    ``columns``    of ranks 1, 2, 3 ...; ``cells``: the most that a row has (fewer are blank)
    ``separator``  the byte between cells
    ``number``     the column that says how many ballots a row stands for
    ``meaning``    of a cell's text; NotPlainError for one that the plain reader should see
    ``end``        a text that each row must have behind its last rank
    """

    columns: tuple[int, ...]
    cells: int
    separator: int = COMMA
    number: int | None = None
    meaning: Callable[[str], Rank] = rank_of
    end: str | None = None


def large(source: Source) -> bytes | None:
    """The bytes of a large file, byte order mark taken off; None for a small one."""
    if isinstance(source, str) or (isinstance(source, Path) and source.stat().st_size < LARGE):
        return None
    content = source.read_bytes() if isinstance(source, Path) else source
    return content.removeprefix(BOM) if len(content) >= LARGE else None


def read(content: bytes, start: int, stop: int, layout: Layout) -> Papers | None:
    """The papers in the lines from one place in a file to another; None if it is not plain."""
    tokens = _Tokens()
    known: dict[str, int] = {}
    parts = []
    try:
        while start < stop:
            end = content.rfind(b"\n", start, min(start + CHUNK, stop)) + 1
            if end <= start:
                end = content.find(b"\n", start, stop) + 1 or stop
            codes = _chunk(content[start:end], layout, tokens)
            parts.append(_part(codes, layout, tokens.texts, known))
            start = end
    except NotPlainError:
        return None
    return _papers(parts, known) if parts else None


def among(known: set[str]) -> Callable[[str], Rank]:
    """The meaning of cells where only known options may stand."""

    def meaning(text: str) -> Rank:
        if text and text not in known:
            raise NotPlainError  # the plain reader names the line
        return (text,) if text else ()

    return meaning


class _Tokens:
    """The distinct texts of cells, numbered as they appear; 0 is the empty cell."""

    def __init__(self) -> None:
        self.texts = [""]
        self._words: list[tuple[int, ...]] = [()]
        self._multiplier = 0x9E3779B97F4A7C15
        self._rebuild()

    def _place(self, words: list[Words]) -> npt.NDArray[np.intp]:
        mixed = np.zeros(len(words[0]), np.uint64)
        for word in words:
            mixed = (mixed ^ word) * np.uint64(self._multiplier)
            mixed ^= mixed >> np.uint64(29)
        return (mixed >> np.uint64(64 - self._bits)).astype(np.intp)

    def _rebuild(self) -> None:
        """Lay the table out anew, by another multiplier if two texts meet at one place."""
        if len(self.texts) > MOST_TEXTS:
            raise NotPlainError
        # With a quarter of the square of the texts as places, a few multipliers will do.
        self._bits = max(TABLE_BITS, (len(self.texts) ** 2 // 4).bit_length())
        width = max(len(words) for words in self._words) or 1
        while True:
            self._codes = np.zeros(1 << self._bits, np.int16)
            self._keys = [np.zeros(1 << self._bits, np.uint64) for _ in range(width)]
            padded = [(*words, *[0] * (width - len(words))) for words in self._words[1:]]
            columns = [np.array(column, np.uint64) for column in zip(*padded, strict=True)]
            places = self._place(columns) if columns else np.zeros(0, np.intp)
            if len(np.unique(places)) == len(places):
                break
            self._multiplier = (self._multiplier * 6364136223846793005 + 2) % (1 << 64) | 1
        self._codes[places] = np.arange(1, len(places) + 1)
        for key, column in zip(self._keys, columns, strict=False):
            key[places] = column

    def codes(self, words: list[Words]) -> npt.NDArray[np.int16]:
        """The numbers of cells, given by their words (all cells as many)."""
        while True:
            width = len(self._keys)
            if len(words) < width:
                words = [*words, *[np.zeros_like(words[0])] * (width - len(words))]
            place = self._place(words)
            unknown = np.zeros(len(place), bool)
            for number, word in enumerate(words):
                known = self._keys[number][place] if number < width else np.uint64(0)
                unknown |= known != word
            codes = self._codes[place]
            unknown |= codes == 0
            if not unknown.any():
                return codes
            for key in set(zip(*(word[unknown].tolist() for word in words), strict=True)):
                self._learn(key)
            self._rebuild()

    def _learn(self, key: tuple[int, ...]) -> None:
        self.texts.append(_text(b"".join(word.to_bytes(8, "little") for word in key)))
        while len(key) > 1 and key[-1] == 0:
            key = key[:-1]
        self._words.append(key)


def _chunk(text: bytes, layout: Layout, tokens: _Tokens) -> npt.NDArray[np.int16]:
    """Codes of the cells in whole lines of the file, a line a row; the number's column last."""
    if not text.endswith(b"\n"):
        text += b"\n"
    if b"\0" in text:
        raise NotPlainError
    # Some bytes more, so that a word can be taken at the last cell.
    data = np.frombuffer(text + bytes(LONGEST + 8), np.uint8)
    if b'"' in text:
        data = _hide_quoted(data, layout.separator)
    inside = data[: len(text)]
    newline = inside == NEWLINE
    separators = np.flatnonzero((inside == layout.separator) | newline)
    begins = np.empty_like(separators)
    begins[0] = 0
    np.add(separators[:-1], 1, out=begins[1:])
    sizes = separators - begins
    last = np.flatnonzero(newline[separators])
    if b"\r" in text:
        sizes[last] -= (data[separators[last] - 1] == RETURN) & (sizes[last] > 0)
    lengths = np.diff(last, prepend=-1)
    if lengths.max() > layout.cells:
        raise NotPlainError
    columns = list(layout.columns) + ([] if layout.number is None else [layout.number])
    if lengths.min() == layout.cells > 1:
        return _even_rows(data, begins, sizes, columns, layout.cells, tokens)
    # Each cell's place in a table as wide as the longest row may be.
    ahead = np.arange(len(last)) * layout.cells - (last - lengths + 1)
    place = np.repeat(ahead, lengths)
    place += np.arange(len(separators))
    filled = np.flatnonzero(sizes)
    if len(columns) < layout.cells:
        wanted = np.zeros(layout.cells, np.bool_)
        wanted[columns] = True
        filled = filled[np.tile(wanted, len(last))[place[filled]]]
    table = np.zeros(len(last) * layout.cells, np.int16)
    if len(filled):
        table[place[filled]] = tokens.codes(_words(data, begins[filled], sizes[filled]))
    codes = table.reshape(-1, layout.cells)[:, _chosen(columns)]
    # A line without anything is no row.
    return codes[(lengths > 1) | (sizes[last] > 0)]


def _chosen(columns: list[int]) -> slice | list[int]:
    """Neighbouring columns, the usual case, as a slice, which takes a view and no copy."""
    if columns == list(range(columns[0], columns[-1] + 1)):
        return slice(columns[0], columns[-1] + 1)
    return columns


def _even_rows(
    data: npt.NDArray[np.uint8],
    begins: npt.NDArray[np.intp],
    sizes: npt.NDArray[np.intp],
    columns: list[int],
    cells: int,
    tokens: _Tokens,
) -> npt.NDArray[np.int16]:
    """The quick way where all rows have the same number of cells."""
    chosen = _chosen(columns)
    size = sizes.reshape(-1, cells)[:, chosen]
    filled = size > 0
    codes = np.zeros(size.shape, np.int16)
    if filled.any():
        first = begins.reshape(-1, cells)[:, chosen][filled]
        codes[filled] = tokens.codes(_words(data, first, size[filled]))
    return codes


def _hide_quoted(data: npt.NDArray[np.uint8], separator: int) -> npt.NDArray[np.uint8]:
    """The bytes with commas inside quotes replaced, so that they part no cells.

    Quotes must enclose whole cells; one in the middle of a cell is left to the plain reader.
    """
    if separator != COMMA or (data == HIDDEN).any():
        raise NotPlainError
    quote = data == QUOTE
    places = np.flatnonzero(quote)
    before, after = data[places - 1], data[places + 1]  # the first has the byte at the end: 0
    opens = (before == COMMA) | (before == NEWLINE) | (before == QUOTE) | (places == 0)
    closes = (after == COMMA) | (after == NEWLINE) | (after == RETURN) | (after == QUOTE)
    if len(places) % 2 or not opens[::2].all() or not closes[1::2].all():
        raise NotPlainError
    quoted = np.logical_xor.accumulate(quote)
    if (quoted & (data == NEWLINE)).any():
        raise NotPlainError
    return np.where(quoted & (data == COMMA), np.uint8(HIDDEN), data)


def _text(raw: bytes) -> str:
    """What the bytes of a cell say, quotes taken off."""
    try:
        text = raw.rstrip(b"\0").decode("utf-8")
    except UnicodeDecodeError:
        raise NotPlainError from None  # the plain reader names the line
    if not text.startswith('"'):
        return text
    inner = text[1:-1]
    if len(text) < 2 or not text.endswith('"') or '"' in inner.replace('""', ""):
        raise NotPlainError
    return inner.replace('""', '"').replace(chr(HIDDEN), ",")


def _words(
    data: npt.NDArray[np.uint8], first: npt.NDArray[np.intp], size: npt.NDArray[np.intp]
) -> list[Words]:
    """The bytes of cells as 64-bit words, zeros behind the last byte."""
    longest = int(size.max())
    if longest > LONGEST:
        raise NotPlainError
    masks = np.array([(1 << (8 * length)) - 1 for length in range(9)], np.uint64)
    # One unaligned word from each byte on.
    view = np.ndarray((len(data) - 7,), "<u8", data, strides=(1,)).astype(np.uint64)
    words = []
    for offset in range(0, longest, 8):
        left = np.clip(size - offset, 0, 8)
        words.append(view[np.minimum(first + offset, len(view) - 1)] & masks[left])
    return words


@dataclass(frozen=True, slots=True)
class _Part:
    """Some lines: options by rank, which rows are rankings, and how often each counts."""

    rows: npt.NDArray[np.int16]
    clean: npt.NDArray[np.bool_]
    numbers: npt.NDArray[np.int64]


def _part(
    codes: npt.NDArray[np.int16], layout: Layout, texts: list[str], known: dict[str, int]
) -> _Part:
    """Codes of texts as numbers of options; ``known`` grows."""
    ranks = len(layout.columns)
    numbers = np.ones(len(codes), np.int64)
    used: Iterable[int] = range(len(texts))
    if layout.number is not None:
        counted = np.flatnonzero(np.bincount(codes[:, ranks], minlength=len(texts)))
        found = {code: whole_number(texts[code]) for code in counted.tolist()}
        if None in found.values():
            raise NotPlainError
        said = np.array([found.get(code) or 0 for code in range(len(texts))], np.int64)
        numbers = said[codes[:, ranks]]
        codes = codes[:, :ranks]
        # The texts of numbers mean nothing as ranks.
        used = np.flatnonzero(np.bincount(codes.ravel(), minlength=len(texts))).tolist()
    if layout.end is not None:
        code_of_end = texts.index(layout.end) if layout.end in texts else -1
        if not (codes == code_of_end).any(axis=1).all():
            raise NotPlainError
    table = np.full(len(texts), NOTHING, np.int16)
    for code in used:
        if texts[code] == layout.end:
            continue
        rank = layout.meaning(texts[code])
        if rank is None:
            table[code] = OVERVOTE
        elif rank:
            table[code] = known.setdefault(rank[0], len(known))
    rows = table[codes]
    return _Part(rows, _clean(rows, len(known)), numbers)


def _clean(rows: npt.NDArray[np.int16], options: int) -> npt.NDArray[np.bool_]:
    """By row, whether it is a ranking: no gap, no overvote, no option twice."""
    by_rank = np.ascontiguousarray(rows.T)
    filled = by_rank >= 0
    clean = np.ones(len(rows), np.bool_)
    clean &= ~(filled[1:] & ~filled[:-1]).any(axis=0)
    clean &= (by_rank != OVERVOTE).all(axis=0)
    if options <= 63:
        # NOTHING and OVERVOTE take the zeros at the end.
        bits = np.array([*(1 << option for option in range(options)), 0, 0], np.int64)
        seen = np.zeros(len(rows), np.int64)
        for rank_codes in by_rank:
            bit = bits[rank_codes]
            clean &= (seen & bit) == 0
            seen |= bit
    else:
        ordered = np.sort(by_rank, axis=0)
        clean &= ~((ordered[1:] == ordered[:-1]) & (ordered[1:] >= 0)).any(axis=0)
    return clean


def _papers(parts: list[_Part], known: dict[str, int]) -> Papers:
    """Papers from rows of options: rankings into an array, other marks as contents."""
    options = natural(known)
    place = {option: number for number, option in enumerate(options)}
    table = np.array([*(place[option] for option in known), OVERVOTE, NOTHING])
    table = table.astype(np.int8 if len(options) < 127 else np.int16)
    others: dict[Content, int] = {}
    for part in parts:
        if part.clean.all():
            continue
        marked, inverse = np.unique(part.rows[~part.clean], axis=0, return_inverse=True)
        numbers = np.zeros(len(marked), np.int64)
        np.add.at(numbers, inverse.reshape(-1), part.numbers[~part.clean])
        for row, number in zip(table[marked].tolist(), numbers.tolist(), strict=True):
            content = content_of(
                None if code == OVERVOTE else () if code == NOTHING else (options[code],)
                for code in row
            )
            others[content] = others.get(content, 0) + number
    rankings = [table[part.rows[part.clean]] for part in parts]
    counts = np.concatenate([part.numbers[part.clean] for part in parts])
    return Papers(tuple(options), np.concatenate(rankings), counts, others)
