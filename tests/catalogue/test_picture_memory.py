"""A small file that holds a huge picture takes little memory, alone and eight at once."""

from __future__ import annotations

import importlib.util
import io
import json
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pyvips
from PIL import Image

from pipeline.catalogue import open_picture
from pipeline.errors import PictureError
from tests.catalogue.test_pictures import encoded
from tests.support import heic
from tests.support.live import ROOT

SIDE = 8000
"""Sixty-four megapixels: 256 MB as Pillow holds them in RGB."""
PICTURE_MB, EIGHT_MB = 250, 600

MEASURE = """
import json, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from pipeline.catalogue import open_picture
from pipeline.errors import PictureError

def status(field):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024

def attempt(name):
    try:
        return list(open_picture(Path(name), 512).size)
    except PictureError as error:
        return str(error)

attempt(sys.argv[1])
found = {}
for kind, names in {**{name: [name] for name in sys.argv[1:]}, "eight": sys.argv[1:]}.items():
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts again from what is in use
    before = status("VmRSS")
    with ThreadPoolExecutor(8) as pool:
        sizes = list(pool.map(attempt, (names * 8)[:8] if kind == "eight" else names))
    found[Path(kind).name] = [status("VmHWM") - before, sizes[0]]
print(json.dumps(found))
"""


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(colour_type: int, depth: int, row_bytes: int, interlaced: int = 0) -> bytes:
    """A black PNG of 64 megapixels."""
    packer = zlib.compressobj(1)
    row = b"\0" * (row_bytes + 1)
    # Interlaced, the rows of seven smaller pictures: all black, so more of them do no harm.
    packed = b"".join(packer.compress(row) for _ in range(SIDE * (1 + interlaced)))
    header = struct.pack(">IIBBBBB", SIDE, SIDE, depth, colour_type, 0, 0, interlaced)
    palette = chunk(b"PLTE", bytes(12)) if colour_type == 3 else b""
    pixels = chunk(b"IDAT", packed + packer.flush())
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + palette + pixels + chunk(b"IEND", b"")


def tiff(**options: object) -> bytes:
    black = pyvips.Image.black(SIDE, SIDE, bands=3).copy(interpretation="srgb")
    return black.tiffsave_buffer(compression="deflate", **options)


