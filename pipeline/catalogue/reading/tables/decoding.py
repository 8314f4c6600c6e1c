"""Decoding: the text of a table, whichever encoding a spreadsheet saved it in."""

from __future__ import annotations

import codecs
import re

WESTERN = "cp1252"
OTHER_SCRIPTS = ["cp1251", "cp1253", "cp1255", "cp1256", "cp932", "gb18030", "euc_kr", "big5"]
"""What spreadsheets save in where letters are not Latin; see `_is_other_script`."""
_MARKS = {
    # Before those of UTF-16, with which they begin.
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_HIGH_RUNS = re.compile(rb"[\x80-\xff]+")
_SAMPLE_BYTES = 65_536


def decode(data: bytes) -> tuple[str, str]:
    """The text of a table.

    A mark of UTF-16 or UTF-32 at the start is believed, then what is valid UTF-8 is. All else is a
    code page: of what Excel saves on western machines (cp1252) unless the letters form runs as no
    western text does.

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
    if not _is_other_script(marked):
        return WESTERN
    from charset_normalizer import from_bytes

    best = from_bytes(marked[:_SAMPLE_BYTES], cp_isolation=OTHER_SCRIPTS).best()
    return best.encoding if best is not None else WESTERN


def _is_other_script(marked: bytes) -> bool:
    """Whether letters beyond ASCII come in runs; in western languages they stand alone."""
    runs = [len(run) for run in _HIGH_RUNS.findall(marked[:_SAMPLE_BYTES])]
    return sum(runs) >= 3 * len(runs)
