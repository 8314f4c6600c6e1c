"""Unread: what pictures are called that are of no format which is read, by how they begin."""

from __future__ import annotations

import re

RAW = "a camera's raw file"
UNREAD_STARTS = {
    b"8BPS": "a Photoshop file",
    b"%PDF-": "a PDF",
    b"\xff\x0a": "a JPEG XL",
    b"\0\0\0\x0cJXL ": "a JPEG XL",
    b"\0\0\0\x0cjP  ": "a JPEG 2000",
    b"FUJIFILMCCD-RAW": RAW,
    b"FOVb": RAW,
    b"\x1aE\xdf\xa3": "a film",
}
STILL_BRANDS = re.compile(rb"avi[fs]|heic|heix|heim|heis|hevc|hevx|hevm|hevs|mif1|mif2|msf1|miaf")
"""What still pictures call themselves, among all that is stored in boxes (ISO/IEC 14496-12)."""


def name_of_unread(head: bytes) -> str:
    """What a file that begins so is called; empty for a picture that is read, and for no picture.

    Args:
        head: Its first bytes, at least 16.
    """
    for start, name in UNREAD_STARTS.items():
        if head.startswith(start):
            return name
    if head[4:8] == b"ftyp" and not STILL_BRANDS.match(head, 8):
        return RAW if head[8:12] == b"crx " else "a film"
    return ""