BOMBS: dict[str, Callable[[], bytes]] = {
    "rgb.png": lambda: png(2, 8, 3 * SIDE),
    "palette.png": lambda: png(3, 8, SIDE),
    "bit.png": lambda: png(0, 1, SIDE // 8),
    "deep.png": lambda: png(0, 16, 2 * SIDE),
    "interlaced.png": lambda: png(2, 8, 3 * SIDE, interlaced=1),
    "palette.gif": lambda: encoded(Image.new("P", (SIDE, SIDE)), "GIF"),
    "bit.bmp": lambda: encoded(Image.new("1", (SIDE, SIDE)), "BMP"),
    "strips.tif": tiff,
    "tiles.tif": lambda: tiff(tile=True),
    "bit.tif": lambda: encoded(Image.new("1", (SIDE, SIDE)), "TIFF", compression="group4"),
    "grey.jpg": lambda: encoded(Image.new("L", (SIDE, SIDE)), "JPEG"),
    "progressive.jpg": lambda: encoded(
        Image.new("RGB", (SIDE, SIDE // 2)), "JPEG", progressive=True
    ),
    # Smaller, since they take long to write; Pillow takes over twenty bytes a pixel for them.
    "plain.webp": lambda: encoded(Image.new("RGB", (4000, 4000)), "WEBP", method=0),
    "plain.avif": lambda: encoded(Image.new("RGB", (3200, 3200)), "AVIF", speed=10, quality=20),
}
if importlib.util.find_spec("pi_heif"):
    BOMBS["tiles.heic"] = lambda: heic.grid(8064, 6048)  # as phones of 48 megapixels save


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[float, object]]:
    """For each bomb, the megabytes that decoding it took at most, and what came out."""
    if not Path("/proc/self/clear_refs").exists():
        pytest.skip("only Linux tells a process's peak of memory and starts it again")
    folder = tmp_path_factory.mktemp("bombs")
    for name, make in BOMBS.items():
        (folder / name).write_bytes(make())
    finished = subprocess.run(
        [sys.executable, "-c", MEASURE, *(str(folder / name) for name in BOMBS)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=500,
    )
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout)


@pytest.mark.parametrize("name", BOMBS)
def test_a_huge_picture_in_a_small_file_takes_little_memory(
    measured: dict[str, tuple[float, object]], name: str
) -> None:
    megabytes, came_out = measured[name]
    assert megabytes < PICTURE_MB, came_out
    if isinstance(came_out, str):
        assert "MB to decode" in came_out
    else:
        assert min(came_out) >= 500  # type: ignore[call-overload]


def test_eight_huge_pictures_at_once_share_what_there_is(
    measured: dict[str, tuple[float, object]],
) -> None:
    assert measured["eight"][0] < EIGHT_MB


def _photo(width: int = 2100, height: int = 2100) -> Image.Image:
    """A smooth picture with edges, as photos have them."""
    y, x = np.mgrid[0:height, 0:width]
    bands = [(np.sin(x / 90 + phase) + np.cos(y / 70)) * 60 + 128 for phase in (0, 1, 2)]
    pixels = np.stack(bands, axis=2)
    pixels[height // 4 : height // 2, width // 4 : width // 2] = (200, 40, 60)
    return Image.fromarray(pixels.astype(np.uint8))


def _forms() -> Iterator[tuple[str, Image.Image, str, dict[str, Any]]]:
    photo = _photo()
    png: dict[str, Any] = {"compress_level": 1}
    faded = photo.copy()
    faded.putalpha(Image.linear_gradient("L").resize(photo.size))
    grey = photo.convert("L")
    deep = Image.fromarray(np.asarray(grey, np.uint16) * 257)
    for file_format in ("PNG", "TIFF", "WEBP", "BMP", "GIF", "AVIF"):
        options = {"AVIF": {"speed": 10}, "PNG": png, "WEBP": {"method": 0}}.get(file_format, {})
        yield f"RGB {file_format}", photo, file_format, options
    yield "RGBA PNG", faded, "PNG", png
    yield "RGBA WEBP", faded, "WEBP", {"method": 0}
    yield "RGBA TIFF", faded, "TIFF", {}
    yield "L PNG", grey, "PNG", png
    yield "LA PNG", faded.convert("LA"), "PNG", png
    yield "P PNG", photo.quantize(64), "PNG", png
    yield "1 PNG", grey.convert("1"), "PNG", png
    yield "1 TIFF", grey.convert("1"), "TIFF", {"compression": "group4"}
    yield "I;16 PNG", deep, "PNG", png
    yield "I;16 TIFF", deep, "TIFF", {}
    yield "CMYK TIFF", photo.convert("CMYK"), "TIFF", {}
    yield "F TIFF", Image.fromarray(np.asarray(grey, np.float32) / 255), "TIFF", {}


@pytest.mark.parametrize(
    ("shown", "file_format", "options"),
    [pytest.param(*form[1:], id=form[0]) for form in _forms()],
)
def test_a_large_picture_looks_as_it_does_when_it_is_decoded_whole(
    shown: Image.Image, file_format: str, options: dict
) -> None:
    data = encoded(shown, file_format, **options)
    opened = open_picture(data, 300)
    assert (opened.mode, opened.size) == ("RGB", (300, 300))
    small = _whole_on_white(data).resize(opened.size, Image.Resampling.BOX)
    apart = np.abs(np.asarray(small, np.int16) - np.asarray(opened, np.int16))
    assert apart.mean() < 1


def _whole_on_white(data: bytes) -> Image.Image:
    """What Pillow alone makes of it, decoded whole."""
    image = Image.open(io.BytesIO(data))
    if image.mode in ("F", "I;16", "I"):
        full_scale = 1 if image.mode == "F" else 65535
        return Image.fromarray((np.asarray(image) / full_scale * 255).astype(np.uint8)).convert(
            "RGB"
        )
    if not image.has_transparency_data:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")


@pytest.mark.parametrize("file_format", ["PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_large_picture_comes_out_upright(file_format: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    image = Image.new("RGB", (2400, 2000), "white")
    image.paste("black", (0, 0, 2400, 200))
    options = {"method": 0} if file_format == "WEBP" else {}
    upright = open_picture(encoded(image, file_format, exif=exif, **options), 300)
    assert (upright.width > upright.height) is (orientation in (1, 3))
    width, height = upright.size
    dark = {1: (width // 2, 3), 3: (width // 2, height - 4)}
    dark |= {6: (width - 4, height // 2), 8: (3, height // 2)}
    assert sum(upright.getpixel(dark[orientation])) < 60  # type: ignore[arg-type]


@pytest.mark.parametrize("file_format", ["PNG", "TIFF", "WEBP"])
def test_a_large_picture_that_is_cut_short_is_refused(file_format: str) -> None:
    options = {"PNG": {"compress_level": 1}, "WEBP": {"method": 0}}.get(file_format, {})
    data = encoded(_photo(), file_format, **options)
    with pytest.raises(PictureError, match=r"damaged|not a picture"):
        open_picture(data[: len(data) * 2 // 3], 300)


def test_an_animation_of_large_pictures_gives_its_first() -> None:
    frames = [Image.new("RGB", (2100, 2100), colour) for colour in ("#ff0000", "#00ff00")]
    for file_format in ("WEBP", "GIF"):
        data = encoded(frames[0], file_format, save_all=True, append_images=frames[1:])
        red, green, _ = open_picture(data, 300).getpixel((100, 100))  # type: ignore[misc]
        assert red > 200
        assert green < 60


def test_a_jpeg_of_the_largest_phones_is_decoded_at_a_fraction() -> None:
    opened = open_picture(encoded(Image.new("L", (16_320, 12_240), 120), "JPEG"), 512)
    assert min(opened.size) >= 512
    assert opened.getpixel((100, 100)) == (120, 120, 120)


def test_a_picture_that_python_made_is_reduced_too() -> None:
    clear = Image.new("RGBA", (4000, 3000), (255, 0, 0, 0))
    opened = open_picture(clear, 400)
    assert (opened.mode, opened.getpixel((5, 5))) == ("RGB", (255, 255, 255))
    assert opened.size == (572, 429)
