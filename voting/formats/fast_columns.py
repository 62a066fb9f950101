"""Columns of ranks in very large files, by numpy: about as fast as the file's lines are split.

Only plain files are read this way (the same number of cells in every row, no line breaks inside
quotes, no column of numbers of ballots); for any other ``read`` gives None and the plain reader
does it. Both give the same election.

The bytes of a cell are compared as 64-bit words with those of the cells seen before, through
a table at a place calculated from the words; equality is decided by the words themselves, so
nothing rests on a hash.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from voting.ballots import Content
from voting.formats.marks import Rank, content_of, natural, rank_of
from voting.papers import Papers

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


def read(content: bytes, columns: list[int], cells: int) -> Papers | None:
    """The papers below the line of headings; ``cells`` is how many a row has.

    ``content`` is the file without byte order mark, UTF-8. None if it is not plain.
    """
    start = content.find(b"\n") + 1
    if not start:
        return None
    tokens = _Tokens()
    known: dict[str, int] = {}
    parts = []
    try:
        while start < len(content):
            end = content.rfind(b"\n", start, start + CHUNK) + 1
            if end <= start:
                end = content.find(b"\n", start) + 1 or len(content)
            codes = _chunk(content, start, end, columns, cells, tokens)
            parts.append(_ranked(codes, [rank_of(text) for text in tokens.texts], known))
            start = end
    except NotPlainError:
        return None
    return _papers(parts, known) if parts else None


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


def _chunk(
    content: bytes, start: int, end: int, columns: list[int], cells: int, tokens: _Tokens
) -> npt.NDArray[np.int16]:
    """Codes of the cells in whole lines of the file, a line a row."""
    text = content[start:end]
    if not text.endswith(b"\n"):
        text += b"\n"
    if b"\0" in text:
        raise NotPlainError
    # Some bytes more, so that a word can be taken at the last cell.
    data = np.frombuffer(text + bytes(LONGEST + 8), np.uint8)
    if b'"' in text:
        data = _hide_quoted(data)
    inside = data[: len(text)]
    newline = inside == NEWLINE
    separators = np.flatnonzero((inside == COMMA) | newline)
    lines = len(separators) // cells
    if not np.array_equal(np.flatnonzero(newline), separators[cells - 1 :: cells]):
        raise NotPlainError
    if lines * cells != len(separators):
        raise NotPlainError
    begins = np.empty_like(separators)
    begins[0] = 0
    np.add(separators[:-1], 1, out=begins[1:])
    sizes = separators - begins
    if b"\r" in text:
        sizes[cells - 1 :: cells] -= data[separators[cells - 1 :: cells] - 1] == RETURN
    # Neighbouring columns, the usual case, are a view; others a copy.
    chosen: slice | list[int] = columns
    if columns == list(range(columns[0], columns[-1] + 1)):
        chosen = slice(columns[0], columns[-1] + 1)
    size = sizes.reshape(lines, cells)[:, chosen]
    filled = size > 0
    codes = np.zeros(size.shape, np.int16)
    if filled.any():
        first = begins.reshape(lines, cells)[:, chosen][filled]
        codes[filled] = tokens.codes(_words(data, first, size[filled]))
    return codes


def _hide_quoted(data: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The bytes with commas inside quotes replaced, so that they part no cells.

    Quotes must enclose whole cells; one in the middle of a cell is left to the plain reader.
    """
    if (data == HIDDEN).any():
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


def _ranked(
    codes: npt.NDArray[np.int16], ranks: list[Rank], known: dict[str, int]
) -> tuple[npt.NDArray[np.int16], npt.NDArray[np.bool_]]:
    """Codes of texts as numbers of options (``known`` grows), and which rows are rankings."""
    for rank in ranks:
        if rank:
            known.setdefault(rank[0], len(known))
    table = [OVERVOTE if rank is None else known[rank[0]] if rank else NOTHING for rank in ranks]
    rows = np.array(table, np.int16)[codes]
    by_rank = np.ascontiguousarray(rows.T)
    filled = by_rank >= 0
    clean = np.ones(len(rows), np.bool_)
    clean &= ~(filled[1:] & ~filled[:-1]).any(axis=0)
    if OVERVOTE in table:
        clean &= (by_rank != OVERVOTE).all(axis=0)
    if len(known) <= 63:
        bits = np.array([*(1 << option for option in range(len(known))), 0, 0], np.int64)
        seen = np.zeros(len(rows), np.int64)
        for rank_codes in by_rank:
            bit = bits[rank_codes]  # NOTHING and OVERVOTE take the zeros at the end
            clean &= (seen & bit) == 0
            seen |= bit
    else:
        ordered = np.sort(by_rank, axis=0)
        clean &= ~((ordered[1:] == ordered[:-1]) & (ordered[1:] >= 0)).any(axis=0)
    return rows, clean


def _papers(
    parts: list[tuple[npt.NDArray[np.int16], npt.NDArray[np.bool_]]], known: dict[str, int]
) -> Papers:
    """Papers from rows of options: rankings into an array, other marks as contents."""
    options = natural(known)
    place = {option: number for number, option in enumerate(options)}
    table = np.array([*(place[option] for option in known), OVERVOTE, NOTHING])
    table = table.astype(np.int8 if len(options) < 127 else np.int16)
    others: dict[Content, int] = {}
    rankings = []
    for rows, clean in parts:
        if clean.all():
            rankings.append(table[rows])
            continue
        rankings.append(table[rows[clean]])
        marked, numbers = np.unique(table[rows[~clean]], axis=0, return_counts=True)
        for row, number in zip(marked.tolist(), numbers.tolist(), strict=True):
            content = content_of(
                None if code == OVERVOTE else () if code == NOTHING else (options[code],)
                for code in row
            )
            others[content] = others.get(content, 0) + number
    return Papers(tuple(options), np.concatenate(rankings), None, others)
