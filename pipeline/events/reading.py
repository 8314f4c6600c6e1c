"""Reading: a log, row by row accounted for, as events."""

from __future__ import annotations

import csv
import time
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dates import (
    DAY_FIRST,
    DAY_OR_YEAR_FIRST,
    DAY_SECONDS,
    EITHER_FIRST,
    MONTH_FIRST,
    UNKNOWN,
    YEAR_FIRST,
)
from pipeline.errors import EventsError, lines_of
from pipeline.events.cells.cancelled import TakenBack
from pipeline.events.cells.clocks import Clocks
from pipeline.events.cells.items import BY_VARIANT, BY_ZEROS, ROUNDED, ItemNumbers
from pipeline.events.cells.kinds import are_kinds, weigh
from pipeline.events.cells.texts import texts_of
from pipeline.events.cells.times import Times, day_or_year, read_days, read_times
from pipeline.events.cells.users import People, drop_guests
from pipeline.events.columns import (
    CLOCK,
    DAY,
    ITEM,
    KIND,
    ORDER,
    SESSION,
    TIME,
    USER,
    VISITOR,
    Columns,
    may_be_no_kind,
)
from pipeline.events.events import Counts, Events, Example, drop, quoted
from pipeline.events.refusing import why_none
from pipeline.events.tables import read_batches

TOMORROW = DAY_SECONDS
"""Seconds that a clock, or a zone that is not said, may be ahead."""
WRITE = (
    "Write ISO 8601, such as 2024-01-31T10:30:00Z, or name another column with --time COLUMN, and "
    "the one of the day with --day COLUMN where it stands apart."
)


OTHERS = {
    EITHER_FIRST: ("month", "no day in them is above 12"),
    DAY_OR_YEAR_FIRST: ("year", "both make sense and few days are said"),
}
"""What may stand first instead of the day, and why nothing tells."""


def read_events(
    path: str | Path,
    columns: Columns | None = None,
    items: Sequence[str] | None = None,
    variants: Sequence[tuple[str, str]] = (),
) -> Events:
    """Read a shop's log of who chose what and when.

    The file is streamed; what is kept of a row is thirty bytes, so that ten million rows take
    a third of a gigabyte.

    Args:
        path: A file of CSV, of parquet or of JSON objects.
        columns: Its columns, where they are not to be recognised by their names.
        items: The ids of the catalogue, which the log's must equal but for what nobody sees in
            them, and zeros before a number; None to take all items of the log.
        variants: The ids of rows that were folded into an item, each with the item's id. An id that
            is no item's own stands for the one item that it was folded into.

    Raises:
        EventsError: If it cannot be read, has no such columns, most of its times cannot be read, or
            no row of it is an event.
    """
    path = Path(path).expanduser()
    if not path.is_file():
        raise EventsError(f"There is no file '{path}'. Give a CSV or parquet file of events.")
    said = columns or Columns()
    reading = _read(path, said, _Reading(items, variants))
    mistaken = reading.mistaken(said)
    nobodies = reading.nobodies()
    if mistaken or nobodies or reading.clocks.was_mistaken:
        # Only the whole log tells, and what was left out for it is to be read after all.
        clocks = Clocks(reading.clocks.unit)
        reading = _read(path, said, _Reading(items, variants, mistaken, clocks, nobodies))
    return reading.finish(path, said)


def _read(path: Path, said: Columns, reading: _Reading) -> _Reading:
    counts = reading.counts
    try:
        for batch, broken in read_batches(path, said, counts.columns, counts.ignored):
            counts.broken += broken
            counts.rows += broken
            reading.add(batch)
    except (OSError, pa.ArrowException, csv.Error) as error:
        reason = lines_of(error)[0]
        raise EventsError(
            f"The events '{path}' cannot be read ({reason[:200]}). Give a CSV file with a header, "
            "or a parquet file."
        ) from error
    return reading


