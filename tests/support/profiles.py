"""Colour profiles: those of cameras and screens, made here from their published numbers."""

from __future__ import annotations

import struct

import pyvips

Chromaticities = tuple[tuple[float, float, float], ...]
"""The XYZ of red, green and blue, seen in D50."""

ADOBE_RGB: Chromaticities = (
    (0.60974, 0.31111, 0.01947),
    (0.20528, 0.62567, 0.06087),
    (0.14919, 0.06322, 0.74457),
)
PROPHOTO: Chromaticities = (
    (0.79767, 0.28804, 0.0),
    (0.13519, 0.71188, 0.0),
    (0.03134, 0.00009, 0.82491),
)
DISPLAY_P3: Chromaticities = (
    (0.51512, 0.24120, -0.00105),
    (0.29198, 0.69225, 0.04189),
    (0.15710, 0.06657, 0.78407),
)
D50 = (0.9642, 1.0, 0.8249)


def adobe_rgb() -> bytes:
    """Adobe RGB (1998): gamma 563/256."""
    return rgb_profile(ADOBE_RGB, 563 / 256)


def prophoto() -> bytes:
    """ROMM RGB, gamma 1.8."""
    return rgb_profile(PROPHOTO, 1.8)


def display_p3() -> bytes:
    """The one that libvips carries."""
    return _carried("p3")


def cmyk() -> bytes:
    """A press's, which libvips carries."""
    return _carried("cmyk")


def srgb() -> bytes:
    return _carried("srgb")


def rgb_profile(colours: Chromaticities, gamma: float) -> bytes:
    """A matrix profile (ICC.1:2001-04) of three colours and one gamma."""
    tags = {b"wtpt": _xyz(D50), b"desc": _text(b"made here"), b"cprt": _text(b"nobody's")}
    tags |= dict(zip((b"rXYZ", b"gXYZ", b"bXYZ"), map(_xyz, colours), strict=True))
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), _curve(gamma))
    return _profile(b"RGB ", tags)


def grey_profile(gamma: float) -> bytes:
    """One of grey."""
    tags = {b"wtpt": _xyz(D50), b"desc": _text(b"made here"), b"cprt": _text(b"nobody's")}
    return _profile(b"GRAY", tags | {b"kTRC": _curve(gamma)})


def _profile(space: bytes, tags: dict[bytes, bytes]) -> bytes:
    start = 128 + 4 + 12 * len(tags)
    table, content = struct.pack(">I", len(tags)), b""
    for name, tag in tags.items():
        table += struct.pack(">4sII", name, start + len(content), len(tag))
        content += tag + bytes(-len(tag) % 4)
    date = struct.pack(">6H", 2000, 1, 1, 0, 0, 0)
    head = struct.pack(
        ">I4sI4s4s4s12s4s", start + len(content), b"none", 0x2400000, b"mntr", space, b"XYZ ",
        date, b"acsp",
    )  # fmt: skip
    head = head.ljust(68, b"\0") + struct.pack(">3i", *(round(x * 65536) for x in D50))
    return head.ljust(128, b"\0") + table + content


def _xyz(values: tuple[float, float, float]) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in values))


def _curve(gamma: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)


def _text(text: bytes) -> bytes:
    return b"text\0\0\0\0" + text + b"\0"


def _carried(name: str) -> bytes:
    return bytes(pyvips.Operation.call("profile_load", name))
