"""Times as tills, shops and workbooks write them: read where they can only mean one thing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import EventsError
from pipeline.events import Columns, Events, read_events


def read(folder: Path, header: str, *rows: str, columns: Columns | None = None) -> Events:
    path = folder / "events.csv"
    path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return read_events(path, columns)


def said(events: Events) -> list[str]:
    """The times of events, in their order."""
    return [dt.datetime.fromtimestamp(when, dt.UTC).isoformat()[:19] for when in events.time]


APART = {
    "10:30:00": "2024-01-01T10:30:00",
    "10:30": "2024-01-01T10:30:00",
    "1030": "2024-01-01T10:30:00",
    "103059": "2024-01-01T10:30:59",
    "930": "2024-01-01T09:30:00",
    "9": "2024-01-01T09:00:00",
    "9:30 PM": "2024-01-01T21:30:00",
    "10:30:00+02:00": "2024-01-01T08:30:00",
    "0.4375": "2024-01-01T10:30:00",
    "": "2024-01-01T00:00:00",
    "2024-01-01T10:30:00": "2024-01-01T10:30:00",
}


@pytest.mark.parametrize("clock", APART)
@pytest.mark.parametrize("day", ["2024-01-01", "01.01.2024", "20240101", "45292"])
def test_a_time_of_the_day_is_joined_with_its_day(clock: str, day: str, tmp_path: Path) -> None:
    events = read(tmp_path, "Date;Time;Customer ID;SKU", f"{day};{clock};u1;a")
    assert events.has_times
    assert said(events) == [APART[clock]]
    assert "day from 'Date'" in next(events.counts.lines())


@pytest.mark.parametrize("header", ["day,hour", "OrderDate,OrderTime", "invoice_date,time"])
def test_usual_names_of_days_and_times_apart(header: str, tmp_path: Path) -> None:
    events = read(tmp_path, f"{header},user,item", "2024-01-02,10:00,u1,a", "2024-01-01,11:00,u1,b")
    assert said(events) == ["2024-01-01T11:00:00", "2024-01-02T10:00:00"]


def test_days_and_times_of_ones_own_names(tmp_path: Path) -> None:
    rows = "Datum,Uhrzeit,user,item", "01.02.2024,10:30,u1,a"
    events = read(tmp_path, *rows, columns=Columns(time="Uhrzeit", day="Datum"))
    assert said(events) == ["2024-02-01T10:30:00"]
    assert said(read(tmp_path, *rows, columns=Columns(time="Datum"))) == ["2024-02-01T00:00:00"]
    with pytest.raises(EventsError, match=r"such as '10:30' in row 1\. .*--day COLUMN"):
        read(tmp_path, *rows, columns=Columns(time="Uhrzeit"))


def test_days_and_times_apart_in_parquet(tmp_path: Path) -> None:
    day, clock = dt.date(2024, 1, 1), dt.time(10, 30)
    table = pa.table({"date": [day], "time": [clock], "user": ["u"], "item": ["a"]})
    pq.write_table(table, tmp_path / "events.parquet")
    assert said(read_events(tmp_path / "events.parquet")) == ["2024-01-01T10:30:00"]


@pytest.mark.parametrize("numbers", [range(1, 31), range(1, 3000), range(20_000, 30_000, 7)])
def test_places_in_an_order_beside_a_day_are_no_times_of_it(numbers: range, tmp_path: Path) -> None:
    rows = (f"2024-01-0{1 + n % 9},{n},u{n},a" for n in numbers)
    events = read(tmp_path, "date,time,user,item", *rows)
    assert len(events) == len(numbers)
    assert {when[11:] for when in said(events)} == {"00:00:00"}
    report = "the column 'time' is of something else than the time of the day, and is not used"
    assert report in list(events.counts.lines())


def test_a_few_slips_among_times_of_the_day_are_left_out(tmp_path: Path) -> None:
    rows = [f"2024-01-01,{900 + n},u{n},a" for n in range(50)]
    events = read(tmp_path, "date,time,user,item", *rows, "2024-01-01,1299,u1,b")
    assert (len(events), events.counts.unreadable_times) == (50, 1)
    assert said(events)[49] == "2024-01-01T09:49:00"


def test_the_whole_column_tells_what_its_times_of_the_day_are_written_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.events.tables.csv_table.BLOCK_BYTES", 200)
    clocks = [9] * 20 + [930] * 20 + [103059] * 20
    rows = [f"2024-01-01,{clock},u{n},a" for n, clock in enumerate(clocks)]
    events = read(tmp_path, "date,time,user,item", *rows)
    assert sorted(set(said(events))) == [
        "2024-01-01T00:00:09",
        "2024-01-01T00:09:30",
        "2024-01-01T10:30:59",
    ]


WRITTEN = {
    "13.01.2024 10:00": "2024-01-13T10:00:00",
    "13.01.24": "2024-01-13T00:00:00",
    "02.01.2024": "2024-01-02T00:00:00",
    "13/01/2024, 10:00:59": "2024-01-13T10:00:59",
    "1/13/2024 8:26": "2024-01-13T08:26:00",
    "1/13/24 8:26 PM": "2024-01-13T20:26:00",
    "13-01-2024": "2024-01-13T00:00:00",
    "09 13, 2009": "2009-09-13T00:00:00",
    "2/2/2024": "2024-02-02T00:00:00",
    "20240101103000": "2024-01-01T10:30:00",
    "202401011030": "2024-01-01T10:30:00",
    "20240101T103000Z": "2024-01-01T10:30:00",
    "2024-01-01 10:30:00 CET": "2024-01-01T09:30:00",
    "2024-01-01 10:30:00 GMT": "2024-01-01T10:30:00",
    "2024-01-01 10:30:00 -0500": "2024-01-01T15:30:00",
    "2024-01-01T10:30:00+01:00[Europe/Berlin]": "2024-01-01T09:30:00",
    "2024-01-01 10:30 PM": "2024-01-01T22:30:00",
    "Sat, 13 Jan 2024 10:30:00 GMT": "2024-01-13T10:30:00",
    "January 13th, 2024": "2024-01-13T00:00:00",
    "45292,5": "2024-01-01T12:00:00",
    "45292": "2024-01-01T00:00:00",
}


@pytest.mark.parametrize("time", WRITTEN)
def test_times_are_read_as_exports_write_them(time: str, tmp_path: Path) -> None:
    assert said(read(tmp_path, "user;item;time", f"u1;a;{time}")) == [WRITTEN[time]]


def test_the_whole_column_tells_whether_the_day_or_the_month_stands_first(tmp_path: Path) -> None:
    header, either = "user,item,time", [f"u{n},a,2/3/2024 8:26" for n in range(9)]
    day = read(tmp_path, header, *either, "u1,b,13/1/2024")
    assert set(said(day)) == {"2024-03-02T08:26:00", "2024-01-13T00:00:00"}
    assert "days such as '13/1/2024' are read with the day first" in list(day.counts.lines())
    month = read(tmp_path, header, *either, "u1,b,1/13/2024")
    assert set(said(month)) == {"2024-02-03T08:26:00", "2024-01-13T00:00:00"}
    with pytest.raises(
        EventsError, match=r"the day or the month first, such as '2/3/2024 8:26' in"
    ):
        read(tmp_path, header, *either)
    both = r"day first, such as '13/1/2024' in row 1, and the month first, such as '1/13/2024' in"
    with pytest.raises(EventsError, match=both):
        read(tmp_path, header, "u1,a,13/1/2024", "u1,b,1/13/2024")
    few = read(tmp_path, header, *(f"u{n},a,2024-01-01" for n in range(9)), "u9,a,2/3/2024")
    assert few.counts.unreadable_times == 1
    assert "such as '2/3/2024' in row 10" in "\n".join(few.counts.lines())


@pytest.mark.parametrize(
    "time", ["soon", "13.13.2024", "2024-01-01 10:30:00 XYZ", "10:30", "13/1/2024 25:00"]
)
def test_most_times_that_cannot_be_read_are_refused_with_an_example(
    time: str, tmp_path: Path
) -> None:
    rows = [f"u{n},a,{time}" for n in range(9)]
    sentence = rf"9 rows of .* cannot be read, such as '{time}' in row 2\. Write ISO 8601.*--time"
    with pytest.raises(EventsError, match=sentence):
        read(tmp_path, "user,item,time", "u0,b,2024-01-01", *rows)


def test_places_in_an_order_beside_a_time_are_refused(tmp_path: Path) -> None:
    rows = [f"u{n},a,{n}" for n in range(9)]
    with pytest.raises(EventsError, match=r"such as '0' in row 2"):
        read(tmp_path, "user,item,time", "u0,b,2024-01-01", *rows)


def test_times_that_can_be_read_are_not_refused_for_items_that_are_unknown(tmp_path: Path) -> None:
    rows = [*(f"u{n},gone,2024-01-01" for n in range(9)), "u1,a,2024-01-01"]
    rows += ["u2,a,soon", "u3,a,soon"]
    (tmp_path / "events.csv").write_text("user,item,time\n" + "\n".join(rows), encoding="utf-8")
    counts = read_events(tmp_path / "events.csv", items=["a"]).counts
    assert (counts.kept, counts.unknown_items, counts.unreadable_times) == (1, 9, 2)