class _Reading:
    """What has been read so far."""

    def __init__(
        self,
        items: Sequence[str] | None,
        variants: Sequence[tuple[str, str]],
        ignored: dict[str, str] | None = None,
        clocks: Clocks | None = None,
        nobodies: Collection[str] = (),
    ) -> None:
        self.counts = Counts(ignored=ignored or {})
        self.clocks = clocks or Clocks()
        self._items = ItemNumbers(items, variants)
        self._variants = variants
        self._people = People(nobodies)
        self._parts: list[tuple[np.ndarray, ...]] = []
        self._kinds: Counter[float | None] = Counter()
        self._readable = 0
        self._taken_back = TakenBack()
        self._firsts: dict[str, Example] = {}
        self._small: Example | None = None
        self._now = int(time.time())

    def add(self, batch: dict[str, pa.Array]) -> None:
        """Add a batch of rows."""
        counts = self.counts
        count = len(batch[ITEM])
        counts.rows += count
        left = np.ones(count, dtype=bool)
        item_ids, user_ids = texts_of(batch[ITEM]), self._people.ids(batch)
        drop_guests(user_ids, left, counts)
        counts.without_item += drop(left, np.asarray(pc.equal(item_ids, "")))
        counts.cancelled += drop(left, self._taken_back.which({**batch, USER: user_ids}))
        weights = weigh(batch, left, counts, self._kinds)
        times = self._times(batch, left)
        items = self._items.numbers(item_ids, left)
        self._drop_rounded(items, item_ids, left)
        counts.unknown_items += drop(left, items < 0)
        users = self._people.numbers(user_ids, left)
        kept = (users, items, times.seconds, times.small, times.shift, weights)
        self._parts.append(tuple(part[left] for part in kept))

    def _drop_rounded(self, items: np.ndarray, ids: pa.Array, left: np.ndarray) -> None:
        which = left & (items == ROUNDED)
        if which.any():
            self.counts.rounded_examples.setdefault(ITEM, ids[int(which.argmax())].as_py())
            self.counts.rounded[ITEM] += drop(left, which)

    def _times(self, batch: dict[str, pa.Array], left: np.ndarray) -> Times:
        """The times of rows; those that cannot be read are dropped."""
        counts = self.counts
        column = batch[TIME if TIME in batch else ORDER]
        times = read_times(column, batch.get(DAY), self.clocks)
        start = counts.rows - len(left) + 1

        def example(place: int) -> Example:
            cells = [batch[DAY][place]] if DAY in batch else []
            texts = [str(cell.as_py()) for cell in (*cells, column[place]) if cell.is_valid]
            return " ".join(texts), start + place

        is_unknown = left & (times.seconds == UNKNOWN) & (times.small == UNKNOWN)
        if is_unknown.any() and counts.unreadable_example is None:
            counts.unreadable_example = example(int(is_unknown.argmax()))
        is_small = left & (times.small != UNKNOWN)
        if is_small.any() and self._small is None:
            self._small = example(int(is_small.argmax()))
        for which, place in times.firsts.items():
            self._firsts.setdefault(which, example(place))
        counts.unreadable_times += drop(left, is_unknown)
        self._readable += int(left.sum())
        counts.zoned += times.zoned
        counts.zoneless += times.zoneless
        return times

    def mistaken(self, said: Columns) -> dict[str, str]:
        """The column by each part that it is none of, now that all of it is known."""
        columns = self.counts.columns
        mistaken = {}
        if may_be_no_kind(columns, said) and not are_kinds(self._kinds):
            mistaken[KIND] = columns[KIND]
        for part, rows in self._taken_back.rows.items():
            if rows[True] > rows[False]:
                mistaken[part] = columns[part]
        if DAY in columns and said.time is None and not self.clocks.are_clocks:
            mistaken[CLOCK] = columns[TIME]
        return mistaken

    def nobodies(self) -> Collection[str]:
        """The visitors who are nobody, where another column may name the people of their rows."""
        instead = [part for part in self.counts.columns if part.startswith((VISITOR, SESSION))]
        if len(instead) < 2 or not self._parts:
            return ()
        return self._people.nobodies(np.concatenate([parts[0] for parts in self._parts]))

    def finish(self, path: Path, said: Columns) -> Events:
        """The events, in the order of time.

        Raises:
            EventsError: If there is none, or most times cannot be read.
        """
        counts = self.counts
        types = (np.int32, np.int32, np.int64, np.int64, np.int16, np.float32)
        user, item, seconds, small, shift, weight = (
            np.concatenate([np.empty(0, kind), *(parts[place] for parts in self._parts)])
            for place, kind in enumerate(types)
        )
        self._parts.clear()
        when, has_times = self._settle_times(path, seconds, small, shift)
        item, called = self._items.settled(item, counts)
        counts.unknown_items += int((item < 0).sum())
        left = item >= 0
        unreadable = drop(left, when == UNKNOWN)
        counts.unreadable_times += unreadable
        self._check_times(path, self._readable - unreadable)
        if has_times:
            counts.future += drop(left, when > self._now + TOMORROW)
        counts.variants = int((called[left] == BY_VARIANT).sum())
        counts.zeros = int((called[left] == BY_ZEROS).sum())
        user = self._people.settled(user, left, counts)
        order = np.lexsort((item, user, when))
        order = order[left[order]]
        user, item, when, weight = (part[order] for part in (user, item, when, weight))
        again = np.zeros(len(user), dtype=bool)
        again[1:] = (np.diff(user) == 0) & (np.diff(item) == 0) & (np.diff(when) == 0)
        # A view, a cart and a purchase in one second are one event of the greatest weight.
        starts = np.flatnonzero(~again)
        weight = np.maximum.reduceat(weight, starts) if len(starts) else weight
        counts.duplicates = int(again.sum())
        user, item, when = user[starts], item[starts], when[starts]
        names, user = np.unique(user, return_inverse=True)
        counts.kept = len(user)
        counts.single = int((np.bincount(user) == 1).sum()) if len(user) else 0
        counts.different_unknown = len(self._items.unknown)
        counts.unknown_example = min(self._items.unknown, default="")[:60]
        if not len(user):
            raise EventsError(
                why_none(path, said, counts, (self._items.ids, self._variants), set(self._kinds))
            )
        user = user.astype(np.int32)
        return Events(user, item, when, weight, self._items.ids, len(names), has_times, counts)

    def _settle_times(
        self, path: Path, seconds: np.ndarray, small: np.ndarray, shift: np.ndarray
    ) -> tuple[np.ndarray, bool]:
        """The time of each row, as all of them tell to read it, and whether they are no order.

        Raises:
            EventsError: If days and months cannot be told apart.
        """
        counts, firsts = self.counts, self._settled_firsts(seconds, shift)
        if TIME in counts.columns and (days := read_days(small)) is not None:
            seconds = np.where(small != UNKNOWN, days, seconds)
            counts.day_numbers = int((small != UNKNOWN).sum())
        if DAY_FIRST in firsts and MONTH_FIRST in firsts:
            raise EventsError(
                f"The times of '{path}' have the day first, such as {quoted(firsts[DAY_FIRST])}, "
                f"and the month first, such as {quoted(firsts[MONTH_FIRST])}. {WRITE}"
            )
        surely = (DAY_FIRST, MONTH_FIRST, YEAR_FIRST)
        if which := next((one for one in surely if one in firsts), None):
            counts.first_example = which, firsts[which][0][:60]
            if which != DAY_FIRST:
                seconds = seconds + shift * np.int64(DAY_SECONDS)
        elif firsts:
            ((either, example),) = firsts.items()
            if 2 * np.count_nonzero(shift) > len(shift):
                other, reason = OTHERS[either]
                raise EventsError(
                    f"The times of '{path}' may have the day or the {other} first, such as "
                    f"{quoted(example)}, since {reason}. {WRITE}"
                )
            seconds = np.where(shift != 0, UNKNOWN, seconds)
            counts.unreadable_example = counts.unreadable_example or example
        has_times = bool((seconds != UNKNOWN).any())
        counts.has_order_for_times = TIME in counts.columns and not has_times
        if has_times and counts.unreadable_example is None:
            counts.unreadable_example = self._small
        return (seconds if has_times else small), has_times

    def _settled_firsts(self, seconds: np.ndarray, shift: np.ndarray) -> dict[str, Example]:
        """What stands first in the days, as all of them tell, with an example of each."""
        firsts = dict(self._firsts)
        example = firsts.pop(DAY_OR_YEAR_FIRST, None)
        if example is None or not shift.any():
            return firsts
        # Years stand first in all days of a log, or in none.
        latest = self._now + TOMORROW
        which = DAY_FIRST if firsts else day_or_year(seconds, shift, latest)
        return {which: example} | firsts

    def _check_times(self, path: Path, readable: int) -> None:
        """Refuse a log of which the fewest times can be read: those may be read wrongly too.

        Raises:
            EventsError: If most of them cannot.
        """
        unreadable, example = self.counts.unreadable_times, self.counts.unreadable_example
        if unreadable > readable and example is not None:
            raise EventsError(
                f"The time of {unreadable:,} rows of '{path}' cannot be read, such as "
                f"{quoted(example)}. {WRITE}"
            )
