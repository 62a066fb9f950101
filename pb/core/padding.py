"""Pages that are all of one size, whatever they show.

What a voter chose stands on their own pages. Those are encrypted on their way, but their length is
not: it stands in every access log and is seen by whoever watches the line. So such pages are filled
up to a multiple of ``STEP`` bytes, with spaces after their end, and compressed here: the spaces lie
in a block of their own that deflate stores as it is, so that the size comes out to the byte.
"""

from __future__ import annotations

import zlib

STEP = 8192
_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
"""Of a gzip member: deflate, no name, no time, made anywhere."""
_STORED = 5
"""Bytes in front of a stored block: that it is the last, its length, and that once more."""
_TRAILER = 8
LEVEL = 5


def filled(content: bytes) -> bytes:
    """The same page with spaces at its end."""
    return content + b" " * (-len(content) % STEP)


def gzipped(content: bytes) -> bytes:
    """The same page with spaces at its end, compressed, filled up by that."""
    deflate = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    start = _HEADER + deflate.compress(content) + deflate.flush(zlib.Z_FULL_FLUSH)
    spaces = b" " * (-(len(start) + _STORED + _TRAILER) % STEP)
    length = len(spaces).to_bytes(2, "little")
    stored = b"\x01" + length + bytes(one ^ 0xFF for one in length) + spaces
    check = zlib.crc32(spaces, zlib.crc32(content))
    whole = len(content) + len(spaces)
    return start + stored + check.to_bytes(4, "little") + (whole & 0xFFFFFFFF).to_bytes(4, "little")
