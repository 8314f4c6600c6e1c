"""Pictures come out upright, in RGB, on white; hostile ones do not come out at all."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pipeline.catalogue import open_picture
from pipeline.catalogue.pictures import MAX_BYTES
from pipeline.errors import PictureError


def encoded(image: Image.Image, file_format: str = "PNG", **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, file_format, **options)
    return stream.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that declares a huge size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1000)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


def test_a_text_file_is_refused_with_the_formats_that_work() -> None:
    with pytest.raises(PictureError, match="JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or HEIC"):
        open_picture(b"this is no picture")


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(PictureError, match="empty"):
        open_picture(b"")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match=r"nowhere\.jpg"):
        open_picture(tmp_path / "nowhere.jpg")


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_truncated_picture_is_refused(file_format: str) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (80, 80, 3), dtype=np.uint8)
    data = encoded(Image.fromarray(noise), file_format)
    with pytest.raises(PictureError, match=r"damaged|not a picture"):
        open_picture(data[: len(data) // 2])


@pytest.mark.parametrize("size", [(15_000, 15_000), (30_000, 30_000)])
def test_a_decompression_bomb_is_refused_before_it_is_decoded(size: tuple[int, int]) -> None:
    tracemalloc.start()
    with pytest.raises(PictureError, match="megapixels"):
        open_picture(bomb(*size))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000


def test_a_file_over_the_size_limit_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.jpg"
    with path.open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)
    with pytest.raises(PictureError, match="the limit is 40 MB"):
        open_picture(path)


def test_one_pixel_is_too_small() -> None:
    with pytest.raises(PictureError, match="1 x 1 pixels; each side needs at least 12"):
        open_picture(encoded(Image.new("RGB", (1, 1))))


def test_a_ribbon_is_too_narrow() -> None:
    with pytest.raises(PictureError, match="20000 x 20 pixels, too narrow"):
        open_picture(encoded(Image.new("RGB", (20_000, 20))))


@pytest.mark.parametrize("file_format", ["GIF", "WEBP"])
def test_an_animation_gives_its_first_frame(file_format: str) -> None:
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("#ff0000", "#00ff00")]
    data = encoded(frames[0], file_format, save_all=True, append_images=frames[1:])
    red, green, _ = open_picture(data).getpixel((20, 20))  # type: ignore[misc]
    assert red > 200
    assert green < 60


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
def test_every_named_format_is_read(file_format: str) -> None:
    opened = open_picture(encoded(Image.new("RGB", (40, 30), "#c02020"), file_format))
    assert opened.size == (40, 30)
    red, green, blue = opened.getpixel((20, 15))  # type: ignore[misc]
    assert red > 180
    assert max(green, blue) < 50


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_out_upright(orientation: int) -> None:
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    upright = Image.fromarray(np.arange(30 * 20 * 3, dtype=np.uint8).reshape(30, 20, 3))
    stored = upright.transpose(undo[orientation]) if orientation in undo else upright
    exif = Image.Exif()
    exif[274] = orientation
    opened = open_picture(encoded(stored, "PNG", exif=exif))
    np.testing.assert_array_equal(np.asarray(opened), np.asarray(upright))


def test_the_orientation_of_a_phone_photo_is_applied() -> None:
    image = Image.new("RGB", (60, 40), "white")
    image.paste("black", (0, 0, 60, 10))
    exif = Image.Exif()
    exif[274] = 6  # turned a quarter clockwise by the viewer
    upright = open_picture(encoded(image, "JPEG", exif=exif, quality=95))
    assert upright.size == (40, 60)
    assert sum(upright.getpixel((36, 30))) < 100  # type: ignore[arg-type]
    assert sum(upright.getpixel((4, 30))) > 700  # type: ignore[arg-type]


def _clear(mode: str) -> Image.Image:
    if mode == "P":
        image = Image.new("P", (30, 30), 0)
        image.putpalette([255, 0, 0] + [0] * 765)
        image.info["transparency"] = 0
        return image
    return Image.new(mode, (30, 30), 0)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_turns_white(mode: str) -> None:
    image = _clear(mode)
    options: dict[str, Any] = {"transparency": 0} if mode == "P" else {}
    opened = open_picture(encoded(image, **options))
    assert opened.mode == "RGB"
    assert opened.getpixel((15, 15)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("mode", "colour", "file_format", "shown"),
    [
        ("L", 128, "PNG", (128, 128, 128)),
        ("CMYK", (0, 0, 0, 127), "JPEG", (128, 128, 128)),
        ("P", 0, "PNG", (0, 0, 0)),
        ("1", 1, "PNG", (255, 255, 255)),
        ("RGBA", (255, 0, 0, 128), "PNG", (255, 127, 127)),
    ],
)
def test_every_usual_mode_shows_its_colour(
    mode: str, colour: Any, file_format: str, shown: tuple[int, int, int]
) -> None:
    opened = open_picture(encoded(Image.new(mode, (30, 30), colour), file_format))
    assert opened.mode == "RGB"
    np.testing.assert_allclose(np.asarray(opened)[15, 15], shown, atol=2)


def test_sixteen_bit_grey_is_scaled_and_not_clipped() -> None:
    ramp = np.linspace(0, 65535, 64, dtype=np.uint16)[None].repeat(64, axis=0)
    opened = np.asarray(open_picture(encoded(Image.fromarray(ramp))))
    assert opened[0, 0, 0] == 0
    assert opened[0, -1, 0] == 255
    assert abs(int(opened[0, 32, 0]) - 128) <= 3


@pytest.mark.parametrize("from_file", [True, False])
def test_a_large_photo_stays_what_it_is_for_whoever_holds_it(
    tmp_path: Path, from_file: bool
) -> None:
    data = encoded(Image.linear_gradient("L").resize((3000, 2400)).convert("RGB"), "JPEG")
    (tmp_path / "photo.jpg").write_bytes(data)
    with Image.open(tmp_path / "photo.jpg" if from_file else io.BytesIO(data)) as held:
        for side in (512, None, 512):
            assert open_picture(held, side).tobytes() == open_picture(data, side).tobytes()
            assert held.size == (3000, 2400)
        # It can still be decoded, in whole or as its holder likes.
        held.draft("RGB", (750, 600))
        assert held.size == open_picture(held, 64).size == (750, 600)
        assert np.asarray(held).shape == (600, 750, 3)
        assert open_picture(held, 64).size == (750, 600)


def test_a_decoded_picture_is_held_to_the_same_limits() -> None:
    with pytest.raises(PictureError, match="1 x 1"):
        open_picture(Image.new("RGB", (1, 1)))
