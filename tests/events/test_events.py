"""Logs as real exports write them: which rows become events, and what is said of the others."""

from __future__ import annotations

import codecs
import datetime as dt
import gzip
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import EventsError
from pipeline.events import Columns, Events, read_events

DAY = 86_400
FEBRUARY = 1_580_515_200
"""2020-02-01 in UTC."""


def read(folder: Path, text: str | bytes, **more: object) -> Events:
    path = folder / "events.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_events(path, **more)  # type: ignore[arg-type]


EXPORTS = {
    "H&M": "t_dat,customer_id,article_id,price\n2020-02-01,u1,0108775015,0.05\n",
    "Retailrocket": "timestamp,visitorid,event,itemid,transactionid\n"
    "1580515200000,u1,view,0108775015,\n",
    "GA4": "event_timestamp,event_name,user_pseudo_id,item_id\n"
    "1580515200000000,view_item,u1,0108775015\n",
    "REES46": "event_time,event_type,product_id,user_id\n"
    "2020-02-01 00:00:00 UTC,view,0108775015,u1\n",
    "Amazon": "reviewerID,asin,unixReviewTime\nu1,0108775015,1580515200\n",
    "a shop's": "Time;User ID;SKU\n2020-02-01T02:00:00+02:00;u1;0108775015\n",
    "after blank lines": "\n\r\nuser,item,time\nu1,0108775015,2020-02-01\n",
    "with days as numbers": "date\tuser\titem\n20200201\tu1\t0108775015\n",
}


@pytest.mark.parametrize("export", EXPORTS)
def test_the_names_of_real_exports_are_recognised(export: str, tmp_path: Path) -> None:
    events = read(tmp_path, EXPORTS[export], items=["108775015", "0108775015"])
    assert len(events) == events.users == 1
    assert events.time.tolist() == [FEBRUARY]
    assert events.item.tolist() == [1], "the zero in front is part of the id"
    assert events.has_times


def test_names_of_ones_own_are_said(tmp_path: Path) -> None:
    text = "who,What,when,user\nu1,a,2020-02-01,x\nu2,a,2020-02-02,x\n"
    events = read(tmp_path, text, columns=Columns(user="who", item="what", time="when"))
    assert events.users == 2
    with pytest.raises(EventsError, match=r"no column 'wen' for the time.*Did you mean 'when'"):
        read(tmp_path, text, columns=Columns(user="who", item="What", time="wen"))
    with pytest.raises(EventsError, match=r"known as the item or the time .*--item COLUMN --time"):
        read(tmp_path, text)


