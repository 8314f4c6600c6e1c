"""Decoding: the text of a table, whichever encoding a spreadsheet saved it in."""

from __future__ import annotations

import codecs
import re

WESTERN, CENTRAL = "cp1252", "cp1250"
OTHER_SCRIPTS = ["cp1251", "cp1253", "cp1255", "cp1256", "cp932", "gb18030", "euc_kr", "big5"]
"""What spreadsheets save in where letters are not Latin; see `_is_other_script`."""
_MARKS = {
    # Before those of UTF-16, with which they begin.
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_WESTERN_WORD = re.compile(
    r"(?!.*(è([aeouy]|i(?!x))|æ[aou]|ñ([^aeiouáéíóú]|$)))("  # as no western language has them
    r"nº[a-z]*"  # numbers
    r"|[a-zäöüßé]+"  # German
    r"|[a-zàâæçéèêëîïôœûüÿñ]+ù?"  # French
    r"|[a-záéíóúüñ]+|[a-zàçèéíïòóúü]+"  # Spanish, Catalan
    r"|([a-zàáâçéêíóôúü]|ã(?=[eiosz]|$)|õ(?=e))+"  # Portuguese
    r"|[a-z]*[àèéìòù]?"  # Italian
    r"|[a-zæøåäöéèôò]+"  # of the north
    r"|[a-zéèëïóöüêáâîôûŵ]+"  # Dutch, Welsh
    r"|[a-záéíóúýþæöð]+"  # Icelandic, and Turkish by the page of the west
    r"|[a-zäöõüšž]+)"  # Estonian
)
_CENTRAL_WORD = re.compile(
    r"[a-ząćęłńóśźż]+"  # Polish
    r"|[a-záčďéěíňóřšťúůýž]+|[a-záäčďéíĺľňóôŕšťúýž]+"  # Czech, Slovak
    r"|[a-záéíóöőúüű]+"  # Hungarian
    r"|[a-zăâîşţ]+"  # Romanian
    r"|[a-zčćđšž]+"  # of the south
)
_WORDS = re.compile(rb"[A-Za-z\x80-\xff]+")
_LATIN = re.compile(rb"[A-Za-z]")
_SIGNS = "³¹²ºª¿¡¾¼½£¥¢¯"
"""Beside a word on a western machine; in it, they are letters of another page."""
_MIN_SHARE, _MIN_SHARE_OF_ALL = 0.1, 0.02
"""Of the words of no western language in a central text, among those that the two pages read
differently, and among all with letters beyond ASCII: a few others may be names, or misspelt."""
_HIGH_RUNS = re.compile(rb"[\x80-\xff]+")
_SAMPLE_BYTES = 65_536


def decode(data: bytes) -> tuple[str, str]:
    """The text of a table.

    A mark of UTF-16 or UTF-32 at the start is believed, then what is valid UTF-8 is. All else is a
    code page: of what Excel saves on western machines (cp1252) unless the letters form runs as no
    western text does, or words as only those of central Europe (cp1250).

    Args:
        data: The file.

    Returns:
        The text, and a note on how it was read where that was a guess, else an empty text.
    """
    # Not what it promises: lines of another table may have been pasted below it.
    data = data.removeprefix(codecs.BOM_UTF8)
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return data.decode(encoding, "replace"), ""
    if wide := _wide(data):
        return data.decode(wide, "replace"), ""
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError:
        pass
    lines = data.splitlines(keepends=True)
    marked = [line for line in lines if not line.isascii()]
    broken = [line for line in marked if not _is_utf8(line)]
    if len(broken) < len(marked):
        # Most is UTF-8: lines of another table were pasted into it.
        text = "".join(_by_line(line) for line in lines)
        return text, f"is UTF-8 but for {len(broken)} of its lines, which are read as {WESTERN}"
    encoding = _code_page(b"".join(marked))
    note = f"is not UTF-8 and is read as {encoding}; if letters look wrong, save it as UTF-8"
    return data.decode(encoding, "replace"), note


def _wide(data: bytes) -> str:
    """UTF-16 without a mark, told by the zeros beside the letters of its header."""
    head = data[:200]
    if len(head) < 4 or head.count(0) < len(head) // 3:
        return ""
    return "utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _by_line(line: bytes) -> str:
    return line.decode("utf-8") if _is_utf8(line) else line.decode(WESTERN, "replace")


def _code_page(marked: bytes) -> str:
    if _is_central(marked):
        return CENTRAL
    if not _is_other_script(marked):
        return WESTERN
    from charset_normalizer import from_bytes

    best = from_bytes(marked[:_SAMPLE_BYTES], cp_isolation=OTHER_SCRIPTS).best()
    return best.encoding if best is not None else WESTERN


def _is_central(marked: bytes) -> bool:
    """Whether the words are those of a language of central Europe, and not of a western one.

    Some look alike: ``rêkaw`` is French by its letters, and Polish (``rękaw``) read as western.
    Those that no western language spells, such as ``ró¿owa``, tell a text that has enough of them.
    """
    all_words = {word for word in _WORDS.findall(marked[:_SAMPLE_BYTES]) if not word.isascii()}
    latin = {word for word in all_words if _LATIN.search(word)}
    if sum(len(word) >= 3 for word in all_words - latin) > len(latin):
        return False  # of another script
    words = {}
    for word in latin:
        western = word.decode(WESTERN, "replace").lower()
        start, end = len(western) - len(western.lstrip(_SIGNS)), len(western.rstrip(_SIGNS))
        central = word.decode(CENTRAL, "replace").lower()[start:end]
        if western[start:end] != central:
            words[western[start:end]] = central
    are_western = [_WESTERN_WORD.fullmatch(western) is not None for western in words]
    are_central = [_CENTRAL_WORD.fullmatch(central) is not None for central in words.values()]
    pairs = list(zip(are_western, are_central, strict=True))
    only_central, only_western = pairs.count((False, True)), pairs.count((True, False))
    least = max(_MIN_SHARE * len(words), _MIN_SHARE_OF_ALL * len(latin))
    return only_central > max(only_western, least)


def _is_other_script(marked: bytes) -> bool:
    """Whether letters beyond ASCII come in runs; in western languages they stand alone."""
    runs = [len(run) for run in _HIGH_RUNS.findall(marked[:_SAMPLE_BYTES])]
    return sum(runs) >= 3 * len(runs)
