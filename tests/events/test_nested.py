"""Logs with records inside, and what is said where a log's items are in another column."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import EventsError
from pipeline.events import Columns, Events, read_events

SEGMENT: list[dict[str, object]] = [
    {
        "userId": "u1",
        "event": "Product Viewed",
        "timestamp": "2024-01-01T10:00:00Z",
        "properties": {"product_id": "p1", "price": 5},
        "context": {"timestamp": "never", "library": {"name": "x"}, "user_id": "no"},
    },
    {
        "userId": "u2",
        "event": "Order Completed",
        "timestamp": "2024-01-02T10:00:00Z",
        "properties": {"order_id": "o1", "products": [{"product_id": "p1"}, {"product_id": "p2"}]},
    },
    {"userId": "u2", "timestamp": "2024-01-03T10:00:00Z", "properties": {"path": "/"}},
]


def read(folder: Path, rows: list[dict[str, object]], columns: Columns | None = None) -> Events:
    path = folder / "log.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return read_events(path, columns)


@pytest.mark.parametrize("item", [None, "properties.product_id", "properties.products.product_id"])
def test_records_in_json_are_read_and_each_product_is_an_event(
    item: str | None, tmp_path: Path
) -> None:
    events = read(tmp_path, SEGMENT, Columns(item=item))
    assert [events.ids[number] for number in events.item] == ["p1", "p1", "p2"]
    assert events.weight.tolist() == [1, 3, 3]
    assert (events.counts.rows, events.counts.without_item) == (4, 1)
    assert len(read(tmp_path, SEGMENT[:1], Columns(item=None)).ids) == 1
    assert read(tmp_path, SEGMENT[1:2]).ids == ["p1", "p2"]


def test_items_in_lists_of_json_are_an_event_each(tmp_path: Path) -> None:
    row = {"user_pseudo_id": "u1", "event_timestamp": 1704067200000000, "event_name": "purchase"}
    lists: list[object] = [[{"item_id": "a"}, {"item_id": "b"}], [], None]
    events = read(tmp_path, [row | {"items": items} for items in lists])
    assert (events.ids, events.counts.rows, events.counts.without_item) == (["a", "b"], 4, 2)


def test_records_of_users_and_items_are_read_by_what_they_hold(tmp_path: Path) -> None:
    row: dict[str, object] = {"user": {"id": 1}, "item": {"id": 7}, "time": "2024-01-01"}
    assert read(tmp_path, [row]).ids == ["7"]
    odd = SEGMENT[0] | {"properties": "text", "refunded": []}
    assert read(tmp_path, [SEGMENT[0], odd]).counts.without_item == 1
    with pytest.raises(EventsError, match="Save them as CSV"):
        read(tmp_path, [row | {"user": [{"id": 1}]}])


def test_records_in_parquet_are_read(tmp_path: Path) -> None:
    columns = {"who": [{"id": "u1"}, {"id": "u2"}], "time": [1704067200, 1704067201]}
    viewed = {"properties": [{"product_id": "a", "price": 1.0}, None]}
    pq.write_table(pa.table(columns | viewed), tmp_path / "log.parquet")
    events = read_events(tmp_path / "log.parquet", Columns(user="who.id"))
    assert (events.ids, events.counts.without_item) == (["a"], 1)
    listed = {"things": [[{"n": "a"}, {"n": "b"}], None]}
    pq.write_table(pa.table(columns | listed), tmp_path / "log.parquet")
    events = read_events(tmp_path / "log.parquet", Columns(user="who.id", item="things.n"))
    assert (events.ids, events.counts.rows, events.counts.without_item) == (["a", "b"], 3, 1)
    with pytest.raises(EventsError, match=r"not one user.*--user"):
        read_events(tmp_path / "log.parquet", Columns(user="things.n", item="who.id"))


def test_the_column_that_holds_the_ids_of_the_catalogue_is_named(tmp_path: Path) -> None:
    rows = "".join(f"u{n},n{n},2024-01-01,00{n % 4},{n}\n" for n in range(8))
    (tmp_path / "log.csv").write_text(f"user,product,time,Lineitem sku,no\n{rows}", "utf-8")
    items = [f"00{n}" for n in range(3)] + ["x"]
    with pytest.raises(EventsError, match=r"such as '000'\. The column 'Lineitem sku' holds 3 of"):
        read_events(tmp_path / "log.csv", items=items)
    with pytest.raises(EventsError, match="Name the column that holds them with --item"):
        read_events(tmp_path / "log.csv", items=["y"])
    read(tmp_path, SEGMENT)
    with pytest.raises(EventsError, match=r"--item 'properties.product_id'"):
        read_events(tmp_path / "log.jsonl", Columns(item="event"), items=["p1"])
