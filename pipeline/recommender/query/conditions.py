"""Conditions: what the attributes of a match must be, as any interface may write it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any

from pipeline import amounts
from pipeline.errors import QueryError
from pipeline.recommender.saying import shown

MAX_CONDITIONS, MAX_VALUES = 20, 200
LEAST, MOST = "min", "max"
DOTS = ".."
HOW = (
    'Give names and values, such as {"baseColour": ["Red", "Blue"], '
    '"price": {"min": 10, "max": 50}}.'
)


@dataclass(frozen=True)
class OneOf:
    """One of some values, compared as texts in any case of letters, and numbers as numbers."""

    values: tuple[str | int | float | bool, ...]

    def __str__(self) -> str:
        return " or ".join(f"'{value}'" for value in self.values)


@dataclass(frozen=True)
class Range:
    """A number from ``least`` to ``most``, both included; None where an end is open.

    Raises:
        QueryError: If it is upside down.
    """

    least: float | None
    most: float | None

    def __post_init__(self) -> None:
        if self.least is not None and self.most is not None and self.least > self.most:
            raise QueryError(
                f"The range from {self.least:g} to {self.most:g} is upside down: give the lesser "
                "number first."
            )

    def __str__(self) -> str:
        if self.least is None:
            return f"of {self.most:g} or less"
        return (
            f"of {self.least:g} or more"
            if self.most is None
            else (f"from {self.least:g} to {self.most:g}")
        )

    @classmethod
    def beyond(cls, sign: str, text: str, other: Range | None = None) -> Range:
        """What lies on one side of a number.

        Args:
            sign: ``<``, ``<=``, ``>`` or ``>=``.
            text: The number.
            other: Another range, which the result lies in too.

        Raises:
            QueryError: If it is no number, or no number lies in both.
        """
        number = _end(text)
        if number is None:
            raise QueryError(
                f"{shown(sign + text)} compares with no number. Write it as in 'price<60'."
            )
        least = other.least if other is not None else None
        most = other.most if other is not None else None
        if sign.startswith("<"):
            end = number if sign == "<=" else math.nextafter(number, -math.inf)
            most = end if most is None else min(most, end)
        else:
            end = number if sign == ">=" else math.nextafter(number, math.inf)
            least = end if least is None else max(least, end)
        if least is not None and most is not None and least > most and f"{least:g}" == f"{most:g}":
            raise QueryError(
                f"No number is both above and below {number:g}. Write >= and <= where {number:g} "
                "itself counts."
            )
        return cls(least, most)

    @classmethod
    def read(cls, text: str) -> Range | None:
        """Read ``10..50``, ``10..`` or ``..50``; None for any other text.

        Raises:
            QueryError: If it is upside down.
        """
        ends = [end.strip() for end in text.partition(DOTS)[::2]]
        numbers = [_end(end) for end in ends]
        is_odd = any(end and number is None for end, number in zip(ends, numbers, strict=True))
        if DOTS not in text or is_odd or not any(ends):
            return None
        return cls(numbers[0], numbers[1])


Condition = OneOf | Range


def read_where(where: object) -> dict[str, Condition]:
    """Read what every match must have.

    Args:
        where: A mapping from the names of attributes to a value, a list of values, or a mapping
            of ``min`` and ``max``; None for nothing.

    Raises:
        QueryError: If it has another form, or a range is upside down.
    """
    if where is None:
        return {}
    if not isinstance(where, Mapping):
        raise QueryError(f"The filter cannot be {shown(where)}. {HOW}")
    if len(where) > MAX_CONDITIONS:
        raise QueryError(f"A filter takes at most {MAX_CONDITIONS} attributes, not {len(where)}.")
    named = ((key if isinstance(key, str) else shown(key), one) for key, one in where.items())
    return {name: _read(name, wanted) for name, wanted in named}


def to_number(value: object) -> float | None:
    """A finite number, or None for whatever is none."""
    if isinstance(value, bool) or not isinstance(value, Real | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def read_amount(value: object) -> float:
    """The number that a text says, with a currency or without; NaN where it says none."""
    found = None if isinstance(value, bool) else amounts.read_amount(str(value))
    return math.nan if found is None else found.number


def currency_of(value: object) -> str:
    """The currency that an amount names, by its code where it has one; empty for none."""
    found = amounts.read_amount(str(value))
    return "" if found is None else found.currency


def _read(name: str, wanted: object) -> Condition:
    if isinstance(wanted, OneOf | Range):
        return wanted
    if isinstance(wanted, Mapping):
        return _read_range(name, wanted)
    is_list = isinstance(wanted, list | tuple | set | frozenset)
    values: list[Any] = [*wanted] if is_list else [wanted]  # type: ignore[misc]
    if not values:
        raise QueryError(f"The filter names no value of {shown(name)}. {HOW}")
    if len(values) > MAX_VALUES:
        raise QueryError(f"A filter takes at most {MAX_VALUES} values of {shown(name)}.")
    for value in values:
        is_text = isinstance(value, str) and value.strip()
        if not is_text and not isinstance(value, bool) and to_number(value) is None:
            raise QueryError(f"The value of {shown(name)} cannot be {shown(value)}. {HOW}")
    # To Python, 1 and True are equal.
    return OneOf(tuple({(isinstance(value, bool), value): value for value in values}.values()))


def _read_range(name: str, wanted: Mapping[object, object]) -> Range:
    odd = [key for key in wanted if key not in (LEAST, MOST)]
    given = {str(key): end for key, end in wanted.items() if end is not None}
    ends = {key: _end(end) for key, end in given.items()}
    if odd or not given or None in ends.values():
        raise QueryError(f"The range of {shown(name)} cannot be {shown(dict(wanted))}. {HOW}")
    return Range(ends.get(LEAST), ends.get(MOST))


def _end(value: object) -> float | None:
    """The end of a range, as a number or as a price is written; None for whatever is neither."""
    number = to_number(value)
    # A range of one currency would take the others' amounts too.
    if number is not None or not isinstance(value, str) or currency_of(value):
        return number
    amount = read_amount(value)
    return None if math.isnan(amount) else amount
