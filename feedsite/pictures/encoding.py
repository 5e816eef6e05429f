"""Making a small picture of whatever file was sent. Nothing of the file is kept but what can be seen."""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass
from typing import IO

from PIL import ExifTags, Image
from pyramid.i18n import TranslationStringFactory

_ = TranslationStringFactory("feedsite")

#: Pixels of a side, at most, and bytes.
SIDE, LARGEST = 128, 4096
#: What is read, by what the file says of itself and not by its name. The first frame of those that move.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
#: Tried one after the other until the bytes are few enough: (pixels of a side, quality).
_STEPS = ((SIDE, 84), (SIDE, 72), (SIDE, 60), (SIDE, 48), (SIDE, 36), (SIDE, 24), (96, 36), (96, 18), (64, 18), (48, 0))
#: Decoding a JPEG goes over all pixels for each of its scans. Some ten are usual; a small file can have thousands.
_START_OF_SCAN, _MOST_SCANS = b"\xff\xda", 50
#: How a picture is turned upright, by what the camera said (Exif 2.32, 4.6.5, Orientation).
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
#: A large picture takes much memory while it is read: a process reads one at a time.
_ONE_AT_A_TIME = threading.Lock()


class PictureRefused(ValueError):
    """A file that is made no picture of.

    Args:
        rule: what would be right, to be translated.
    """

    def __init__(self, rule: str) -> None:
        self.rule = rule
        super().__init__(getattr(rule, "interpolate", rule.__str__)())


@dataclass(frozen=True)
class Limits:
    """What a file may hold.

    Args:
        size: bytes.
        pixels: of the picture in it, before it is made small.
    """

    size: int
    pixels: int


def made_small(file: IO[bytes], limits: Limits) -> bytes:
    """A square WebP of the middle of a picture, upright, at most `SIDE` pixels wide, of at most `LARGEST` bytes.

    Args:
        file: read to the end, or to the limit.

    Raises PictureRefused.
    """
    raw = file.read(limits.size + 1)
    if not raw:
        raise PictureRefused(_("Please choose a file."))
    if len(raw) > limits.size:
        raise PictureRefused(too_large(limits))
    with _ONE_AT_A_TIME:
        return _encoded(_square(raw, limits))


def too_large(limits: Limits) -> str:
    """What is said of a file with too many bytes."""
    sentence: str = _("A picture has at most ${most} KiB.", mapping={"most": limits.size // 1024})
    return sentence


def _square(raw: bytes, limits: Limits) -> Image.Image:
    try:
        with Image.open(io.BytesIO(raw), formats=FORMATS) as picture:
            # Known from the head of the file: nothing is unpacked yet.
            if picture.width * picture.height > limits.pixels:
                raise _too_many_pixels(limits)
            if picture.format in ("JPEG", "MPO") and raw.count(_START_OF_SCAN) > _MOST_SCANS:
                raise PictureRefused(_UNREADABLE)
            # A JPEG is decoded at a fraction of its size where that is enough.
            picture.draft(None, (2 * SIDE, 2 * SIDE))
            return _middle(picture)
    except PictureRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels(limits) from None
    except Exception as error:
        # Over a broken file Pillow raises whatever its parts stumble upon: OSError, SyntaxError, struct.error, …
        raise PictureRefused(_UNREADABLE) from error


def _middle(picture: Image.Image) -> Image.Image:
    """The square in the middle, upright, in colours alone: on white where it was transparent."""
    width, height = picture.size
    length = min(width, height)
    left, top, side = (width - length) // 2, (height - length) // 2, min(length, SIDE)
    turned = _UPRIGHT.get(_orientation(picture))
    if picture.mode.startswith("I;16"):
        # 65,536 greys: a plain conversion would show all but the darkest as white.
        picture = picture.point(lambda value: value * (1 / 256)).convert("L")
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    colours = picture if picture.mode == mode else picture.convert(mode)
    box = (left, top, left + length, top + length)
    small = colours.resize((side, side), Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)
    # The middle stays the middle however the camera was held: the small one is turned, not the large one.
    upright = small if turned is None else small.transpose(turned)
    # A new picture has nothing but its colours: what the file said besides stays behind.
    shown = Image.new("RGB", upright.size, "white")
    shown.paste(upright, mask=upright.getchannel("A") if mode == "RGBA" else None)
    return shown


def _orientation(picture: Image.Image) -> int:
    try:
        return int(picture.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:
        # What a camera or a program wrote in a broken way is as if it had written nothing.
        return 1


def _encoded(picture: Image.Image) -> bytes:
    body = b""
    for side, quality in _STEPS:
        shown = picture if picture.width <= side else picture.resize((side, side), Image.Resampling.LANCZOS)
        made = io.BytesIO()
        shown.save(made, "WEBP", quality=quality, method=6)
        body = made.getvalue()
        if len(body) <= LARGEST:
            break
    return body


_UNREADABLE = _("This is no picture that the site can read. It takes PNG, JPEG, WebP and GIF files that are whole.")


def _too_many_pixels(limits: Limits) -> PictureRefused:
    most = {"most": limits.pixels // 1_000_000}
    return PictureRefused(_("A picture has at most ${most} million pixels.", mapping=most))
