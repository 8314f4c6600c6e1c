"""Markup: feeds in XML, RSS or Atom, as the rows of a table; and texts without their HTML.

`defusedxml` reads it, which refuses what XML can do to a reader: entities that unfold to gigabytes,
and those that are fetched from elsewhere.
"""

from __future__ import annotations

import html
import re
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from pipeline.catalogue.reading.tables import Cell, Table, names_of
from pipeline.errors import CatalogueError

ITEMS = ("item", "entry")
"""What RSS 2.0 and Atom (RFC 4287) call one of the things that a feed lists."""
HEAD_BYTES = 1024
_BLOCKS = re.compile(r"</?(p|div|br|li|ul|ol|tr|h[1-6])\b[^<>]*>", re.IGNORECASE)
_TAGS = re.compile(r"</?[a-z!][^<>]*>", re.IGNORECASE)
_ENTITIES = re.compile(r"&(#\d{1,7}|#x[\da-f]{1,6}|[a-z][a-z\d]{1,31});", re.IGNORECASE)
_HIDDEN = re.compile(
    r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL
)
"""What is not closed is hidden to the end, as browsers do (HTML, *Tokenization*)."""


def is_markup(path: Path) -> bool:
    """Whether a file begins as XML does, in any encoding."""
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    plain = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    return plain.startswith((b"<?xml", b"<rss", b"<feed", b"<!doctype rss"))


def read_markup(path: Path) -> Table:
    """Read the items of a feed, one a row.

    An element within one that holds others is a column of its own, ``shipping_price``; several of
    one name are one cell.

    Returns:
        The table; its lines are the numbers of the items. What follows a break is not in it, and
        the break is listed.

    Raises:
        CatalogueError: If it is no feed, or declares entities.
    """
    rows: list[dict[str, str]] = []
    bad: list[tuple[int, str]] = []
    above: list[Element] = []
    within = 0
    try:
        for event, element in iterparse(path, events=("start", "end")):
            is_item = _name(element) in ITEMS
            within += is_item if event == "start" else -is_item
            if event == "start":
                above.append(element)
                continue
            above.pop()
            if is_item:
                rows.append(_row(element))
                element.clear()
            if above and not within:
                del above[-1][0]  # the first, as all before it are gone: memory stays flat
    except DefusedXmlException as error:
        raise CatalogueError(
            f"The feed '{path}' declares entities, by which a small file can unfold to a vast one. "
            "No feed needs them: export it again without."
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        if not rows:
            raise CatalogueError(
                f"The feed '{path}' is no XML that can be read: {error}."
            ) from error
        bad.append((len(rows) + 1, f"cannot be read, nor what follows it ({error})"))
    columns: dict[str, list[Cell]] = {
        name: [row.get(name) for row in rows] for name in names_of(path, rows)
    }
    return Table(path, columns, list(range(1, len(rows) + 1)), bad=bad, unit="item")


def _row(item: Element) -> dict[str, str]:
    cells: dict[str, dict[str, None]] = {}
    for element in item:
        name = _name(element)
        inner = [(f"{name}_{_name(one)}", _text(one)) for one in element]
        for called, text in inner or [(name, _text(element))]:
            if text:
                cells.setdefault(called, {})[text] = None
    return {name: ", ".join(texts) for name, texts in cells.items()}


def _text(element: Element) -> str:
    return (element.text or "").strip() or element.get("href", "").strip()


def _name(element: Element) -> str:
    """Its name without the namespace: a feed mixes ``title`` and ``g:title`` as it likes."""
    return str(element.tag).rpartition("}")[2]


def without_markup(text: str) -> str:
    """A text as people read it, where it is written in HTML or has but its ``&amp;``."""
    if not _TAGS.search(text):
        return _unescaped(text)
    plain = _TAGS.sub("", _BLOCKS.sub("\n", _HIDDEN.sub("", text)))
    lines = (" ".join(line.split()) for line in _unescaped(plain).splitlines())
    return "\n".join(line for line in lines if line)


def _unescaped(text: str) -> str:
    """A text with its entities as letters; Python fails on those of thousands of digits."""
    return _ENTITIES.sub(lambda found: html.unescape(found[0]), text)
