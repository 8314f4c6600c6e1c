"""What phones make is read: HEIC, several pictures in one JPEG, sequences, and very many pixels."""

from __future__ import annotations

import io
import struct
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.catalogue import make_thumbnail, open_picture
from pipeline.errors import PictureError
from tests.catalogue.test_pictures import encoded
from tests.support import heic

PHONES = Path(__file__).parent / "phones"
PORTRAIT = (PHONES / "portrait.heic").read_bytes()
"""Drawn: 96 x 64 pixels in Display P3, to be turned a quarter; green, its right edge dark."""
STICKER = (PHONES / "sticker.heic").read_bytes()
"""The same as it lies, without a profile, clear from the middle down."""
GREEN, DARK, WHITE = (40, 140, 60), (20, 20, 20), (255, 255, 255)


@pytest.fixture
def heif() -> None:
    pytest.importorskip("pi_heif", reason="pi-heif is not installed")


def at(picture: Image.Image, *place: int) -> tuple[int, ...]:
    return picture.getpixel(place)  # type: ignore[arg-type, return-value]


@pytest.mark.usefixtures("heif")
def test_a_heic_comes_out_upright_in_the_colours_of_its_profile() -> None:
    opened = open_picture(PORTRAIT)
    assert (opened.mode, opened.size) == ("RGB", (64, 96))
    np.testing.assert_allclose(at(opened, 5, 50), GREEN, atol=4)
    np.testing.assert_allclose(at(opened, 60, 50), DARK, atol=4)
    shown = Image.open(io.BytesIO(make_thumbnail(PORTRAIT, opened)))
    assert (shown.format, shown.size) == ("JPEG", (64, 96))


@pytest.mark.usefixtures("heif")
def test_what_is_clear_in_a_heic_turns_white() -> None:
    opened = open_picture(STICKER)
    np.testing.assert_allclose(at(opened, 5, 5), DARK, atol=4)
    np.testing.assert_allclose(at(opened, 5, 60), WHITE, atol=2)


@pytest.mark.usefixtures("heif")
def test_a_heic_is_known_by_its_content_and_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(PORTRAIT)
    assert open_picture(tmp_path / "photo.jpg").size == (64, 96)
    (tmp_path / "photo.HEIC").write_bytes(encoded(Image.new("RGB", (40, 30)), "JPEG"))
    assert open_picture(tmp_path / "photo.HEIC").size == (40, 30)
    assert open_picture(PORTRAIT.replace(b"ftypheic", b"ftypmif1")).size == (64, 96)


@pytest.mark.usefixtures("heif")
def test_odd_tags_in_a_heic_are_ignored() -> None:
    odd = PORTRAIT.replace(b"MM\0*", b"none").replace(b"II*\0", b"none")
    assert odd != PORTRAIT
    assert open_picture(odd).size == (64, 96)


@pytest.mark.usefixtures("heif")
@pytest.mark.parametrize("share", [0.02, 0.5, 0.9])
def test_a_heic_that_is_cut_short_is_refused(share: float) -> None:
    with pytest.raises(PictureError, match="damaged or cut short"):
        open_picture(PORTRAIT[: int(len(PORTRAIT) * share)])


