"""Filters: which items of a catalogue a query leaves, as bitmaps that are kept."""

from __future__ import annotations

import difflib
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.artifacts import BuiltCatalogue
from pipeline.catalogue import BETWEEN
from pipeline.catalogue.columns import OF_PRODUCT, known_column
from pipeline.errors import QueryError
from pipeline.letters import small_letters
from pipeline.recommender.query.conditions import (
    Condition,
    OneOf,
    Range,
    currency_of,
    read_amount,
    to_number,
)
from pipeline.recommender.query.plainly import PlainError
from pipeline.recommender.saying import SHOWN, spaced

KEPT = 64
"""Bitmaps that are kept, each a byte an item."""
LONGEST_TYPED, MOST_COMPARED = 40, 2000
"""Characters of a value, and values, that what was asked is compared with."""


@dataclass(frozen=True)
class Column:
    """One attribute of all items, each value kept once.

    A value of an item that stands for several variants may list theirs, as ``36, 38, 40``, and one
    of tags or categories lists several: it says each of them.

    Attributes:
        codes: Which value each item has, ``(n,)`` int32; -1 for none.
        values: The values, ``m`` of them.
        choices: What the values say one by one, ``p`` of them, each spelled as most items do.
        saying: Which value says which choice, ``(q, 2)`` int64: codes of both.
        amounts: The choices as numbers, ``(p,)`` float64, NaN for one that is none.
        texts: The codes of the values that say a text, in any case of letters, or are one.
    """

    codes: np.ndarray
    values: list[str | int | float | bool]
    choices: list[str | int | float | bool]
    saying: np.ndarray
    amounts: np.ndarray
    texts: dict[str, list[int]]

    @classmethod
    def of(cls, attribute: pa.ChunkedArray, *, are_lists: bool | None = None) -> Column:
        """Read a column of the items; empty texts and NaN are no values.

        Args:
            attribute: The column.
            are_lists: Whether a value may list several, as those of an item's variants; None where
                that is told by the values: what tags list stands alone too, or in other places.
        """
        encoded = pc.dictionary_encode(pc.drop_null(attribute.unique()))
        values = [v for v in encoded.to_pylist() if v != "" and v == v]  # noqa: PLR0124 NaN
        found = pc.index_in(attribute, value_set=pa.array(values, type=attribute.type))
        codes = found.fill_null(-1).to_numpy().astype(np.int32)
        counts = np.bincount(codes + 1, minlength=len(values) + 1)[1:].tolist()
        are_lists = _are_lists(values) if are_lists is None else are_lists
        spellings: dict[str, Counter[str | int | float | bool]] = {}
        saying: list[tuple[int, str]] = []
        texts: dict[str, list[int]] = {}
        for code, value in enumerate(values):
            parts = _listed(value) if are_lists else [value]
            for part in parts:
                spellings.setdefault(_plain(part), Counter())[part] += counts[code]
            saying += [(code, text) for text in dict.fromkeys(map(_plain, parts))]
            for text in dict.fromkeys(map(_plain, [value, *parts])):
                texts.setdefault(text, []).append(code)
        number_of = {text: number for number, text in enumerate(spellings)}
        choices = [spelled.most_common(1)[0][0] for spelled in spellings.values()]
        return cls(
            codes=codes,
            values=values,
            choices=choices,
            saying=np.array(
                [(code, number_of[text]) for code, text in saying], dtype=np.int64
            ).reshape(-1, 2),
            amounts=np.array([_amount(choice) for choice in choices], dtype=np.float64),
            texts=texts,
        )

    @property
    def has_numbers(self) -> bool:
        """Whether any value says a number."""
        return bool((~np.isnan(self.amounts)).any())

    def alike(self, value: str | int | float | bool) -> list[int]:
        """The codes of the values that a person means by one."""
        codes = self.texts.get(_plain(value), [])
        number = _asked(value, is_text=any(isinstance(one, str) for one in self.values))
        if number is None or not self.has_numbers:
            return codes
        equal = self.amounts == number
        for choice in np.flatnonzero(equal).tolist():
            equal[choice] = _are_one(value, self.choices[choice])
        return [*codes, *self.which_say(equal)]

    def which_say(self, chosen: np.ndarray) -> list[int]:
        """The codes of the values that say any of the choices for which ``chosen`` is true."""
        said: list[int] = self.saying[chosen[self.saying[:, 1]], 0].tolist()
        return said

    def count(self, rows: np.ndarray | None = None) -> np.ndarray:
        """How many items say each choice, ``(p,)`` int64.

        Args:
            rows: The items that count, ``(m,)``; None for all.
        """
        of_items = self.codes if rows is None else self.codes[rows]
        # A code of -1, of items without a value, is counted first and left out.
        of_values = np.bincount(of_items + 1, minlength=len(self.values) + 1)[1:]
        counts = np.zeros(len(self.choices), dtype=np.int64)
        np.add.at(counts, self.saying[:, 1], of_values[self.saying[:, 0]])
        return counts


