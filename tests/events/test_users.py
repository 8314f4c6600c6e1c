"""Users: whom a row is of, where it names no user or nobody can tell whom it means."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import EventsError
from pipeline.events import Columns, Events, read_events
from pipeline.events.events import Counts

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


def test_a_visitor_beside_several_users_of_one_machine_is_nobody(tmp_path: Path) -> None:
    who = [(None, "v1"), ("u1", "v1"), ("u2", "v1"), (None, "v1"), (None, "v2"), ("u3", "v3")]
    counts = accounted(segment(tmp_path, *who), people=4, without=2)
    assert counts.joined == 0
    told = "left out: 2 without a user, with 'v1' (2) in the place of one"
    assert told in list(counts.lines())


def accounted(events: Events, people: int, without: int) -> Counts:
    counts = events.counts
    assert (events.users, counts.without_user) == (people, without)
    assert counts.rows == counts.kept + without
    return counts


SHARED = ["17", "web", "iOS", "GA1.1.1"]


@pytest.mark.parametrize("client", SHARED)
@pytest.mark.parametrize("users", [["u1"], ["u1", "u2"]])
def test_the_one_client_of_all_rows_is_nobody(
    client: str, users: list[str], tmp_path: Path
) -> None:
    who = [(None, client)] * 20 + [(user, client) for user in users]
    accounted(segment(tmp_path, *who), people=len(users), without=20)


@pytest.mark.parametrize("client", SHARED)
def test_a_till_among_visitors_is_nobody(client: str, tmp_path: Path) -> None:
    people = [(None, f"v{n}") for n in range(6)] + [("u1", "v0"), ("u2", "v1"), ("u3", None)]
    events = segment(tmp_path, *people, *[(None, client)] * 20)
    counts = accounted(events, people=7, without=20)
    assert f"with '{client}' (20) in the place of one" in "\n".join(counts.lines())
    assert counts.joined == 2


def test_programs_that_share_a_column_are_nobodies(tmp_path: Path) -> None:
    who = [("u1", None), *((None, ("web", "ios", "Android")[n % 3]) for n in range(9))]
    accounted(segment(tmp_path, *who), people=1, without=9)


def test_an_eager_visitor_among_many_is_a_person(tmp_path: Path) -> None:
    who = [(None, f"v{n}") for n in range(20)] + [(None, "v0")] * 5 + [("u1", "v1")]
    assert segment(tmp_path, *who).users == 20


@pytest.mark.parametrize("client", SHARED)
def test_where_a_client_is_nobody_the_next_column_tells(client: str, tmp_path: Path) -> None:
    rows = [f"{client},s{n // 2},,i{n},{1_704_067_200 + n}" for n in range(20)]
    rows += [f"{client},,,a,1704067300", f"{client},s99,u1,b,1704067400"]
    (tmp_path / "log.csv").write_text("\n".join(("client_id,session_id,user_id,item,time", *rows)))
    counts = accounted(read_events(tmp_path / "log.csv"), people=11, without=1)
    assert counts.visitors == 20
    assert f"'{client}' (1) in the place of one" in "\n".join(counts.lines())


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
