"""Letters: a text without what nobody sees in it, and with nothing that no file takes."""

from __future__ import annotations

import re
import unicodedata

_RANGES = (
    *(range(0x200E, 0x2010), range(0x202A, 0x202F), range(0x2060, 0x2065), range(0x2066, 0x2070)),
    range(0xFFF9, 0xFFFC),
)
UNSEEN = "\u00ad\u061c\u180e\u200b\ufeff" + "".join(chr(code) for run in _RANGES for code in run)
"""Of Unicode's format characters (Cf), those without a sign: marks of order and direction, soft
hyphens, blanks of no width. Not the joiners, which make other letters and emoji."""
_ANYWHERE = re.compile(f"[{UNSEEN}\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""With what chooses between the looks of the sign before it, as between a heart and an emoji."""
_EDGES = re.compile(rf"^[\s{UNSEEN}]+|(?<![\s{UNSEEN}])[\s{UNSEEN}]++$")
"""A run of blanks is looked at from its start only: else its length would count squared."""
_SHAPED = re.compile("[\u3000\ufb00-\ufb06\ufb50-\ufdff\ufe70-\ufefc\uff00-\uffef]+")
"""Letters in a shape of their own: as wide as Chinese, half as wide, or joined to the next."""


def stripped(text: str) -> str:
    """A text without blanks and what is not seen at its ends, as where tables were joined."""
    text = text.strip()
    return text if text.isascii() else _EDGES.sub("", text)


def without_unseen(text: str) -> str:
    """A text without what is not seen in it, to compare it by."""
    return text if text.isascii() else _ANYWHERE.sub("", text)


def small_letters(text: str) -> str:
    """A text in small letters, without what people type differently, to compare it by.

    That is how letters are composed, how wide they are, and blanks. ``ß`` is ``ss``; ``ı`` and
    ``İ`` are ``i``: of a Turkish word in capitals nobody can tell which of the two an ``I`` is.
    """
    if not text.isascii():
        text = _SHAPED.sub(lambda run: unicodedata.normalize("NFKC", run[0]), without_unseen(text))
        text = unicodedata.normalize("NFC", text).casefold()
        text = unicodedata.normalize("NFC", text).replace("i\u0307", "i").replace("\u0131", "i")
    return " ".join(text.split()).casefold()


def whole_letters(text: str) -> str:
    """A text that any file takes: half a letter, which JSON can say, as it is said there."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def bare_number(text: str) -> str:
    """A number without the zeros before it, which spreadsheets take off; empty for no number."""
    return (text.lstrip("0") or "0") if text.isdecimal() else ""


def plain_name(name: str) -> str:
    """A column's name without what people write differently: case, blanks, lines and dots."""
    return re.sub(r"[\s_.\-]+", "", name).casefold()


def composed_name(name: str) -> str:
    """The same where accents may be letters of their own, as on a Mac (NFD)."""
    return plain_name(unicodedata.normalize("NFC", name))
