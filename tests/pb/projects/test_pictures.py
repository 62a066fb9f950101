"""Pictures that people bring: what is kept holds what is seen and nothing else."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from pb.core.errors import Invalid
from pb.projects.pictures import KEPT_SIZE, LARGEST_FILE, safe_picture

SECRET = b"51.5N 3.2W, by Mair's telephone"


def a_picture(
    kind: str = "JPEG", size: tuple[int, int] = (640, 480), mode: str = "RGB", **rest: object
) -> bytes:
    written = io.BytesIO()
    Image.new(mode, size, "teal" if mode != "P" else 3).save(written, kind, **rest)
    return written.getvalue()


def code_of(content: bytes) -> str:
    with pytest.raises(Invalid) as caught:
        safe_picture(content)
    assert caught.value.parameters["field"] == "picture"
    return caught.value.code


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "CMYK"])
def test_what_is_kept_is_a_jpeg_of_the_same_shape(kind: str, mode: str) -> None:
    allowed = {"JPEG": ("RGB", "L", "CMYK"), "PNG": ("RGB", "RGBA", "L", "P"),
               "WEBP": ("RGB", "RGBA")}
    if mode not in allowed[kind]:
        mode = "RGB"
    kept = Image.open(io.BytesIO(safe_picture(a_picture(kind, mode=mode))))
    assert (kept.format, kept.mode, kept.size) == ("JPEG", "RGB", (640, 480))


def test_metadata_is_gone() -> None:
    exif = Image.Exif()
    exif[0x010F] = SECRET.decode()  # the maker of the camera
    exif.get_ifd(0x8825)[1] = "N"  # where it was taken
    content = a_picture(exif=exif, comment=SECRET, icc_profile=SECRET)
    assert content.count(SECRET) == 3
    kept = safe_picture(content)
    assert SECRET not in kept
    assert not Image.open(io.BytesIO(kept)).getexif()


def test_a_picture_on_its_side_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    kept = Image.open(io.BytesIO(safe_picture(a_picture(exif=exif))))
    assert kept.size == (480, 640)


def test_a_large_picture_is_made_smaller() -> None:
    kept = Image.open(io.BytesIO(safe_picture(a_picture(size=(4000, 3000)))))
    assert kept.size == KEPT_SIZE


def a_bomb(width: int, height: int) -> bytes:
    """A PNG of few bytes whose head promises many pixels."""
    def chunk(kind: bytes, body: bytes) -> bytes:
        check = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
            + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b""))


@pytest.mark.parametrize("side", [6_500, 10_000, 30_000, 65_000])
def test_what_would_unfold_to_gigabytes_is_refused_before_it_is_decoded(side: int) -> None:
    assert code_of(a_bomb(side, side)) == "picture.pixels"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "picture.kind"),
        (b"GIF89a" + b"\0" * 50, "picture.kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
         "picture.kind"),
        (b"%PDF-1.7", "picture.kind"),
        (b"\0" * (LARGEST_FILE + 1), "picture.too_big"),
        (a_picture(size=(100, 100)), "picture.small"),
        (a_picture(size=(1000, 201)), "picture.ratio"),
        (a_picture("GIF"), "picture.kind"),
        (a_picture("BMP"), "picture.kind"),
        (a_bomb(640, 480), "picture.broken"),
    ],
)
def test_what_is_no_picture_is_refused(content: bytes, code: str) -> None:
    assert code_of(content) == code


def test_a_file_cut_short_is_refused() -> None:
    noise = Image.effect_noise((640, 480), 90).convert("RGB")
    written = io.BytesIO()
    noise.save(written, "JPEG")
    whole = written.getvalue()
    assert safe_picture(whole)
    assert code_of(whole[: len(whole) // 2]) == "picture.broken"
