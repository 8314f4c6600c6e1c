"""Times in the languages, digits and programs of shops everywhere."""

# ruff: noqa: RUF001 the digits of other scripts are meant as they are written

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import EventsError
from pipeline.events import read_events
from tests.events.test_times import read, said

DAY, TEN, NIGHT = "2024-01-31T00:00:00", "2024-01-31T10:30:00", "2024-01-31T22:30:00"
NINE, THREE = "2024-01-31T09:30:00", "2024-01-31T15:30:00"
OF_PROGRAMS = {
    "2024-01-31 10:30:00 +0000 UTC": TEN,
    "2024-01-31 10:30:00.123456789 +0100 CET m=+0.000012": NINE,
    "Wed Jan 31 2024 10:30:00 GMT+0100 (Central European Standard Time)": NINE,
    "Wed Jan 31 10:30:00 2024": TEN,
    "Wed Jan 31 10:30:00 CET 2024": NINE,
    "Wed Jan 31 10:30:00 AM UTC 2024": TEN,
    "Wed Jan 31 10:30:00 +0100 2024": NINE,
    "31/Jan/2024:10:30:00 +0100": NINE,
    "[31/Jan/2024:10:30:00 +0100]": NINE,
    "31-JAN-24": DAY,
    "31-JAN-24 10.30.00.000000 PM": NIGHT,
    "31-JAN-24 10.30.00 AM AMERICA/NEW_YORK": THREE,
    "2024-Jan-31": DAY,
    "2024:01:31 10:30:00": TEN,
    "20240131 1030": TEN,
    "Jan 31 2024 10:30:00:123AM": TEN,
    "2024-01-31 10:30:00 America/New_York": THREE,
    "2024-01-31T10:30[Europe/Berlin]": NINE,
    "2024-01-31 10:30:00 GMT+1": NINE,
    "2024-01-31 10:30:00 UTC+01:00": NINE,
    "2024-01-31+01:00": "2024-01-30T23:00:00",
    "'2024-01-31": DAY,
    "'20240131": DAY,
    '="2024-01-31"': DAY,
}
OF_PEOPLE = {
    "31/01/2024 10.30.00": TEN,
    "31.01.2024 10.30": TEN,
    "31.01.2024 10:30 Uhr": TEN,
    "10:30 31.01.2024": TEN,
    "31. Januar 2024": DAY,
    "Mittwoch, 31. Januar 2024 um 10:30 Uhr": TEN,
    "31 Jän. 2024": DAY,
    "31 Okt 2024": "2024-10-31T00:00:00",
    "3 mai 2024": "2024-05-03T00:00:00",
    "mercredi 31 janvier 2024 à 10h30": TEN,
    "mar. 30 janv. 2024": "2024-01-30T00:00:00",
    "1er août 2024": "2024-08-01T00:00:00",
    "31 de enero de 2024": DAY,
    "31/1/2024, 10:30:00 p.\u00a0m.": NIGHT,
    "quarta-feira, 31 de janeiro de 2024 10:30": TEN,
    "31 gennaio 2024 ore 10:30": TEN,
    "31 mrt 2024": "2024-03-31T00:00:00",
    "31 stycznia 2024": DAY,
    "31 paź 2024": "2024-10-31T00:00:00",
    "d. 31. oktober 2024 kl. 10.30": "2024-10-31T10:30:00",
    "31 des. 2024": "2024-12-31T00:00:00",
    "31 января 2024 г., 10:30": TEN,
    "31 MAYIS 2024": "2024-05-31T00:00:00",
    "31. tammikuuta 2024 klo 10.30": TEN,
    "2024年1月31日 10:30": TEN,
    "2024年1月31日 星期三 下午10:30": NIGHT,
    "2024年1月31日(水) 10時30分": TEN,
    "2024년 1월 31일 오후 10:30": NIGHT,
    "2024. 1. 31. 10:30:00": TEN,
    "٣١/٠١/٢٠٢٤": DAY,
    "٣١\u200f/٠١\u200f/٢٠٢٤ ١٠:٣٠ م": NIGHT,
    "１/31/2024": DAY,
    "２０２４－０１－３１　１０：３０": TEN,
    "٢٠٢٤٠١٣١": DAY,
    "2024-01-31 22:30 AM": NIGHT,
    "2024-01-31 22:30 p.m.": NIGHT,
    "Mi., 31/01/2024": DAY,
    "ср, 31.01.2024": DAY,
    "sáb. 31/01/2024": DAY,
    "31JAN2024": DAY,
}
APART = ("10.30", "10.30.00", "10h30", "10:30 Uhr", "١٠:٣٠", "上午10:30", "10:30 a. m.", "10時30分")