def test_every_row_is_an_event_or_counted(tmp_path: Path) -> None:
    tomorrow = dt.datetime.now(dt.UTC) + dt.timedelta(days=3)
    rows = [
        "u1,a,2020-02-01T00:00:00Z,purchase,1",
        "u1,a,2020-02-01 00:00:00,view,1",  # said again
        "u2,a,2020-02-01 00:00:00,view,1",
        ",a,2020-02-01,view,1",
        "u1, ,2020-02-01,view,1",
        "u1,zzz,2020-02-01,view,1",
        "u1,a,soon,view,1",
        "u1,a,1970-01-01,view,1",
        "u1,a,2020-02-30,view,1",
        f"u1,a,{tomorrow.isoformat()},view,1",
        "u1,a,2020-02-03,remove_from_cart,1",
        "u1,a,2020-02-03,view,-1",
        "u1,a,2020-02-03,view,much",
        "u1,a,2020-02-03",
    ]
    events = read(tmp_path, "user,item,time,kind,weight\n" + "\n".join(rows), items=["a"])
    counts = events.counts
    assert (counts.rows, counts.kept, len(events)) == (14, 2, 2)
    assert (counts.without_user, counts.without_item, counts.unknown_items) == (1, 1, 1)
    assert (counts.unreadable_times, counts.future, counts.bad_weights) == (3, 1, 2)
    assert (counts.duplicates, counts.broken, counts.single) == (1, 1, 2)
    assert dict(counts.no_choice) == {"remove_from_cart": 1}
    assert events.weight.tolist() == [3, 1], "the purchase counts, not the view beside it"
    told = "\n".join(counts.lines())
    for part in ("14 rows, 2 events", "1 broken", "3 whose time", "such as 'zzz'", "for UTC"):
        assert part in told


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty, or no table"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "empty, or no table|no column known"),
        (b"PAR1 and nothing else", "cannot be read"),
        (b"user,item,time\n", "No row of .* is an event"),
        (b"user,item,time\nu,b,2020-01-01\n", "it has 'b' where the catalogue has ids such as 'a'"),
        (b"user,item,time\nu,a,1/2/2020\n", "'1/2/2020' in row 1.*--time"),
        (b"user,item,time,kind\nu,a,2020-01-01,refund\n", "of the kind 'refund'"),
        (b"PK\x03\x04 and more", "an archive or a workbook. Unpack it"),
        (gzip.compress(b"user,item,time\n" * 50, mtime=0)[:-12], "cannot be read"),
        (b"a,b,c\n1,2,3\n", "no column known as the user or the item or the time"),
    ],
)
def test_what_is_no_log_gets_one_sentence(data: bytes, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(EventsError, match=sentence) as error:
        read(tmp_path, data, items=["a"])
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there_gets_one_sentence(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(EventsError, match="There is no file"):
            read_events(place)


ROWS = "u1,a,2020-02-01\nu2,b,2020-02-02\n"
READ = {
    "a letter of cp1252 late in the file": b"user,item,time\n%bu\xe9,a,\n" % (ROWS * 6000).encode(),
    "packed, whatever it is called": gzip.compress(b"user,item,time\n" + ROWS.encode(), mtime=0),
    "lines that end as on an old Mac": f"user,item,time\n{ROWS}".replace("\n", "\r").encode(),
    "a header of two lines": ('"user",item,time,"a\nnote"\n' + ROWS.replace("\n", ",x\n")).encode(),
    "Excel's own first line": ("sep=;\nuser,item,time\n" + ROWS).replace(",", ";").encode(),
    "a remark before the header": ("# of a shop\nuser,item,time\n" + ROWS).encode(),
    "the header twice": ("user,item,time\n" + ROWS + "user,item,time\n").encode(),
    "days since 1970": b"user,item,time\nu1,a,18293\nu2,b,18294\n",
    "days of a workbook": b"user,item,time\nu1,a,43862.25\nu2,b,43863\n",
    "decimal commas": b"user;item;time;weight\nu1;a;2020-02-01;1,5\nu2;b;2020-02-02;1,5\n",
    "weights beyond sense": (
        "user,item,time,weight\n" + ROWS.replace("\n", ",1\n") + "u3,a,2020-02-01,1e300\n"
    ).encode(),
}


@pytest.mark.parametrize("kind", READ)
def test_odd_files_are_read_and_what_is_left_out_is_counted(kind: str, tmp_path: Path) -> None:
    events = read(tmp_path, READ[kind], items=["a", "b"])
    counts = events.counts
    assert events.item.tolist() == [0, 1]
    assert (events.time // DAY).tolist() == [FEBRUARY // DAY, FEBRUARY // DAY + 1]
    left_out = counts.duplicates + counts.unreadable_times + counts.bad_weights + counts.broken
    assert counts.rows == counts.kept + left_out
    if kind == "decimal commas":
        assert events.weight.tolist() == [1.5, 1.5]
    if kind.startswith("days"):
        assert "times are numbers of days" in "\n".join(counts.lines())


def test_line_breaks_within_cells_cross_blocks(tmp_path: Path) -> None:
    row = f'u1,a,2020-02-01,"{"x" * 1000}\n{"y" * 1000}"\n'
    counts = read(tmp_path, "user,item,time,note\n" + row * 9000, items=["a"]).counts
    assert (counts.rows, counts.duplicates, counts.broken) == (9000, 8999, 0)


def test_small_numbers_for_times_are_an_order_and_said_to_be(tmp_path: Path) -> None:
    events = read(tmp_path, "user,item,time\nu1,a,1\nu1,b,2\n")
    assert not events.has_times
    assert "taken for places in an order" in "\n".join(events.counts.lines())


@pytest.mark.parametrize("part", ["user", "item", "time"])
@pytest.mark.parametrize("value", [["x"], {"id": "x"}])
def test_a_column_of_lists_or_records_gets_one_sentence(
    part: str, value: object, tmp_path: Path
) -> None:
    path = tmp_path / "events.parquet"
    columns: dict[str, list[object]] = {"user": ["u"], "item": ["a"], "time": [FEBRUARY]}
    pq.write_table(pa.table(columns | {"kind": [[1]], part: [value]}), path)
    with pytest.raises(EventsError, match=rf"column '{part}' .* not one {part} a row.*--{part}"):
        read_events(path)
    pq.write_table(pa.table(columns | {"kind": [value], "weight": [value]}), path)
    assert len(read_events(path)) == 1, "nobody asked for these columns"
    with pytest.raises(EventsError, match="column 'kind'"):
        read_events(path, Columns(kind="kind"))


def test_what_is_named_twice_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "events.parquet"
    names = ["user", "item", "item", "time"]
    pq.write_table(pa.table([["u"], ["a"], ["b"], [FEBRUARY]], names=names), path)
    assert read_events(path).ids == ["a"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252", "gzip"])
def test_encodings_and_packing(encoding: str, tmp_path: Path) -> None:
    text = "user,item,time,name\n" + "u1,é1,2020-02-01,café\n" * 3
    path = tmp_path / ("events.csv.gz" if encoding == "gzip" else "events.csv")
    data = gzip.compress(text.encode(), mtime=0) if encoding == "gzip" else text.encode(encoding)
    path.write_bytes(data)
    assert data[:3] == codecs.BOM_UTF8 or encoding != "utf-8-sig"
    events = read_events(path, items=["é1"])
    assert (len(events), events.counts.duplicates) == (1, 2)


def test_parquet_of_any_types(tmp_path: Path) -> None:
    path = tmp_path / "events.parquet"
    when = [dt.datetime(2020, 2, 1, tzinfo=dt.UTC), dt.datetime(2020, 2, 2, tzinfo=dt.UTC)]
    for users, times in (
        (pa.array([1, 2]), pa.array(when)),
        (pa.array([1.0, 2.0]), pa.array([day.date() for day in when])),
        (pa.array(["1", "2"]).dictionary_encode(), pa.array([day.timestamp() for day in when])),
    ):
        pq.write_table(pa.table({"user": users, "item": [7, 8], "time": times}), path)
        events = read_events(path, items=["8", "7"])
        assert events.time.tolist() == [FEBRUARY, FEBRUARY + DAY]
        assert events.item.tolist() == [1, 0]


def test_the_lists_of_items_of_google_analytics(tmp_path: Path) -> None:
    path = tmp_path / "events.parquet"
    items = [[{"item_id": "a", "price": 1.0}, {"item_id": "b", "price": 2.0}], []]
    table = pa.table(
        {
            "user_pseudo_id": ["u1", "u2"],
            "event_timestamp": [FEBRUARY * 10**6] * 2,
            "event_name": ["purchase", "purchase"],
            "items": items,
        }
    )
    pq.write_table(table, path)
    events = read_events(path)
    assert sorted(events.ids) == ["a", "b"]
    assert events.users == 1


def test_an_order_stands_for_times_where_there_are_none(tmp_path: Path) -> None:
    events = read(tmp_path, "user,item,position\nu1,a,1\nu1,b,0\nu2,a,0\n")
    assert not events.has_times
    assert events.time.tolist() == [0, 0, 1]


def _log(**changed: str) -> str:
    rows = {f"row{n}": f"u{n},i{n % 7},2020-02-01,text" for n in range(200)} | changed
    return "user,item,time,note\n" + "\n".join(rows.values()) + "\n"


@pytest.mark.parametrize(
    "later", [{}, {"row150": 'u150,"i1",2020-02-01,text'}, {"row150": 'u150,i1,2020-02-01,"text"'}]
)
def test_an_open_quotation_mark_that_takes_the_log_is_refused(
    tmp_path: Path, later: dict[str, str]
) -> None:
    text = _log(row10='u10,"i10,2020-02-01,text', **later)
    with pytest.raises(EventsError, match=r"does not close, at '.*i10,2020.*': 1[0-9]{2} lines"):
        read(tmp_path, text)


def test_the_few_lines_that_an_open_quotation_mark_takes_are_counted(tmp_path: Path) -> None:
    text = _log(row10='u10,"i10,2020-02-01,text', row14='u14,"i1",2020-02-01,text')
    counts = read(tmp_path, text).counts
    assert (counts.rows, counts.broken) == (200, 5)
