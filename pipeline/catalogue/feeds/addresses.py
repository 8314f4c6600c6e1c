"""Addresses: the columns of a table, and the elements of XML, that name pictures on the web."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from pipeline.catalogue.found import Record
from pipeline.catalogue.reading.contents import PICTURE_ENDINGS
from pipeline.catalogue.reading.matching import parts_of
from pipeline.catalogue.reading.walking import names_below, walk
from pipeline.letters import plain_name

OTHER_ITEMS = ("offer", "shopitem", "product", "produkt", "article", "artikel")
"""What feeds other than RSS and Atom call an item, in small letters: Yandex, Heureka and those of
shops' own."""
_MEDIA = "{http://search.yahoo.com/mrss/}"
_WEB = re.compile(r"(https?:)?//[^/\s]", re.IGNORECASE)
_BETWEEN = re.compile(r"""(?<![\s,;|])[\s,;|]++(?=["']?(?:https?:)?//)""", re.IGNORECASE)
_AROUND = " \t\r\n,;|[]\"'"
"""What programs write around addresses, as around those of a list."""
_ESCAPED = {"\\/": "/", "\\u0026": "&", "&amp;": "&"}
"""What PHP and Rails write in JSON, and anyone in HTML, for letters of addresses."""
_PICTURES = re.compile(r"image|picture|photo|img|bild|foto|thumbnail|^\*?pics?(url|link)?[\d(]*")
"""In the names of columns of pictures, as `plain_name` writes them."""
_OF_OTHERS = re.compile(r"logo|icon|swatch|brand|vendor|category|chart|avatar|licen[cs]e")
"""In the names of those that show no product."""
_FURTHER = re.compile(r"^(additional|lifestyle|extra|other|more|second|alt|variant|gallery|back)")

Place = tuple[str, ...]
"""The names of the elements that one is in, the root's first, and its own."""


def is_web(cell: str | None) -> bool:
    """Whether a cell holds an address of the web, with or without ``https:`` before it."""
    return cell is not None and _WEB.match(_unescaped(cell).lstrip(_AROUND)) is not None


def split_addresses(cell: str | None) -> list[str]:
    """The addresses of a cell, which may hold several, between commas, bars, blanks or lines."""
    plain = _BETWEEN.split(_unescaped(cell or ""))
    return [own for one in plain if (own := one.strip(_AROUND))]


def is_picture(name: str, cell: str) -> bool:
    """Whether a cell is the address of a picture, by its column's name or by what it ends with."""
    return is_web(cell) and (_is_named(plain_name(name)) or _ends(cell))


def address_columns(columns: Mapping[str, Sequence[str | None]]) -> list[str]:
    """The columns whose cells are addresses of pictures, the main picture's first.

    Those are known by their names; where none is, by what the addresses end with, and where none
    does, the only column of addresses is taken.

    Args:
        columns: The cells of each.
    """
    of_addresses = {
        name: [cell for cell in cells if cell] for name, cells in columns.items() if _mostly(cells)
    }
    named = [name for name in of_addresses if _is_named(plain_name(name))]
    if named:
        return sorted(named, key=lambda name: bool(_FURTHER.match(plain_name(name))))
    ending = [
        name for name, cells in of_addresses.items() if sum(map(_ends, cells)) * 2 > len(cells)
    ]
    return ending or (list(of_addresses) if len(of_addresses) == 1 else [])


def is_elsewhere(path: Path, columns: Mapping[str, Sequence[str | None]]) -> bool:
    """Whether most of the pictures are not beside the table, as where they were downloaded."""
    addressed = {
        unquote(parts_of(address)[0]).casefold()
        for column in address_columns(columns)
        for cell in columns[column]
        for address in split_addresses(cell)
    }
    # A file stands for one of them: they may all be called `main.jpg`, each in another place.
    named = {posixpath.basename(path) for path in addressed}
    # By names alone that is told of most: a feed may lie in a folder of anything, as of downloads.
    if len(named.intersection(map(str.casefold, names_below(path.parent)))) * 2 < len(addressed):
        return True
    here = {file.path.name.casefold() for file in walk(path.parent, Record(), allow_outside=False)}
    return len(named & here) * 2 < len(addressed)