@pytest.mark.parametrize("time", [*OF_PROGRAMS, *OF_PEOPLE])
def test_a_time_is_read_as_programs_and_people_write_it(time: str, tmp_path: Path) -> None:
    quoted = time.replace('"', '""')
    events = read(tmp_path, "user;item;time", f'u1;a;"{quoted}"')
    assert said(events) == [(OF_PROGRAMS | OF_PEOPLE)[time]]


@pytest.mark.parametrize("clock", APART)
def test_a_time_of_the_day_apart_is_read_as_people_write_it(clock: str, tmp_path: Path) -> None:
    assert said(read(tmp_path, "date;time;user;item", f"2024-01-31;{clock};u1;a")) == [TEN]


def test_times_of_a_place_have_the_zone_of_their_day(tmp_path: Path) -> None:
    days = ("2024-01-31", "2024-07-31")
    events = read(tmp_path, "user,item,time", *(f"u,{d},{d} 10:30 Europe/Berlin" for d in days))
    assert said(events) == [NINE, "2024-07-31T08:30:00"]
    assert events.counts.zoned == 2


@pytest.mark.parametrize(
    "time",
    [
        *(
            "31 foo 2024",
            "31 Jan",
            "Jan 2024",
            "30 Feb 2024",
            "3 Jan ab",
            "x Jan 24",
            "31/Jan/2024:25:00:00",
            "2024年",
        ),
        *("R6.1.31", "XL 10 12 2024", "A1 2 2024", "v1.2.2024", "No 10 12 2024", "Size 1/12/2024"),
        *("2024-01-31 10:30 Nowhere/City", "2024-01-31 10:30:00 +9900", "٣٢/٠١/٢٠٢٤", "١٠:٣٠"),
    ],
)
def test_what_is_no_time_is_refused_with_a_sentence(time: str, tmp_path: Path) -> None:
    with pytest.raises(EventsError, match=r"cannot be read, such as .* in row 1\. Write ISO 8601"):
        read(tmp_path, "user;item;time", f"u1;a;{time}")


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC"])
def test_timestamps_of_any_unit_are_read(unit: str, zone: str | None, tmp_path: Path) -> None:
    parts = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]
    when = int(dt.datetime(2024, 1, 31, 10, 30, tzinfo=dt.UTC).timestamp()) * parts + parts // 7
    table = pa.table(
        {"user": ["u"], "item": ["a"], "time": pa.array([when], pa.timestamp(unit, zone))}
    )
    pq.write_table(table, tmp_path / "events.parquet")
    events = read_events(tmp_path / "events.parquet")
    assert said(events) == [TEN]
    assert events.counts.zoned == (zone is not None)


def test_numbers_are_read_without_what_guards_them_from_spreadsheets(tmp_path: Path) -> None:
    rows = ("2024-01-31,'-1,u1,a", "2024-01-31,-٢,u1,b", "2024-01-31,٢,u1,c", "2024-01-31,2,'-1,d")
    counts = read(tmp_path, "time,quantity,user,item", *rows).counts
    assert (counts.kept, counts.cancelled, counts.without_user) == (1, 2, 1)


@pytest.mark.parametrize("mark", ["-", "/", " "])
def test_the_whole_column_tells_whether_the_day_or_the_year_stands_first(
    mark: str, tmp_path: Path
) -> None:
    header, days = "user,item,time", range(13, 25)
    year = read(tmp_path, header, *(f"u,a,{mark.join(('24', '01', str(n)))}" for n in days))
    assert said(year) == [f"2024-01-{n}T00:00:00" for n in days]
    assert any("are read with the year first" in line for line in year.counts.lines())
    day = read(tmp_path, header, *(f"u,a,{mark.join((str(n), '01', '23'))}" for n in days))
    assert said(day) == [f"2023-01-{n}T00:00:00" for n in days]
    either = [f"u,a,{mark.join((str(n), '01', '23'))}" for n in (22, 24)]
    assert set(said(read(tmp_path, header, *either, f"u,b,{mark.join(('5', '1', '23'))}"))) == {
        *("2023-01-22T00:00:00", "2023-01-05T00:00:00", "2023-01-24T00:00:00")
    }
    with pytest.raises(EventsError, match=r"the day or the year first, such as '22.01.23' in row"):
        read(tmp_path, header, *either)


def test_days_of_years_to_come_have_the_year_or_the_day_elsewhere(tmp_path: Path) -> None:
    assert said(read(tmp_path, "user,item,time", "u,a,24-01-31 10:30")) == [TEN]
    assert said(read(tmp_path, "user,item,time", "u,a,31/01/24 10:30")) == [TEN]