class Filters:
    """The filters of one catalogue.

    Args:
        built: The catalogue.
    """

    def __init__(self, built: BuiltCatalogue) -> None:
        self._built = built
        self.column = lru_cache(maxsize=None)(self._column)
        self._bitmap = lru_cache(maxsize=KEPT)(self._make_bitmap)

    def passing(self, where: Mapping[str, Condition]) -> np.ndarray:
        """Which items have what every condition says, ``(count,)`` bool, the caller's own.

        Raises:
            QueryError: If there is no such attribute or value, or no item has them all.
        """
        chosen = np.ones(len(self._built), dtype=bool)
        for name, condition in where.items():
            # As a text too: to Python, 1 and True are equal, so one would answer for the other.
            chosen &= self._bitmap(name, condition, str(condition))
        if not chosen.any():
            asked = ", ".join(f"{name} {_cut(condition)}" for name, condition in where.items())
            raise PlainError(
                f"No item has {asked}. Ask for less, or spell it as the items do.", _plainly(where)
            )
        return chosen

    def _column(self, name: str) -> Column:
        names = self._built.attribute_names
        if name not in names:
            known = ", ".join(names) or "none"
            raise QueryError(f"There is no attribute '{_cut(name)}'. The catalogue has: {known}.")
        column = known_column(name)
        is_whole = name == "description" or (column is not None and column.name in OF_PRODUCT)
        are_lists = False if is_whole else self._built.manifest.folded > 0 or None
        return Column.of(self._built.column(name), are_lists=are_lists)

    def _make_bitmap(self, name: str, condition: Condition, _text: str) -> np.ndarray:
        column = self.column(name)
        # One place more, for the items without a value: a code of -1 is the last.
        passes = np.zeros(len(column.values) + 1, dtype=bool)
        for part in self._parts(column, condition):
            passes[self._codes(name, column, part)] = True
        bitmap: np.ndarray = passes[column.codes]
        return bitmap

    def _parts(self, column: Column, condition: Condition) -> list[Condition]:
        """A condition's values one by one, those that say a range of numbers as that."""
        if isinstance(condition, Range):
            return [condition]
        parts: list[Condition] = []
        for value in condition.values:
            is_text = column.has_numbers and isinstance(value, str)
            parts.append((is_text and Range.read(str(value))) or OneOf((value,)))
        return parts

    def _codes(self, name: str, column: Column, part: Condition) -> list[int]:
        if isinstance(part, OneOf):
            if codes := column.alike(part.values[0]):
                return codes
            near = _nearby(column, str(part.values[0]))
            plainly = _plainly({name: part})
            raise PlainError(f"No item has {name} {_cut(part)}. {near}", plainly)
        if not column.has_numbers:
            raise QueryError(
                f"The attribute '{name}' is no number, so it has no range. Name its values."
            )
        least = -np.inf if part.least is None else part.least
        most = np.inf if part.most is None else part.most
        return column.which_say((column.amounts >= least) & (column.amounts <= most))