def _unescaped(cell: str) -> str:
    for escaped, letter in _ESCAPED.items():
        cell = cell.replace(escaped, letter)
    return cell


def _mostly(cells: Sequence[str | None]) -> bool:
    held = [cell for cell in cells if cell]
    return bool(held) and sum(map(is_web, held)) * 2 >= len(held)


def _is_named(plain: str) -> bool:
    return _PICTURES.search(plain) is not None and not _OF_OTHERS.search(plain)


def _ends(cell: str) -> bool:
    addresses = split_addresses(cell)
    return bool(addresses) and parts_of(addresses[0])[0].lower().endswith(tuple(PICTURE_ENDINGS))


def repeated(elements: Iterable[tuple[Place, Element]]) -> str:
    """The element of a feed that repeats and has pictures of its own; empty if there is none.

    Of those that are in each other the outer is the item: the inner ones are its variants, its
    pictures, or what goes with it.
    """
    times = _pictured(elements)
    totals: Counter[str] = Counter()
    for path, count in times.items():
        totals[path[-1]] += count
    outer: Counter[str] = Counter()
    for path, count in (+times).items():
        above = [path[:length] for length in range(2, len(path))]
        if not any(times[one] and _is_item(one[-1], path[-1], totals) for one in above):
            outer[path[-1]] += count
    names = [name for name in outer if _is_known(name) or outer[name] > 1]
    return max(names, key=lambda name: (_is_known(name), outer[name]), default="")


def _pictured(elements: Iterable[tuple[Place, Element]]) -> Counter[Place]:
    """How often there are elements with pictures, by where they are.

    One that holds no more than one with pictures has these for its own.
    """
    times: Counter[Place] = Counter()
    holders: Counter[Place] = Counter()
    for path, element in elements:
        times[path] += _has_picture(element)
        holders.update({(*path, name_of(one)) for one in element if _has_picture(one)})
    single = [path for path, count in holders.items() if len(path) > 2 and times[path] == count]
    for path in single:
        times[path[:-1]] = max(times[path[:-1]], holders[path])
    return times


def _is_item(name: str, inner: str, totals: Counter[str]) -> bool:
    """Whether an element with pictures is an item rather than the one within it.

    What is known for an item is one, in whatever has a picture too, as in a category.
    """
    return _is_known(name) or (totals[name] > 1 and not _is_known(inner))


def _is_known(name: str) -> bool:
    return name.lower() in OTHER_ITEMS


def _has_picture(element: Element) -> bool:
    """Whether an element has a picture of its own: not one of the things that it lists."""
    own = list(element)
    for one in element:
        own += one if _is_wrapper(one) else ()
    said = [(name_of(one), text_of(one)) for one in own]
    if own:
        said += element.attrib.items()
    return bool(enclosed(own)) or any(is_picture(name, cell) for name, cell in said)


def _is_wrapper(element: Element) -> bool:
    """Whether an element holds the pictures of the one that it is in, or what is said of one."""
    return _is_named(plain_name(name_of(element))) and not any(len(one) for one in element)


def enclosed(elements: Iterable[Element]) -> list[str]:
    """The pictures that RSS, Media RSS and Atom name in attributes; small ones if all are so."""
    whole: list[str] = []
    small: list[str] = []
    for element in elements:
        name, address = name_of(element), (element.get("url") or element.get("href") or "").strip()
        kind = element.get("type") or element.get("medium") or ""
        is_medium = element.tag in (f"{_MEDIA}content", f"{_MEDIA}thumbnail")
        is_enclosure = "enclosure" in (name, element.get("rel"))
        is_image = kind.startswith("image") or (is_medium and not kind)
        if address and is_image and (is_medium or is_enclosure):
            (small if name == "thumbnail" else whole).append(address)
    return whole or small


def text_of(element: Element) -> str:
    """What an element says, or leads to; empty for a picture, which `enclosed` gives."""
    if element.get("rel") == "enclosure":
        return ""
    return (element.text or "").strip() or element.get("href", "").strip()


def name_of(element: Element) -> str:
    """Its name without the namespace: a feed mixes ``title`` and ``g:title`` as it likes."""
    return str(element.tag).rpartition("}")[2]
