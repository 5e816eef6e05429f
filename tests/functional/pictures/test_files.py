"""What becomes of the files that people send: a small picture and nothing else of them, or a clear no."""

from __future__ import annotations

import io
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from feedsite.pictures.encoding import LARGEST, SIDE, Limits, PictureRefused, made_small

from tests.functional.pictures import files
from tests.functional.pictures.files import BLUE, RED, file_of, halves, near, opened

LIMITS = Limits(size=2**20, pixels=1_000_000)


def small(raw: bytes, limits: Limits = LIMITS) -> bytes:
    return made_small(io.BytesIO(raw), limits)


def refused(raw: bytes, limits: Limits = LIMITS) -> str:
    with pytest.raises(PictureRefused) as caught:
        small(raw, limits)
    return str(caught.value)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_every_kind_becomes_a_small_square_webp_of_its_middle(kind: str) -> None:
    body = small(file_of(halves(300, 200), kind))
    picture = opened(body)
    assert (picture.format, picture.size, picture.mode) == ("WEBP", (SIDE, SIDE), "RGB")
    assert len(body) <= LARGEST
    assert near(picture.getpixel((64, 10)), RED)
    assert near(picture.getpixel((64, 117)), BLUE)


def test_the_middle_is_shown_and_nothing_is_made_larger_than_it_was() -> None:
    wide = Image.new("RGB", (90, 30), BLUE)
    wide.paste(RED, (30, 0, 60, 30))
    picture = opened(small(file_of(wide)))
    assert picture.size == (30, 30)
    assert all(near(picture.getpixel((x, 15)), RED) for x in (3, 15, 26))
    assert opened(small(file_of(Image.new("RGB", (1, 1), RED)))).size == (1, 1)


@pytest.mark.parametrize(
    ("orientation", "red"),
    [(1, "top"), (2, "top"), (3, "bottom"), (4, "bottom"), (5, "left"), (6, "right"), (7, "right"), (8, "left")],
)
def test_it_is_upright_however_the_camera_was_held(orientation: int, red: str) -> None:
    picture = opened(small(files.photograph(orientation)))
    middle, edge, other = SIDE // 2, SIDE // 8, SIDE - SIDE // 8
    places = {"top": (middle, edge), "bottom": (middle, other), "left": (edge, middle), "right": (other, middle)}
    assert [name for name, place in places.items() if near(picture.getpixel(place), RED)] == [red]


def test_nothing_is_left_of_what_a_file_says_besides() -> None:
    assert files.SECRET.encode() in files.photograph()
    body = small(files.photograph(6))
    assert files.SECRET.encode() not in body
    assert {"exif", "icc_profile", "xmp", "comment"} & set(opened(body).info) == set()
    assert len(opened(body).getexif()) == 0
    # One chunk of pixels, and no room for another.
    assert body[:4] == b"RIFF"
    assert body[8:16] == b"WEBPVP8 "
    assert int.from_bytes(body[16:20], "little") + 20 == len(body) == int.from_bytes(body[4:8], "little") + 8


def test_a_page_inside_a_picture_vanishes() -> None:
    raw = files.polyglot()
    assert raw.count(b"<script>") == 2
    assert b"script" not in small(raw)


def test_of_one_that_moves_the_first_frame_is_taken() -> None:
    picture = opened(small(files.moving()))
    assert near(picture.getpixel((25, 25)), RED)
    assert getattr(picture, "n_frames", 1) == 1


def test_what_is_transparent_is_white_and_sixteen_bits_of_grey_keep_their_greys() -> None:
    clear = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    assert near(opened(small(file_of(clear))).getpixel((20, 20)), (255, 255, 255))
    grey = Image.new("I;16", (40, 40), 30_000)
    assert near(opened(small(file_of(grey))).getpixel((20, 20)), (117, 117, 117))
    assert near(
        opened(small(file_of(Image.new("CMYK", (40, 40), (0, 255, 255, 0)), "JPEG"))).getpixel((9, 9)), (254, 0, 0)
    )


def test_even_noise_has_few_bytes() -> None:
    noise = Image.frombytes("RGB", (200, 200), os.urandom(120_000))
    assert len(small(file_of(noise))) <= LARGEST


def test_a_picture_that_would_be_huge_is_refused_before_it_is_unpacked() -> None:
    raw = files.bomb()
    assert len(raw) < 200
    assert refused(raw) == "A picture has at most 1 million pixels."
    # Far less than what Pillow itself takes for a bomb.
    assert refused(files.bomb(1_001)) == "A picture has at most 1 million pixels."
    assert "no picture" in refused(files.bomb(1_000)), "as many as may be, but they are not there"


def test_a_jpeg_that_is_gone_over_a_thousand_times_is_refused() -> None:
    assert opened(small(file_of(halves(), "JPEG", progressive=True))).size == (SIDE, SIDE)
    assert "no picture" in refused(files.many_scans())


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_file_that_breaks_off_is_refused(kind: str) -> None:
    noise = Image.frombytes("RGB", (200, 200), os.urandom(120_000))
    raw = file_of(noise, kind)
    assert "files that are whole" in refused(raw[: len(raw) // 2])


@pytest.mark.parametrize(
    "raw",
    [
        files.SVG,
        b"<html><script>alert(1)</script></html>",
        b"%PDF-1.7",
        file_of(halves(), "BMP"),
        file_of(halves(), "TIFF"),
        file_of(halves(), "ICO"),
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
    ],
)
def test_what_is_none_of_the_kinds_is_refused_whatever_it_is_called(raw: bytes) -> None:
    assert refused(raw).startswith("This is no picture that the site can read.")


def test_too_many_bytes_and_none_are_refused() -> None:
    raw = file_of(halves())
    assert refused(raw, Limits(size=len(raw) - 1, pixels=LIMITS.pixels)).startswith("A picture has at most")
    assert len(small(raw, Limits(size=len(raw), pixels=LIMITS.pixels))) <= LARGEST
    assert refused(b"") == "Please choose a file."


@given(st.data())
def test_whatever_is_changed_in_a_file_it_is_a_picture_or_refused(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["PNG", "JPEG", "WEBP", "GIF"]))
    raw = bytearray(file_of(halves(40, 30), kind) if kind != "JPEG" else files.photograph(6))
    for _ in range(data.draw(st.integers(1, 8))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        body = small(bytes(raw))
    except PictureRefused:
        return
    assert opened(body).format == "WEBP"
    assert len(body) <= LARGEST
