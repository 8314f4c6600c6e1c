"""Cells: what an object says, as one cell a name, however it is nested."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from pipeline.catalogue.columns import PRICES, known_column
from pipeline.catalogue.found import BETWEEN
from pipeline.catalogue.reading.tables.cell import Cell
from pipeline.catalogue.reading.tables.columns import text_of
from pipeline.catalogue.reading.tables.objects.listing import opened
from pipeline.catalogue.reading.tables.objects.pictures import pictures_in
from pipeline.letters import plain_name

_DEEPEST = 3
"""Objects in each other, at most, whose values become cells."""
_PLAIN = (str, int, float, bool)
_MOST_TEXTS, _MOST_NUMBERS = 100, 20
"""In a list, at most, that is one cell: more numbers are an embedding."""
_NAMES = ("name", "title", "label", "displayName")
"""What an object is called of which that is all that is said here, best first."""
_ID = re.compile(r"(.*[_-])?(id|ids|uuid|guid)|.*[a-z]Ids?", re.IGNORECASE)
"""What is called so in an object within another is the id of something else."""
_MOST_DIGITS = 20
"""Before or behind the point of an amount of money."""
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
        ids: The names of ids of something else, which are left out.
        within: By the name of what is nested, those of its cells.
    """

    left: dict[str, None] = field(default_factory=dict)
    named: dict[str, None] = field(default_factory=dict)
    ids: dict[str, None] = field(default_factory=dict)
    within: dict[str, set[str]] = field(default_factory=dict)


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
        if value is None or isinstance(value, _PLAIN):
            cells[name] = value
        elif not name.startswith("@"):
            for own, cell in _cells(name, value, nested, 0):
                free = own if cells.get(own) is None or own == name else f"{name}.{own}"
                cells[free] = cell
                if free != name:
                    nested.within.setdefault(name, set()).add(free)
    return cells


def _cells(name: str, value: object, nested: Nested, depth: int) -> list[tuple[str, Cell]]:
    value = opened(value)
    if value is None or isinstance(value, _PLAIN):
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
    value = said.get("value", said.get("amount"))
    if isinstance(value, str | int | float) and (len(said) == 1 or _is_price(name)):
        return [(name, value)]
    if called := _name(said):
        nested.named[name] = None
        return [(name, called)]
    if depth == _DEEPEST:
        nested.left[name] = None
        return []
    nested.ids |= {f"{name}.{key}": None for key in said if _ID.fullmatch(key)}
    return [
        cell
        for key, one in said.items()
        if not key.startswith("@") and not _ID.fullmatch(key)
        for cell in _cells(f"{name}.{key}", one, nested, depth + 1)
    ]


def _is_price(name: str) -> bool:
    known = known_column(name)
    return known is not None and known.name in PRICES


def joined(values: Sequence[object]) -> str | None:
    """A list of texts or numbers as one cell; None for any other list."""
    if all(isinstance(one, str) for one in values):
        return BETWEEN.join(dict.fromkeys(map(str, values))) if len(values) <= _MOST_TEXTS else None
    plain = [one for one in values if isinstance(one, str | int | float)]
    is_short = len(plain) == len(values) <= _MOST_NUMBERS
    return BETWEEN.join(map(text_of, plain)) if is_short else None


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
    """What an object is called; empty for one that has a value beside it, and anything else."""
    if not isinstance(value, dict) or "value" in value:
        return ""
    return next((one for key in _NAMES if isinstance(one := value.get(key), str) and one), "")


def _amount(said: Mapping[str, object]) -> str | None:
    """An amount of money with its currency; None for any other object.

    Etsy gives it in hundredths, with a ``divisor`` beside it.
    """
    plain = {plain_name(key): value for key, value in said.items()}
    amount = next((plain[key] for key in _AMOUNTS if key in plain), None)
    currency = next((plain[key] for key in _CURRENCIES if key in plain), None)
    is_number = isinstance(amount, str | int | float) and not isinstance(amount, bool)
    if not is_number or not isinstance(currency, str):
        return None
    try:
        number = Decimal(str(amount)) / Decimal(str(plain.get("divisor", 1)))
        is_amount = number.is_finite() and abs(number.adjusted()) < _MOST_DIGITS
    except ArithmeticError:
        return None
    return f"{number:f} {currency}" if is_amount else None
