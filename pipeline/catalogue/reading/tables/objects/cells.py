"""Cells: what an object says, as one cell a name, however it is nested."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from pipeline.catalogue.found import BETWEEN
from pipeline.catalogue.reading.tables.cell import Cell
from pipeline.catalogue.reading.tables.columns import text_of
from pipeline.catalogue.reading.tables.objects.listing import opened
from pipeline.catalogue.reading.tables.objects.pictures import pictures_in
from pipeline.letters import plain_name

_DEEPEST = 3
"""Objects in each other, at most, whose values become cells."""
_MOST_TEXTS, _MOST_NUMBERS = 100, 20
"""In a list, at most, that is one cell: more numbers are an embedding."""
_NAMES = ("name", "title", "label", "displayName", "value")
"""What an object is called of which that is all that is said here, best first."""
_PAIRS = ("name", "attribute_code", "label", "attribute")
"""What the name of an attribute is called in a list of such."""
_VALUES = ("value", "values", "options", "option", "val")
"""What its value is called beside that."""
_AMOUNTS = ("amount", "value")
_CURRENCIES = ("currency", "currencycode")
_NO_OPTION = ("Title", "Default Title")
"""What Shopify calls the option of a product without any, and its value."""


@dataclass
class Nested:
    """What of objects is no cell, for people.

    Attributes:
        left: The names of what is left out.
        named: Those of objects of which the name alone is kept.
    """

    left: dict[str, None] = field(default_factory=dict)
    named: dict[str, None] = field(default_factory=dict)


def cells_of(said: Mapping[str, object], nested: Nested) -> dict[str, Cell]:
    """The cells of an object: of one within it by both names, as ``rating.rate``.

    Lists of texts are one cell, so are lists of pictures. Lists of attributes with their values
    are attributes. Names of JSON-LD, as ``@type``, are none.

    Args:
        said: The object.
        nested: Told what is left out.
    """
    cells: dict[str, Cell] = {}
    for name, value in said.items():
        if not name.startswith("@"):
            for own, cell in _cells(name, value, nested, 0):
                free = own if cells.get(own) is None or own == name else f"{name}.{own}"
                cells[free] = cell
    return cells


def _cells(name: str, value: object, nested: Nested, depth: int) -> list[tuple[str, Cell]]:
    value = opened(value)
    if isinstance(value, str | int | float | bool) or value is None:
        return [(name, value)]
    held = _held(value) if isinstance(value, list) else []
    if not value or (isinstance(value, list) and not held):
        return [(name, None)]
    if (pictures := pictures_in(name, held or value)) is not None:
        return [(name, pictures)]
    if name.startswith("_"):  # what a server says of its answer, as `_links`
        nested.left[name] = None
        return []
    if isinstance(value, dict):
        return _of_object(name, value, nested, depth)
    if (text := joined(held)) is not None:
        return [(name, text)]
    if (pairs := _pairs(held)) is not None:
        return pairs
    names = [_name(one) for one in held]
    if all(names):
        nested.named[name] = None
        return [(name, BETWEEN.join(dict.fromkeys(names)))]
    nested.left[name] = None
    return []


def _held(values: Sequence[object]) -> list[object]:
    """What a list holds; an empty place in it is nothing."""
    return [one for one in values if one not in ("", None, [], {})]


def _of_object(
    name: str, said: Mapping[str, object], nested: Nested, depth: int
) -> list[tuple[str, Cell]]:
    if (amount := _amount(said)) is not None:
        return [(name, amount)]
    if called := _name(said):
        nested.named[name] = None
        return [(name, called)]
    if depth == _DEEPEST:
        nested.left[name] = None
        return []
    return [
        cell
        for key, one in said.items()
        if not key.startswith("@")
        for cell in _cells(f"{name}.{key}", one, nested, depth + 1)
    ]


def joined(values: Sequence[object]) -> str | None:
    """A list of texts or numbers as one cell; None for any other list."""
    texts = [one for one in values if isinstance(one, str | int | float)]
    most = _MOST_TEXTS if all(isinstance(one, str) for one in texts) else _MOST_NUMBERS
    is_plain = len(texts) == len(values) <= most
    return BETWEEN.join(dict.fromkeys(map(text_of, texts))) if is_plain else None


def _pairs(values: Sequence[object]) -> list[tuple[str, Cell]] | None:
    """The attributes that a list has a name and a value of each; None for any other list."""
    pairs: list[tuple[str, Cell]] = []
    for one in values:
        if not isinstance(one, dict):
            return None
        name = next((one[key] for key in _PAIRS if isinstance(one.get(key), str)), None)
        key = next((key for key in _VALUES if key in one), None)
        if not name or key is None:
            return None
        value = one[key]
        cell = joined(value) if isinstance(value, list) else value
        if isinstance(cell, str | int | float) and (name, cell) != _NO_OPTION:
            pairs.append((name, cell))
    return pairs


def _name(value: object) -> str:
    """What an object is called, or what it is, where it is text; empty for anything else."""
    if not isinstance(value, dict):
        return ""
    return next((one for key in _NAMES if isinstance(one := value.get(key), str) and one), "")


def _amount(said: Mapping[str, object]) -> str | None:
    """An amount of money with its currency; None for any other object.

    Etsy gives it in hundredths, with a ``divisor`` beside it.
    """
    plain = {plain_name(key): value for key, value in said.items()}
    amount = next((plain[key] for key in _AMOUNTS if key in plain), None)
    currency = next((plain[key] for key in _CURRENCIES if key in plain), None)
    if not isinstance(amount, str | int | float) or not isinstance(currency, str):
        return None
    try:
        number, divisor = Decimal(str(amount)), Decimal(str(plain.get("divisor", 1)))
        return f"{number / divisor:f} {currency}"
    except (InvalidOperation, ZeroDivisionError):
        return f"{amount} {currency}"
