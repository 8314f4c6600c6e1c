"""Elements: what one item of a feed in XML says, as a row."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from pipeline.catalogue.feeds.addresses import enclosed, is_web, name_of, text_of
from pipeline.catalogue.feeds.availability import availability_of
from pipeline.catalogue.reading.tables import id_column

PARAMETERS = frozenset(
    ("param", "parameter", "attribute", "property", "feature", "characteristic", "specification")
)
"""What feeds call an element that names an attribute and says its value, in small letters."""
_NAMES = frozenset(("param_name", "name", "key", "label"))
_VALUES = frozenset(("val", "value", "param_value"))
_YANDEX = "offer"
"""What Yandex's feeds, and those made for them, call an item."""
_OF_OFFER = {"group_id": "item_group_id", "available": "availability"}
"""What is said in the attributes of such an item, under the names of Google's specification."""


def row_of(item: Element) -> dict[str, str]:
    """What an item says; an element within one that holds others is a cell of both names.

    An element that names an attribute, as ``<param name="Colour">``, is a cell of that name.
    """
    cells: dict[str, dict[str, None]] = {}
    pairs: list[tuple[str, str]] = []
    for element in item:
        for called, text, is_pair in _said(element):
            if is_pair:
                pairs.append((called, text))
            elif text:
                cells.setdefault(called, {})[text] = None
    for name, text in _attributes(item):
        cells.setdefault(name, {text: None})
    if pictures := enclosed(item.iter()):
        cells.setdefault("image", {}).update(dict.fromkeys(pictures))
    own = frozenset(cells)
    for name, text in pairs:
        # The shop's own words are neither the id of an item nor one of its elements.
        called = f"param_{name}" if name in own or id_column([name]) else name
        cells.setdefault(called, {})[text] = None
    return {name: ", ".join(texts) for name, texts in cells.items()}


def _said(element: Element) -> Iterator[tuple[str, str, bool]]:
    """What an element of an item says: names, texts, and whether it has named them itself."""
    if pair := _pair(element):
        yield *pair, True
        return
    name = name_of(element)
    for one in element:
        if pair := _pair(one):
            yield *pair, True
        else:
            yield f"{name}_{name_of(one)}", text_of(one), False
    if not len(element):
        yield name, text_of(element), False


def _pair(element: Element) -> tuple[str, str] | None:
    """The name and the value of an attribute, where an element says these; else None."""
    if name_of(element).lower() not in PARAMETERS:
        return None
    within = {name_of(one).lower(): text_of(one) for one in element}
    names = [element.get("name", "").strip(), *(within[one] for one in within if one in _NAMES)]
    values = [within[one] for one in within if one in _VALUES] if within else [text_of(element)]
    name, value = next(filter(None, names), ""), next(filter(None, values), "")
    return (name, value) if name and value and not is_web(value) else None


def _attributes(item: Element) -> Iterator[tuple[str, str]]:
    is_offer = name_of(item).lower() == _YANDEX
    for name, said in item.attrib.items():
        if not said.strip() or "}" in name:
            continue
        called = _OF_OFFER.get(name, name) if is_offer else name
        text = said.strip()
        yield called, availability_of(text) if called == "availability" else text