@pytest.mark.usefixtures("heif")
@pytest.mark.parametrize("quarters", range(4))
def test_a_heic_decoded_by_its_tiles_looks_as_it_does_whole(
    quarters: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Of a size that the factor divides, so that turning it moves no pixel of the result.
    data = heic.grid(2000, 1600, quarters)
    whole = np.asarray(open_picture(data, 400), np.int16)
    monkeypatch.setattr("pipeline.catalogue.pictures.opening.LARGE_PIXELS", 1)
    reduced = np.asarray(open_picture(data, 400), np.int16)
    monkeypatch.setattr("pipeline.catalogue.pictures.decoders.tiled.PICTURE_BYTES", 0)
    by_tiles = np.asarray(open_picture(data, 400), np.int16)
    assert whole.shape[0] > by_tiles.shape[0] == (400, 500)[quarters % 2]
    np.testing.assert_allclose(by_tiles, reduced, atol=1)


@pytest.mark.usefixtures("heif")
@pytest.mark.parametrize("share", [0.2, 0.9, 0.99])
def test_a_heic_of_many_tiles_that_is_damaged_is_refused(share: float) -> None:
    data = heic.grid(8064, 6048)
    with pytest.raises(PictureError, match="damaged or cut short"):
        open_picture(data[: int(len(data) * share)], 500)
    # What says nothing of its tiles would have to be decoded whole.
    with pytest.raises(PictureError, match=r"HEIC of 8064 x 6048 pixels that takes \d+ MB"):
        open_picture(data.replace(b"irot", b"imir"), 500)


@pytest.mark.parametrize(
    ("start", "named"),
    [
        (b"\xff\x0a", "a JPEG XL"),
        (b"\0\0\0\x0cJXL \x0d\x0a\x87\x0a", "a JPEG XL"),
        (b"\0\0\0\x0cjP  \x0d\x0a\x87\x0a", "a JPEG 2000"),
        (b"8BPS\0\1", "a Photoshop file"),
        (b"%PDF-1.7", "a PDF"),
        (b"\0\0\0\x18ftypcrx ", "a camera's raw file"),
        (b"\0\0\0\x18ftypmp42", "a film"),
    ],
)
def test_a_format_that_is_not_read_is_named(start: bytes, named: str) -> None:
    with pytest.raises(PictureError, match=f"^This is {named}, which is not read. Give a JPEG"):
        open_picture(start + bytes(200))


def test_without_its_reader_a_heic_is_named_and_what_to_do_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # As in an environment where it is not installed, which this one is not.
    monkeypatch.setitem(sys.modules, "pi_heif", None)
    with pytest.raises(PictureError, match=r"HEIC.*JPEG.*pip install pi-heif") as refused:
        open_picture(PORTRAIT)
    assert "\n" not in str(refused.value)


def test_several_pictures_in_one_jpeg_give_the_first() -> None:
    views = [Image.new("RGB", (60, 40), colour) for colour in ("#ff0000", "#0000ff")]
    data = encoded(views[0], "MPO", save_all=True, append_images=views[1:])
    assert Image.open(io.BytesIO(data)).format == "MPO"
    red, _, blue = at(open_picture(data), 5, 5)
    assert red > 240
    assert blue < 15


@pytest.mark.parametrize("table", [b"", b"MM\0*", b"MM\0*\0\0\0\x08\0\1", b"no table"])
def test_a_table_of_several_pictures_that_is_odd_is_ignored(table: bytes) -> None:
    data = encoded(Image.new("RGB", (60, 40), "red"), "JPEG")
    body = b"MPF\0" + table
    odd = data[:2] + b"\xff\xe2" + struct.pack(">H", len(body) + 2) + body + data[2:]
    assert open_picture(odd).size == (60, 40)


def test_the_gain_map_behind_a_jpeg_is_left_out() -> None:
    photo = encoded(Image.new("RGB", (60, 40), "red"), "JPEG")
    mark = b'http://ns.adobe.com/xap/1.0/\0<x hdrgm:Version="1.0"/>'
    segment = b"\xff\xe1" + struct.pack(">H", len(mark) + 2) + mark
    gains = encoded(Image.new("L", (30, 20), "white"), "JPEG")
    opened = open_picture(photo[:2] + segment + photo[2:] + gains)
    assert (opened.size, at(opened, 5, 5)) == ((60, 40), (254, 0, 0))


@pytest.mark.parametrize("size", [(60, 40), (2400, 2000)], ids=["small", "large"])
def test_a_sequence_of_avif_pictures_gives_the_first(size: tuple[int, int]) -> None:
    frames = [Image.new("RGB", size, colour) for colour in ("#ff0000", "#0000ff")]
    data = encoded(frames[0], "AVIF", save_all=True, append_images=frames[1:], speed=10)
    assert data[4:12] == b"ftypavis"
    red, _, blue = at(open_picture(data, 300), 5, 5)
    assert red > 240
    assert blue < 15
