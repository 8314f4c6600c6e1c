"""Reading: a log, row by row accounted for, as events."""

from __future__ import annotations

import csv
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import EventsError, lines_of
from pipeline.events.columns import ITEM, KIND, ORDER, TIME, USER, WEIGHT, Columns
from pipeline.events.events import Counts, Events
from pipeline.events.kinds import kind_weight
from pipeline.events.tables import read_batches
from pipeline.events.times import UNKNOWN, Times, read_days, read_times

TOMORROW = 86_400
"""Seconds that a clock, or a zone that is not said, may be ahead."""
MOST_WEIGHT = 1e9
"""Of one event; what is greater is a slip, and would drown all others."""


def read_events(
    path: str | Path, columns: Columns | None = None, items: Sequence[str] | None = None
) -> Events:
    """Read a shop's log of who chose what and when.

    The file is streamed; what is kept of a row is twenty-eight bytes, so that ten million rows take
    a third of a gigabyte.

    Args:
        path: A CSV or parquet file.
        columns: Its columns, where they are not to be recognised by their names.
        items: The ids of the catalogue, which the log's must equal, letter by letter; None to take
            all items of the log.

    Raises:
        EventsError: If it cannot be read, has no such columns, or no row of it is an event.
    """
    path = Path(path).expanduser()
    if not path.is_file():
        raise EventsError(f"There is no file '{path}'. Give a CSV or parquet file of events.")
    reading = _Reading(items)
    try:
        for batch, broken in read_batches(path, columns or Columns(), reading.counts.columns):
            reading.counts.broken += broken
            reading.counts.rows += broken
            reading.add(batch)
    except (OSError, pa.ArrowException, csv.Error, UnicodeError) as error:
        reason = lines_of(error)[0]
        raise EventsError(
            f"The events '{path}' cannot be read ({reason[:200]}). Give a CSV file with a header, "
            "or a parquet file."
        ) from error
    return reading.finish(path)


