"""The log that a page writes: whole rows whoever writes at once, as `read_events` reads them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.errors import EventsError
from pipeline.events import KEPT, OPENED, SHOWN, EventLog, read_events

USERS = [f"{number:032x}" for number in range(24)]


def test_many_requests_at_once_leave_whole_rows_that_are_read(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    logs = [EventLog(path), EventLog(path)]
    items = ['a,"quoted" one', "Größe 38", "0012"]
    batch = [(SHOWN, items[0]), (OPENED, items[1]), (KEPT, items[2])]

    def write(number: int) -> None:
        logs[number % 2].append(USERS[number % len(USERS)], batch * 5)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(write, range(240)))
    events = read_events(path, items=items)
    assert events.counts.rows == 240 * 15
    assert events.counts.broken == events.counts.unknown_items == 0
    # To be shown something is no choice; to keep it says more than to open it.
    assert events.counts.no_choice == {SHOWN: 240 * 5}
    assert events.users == len(USERS)
    by_item = dict(zip(events.item.tolist(), events.weight.tolist(), strict=True))
    assert set(by_item) == {1, 2}
    assert by_item[2] > by_item[1]


def test_a_log_goes_on_after_a_cut_and_after_it_was_moved_away(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    log = EventLog(path)
    log.append(USERS[0], [(KEPT, "a")])
    with path.open("a") as stream:
        stream.write(f"{USERS[1]},a,2026-")
    EventLog(path).append(USERS[2], [(KEPT, "a")])
    counts = read_events(path, items=["a"]).counts
    assert (counts.kept, counts.broken, counts.rows) == (2, 1, 3)
    path.rename(tmp_path / "older.csv")
    log.append(USERS[0], [(KEPT, "a")])
    assert read_events(path, items=["a"]).counts.kept == 1


@pytest.mark.parametrize("before", [b"id,name\r\n1,shirt", b"\nuser,item,time,kind\n", b"\x89PNG"])
def test_another_file_is_refused_and_left_as_it_is(tmp_path: Path, before: bytes) -> None:
    path = tmp_path / "catalogue.csv"
    path.write_bytes(before)
    with pytest.raises(EventsError, match="is no log of a page"):
        EventLog(path)
    assert path.read_bytes() == before
    with pytest.raises(EventsError, match="cannot be written"):
        EventLog(tmp_path / "missing" / "events.csv")
