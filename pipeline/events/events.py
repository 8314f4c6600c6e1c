"""Events as numbers, and the count of what became of every row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np


@dataclass
class Counts:
    """What became of the rows of a log: ``rows`` is ``kept`` and all that is left out.

    Attributes:
        rows: How many there were.
        kept: How many are events.
        broken: Rows whose cells are not as many as the header's, or that no table reader can read.
        without_user: Rows without a user.
        without_item: Rows without an item.
        unknown_items: Rows of items that the catalogue does not have.
        unreadable_times: Rows whose time cannot be read.
        future: Rows that are to happen later than tomorrow.
        no_choice: By kind, rows of kinds that say nothing of a choice.
        bad_weights: Rows whose weight is no number above 0.
        duplicates: Rows that say again what an earlier one says.
        different_unknown: How many different items the catalogue does not have.
        zoned: Times that say their zone, where others do not; these are taken for UTC.
        zoneless: Those others.
        day_numbers: Times that are numbers of days.
        has_order_for_times: Whether the times are small numbers, taken for places in an order.
        single: People with one event alone.
        columns: What each part of an event was read from.
        unknown_example: One of the items that the catalogue does not have.
    """

    rows: int = 0
    kept: int = 0
    broken: int = 0
    without_user: int = 0
    without_item: int = 0
    unknown_items: int = 0
    unreadable_times: int = 0
    future: int = 0
    no_choice: Counter[str] = field(default_factory=Counter)
    bad_weights: int = 0
    duplicates: int = 0
    different_unknown: int = 0
    zoned: int = 0
    zoneless: int = 0
    day_numbers: int = 0
    has_order_for_times: bool = False
    single: int = 0
    columns: dict[str, str] = field(default_factory=dict)
    unknown_example: str = ""

    def lines(self) -> Iterator[str]:
        """The report, for people."""
        named = ", ".join(f"{part} from '{name}'" for part, name in self.columns.items())
        yield f"{self.rows:,} rows, {self.kept:,} events; {named}"
        for count, what in (
            (self.broken, "broken"),
            (self.without_user, "without a user"),
            (self.without_item, "without an item"),
            (self.unreadable_times, "whose time cannot be read"),
            (self.future, "in the future"),
            (self.bad_weights, "whose weight is no number above 0, or none of sense"),
            (self.duplicates, "that say again what an earlier one says"),
        ):
            if count:
                yield f"left out: {count:,} {what}"
        if self.unknown_items:
            yield (
                f"left out: {self.unknown_items:,} of {self.different_unknown:,} items that the "
                f"catalogue does not have, such as '{self.unknown_example}'"
            )
        for kind, count in self.no_choice.most_common(10):
            yield f"left out: {count:,} of the kind '{kind}', which says nothing of a choice"
        if self.zoned and self.zoneless:
            yield (
                f"{self.zoneless:,} times say no zone beside {self.zoned:,} that do; they are "
                "taken for UTC"
            )
        if self.day_numbers:
            yield (
                f"{self.day_numbers:,} times are numbers of days: since 1970, or since 1900 as in "
                "workbooks"
            )
        if self.has_order_for_times and self.kept:
            yield "the times are small numbers and no dates; they are taken for places in an order"
        if self.single:
            people = "person has" if self.single == 1 else "people have"
            yield f"{self.single:,} {people} one event, from which no neighbours are learnt"


@dataclass(frozen=True)
class Events:
    """Who chose what, and when, in the order of time.

    Attributes:
        user: The number of each event's person, ``(m,)`` int32, from 0 up without gaps.
        item: The number of its item, ``(m,)`` int32.
        time: Seconds since 1970 in UTC, or places in an order, ``(m,)`` int64, ascending.
        weight: How much it says of a choice, ``(m,)`` float32.
        ids: The id of each item: the catalogue's, or those of the log in the order met.
        users: How many people there are.
        has_times: Whether ``time`` is a time, and not an order.
        counts: What became of the rows.
    """

    user: np.ndarray
    item: np.ndarray
    time: np.ndarray
    weight: np.ndarray
    ids: list[str]
    users: int
    has_times: bool
    counts: Counts

    def __len__(self) -> int:
        return len(self.user)
