"""Turning what somebody uploads as their picture into one that can be shown to others.

What is kept is never what was sent: the pixels are decoded and encoded anew, so that no metadata (where a photo was
taken), no second format hidden in the file and no animation survives.
"""

import warnings
from collections.abc import Callable
from io import BytesIO

from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP")
LARGEST_UPLOAD = 5 * 1024 * 1024
# A photo of 48 megapixels is the most a telephone takes; decoding costs three bytes a pixel.
MOST_PIXELS = 50_000_000
SIDE = 512
# The longer side of a photo that is sent to others.
PHOTO_SIDE = 1600
QUALITY = 85


class PictureRefusedError(Exception):
    """The upload is no picture that can be used; `code` says why."""

    def __init__(self, code: str, detail: str) -> None:
        self.code, self.detail = code, detail
        super().__init__(detail)


def clean_picture(upload: bytes) -> bytes:
    """A JPEG of at most 512 × 512 pixels, cropped to a square, of the picture in `upload`.

    Raises:
        PictureRefusedError: too large in bytes or pixels, no JPEG, PNG or WebP, or damaged.
    """
    return _made_from(upload, side=SIDE, shape=_square)


def clean_photo(upload: bytes) -> bytes:
    """A JPEG of the whole picture in `upload`, its longer side at most 1600 pixels.

    Raises:
        PictureRefusedError: as above.
    """
    return _made_from(upload, side=PHOTO_SIDE, shape=_fitted)


def _made_from(upload: bytes, *, side: int, shape: Callable[[Image.Image], Image.Image]) -> bytes:
    if len(upload) > LARGEST_UPLOAD:
        raise PictureRefusedError("too_large", "A picture has at most 5 MiB.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _encoded(shape(_decoded(upload, side).convert("RGBA")))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureRefusedError("too_many_pixels", "This picture has too many pixels.") from error
    # Pillow's decoders raise whatever comes to hand over a damaged file.
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, OverflowError, MemoryError) as error:
        raise PictureRefusedError("not_a_picture", "Send a JPEG, PNG or WebP picture.") from error


def _decoded(upload: bytes, side: int) -> Image.Image:
    with Image.open(BytesIO(upload), formats=FORMATS) as seen:
        _refuse_if_huge(seen)
        # Reads the file through without decoding; the image cannot be used afterwards.
        seen.verify()
    image = Image.open(BytesIO(upload), formats=FORMATS)
    _refuse_if_huge(image)
    image.draft("RGB", (side * 2, side * 2))
    image.load()
    return ImageOps.exif_transpose(image)


def _refuse_if_huge(image: Image.Image) -> None:
    if image.width * image.height > MOST_PIXELS:
        raise PictureRefusedError("too_many_pixels", "This picture has too many pixels.")


def _square(image: Image.Image) -> Image.Image:
    return ImageOps.fit(image, (min(SIDE, *image.size),) * 2)


def _fitted(image: Image.Image) -> Image.Image:
    image.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
    return image


def _encoded(image: Image.Image) -> bytes:
    # What is transparent would turn black in a JPEG.
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image.getchannel("A"))
    encoded = BytesIO()
    paper.save(encoded, "JPEG", quality=QUALITY)
    return encoded.getvalue()
