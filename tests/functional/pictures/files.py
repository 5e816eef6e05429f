"""Files as people send them, made here; and sending them."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo
from webtest import TestResponse, Upload

from tests.site import Browser

PATH = "/settings/profile/picture"
RED, BLUE = (220, 20, 20), (20, 20, 220)
SECRET = "Where it was taken"


def file_of(picture: Image.Image, kind: str = "PNG", **more: Any) -> bytes:
    """A picture as a file."""
    made = io.BytesIO()
    picture.save(made, kind, **more)
    return made.getvalue()


def halves(width: int = 300, height: int = 200) -> Image.Image:
    """Red above, blue below."""
    picture = Image.new("RGB", (width, height), RED)
    picture.paste(BLUE, (0, height // 2, width, height))
    return picture


def photograph(orientation: int = 1) -> bytes:
    """A JPEG that says how the camera was held, where, and what else."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.ImageDescription] = SECRET
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    return file_of(halves(), "JPEG", exif=exif, comment=SECRET.encode())


def polyglot() -> bytes:
    """A PNG that is a page, too: in a comment, and after its end."""
    info = PngInfo()
    info.add_text("Comment", "<script>alert(1)</script>")
    return file_of(halves(), "PNG", pnginfo=info) + b"<html><script>alert(2)</script></html>"


def bomb(side: int = 60_000) -> bytes:
    """A PNG of some hundred bytes that says it is so many pixels wide and high."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def many_scans() -> bytes:
    """A small JPEG in which the last scan is there a thousand times: all pixels are gone over for each."""
    raw = file_of(halves(), "JPEG", progressive=True)
    last = raw.rindex(b"\xff\xda")
    return raw[:last] + raw[last:-2] * 1000 + raw[-2:]


def moving() -> bytes:
    """A GIF whose first frame is red and whose second one is blue."""
    frames = [Image.new("RGB", (50, 50), colour) for colour in (RED, BLUE)]
    return file_of(frames[0], "GIF", save_all=True, append_images=frames[1:])


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'


def send(browser: Browser, body: bytes | None, name: str = "me.png", **more: Any) -> TestResponse:
    """Send a file as the form does; None: none was chosen."""
    values = {"csrf_token": browser.csrf_token(), "picture": "" if body is None else Upload(name, body)}
    return browser.post(PATH, values, content_type="multipart/form-data", **more)


def opened(body: bytes) -> Image.Image:
    """A picture, decoded."""
    picture = Image.open(io.BytesIO(body))
    picture.load()
    return picture


def near(colour: Any, wanted: tuple[int, int, int]) -> bool:
    """Whether a pixel is of a colour, as closely as the encoding keeps it."""
    return all(abs(one - other) < 40 for one, other in zip(colour, wanted, strict=True))
