"""Events as numbers, and the count of what became of every row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

Example = tuple[str, int]
"""A cell as it is written, and its row, from 1."""


@dataclass
class Counts:
    """What became of the rows of a log: ``rows`` is ``kept`` and all that is left out.

    Attributes:
        rows: How many there were.
        kept: How many are events.
        broken: Rows whose cells are not as many as the header's, or that no table reader can read.
        without_user: Rows without a user.
        guests: By what stands there instead, such rows that say so.
        rounded: By the part, user or item, rows whose id Excel has rounded.
        rounded_examples: The first of them of each part.
        visitors: Rows without a user that count for the visitor or the session they name.
        joined: Those of them whose visitor is the user that other rows name beside it.
        without_item: Rows without an item.
        unknown_items: Rows of items that the catalogue does not have.
        unreadable_times: Rows whose time cannot be read.
        future: Rows that are to happen later than tomorrow.
        cancelled: Rows of what was cancelled or given back: by a status, a date, a quantity, or an
            invoice whose number begins with C.
        no_choice: By kind, rows of kinds that say nothing of a choice.
        unknown_kinds: By kind, rows of kinds that are not known.
        bad_weights: Rows whose weight is no number above 0.
        duplicates: Rows that say again what an earlier one says.
        different_unknown: How many different items the catalogue does not have.
        zoned: Times that say their zone, where others do not; these are taken for UTC.
        zoneless: Those others.
        day_numbers: Times that are numbers of days.
        has_order_for_times: Whether the times are small numbers, taken for places in an order.
        single: People with one event alone.
        columns: What each part of an event was read from.
        ignored: The column of each part that turned out to be of something else.
        unknown_example: One of the items that the catalogue does not have.
        unreadable_example: The first time that cannot be read.
        first_example: What stands first in days with the year last, and one of them; or None.
        variants: Events that name a variant, and count for the item that it was folded into.
        zeros: Events whose item matches but for zeros before it.
        zeros_example: Such an id, and the item's.
    """

    rows: int = 0
    kept: int = 0
    broken: int = 0
    without_user: int = 0
    without_item: int = 0
    unknown_items: int = 0
    unreadable_times: int = 0
    future: int = 0
    cancelled: int = 0
    no_choice: Counter[str] = field(default_factory=Counter)
    unknown_kinds: Counter[str] = field(default_factory=Counter)
    bad_weights: int = 0
    guests: Counter[str] = field(default_factory=Counter)
    rounded: Counter[str] = field(default_factory=Counter)
    rounded_examples: dict[str, str] = field(default_factory=dict)
    visitors: int = 0
    joined: int = 0
    duplicates: int = 0
    different_unknown: int = 0
    zoned: int = 0
    zoneless: int = 0
    day_numbers: int = 0
    has_order_for_times: bool = False
    single: int = 0
    columns: dict[str, str] = field(default_factory=dict)
    ignored: dict[str, str] = field(default_factory=dict)
    unknown_example: str = ""
    unreadable_example: Example | None = None
    first_example: tuple[str, str] | None = None
    variants: int = 0
    zeros: int = 0
    zeros_example: tuple[str, str] = ("", "")

    def lines(self) -> Iterator[str]:
        """The report, for people."""
        named = ", ".join(f"{part} from '{name}'" for part, name in self.columns.items())
        yield f"{self.rows:,} rows, {self.kept:,} events; {named}"
        for part, column in self.ignored.items():
            yield f"the column '{column}' is of something else than the {part}, and is not used"
        yield from self._left_out()
        yield from self._of_kinds()
        yield from self._of_items()
        yield from self._of_times()
        yield from self._of_people()

    def _of_people(self) -> Iterator[str]:
        if self.visitors:
            instead = [
                f"'{column}'"
                for part, column in self.columns.items()
                if part.startswith(("visitor", "session"))
            ]
            yield (
                f"{self.visitors:,} rows name no user, and are of whom {' or '.join(instead)} "
                f"names; {self.joined:,} of them of the one user whom other rows name beside that"
            )
        if self.single:
            people = "person has" if self.single == 1 else "people have"
            yield f"{self.single:,} {people} one event, from which no neighbours are learnt"

    def _left_out(self) -> Iterator[str]:
        such = f", such as {quoted(self.unreadable_example)}" if self.unreadable_example else ""
        marks = [f"'{mark}' ({count:,})" for mark, count in self.guests.most_common(5)]
        guests = f", with {', '.join(marks)} in the place of one" if marks else ""
        for count, what in (
            (self.broken, "broken"),
            (self.without_user, f"without a user{guests}"),
            (self.without_item, "without an item"),
            (self.cancelled, "cancelled or given back"),
            (self.unreadable_times, f"whose time cannot be read{such}"),
            (self.future, "in the future"),
            (self.bad_weights, "whose weight is no number above 0, or none of sense"),
            (self.duplicates, "that say again what an earlier one says"),
        ):
            if count:
                yield f"left out: {count:,} {what}"
        for part, count in self.rounded.items():
            yield (
                f"left out: {count:,} whose {part} Excel has rounded, such as "
                f"'{self.rounded_examples[part]}': format the column as text there, save it again"
            )

    def _of_items(self) -> Iterator[str]:
        if self.unknown_items:
            yield (
                f"left out: {self.unknown_items:,} of {self.different_unknown:,} items that the "
                f"catalogue does not have, such as '{self.unknown_example}'"
            )
        if self.variants:
            yield f"{self.variants:,} events name variants, and count for their items"
        if self.zeros:
            said, item = self.zeros_example
            yield (
                f"{self.zeros:,} events name items but for zeros before the number, such as "
                f"'{said}' for '{item}'"
            )

    def _of_times(self) -> Iterator[str]:
        if self.first_example:
            which, said = self.first_example
            yield f"days such as '{said}' are read with the {which} first"
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

    def _of_kinds(self) -> Iterator[str]:
        for kinds, which in (
            (self.no_choice, "which says nothing of a choice"),
            (self.unknown_kinds, "which is not known"),
        ):
            for kind, count in kinds.most_common(10):
                yield f"left out: {count:,} of the kind '{kind}', {which}"
            if len(kinds) > 10:
                rest = kinds.total() - sum(count for _, count in kinds.most_common(10))
                yield f"left out: {rest:,} of {len(kinds) - 10:,} more such kinds"
        if self.unknown_kinds:
            yield (
                "where a kind that is not known is a choice, a purchase perhaps, write it as view, "
                "cart or purchase"
            )


def quoted(example: Example) -> str:
    """A cell with its row, for people."""
    text, row = example
    return f"'{text[:60]}' in row {row:,}" if text else f"the empty cell in row {row:,}"


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


def drop(left: np.ndarray, which: np.ndarray) -> int:
    """Take rows out of those that are left, and count them."""
    dropped = int((left & which).sum())
    left &= ~which
    return dropped
