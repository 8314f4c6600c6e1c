"""Users: whom a row is of, where it names no user or nobody can tell whom it means."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import EventsError
from pipeline.events import Columns, Events, read_events

HOUR = 3_600


def segment(folder: Path, *who: tuple[object, object]) -> Events:
    """Events an hour apart of one item each, by their user and their visitor."""
    rows = [
        {
            "userId": user,
            "anonymousId": visitor,
            "event": "Product Viewed",
            "timestamp": 1_704_067_200 + HOUR * hour,
            "properties": {"product_id": "p"},
        }
        for hour, (user, visitor) in enumerate(who)
    ]
    path = folder / "log.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return read_events(path)


def test_visitors_of_google_analytics_who_are_not_logged_in_are_people(tmp_path: Path) -> None:
    table = {
        "event_timestamp": [1_704_067_200_000_000 + n for n in range(4)],
        "event_name": ["view_item"] * 4,
        "user_id": pa.nulls(4, pa.string()),
        "user_pseudo_id": ["v1", "v1", "v2", "v3"],
        "items": [[{"item_id": item}] for item in "abab"],
    }
    pq.write_table(pa.table(table), tmp_path / "ga4.parquet")
    events = read_events(tmp_path / "ga4.parquet")
    assert (events.users, len(events), events.counts.without_user) == (3, 4, 0)
    told = "\n".join(events.counts.lines())
    assert "4 rows name no user, and are of whom 'user_pseudo_id' names; 0 of them" in told


MISSING = [None, "", "guest", "(not set)", "-1", 0, "4,91511E+12"]


@pytest.mark.parametrize("user", MISSING)
def test_visitors_of_segment_who_are_not_logged_in_are_people(user: object, tmp_path: Path) -> None:
    events = segment(tmp_path, (user, "v1"), (user, "v2"), (user, "v1"), ("u1", None))
    assert (events.users, len(events)) == (3, 4)
    assert events.counts.visitors == 3


def test_a_visitor_who_logs_in_is_one_person(tmp_path: Path) -> None:
    events = segment(tmp_path, (None, "v1"), ("u1", "v1"), (None, "v2"), ("u1", "v2"), (None, "v3"))
    assert events.user.tolist() == [0, 0, 0, 0, 1]
    told = "3 rows name no user, and are of whom 'anonymousId' names; 2 of them of the one user"
    assert told in "\n".join(events.counts.lines())


def test_a_visitor_is_none_of_the_several_users_of_one_machine(tmp_path: Path) -> None:
    events = segment(tmp_path, (None, "v1"), ("u1", "v1"), ("u2", "v1"), (None, "v1"))
    assert events.users == 3
    assert events.counts.joined == 0


def test_a_visitor_is_no_user_of_the_same_number(tmp_path: Path) -> None:
    assert segment(tmp_path, (7, 8), (None, 7), (8, None)).users == 3


def test_who_is_in_no_column_is_left_out(tmp_path: Path) -> None:
    counts = segment(
        tmp_path, (None, None), ("guest", ""), ("u", "v"), ("guest", "(not set)")
    ).counts
    assert (counts.rows, counts.kept, counts.without_user) == (4, 1, 3)


@pytest.mark.parametrize("named", [None, "user_id"])
def test_the_columns_of_visitors_are_believed_in_their_order(
    named: str | None, tmp_path: Path
) -> None:
    text = "session_id,deviceId,visitor_id,user_id,item,time\n"
    rows = ("s1,d1,v1,u1", "s2,d1,v2,", "s3,d1,v2,", "s4,d1,,", "s5,d2,,", "s5,,,", "s6,,,", ",,,")
    text += "".join(f"{row},a,2024-01-0{n + 1}\n" for n, row in enumerate(rows))
    (tmp_path / "log.csv").write_text(text, "utf-8")
    events = read_events(tmp_path / "log.csv", Columns(user=named))
    assert events.counts.columns["user"] == "user_id"
    assert events.user.tolist() == [0, 1, 1, 0, 2, 3, 4]
    assert events.counts.without_user == 1


def test_ids_that_excel_has_rounded_are_nobody(tmp_path: Path) -> None:
    rows = [
        "4,91511E+12;a",
        "4,91511E+12;b",
        "4.9E+12;a",
        "5E+12;a",
        "u1;a",
        "u2;4,05E+12",
        ";4E+9",
    ]
    lines = [f"{row};2024-01-0{n + 1}" for n, row in enumerate(rows)]
    (tmp_path / "log.csv").write_text("\n".join(("user;item;time", *lines)), "utf-8")
    counts = read_events(tmp_path / "log.csv").counts
    assert (counts.rows, counts.kept, dict(counts.rounded)) == (7, 1, {"user": 4, "item": 1})
    told = "\n".join(counts.lines())
    assert "left out: 4 whose user Excel has rounded, such as '4,91511E+12'" in told
    assert "left out: 1 whose item Excel has rounded, such as '4,05E+12'" in told
    (tmp_path / "log.csv").write_text("\n".join(("user;item;time", *lines[:4])), "utf-8")
    with pytest.raises(
        EventsError, match=r"No row .*4 whose user Excel has rounded.*as text there"
    ):
        read_events(tmp_path / "log.csv")
