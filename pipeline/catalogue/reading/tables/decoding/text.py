"""Text: that of a file, whichever encoding a spreadsheet or a program saved it in."""

from __future__ import annotations

import codecs

from pipeline.catalogue.reading.tables.decoding.code_pages import code_page, decoded, is_spelt

UTF_8 = "utf-8"
_MARKS = {
    # Before those of UTF-16, with which they begin.
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def decode(data: bytes) -> tuple[str, str]:
    """The text of a table.

    A mark of UTF-16 or UTF-32 at the start is believed, then what is valid UTF-8 is. All else is a
    code page, told by the words that some language spells so: of what Excel saves on western
    machines (cp1252) unless they are of another one's.

    Args:
        data: The file.

    Returns:
        The text, and a note on how it was read where that was a guess, else an empty text.
    """
    # Not what it promises: lines of another table may have been pasted below it.
    data = data.removeprefix(codecs.BOM_UTF8)
    encoding = encoding_of(data)
    if encoding.startswith("utf"):
        if encoding != UTF_8 or _is_utf8(data):
            return data.decode(encoding, "replace"), ""
        # Lines of another table were pasted into it.
        lines = data.splitlines(keepends=True)
        broken = [line for line in lines if not _is_utf8(line)]
        page = code_page(b"".join(broken))
        text = "".join(decoded(line, UTF_8 if _is_utf8(line) else page) for line in lines)
        return text, f"is UTF-8 but for {len(broken)} of its lines, which are read as {page}"
    note = f"is not UTF-8 and is read as {encoding}; if letters look wrong, save it as UTF-8"
    return decoded(data, encoding), note


def encoding_of(sample: bytes) -> str:
    """The encoding of a text, as Python calls it.

    Args:
        sample: The text or its beginning, which may end within a letter.

    Returns:
        UTF-8 where some lines are that, unless they seem so by chance.
    """
    for mark, encoding in _MARKS.items():
        if sample.startswith(mark):
            return encoding
    if wide := _wide(sample):
        return wide
    sample = sample.removeprefix(codecs.BOM_UTF8)
    try:
        codecs.getincrementaldecoder(UTF_8)().decode(sample)
        return UTF_8
    except UnicodeDecodeError:
        pass
    marked = [line for line in sample.splitlines(keepends=True) if not line.isascii()]
    whole = [line for line in marked if _is_utf8(line)]
    if 2 * len(whole) >= len(marked):
        return UTF_8
    page = code_page(b"".join(line for line in marked if not _is_utf8(line)))
    # By chance a word may be UTF-8 too, as the Czech `plášť` of cp1250 is.
    return page if not whole or is_spelt(b"".join(whole), page) else UTF_8


def _wide(data: bytes) -> str:
    """UTF-16 without a mark, told by the zeros beside the letters of its header."""
    head = data[:200]
    if len(head) < 4 or head.count(0) < len(head) // 3:
        return ""
    return "utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode(UTF_8)
    except UnicodeDecodeError:
        return False
    return True