class _Reading:
    """What has been read so far."""

    def __init__(self, items: Sequence[str] | None) -> None:
        self.counts = Counts()
        self._known = items is not None
        self._items = {item: number for number, item in enumerate(items or ())}
        self._users: dict[str, int] = {}
        self._unknown: set[str] = set()
        self._parts: list[tuple[np.ndarray, ...]] = []
        self._now = int(time.time())

    def add(self, batch: dict[str, pa.Array]) -> None:
        """Add a batch of rows."""
        counts = self.counts
        count = len(batch[ITEM])
        counts.rows += count
        left = np.ones(count, dtype=bool)
        item_ids, user_ids = _texts(batch[ITEM]), _texts(batch[USER])
        counts.without_user += _drop(left, np.asarray(pc.equal(user_ids, "")))
        counts.without_item += _drop(left, np.asarray(pc.equal(item_ids, "")))
        weights = self._weights(batch, left)
        times = read_times(batch[TIME if TIME in batch else ORDER])
        is_known = (times.seconds != UNKNOWN) | (times.small != UNKNOWN)
        counts.unreadable_times += _drop(left, ~is_known)
        ahead = (times.seconds != UNKNOWN) & (times.seconds > self._now + TOMORROW)
        counts.future += _drop(left, ahead)
        counts.zoned += times.zoned
        counts.zoneless += times.zoneless
        items = self._item_numbers(item_ids, left)
        users = _numbers(user_ids, self._users, left)
        self._keep(users, items, times, weights, left)

    def _keep(
        self,
        users: np.ndarray,
        items: np.ndarray,
        times: Times,
        weights: np.ndarray,
        left: np.ndarray,
    ) -> None:
        kept = (users, items, times.seconds, times.small, weights)
        self._parts.append(tuple(part[left] for part in kept))

    def _weights(self, batch: dict[str, pa.Array], left: np.ndarray) -> np.ndarray:
        """The weights of rows; those of kinds that are no choice are dropped."""
        weights = np.ones(len(left), dtype=np.float32)
        if KIND in batch:
            encoded = pc.dictionary_encode(_texts(batch[KIND]))
            kinds = encoded.dictionary.to_pylist()
            known = [kind_weight(kind) if kind else 1.0 for kind in kinds]
            codes = np.asarray(encoded.indices)
            for code, (kind, weight) in enumerate(zip(kinds, known, strict=True)):
                if weight is None and (dropped := _drop(left, codes == code)):
                    self.counts.no_choice[kind[:60]] += dropped
            weights = np.array([w or 0.0 for w in known], dtype=np.float32)[codes]
        if WEIGHT in batch:
            said = pc.cast(_numeric(batch[WEIGHT]), pa.float64(), safe=False)
            numbers = np.asarray(said.fill_null(1.0), dtype=np.float64)
            is_good = (numbers > 0) & (numbers < MOST_WEIGHT)
            self.counts.bad_weights += _drop(left, ~is_good)
            weights = weights * np.where(is_good, numbers, 0).astype(np.float32)
        return weights

    def _item_numbers(self, ids: pa.Array, left: np.ndarray) -> np.ndarray:
        if not self._known:
            return _numbers(ids, self._items, left)
        encoded = pc.dictionary_encode(ids)
        texts = encoded.dictionary.to_pylist()
        numbers = np.array([self._items.get(text, -1) for text in texts] or [-1], dtype=np.int32)
        found = numbers[np.asarray(encoded.indices)]
        unknown = left & (found < 0)
        codes = np.unique(np.asarray(encoded.indices)[unknown])
        self._unknown.update(texts[code] for code in codes.tolist())
        self.counts.unknown_items += _drop(left, unknown)
        numbered: np.ndarray = found
        return numbered

    def finish(self, path: Path) -> Events:
        """The events, in the order of time.

        Raises:
            EventsError: If there is none.
        """
        counts = self.counts
        empty = [np.empty(0, kind) for kind in (np.int32, np.int32, np.int64, np.int64, np.float32)]
        user, item, seconds, small, weight = (
            np.concatenate([parts[place] for parts in self._parts] or [empty[place]])
            for place in range(5)
        )
        self._parts.clear()
        if TIME in counts.columns and (days := read_days(small)) is not None:
            seconds = np.where(small != UNKNOWN, days, seconds)
            counts.day_numbers = int((small != UNKNOWN).sum())
        has_times = bool((seconds != UNKNOWN).any())
        when = seconds if has_times else small
        ahead = has_times & (when > self._now + TOMORROW)
        counts.future += int(ahead.sum())
        readable = when != UNKNOWN
        counts.unreadable_times += int((~readable).sum())
        readable &= ~ahead
        counts.has_order_for_times = TIME in counts.columns and not has_times
        order = np.lexsort((item, user, when))
        order = order[readable[order]]
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
        counts.different_unknown = len(self._unknown)
        counts.unknown_example = min(self._unknown, default="")[:60]
        if not len(user):
            raise EventsError(self._why_none(path))
        user = user.astype(np.int32)
        return Events(user, item, when, weight, list(self._items), len(names), has_times, counts)

    def _why_none(self, path: Path) -> str:
        counts = self.counts
        if counts.unknown_items:
            known = next(iter(self._items), "")
            return (
                f"No item of '{path}' is in the catalogue: it has '{counts.unknown_example}' where "
                f"the catalogue has ids such as '{known}'. Ids must be equal, leading zeros too; "
                "name the column that holds them with --item."
            )
        report = "; ".join(line for line in counts.lines() if "left out" in line)
        return f"No row of '{path}' is an event. {report or 'It is empty'}."


def _texts(column: pa.Array) -> pa.Array:
    """Ids as texts without blanks around them; empty for none. Whole floats are whole numbers."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_floating(column.type):
        is_whole = pc.and_(pc.is_finite(column), pc.equal(pc.floor(column), column))
        known = pc.and_(is_whole, pc.less(pc.abs(column), 2.0**63))
        column = pc.if_else(known, column, None).cast(pa.int64())
    texts = pc.utf8_trim_whitespace(pc.cast(column, pa.string()))
    return texts.fill_null("")


def _numeric(column: pa.Array) -> pa.Array:
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return column
    import pandas as pd

    # A comma parts the decimals in half of Europe's exports.
    texts = pd.Series(pc.replace_substring(column, ",", ".").to_pylist(), dtype="object")
    read = pd.to_numeric(texts, errors="coerce")
    # A text that is no number stays one that is none.
    return pa.array(np.where(column.is_null(), 1.0, read.to_numpy(dtype=np.float64)))


def _numbers(ids: pa.Array, known: dict[str, int], left: np.ndarray) -> np.ndarray:
    """The numbers of ids, new ones numbered on; only those of rows that are left."""
    encoded = pc.dictionary_encode(ids)
    codes = np.asarray(encoded.indices)
    texts = encoded.dictionary.to_pylist()
    numbers = np.full(len(texts) + 1, -1, dtype=np.int32)
    for code in np.unique(codes[left]).tolist():
        numbers[code] = known.setdefault(texts[code], len(known))
    found: np.ndarray = numbers[codes]
    return found


def _drop(left: np.ndarray, which: np.ndarray) -> int:
    """Take rows out of those that are left, and count them."""
    dropped = int((left & which).sum())
    left &= ~which
    return dropped
