"""A sale ends when its shop says so, in whichever way its program writes the date."""

from __future__ import annotations

import itertools
import time
from datetime import UTC, datetime

import pytest

from pipeline.recommender import product_of
from tests.support.growth import grows_in_step

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
PAST = [
    *("2020-01-01 00:00:00 UTC", "2020-01-01T00:00:00.000Z", "2020-1-5", "1 Jan 2020"),
    *("Jan 1, 2020", "Wednesday, January 1, 2020", "January 1, 2020, 10:30 PM", "1. Januar 2020"),
    *("3 mai 2020", "31 paź 2020", "01-JAN-20", "1 Jan 2020 10:00", "Wed Jan 01 10:30:00 2020"),
    *("2020年1月1日", "٠١/٠١/٢٠٢٠", "31.12.2020 10:30 Uhr", "31/12/2020 10.30.00"),  # noqa: RUF001
    *("2020-01-01 10:00:00 Europe/Berlin", "20200101T103000Z", "20200101", "20200101103000"),
    *("1577836800", "1577836800000", "1577836800.5", "43831", "43831.5"),
]
NONE = ["9999-12-31", "0001-01-01T00:00:00", "1970-01-01 00:00:00", "0000-00-00", "0", "soon", "-"]
NONE += ["R6.1.31", "XL 10 12 2024", "A1 2 2024", "24-01-31", "20-01-24"]


def price(sale: str, **dates: str) -> str:
    attributes = {"price": "60", "sale_price": sale, **dates}
    return product_of(attributes, "Hat", now=NOW).price


@pytest.mark.parametrize("date", PAST)
def test_a_sale_that_has_ended_is_over_however_its_end_is_written(date: str) -> None:
    assert price("45", sale_ends=date) == "60"
    assert price("45", sale_starts=date) == "45"
    assert price("45", sale_price_effective_date=f"{date} - {date}") == "60"
    assert price("45", sale_ends=f"{date}, 2099-01-01") == "45", "any of several dates may hold"
    assert price("45, 50", sale_ends=f"{date}, {date}") == "60"
    assert price("45, 50", sale_ends=f"{date}, 2099-01-01") == "50"


@pytest.mark.parametrize("date", NONE)
def test_a_date_that_is_none_sets_no_end(date: str) -> None:
    assert price("45", sale_ends=date) == "45"


@pytest.mark.parametrize(
    ("today", "shown"),
    [
        *(("1 Jun 2026", "45"), ("Jun 1, 2026", "45"), ("46174", "45"), ("20260601", "45")),
        *(("1 Jun 2026 00:00", "45"), ("1 Jun 2026 11:00", "60"), ("46174.25", "60")),
        *(("1780272000", "60"), ("1780272000000", "60"), ("2026-06-01 00:00:00 UTC", "60")),
    ],
)
def test_a_day_lasts_until_its_midnight_and_a_moment_does_not(today: str, shown: str) -> None:
    assert price("45", sale_ends=today) == shown


@pytest.mark.parametrize("date", ["%Y-%m-%d", "%b %d, %Y", "soon %j %Y"])
def test_a_cell_of_many_dates_is_read_in_step_and_once(date: str) -> None:
    days = itertools.count(735_000)

    def ask(many: int) -> str:
        """Read a cell of dates that none before was like."""
        cell = ", ".join(datetime.fromordinal(next(days)).strftime(date) for _ in range(many))
        price("45", sale_starts=cell)
        return cell

    assert grows_in_step(ask, 500)
    started = time.process_time()
    cell = ask(500)
    first = time.process_time() - started
    for _ in range(10):
        price("45", sale_starts=cell)
    again = time.process_time() - started - first
    assert again < 3 * first, "a request reads again what an earlier one has read"


def test_dates_with_commas_within_stand_beside_dates_without() -> None:
    dates = "2020-01-01, Jan 1, 2021, 10:30 PM, 1/3/2022, Wednesday, January 1, 2099, 2020-01-01"
    assert price("45, 46, 47, 48, 49", sale_ends=dates) == "48"
    assert price("45", sale_price_effective_date="soon, later") == "45"
    assert price("45", sale_ends=", ".join(["2020-01-01"] * 3000)) == "60"