def _listed(value: str | int | float | bool) -> list[str | int | float | bool]:
    """What a value says one by one; a text that lists nothing says itself."""
    if not isinstance(value, str):
        return [value]
    parts = [own for part in value.split(BETWEEN) if (own := part.strip())]
    return [*dict.fromkeys(parts)] if len(parts) > 1 else [value]


def _are_lists(values: Sequence[str | int | float | bool]) -> bool:
    """Whether values list others, as tags do: most that they list stands alone, or elsewhere too.

    The parts of a name, or of ``Acme, Inc.``, have their places.
    """
    sample = [value for value in values if isinstance(value, str) and BETWEEN in value]
    lists = [list(map(_plain, _listed(value))) for value in sample[:MOST_COMPARED]]
    alone = {_plain(value) for value in values[: 10 * MOST_COMPARED]}
    places: dict[str | int | float | bool, set[int]] = {}
    for parts in lists:
        for place, part in enumerate(parts):
            places.setdefault(part, set()).add(place)
    free = [part in alone or len(places[part]) > 1 for parts in lists for part in parts]
    return 2 * sum(free) > len(free)


def _plainly(where: Mapping[str, Condition]) -> str:
    """Tell a shopper that nothing passes a filter, by the values and without names of attributes.

    A range says what it is of: a number alone says nothing.
    """
    wanted = [
        " or ".join(map(str, one.values)) if isinstance(one, OneOf) else f"{spaced(name)} {one}"
        for name, one in where.items()
    ]
    every = _cut(" and ".join(wanted))
    if len(wanted) == 1:
        return f"There is nothing here for {every}. Take the filter off."
    return f"There is nothing here for {every} at once. Take one of the filters off."


def _cut(asked: object) -> str:
    """What was asked, as far as it is said again."""
    text = str(asked)
    return text if len(text) <= 2 * SHOWN else f"{text[: 2 * SHOWN]}…"


def _plain(value: object) -> str:
    """A value as it is compared, see `small_letters`."""
    return small_letters(str(value))


def _are_one(asked: str | int | float | bool, held: str | int | float | bool) -> bool:
    """Whether values of the same number, read as a float, are the same.

    ``20`` and ``20.0`` are one price, however a table writes it; ``20 EUR`` and ``20 USD`` are two,
    and so are whole numbers of more digits than a float has.
    """
    if (currency := currency_of(asked)) and currency_of(held) not in ("", currency):
        return False
    digits = [int(one) for one in (asked, held) if isinstance(one, int) or str(one).isdecimal()]
    return len(set(digits)) < 2


def _amount(value: str | int | float | bool) -> float:
    """The number that a value is or says, NaN where it is none, or a code such as 007."""
    number = read_amount(value) if isinstance(value, str) else to_number(value)
    return math.nan if number is None else number


def _asked(value: str | int | float | bool, is_text: bool) -> float | None:
    """The number that a person asks for; None for a word, or for a code where there are codes."""
    if is_text and _is_code(value):
        return None
    number = to_number(value)
    return read_amount(value) if number is None else number


def _is_code(value: object) -> bool:
    return isinstance(value, str) and value[:1] == "0" and value[1:2].isdigit()


def _nearby(column: Column, asked: str) -> str:
    """What else a person may have meant."""
    known = {_plain(choice): choice for choice in column.choices}
    # Comparing takes time by the square of the length: what is longer was hardly typed.
    short = [text for text in known if len(text) <= LONGEST_TYPED][:MOST_COMPARED]
    close = difflib.get_close_matches(_plain(asked)[:LONGEST_TYPED], short, n=3)
    meant = " or ".join(f"'{known[text]}'" for text in close)
    return f"Did you mean {meant}?" if meant else "Ask for less, or spell it as the items do."
