"""Pictures that people bring, made safe: decoded and written afresh, so that nothing but what is
seen is kept. Where it was taken, with which telephone, and whatever else the file carries is gone.
"""

from __future__ import annotations

import io

from PIL import Image, ImageOps

from pb.core.errors import Invalid

LARGEST_FILE = 12 * 1024 * 1024
"""Bytes: a telephone's photo has three to eight million."""
MOST_PIXELS = 40_000_000
"""Looked at before anything is decoded: a file of a few kilobytes can unfold to gigabytes."""
LEAST_SIDE = 200
MOST_RATIO = 4
"""The longer side over the shorter one: anything longer is no picture of a project."""
KEPT_SIZE = (1600, 1200)
FORMATS = ("JPEG", "PNG", "WEBP")
QUALITY = 82


def safe_picture(content: bytes) -> bytes:
    """A JPEG of at most ``KEPT_SIZE``, upright, without metadata.

    Errors: Invalid with "picture.too_big", "picture.kind", "picture.pixels", "picture.small",
    "picture.ratio" or "picture.broken".
    """
    if len(content) > LARGEST_FILE:
        raise Invalid("picture.too_big", field="picture")
    try:
        opened = Image.open(io.BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Invalid("picture.pixels", field="picture") from None
    except (OSError, ValueError, SyntaxError):
        raise Invalid("picture.kind", field="picture") from None
    width, height = opened.size
    if width * height > MOST_PIXELS:
        raise Invalid("picture.pixels", field="picture")
    if min(width, height) < LEAST_SIDE:
        raise Invalid("picture.small", field="picture")
    if max(width, height) > MOST_RATIO * min(width, height):
        raise Invalid("picture.ratio", field="picture")
    try:
        upright = ImageOps.exif_transpose(opened).convert("RGBA")
    except (OSError, ValueError, SyntaxError, MemoryError):
        raise Invalid("picture.broken", field="picture") from None
    upright.thumbnail(KEPT_SIZE)
    # A canvas of our own carries none of the file's comments, profiles or previews.
    canvas = Image.new("RGB", upright.size, "white")
    canvas.paste(upright, mask=upright.getchannel("A"))
    written = io.BytesIO()
    canvas.save(written, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return written.getvalue()
