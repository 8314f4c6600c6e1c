"""Pictures come out in the colours that people see: profiles, deep grey and floats heeded."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
import pyvips
from PIL import Image, ImageCms

from pipeline.catalogue import make_thumbnail, open_picture
from tests.catalogue.test_pictures import encoded
from tests.support import profiles

GREEN = (40, 140, 60)
LOSSLESS: dict[str, dict[str, Any]] = {
    "PNG": {"compress_level": 1},
    "TIFF": {},
    "WEBP": {"lossless": True, "method": 0},
}
LOSSY: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 100, "subsampling": 0},
    "AVIF": {"quality": 100, "subsampling": "4:4:4", "speed": 10},
}
RGB_PROFILES = {
    "Adobe RGB": (profiles.adobe_rgb, (86, 139, 69)),
    "ProPhoto": (profiles.prophoto, (73, 113, 58)),
    "Display P3": (profiles.display_p3, (72, 138, 70)),
}
"""Each with its numbers for GREEN."""


def seen(picture: Image.Image) -> tuple[int, ...]:
    return picture.getpixel((5, 5))  # type: ignore[return-value]


@pytest.mark.parametrize("side", [64, 2400], ids=["small", "large"])
@pytest.mark.parametrize("file_format", [*LOSSLESS, *LOSSY])
@pytest.mark.parametrize("name", RGB_PROFILES)
def test_the_colours_of_a_profile_are_seen_as_in_a_viewer(
    name: str, file_format: str, side: int
) -> None:
    make, numbers = RGB_PROFILES[name]
    image = Image.new("RGB", (side, side), numbers)
    options = (LOSSLESS | LOSSY)[file_format]
    opened = open_picture(encoded(image, file_format, icc_profile=make(), **options), 300)
    # One step of ProPhoto, and two of a lossy format, are more of sRGB, which is the narrower.
    within = 6 if file_format in LOSSY else 3 if name == "ProPhoto" else 2
    np.testing.assert_allclose(seen(opened), GREEN, atol=within)
    assert "icc_profile" not in opened.info  # nothing that would turn them once more
    assert open_picture(opened, 300).tobytes() == opened.tobytes()


def _by_lcms(image: Image.Image, profile: bytes) -> tuple[int, ...]:
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    turned = ImageCms.profileToProfile(
        image, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
    )
    assert turned is not None
    return seen(turned)


@pytest.mark.parametrize("file_format", ["JPEG", "TIFF"])
@pytest.mark.parametrize("ink", [(187, 0, 234, 70), (0, 0, 0, 255), (0, 0, 0, 0)])
def test_the_inks_of_a_press_are_seen_as_it_prints_them(
    ink: tuple[int, ...], file_format: str
) -> None:
    profile = profiles.cmyk()
    options: dict[str, Any] = {"quality": 100} if file_format == "JPEG" else {}
    for side in (64, 2400):
        image = Image.new("CMYK", (side, side), ink)
        opened = open_picture(encoded(image, file_format, icc_profile=profile, **options), 300)
        np.testing.assert_allclose(seen(opened), _by_lcms(image, profile), atol=3)


@pytest.mark.parametrize("mode", ["L", "LA", "1"])
@pytest.mark.parametrize("file_format", ["PNG", "TIFF"])
def test_grey_with_a_profile_of_grey_is_seen_as_it_says(mode: str, file_format: str) -> None:
    linear = profiles.grey_profile(1.0)
    grey: Any = {"L": 55, "LA": (55, 255), "1": 1}[mode]
    opened = open_picture(encoded(Image.new(mode, (64, 64), grey), file_format, icc_profile=linear))
    # A linear share of 55 / 255 by the transfer function of sRGB (IEC 61966-2-1).
    np.testing.assert_allclose(seen(opened), [255 if mode == "1" else 128] * 3, atol=2)


@pytest.mark.parametrize("mode", ["P", "RGBA"])
def test_palettes_and_transparent_pictures_have_their_profile_heeded(mode: str) -> None:
    image = Image.new("RGB", (64, 64), (86, 139, 69))
    image = image.quantize(4) if mode == "P" else image.convert(mode)
    if mode == "RGBA":
        image.paste((0, 0, 0, 0), (32, 32, 64, 64))
    opened = open_picture(encoded(image, "PNG", icc_profile=profiles.adobe_rgb()))
    np.testing.assert_allclose(seen(opened), GREEN, atol=2)
    if mode == "RGBA":
        assert opened.getpixel((50, 50)) == (255, 255, 255)


def test_a_picture_that_python_made_has_its_profile_heeded() -> None:
    image = Image.new("RGB", (64, 64), (86, 139, 69))
    image.info["icc_profile"] = profiles.adobe_rgb()
    np.testing.assert_allclose(seen(open_picture(image)), GREEN, atol=2)


WHOLE = profiles.adobe_rgb()
BROKEN = {
    "no profile": b"this is no profile",
    "cut short": WHOLE[:200],
    "a header only": WHOLE[:128],
    "colours of another kind": profiles.cmyk(),
    "grey": profiles.grey_profile(1.0),
    "without its colours": WHOLE.replace(b"rXYZ", b"none"),
    "all of it dark": profiles.rgb_profile(((0.0, 0.0, 0.0),) * 3, 2.2),
    "a kind that is none": WHOLE.replace(b"RGB ", b"none"),
}


@pytest.mark.parametrize("file_format", [*LOSSLESS, *LOSSY])
@pytest.mark.parametrize("profile", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_profile_is_not_heeded(profile: bytes, file_format: str) -> None:
    options = (LOSSLESS | LOSSY)[file_format]
    data = encoded(Image.new("RGB", (64, 64), GREEN), file_format, icc_profile=profile, **options)
    np.testing.assert_allclose(seen(open_picture(data)), GREEN, atol=3)


@pytest.mark.parametrize("profile", [None, profiles.srgb()], ids=["none", "sRGB"])
def test_a_picture_in_srgb_is_left_as_it_is(profile: bytes | None) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    opened = open_picture(encoded(Image.fromarray(noise), icc_profile=profile))
    np.testing.assert_array_equal(np.asarray(opened), noise)


def test_a_thumbnail_shows_the_colours_where_nothing_heeds_profiles() -> None:
    image = Image.new("RGB", (64, 64), (86, 139, 69))
    data = encoded(image, icc_profile=profiles.adobe_rgb())
    shown = Image.open(io.BytesIO(make_thumbnail(data, open_picture(data))))
    assert "icc_profile" not in shown.info
    np.testing.assert_allclose(seen(shown), GREEN, atol=3)
    plain = encoded(image, icc_profile=profiles.srgb())
    assert make_thumbnail(plain, open_picture(plain)) == plain


RAMP = np.linspace(0, 1, 64)[None].repeat(64, axis=0)
SHOWN = np.linspace(0, 255, 64)
"""What a viewer makes of the ramp."""


def numbers(values: np.ndarray, **tags: int) -> bytes:
    """A TIFF of grey."""
    return encoded(Image.fromarray(values), "TIFF", **tags)


@pytest.mark.parametrize("white", [1, 255, 1023, 4095, 65535, 2.0**32 - 1, 1e30])
def test_floats_in_any_range_are_shown_from_black_to_white(white: float) -> None:
    opened = np.asarray(open_picture(numbers((RAMP * white).astype(np.float32))))
    np.testing.assert_allclose(opened[5, :, 0], SHOWN, atol=2)


@pytest.mark.parametrize(("black", "white"), [(-1, 1), (-500, 1500), (-3e38, 3e38), (-2, -1)])
def test_floats_that_are_below_nought_are_stretched(black: float, white: float) -> None:
    values = (black + RAMP * white - RAMP * black).astype(np.float32)
    opened = np.asarray(open_picture(numbers(values)))
    np.testing.assert_allclose(opened[5, :, 0], SHOWN, atol=2)


def test_a_dark_picture_of_floats_stays_dark() -> None:
    for white in (1, 255, 65535):
        opened = np.asarray(open_picture(numbers((RAMP * white * 0.4).astype(np.float32))))
        np.testing.assert_allclose(opened[5, :, 0], SHOWN * 0.4, atol=2)


def test_highlights_and_what_is_no_number_do_not_darken_the_rest() -> None:
    values = RAMP.astype(np.float32)
    values[0, :4] = (50, np.inf, np.nan, -np.inf)
    opened = np.asarray(open_picture(numbers(values)))
    np.testing.assert_allclose(opened[5, :, 0], SHOWN, atol=2)
    np.testing.assert_array_equal(opened[0, :4, 0], (255, 255, 0, 0))


@pytest.mark.parametrize("white", [255, 65535, 2**31 - 1])
def test_whole_numbers_of_32_bits_are_shown_from_black_to_white(white: int) -> None:
    opened = np.asarray(open_picture(numbers((RAMP * white).astype(np.int32))))
    np.testing.assert_allclose(opened[5, :, 0], SHOWN, atol=2)


@pytest.mark.parametrize("kind", ["float", "double", "ushort"])
@pytest.mark.parametrize("bands", [1, 3])
@pytest.mark.parametrize("repeats", [1, 34], ids=["small", "large"])
def test_arrays_saved_as_tiff_are_shown_from_black_to_white(
    kind: str, bands: int, repeats: int
) -> None:
    if (kind, bands) == ("double", 3):
        pytest.skip("neither Pillow nor libvips reads colours of 64 bits")
    white = 65535 if kind == "ushort" else 1
    ramp = np.tile(RAMP * white, (repeats, repeats))[:, :, None].repeat(bands, axis=2)
    array = pyvips.Image.new_from_array(ramp).cast(kind)
    data = array.tiffsave_buffer(compression="deflate")
    opened = np.asarray(open_picture(data))
    if repeats == 1:
        np.testing.assert_allclose(opened[5, :, 0], SHOWN, atol=2)
    assert abs(opened.mean() - 127.5) < 2


def test_grey_whose_nought_is_white_is_turned_round() -> None:
    for values in ((RAMP * 65535).astype(np.uint16), RAMP.astype(np.float32)):
        data = numbers(values)
        entry = b"\x06\x01\x03\x00\x01\x00\x00\x00"  # PhotometricInterpretation, one short
        turned = data.replace(entry + b"\1\0", entry + b"\0\0")
        assert turned != data
        opened = np.asarray(open_picture(turned))
        np.testing.assert_allclose(opened[5, :, 0], SHOWN[::-1], atol=2)
