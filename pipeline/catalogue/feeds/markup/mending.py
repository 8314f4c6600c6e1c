"""Mending: XML that programs wrote with small mistakes, as XML that `expat` reads."""

from __future__ import annotations

import codecs
import re

from pipeline.catalogue.reading.tables import decode

_BARE = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)"
    r"|&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[\da-f]{1,6});)",
    re.DOTALL | re.IGNORECASE,
)
"""Of these only the last is escaped: within the others an ampersand is a letter."""
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_BEFORE = "\ufeff \t\r\n"
"""What may stand before a declaration, which XML does not allow."""
_DECLARATION = re.compile(r"<\?xml\s[^<>]*\?>")
_ENCODING = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<\?xml\s[^<>]*?\bencoding\s*=\s*[\"']([\w.:\-]+)[\"']", re.ASCII
)
_AS_BROWSERS = {
    **dict.fromkeys(("shift_jis", "cp932"), "cp932"),
    **dict.fromkeys(("gb2312", "gbk", "gb18030"), "gb18030"),
    **dict.fromkeys(("euc_kr", "cp949"), "cp949"),
    **dict.fromkeys(("big5", "big5hkscs"), "big5hkscs"),
    **{name: name for name in ("euc_jp", "iso2022_jp", "cp950", "johab", "hz")},
}
"""Encodings of several bytes a letter, which `expat` does not read, and what has their letters and
more (WHATWG, *Encoding*)."""
_TAG = re.compile(r"<[^<>!?\s][^<>]*+>")
_PREFIX = re.compile(
    r"^</?([a-z_][\w.\-]*+):|\s([a-z_][\w.\-]*+):[\w.\-]++\s*+=", re.ASCII | re.IGNORECASE
)
_ROOT = re.compile(
    r"(?:\s++|(?><\?.*?\?>)|(?><!--.*?-->)|(?><![^<>]*>))*+<(?P<name>[^\s<>!?/]++)[^<>]*+",
    re.DOTALL,
)
"""The start of the first element, behind all that may stand before it."""
_PLACES = {"media": "http://search.yahoo.com/mrss/", "g": "http://base.google.com/ns/1.0"}
"""The namespaces that feeds mean by well-known prefixes."""


def mended(data: bytes) -> tuple[bytes, list[str]]:
    """XML in UTF-8 without its small mistakes, and what these were, for people.

    Bare ampersands are escaped, letters that XML forbids are left out, prefixes that nobody
    declared are declared, and an encoding is read as what it is. An entity that only HTML knows
    counts as bare: what is left of it then is read as HTML is.
    """
    text, count, notes = _text_of(data)
    whole = text.lstrip(_BEFORE)
    count += whole.startswith("<?xml") and text.lstrip("\ufeff") != whole
    whole, forbidden = _FORBIDDEN.subn(" ", _DECLARATION.sub("", whole, count=1))
    bare = 0

    def escaped(found: re.Match[str]) -> str:
        nonlocal bare
        bare += found[0] == "&"
        return "&amp;" if found[0] == "&" else found[0]

    whole = _BARE.sub(escaped, whole)
    count += forbidden + bare
    if count:
        what = "1 letter" if count == 1 else f"{count:,} letters"
        notes.append(
            f"has {what} that XML does not allow, such as '&' for '&amp;', and is read nonetheless"
        )
    whole, prefixes = _with_prefixes(whole)
    if prefixes:
        named = ", ".join(f"'{one}:'" for one in prefixes[:3]) + " and more" * (len(prefixes) > 3)
        notes.append(f"does not say what it means by {named}, and is read nonetheless")
    return whole.encode("utf-8", "replace"), notes


def _text_of(data: bytes) -> tuple[str, int, list[str]]:
    """The text of XML, how many of its letters could not be read, and what is noted."""
    found = _ENCODING.match(data)
    name = found[1].decode("ascii") if found else "utf-8"
    codec = _codec(name, found[0] if found else b"")
    is_wide = b"\0" in data[:4]
    # What is UTF-8 by its letters is so by no accident, whatever it says.
    is_other = codec != "utf-8" and not data.isascii() and _is_utf8(data)
    if codec is not None and not is_wide and not is_other:
        try:
            return data.decode(codec), 0, []
        except UnicodeError:
            text = data.decode(codec, "replace")
        lost = text.count("\ufffd")
        # If few cannot be read, these are mistakes; if most, the encoding is another.
        if 2 * lost <= len(text) - len(text.encode("ascii", "ignore")):
            return text, lost, []
    text, note = decode(data)
    if found and not note:
        note = f"is not in {name}, as it says"
    return text, 0, [note] if note else []


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _codec(name: str, declaration: bytes) -> str | None:
    """What reads an encoding by its name; None for one in which its declaration is none."""
    try:
        codec = codecs.lookup(name).name
        is_one = declaration.decode(codec, "replace") == declaration.decode("utf-8")
    except (LookupError, UnicodeError):
        return None
    return _AS_BROWSERS.get(codec, codec) if is_one else None


def _with_prefixes(text: str) -> tuple[str, list[str]]:
    """XML whose first element declares all prefixes, and which it did not."""
    root = _ROOT.match(text)
    if root is None:
        return text, []
    tags = _TAG.finditer(_BARE.sub("", text))
    used = dict.fromkeys(own or of for tag in tags for own, of in _PREFIX.findall(tag[0]))
    declared = set(re.findall(r"\sxmlns:([\w.\-]+)\s*=", root[0]))
    missing = [one for one in used if one not in (*declared, "xml", "xmlns")]
    said = "".join(f' xmlns:{one}="{_PLACES.get(one, f"urn:{one}")}"' for one in missing)
    end = root.end("name")
    return text[:end] + said + text[end:], missing
