"""Logs as programs save them: other code pages and letters that are none, titles, odd rows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.errors import EventsError
from pipeline.events import Columns, Events, read_events

ROWS = "u1,a,2024-01-01\nu2,b,2024-01-02\n"


def read(folder: Path, data: str | bytes, **named: str) -> Events:
    path = folder / "log.csv"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return read_events(path, Columns(**named))


def people(events: Events) -> dict[str, int]:
    """How many events there are of each item, by its id."""
    return {item: int((events.item == n).sum()) for n, item in enumerate(events.ids)}


PAGES = {
    "cp1250": ("klient,towar,data,Ilość", "koszula-żółta"),
    "cp1251": ("Клиент,Товар,Дата,Кол-во", "рубашка"),
    "cp932": ("会員番号,商品番号,日時,数量", "白いシャツ"),
    "gb18030": ("用户,商品,时间,数量", "衬衫"),
    "big5": ("會員編號,商品編號,訂購日期,數量", "襯衫"),
    "cp1255": ("לקוח,מוצר,תאריך,כמות", "חולצה"),
    "cp1252": ("client,référence,date,quantité", "chemise-à-fleurs"),
}


@pytest.mark.parametrize("page", PAGES)
def test_columns_and_ids_of_other_code_pages_are_read(page: str, tmp_path: Path) -> None:
    header, item = PAGES[page]
    user, thing, time, _ = header.split(",")
    named = {"user": user, "item": thing, "time": time}
    text = f"{header}\nu1,{item},2024-01-01,1\nu2,{item},2024-01-02,1\n"
    assert read(tmp_path, text.encode(page), **named).ids == [item]
    ascii_rows = f"{header}\n{ROWS}".replace("\n", ",1\n").replace(",1\n", "\n", 1)
    assert len(read(tmp_path, ascii_rows.encode(page), **named)) == 2, "named in the header alone"


def test_what_polish_shops_call_returns_is_known(tmp_path: Path) -> None:
    text = "user;item;time;Ilość\nu1;a;2024-01-01;1\nu1;a;2024-01-05;-1\n"
    counts = read(tmp_path, text.encode("cp1250")).counts
    assert (counts.kept, counts.cancelled) == (1, 1)


BROKEN = {
    "of a code page, in UTF-8": "c1,é,2024-01-01\n".encode() * 9 + b"c2,b,2024-01-02,caf\xe9,x\n",
    "of a code page": b"c1,\xe9,2024-01-01\n" * 9 + b"c2,b,2024-01-02,caf\xe9,x\n",
    "beyond every page": "c1,é,2024-01-01\n".encode() * 9 + b"c2,\xff\xfe,2024-01-02,\x81,x\n",
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_row_with_any_letters_is_left_out(
    kind: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    events = read(tmp_path, b"user,item,time\n" + BROKEN[kind])
    assert (events.ids, events.counts.broken) == (["é"], 1)
    assert "left out: 1 broken" in list(events.counts.lines())
    assert not capfd.readouterr().err


def test_a_cell_that_is_cut_within_a_letter_leaves_its_row(tmp_path: Path) -> None:
    rows = [f"u{n},é{n},2024-01-01,café".encode() for n in range(3)]
    data = b"\n".join((b"user,item,time,note", rows[0], rows[1][:-1], rows[2]))
    assert read(tmp_path, data).ids == ["é0", "é1", "é2"]


def lines(*items: str) -> list[str]:
    return [
        json.dumps({"user": "u", "item": i, "time": "2024-01-01"}, ensure_ascii=False)
        for i in items
    ]


JSON_ROWS = {
    "a byte that is no letter": "\n".join(lines("a", "b")).encode().replace(b'"b"', b'"b\xff"'),
    "half an emoji": "\n".join(lines("a", "b\\ud83d")).replace("\\\\", "\\").encode(),
    "UTF-16, of PowerShell": "\r\n".join(lines("a", "é")).encode("utf-16"),
    "UTF-16 without a mark": "\r\n".join(lines("a", "é")).encode("utf-16-le"),
    "a list in UTF-16": f"[{','.join(lines('a', 'é'))}]".encode("utf-16"),
    "a code page": "\n".join(lines("à", "é")).encode("cp1252"),
}


@pytest.mark.parametrize("kind", JSON_ROWS)
def test_json_of_any_letters_is_read(kind: str, tmp_path: Path) -> None:
    events = read(tmp_path, JSON_ROWS[kind])
    assert (len(events), events.counts.rows) == (2, 2)
    assert events.ids[1][0] in "bé"


SEMICOLONS = f"user,item,time\n{ROWS}".replace(",", ";")
TABLES = {
    "rows that end with a separator": "user,item,time\n" + ROWS.replace("\n", ",\n"),
    "one of them alone": "user,item,time\n" + ROWS.replace("\n", ",,\n", 1),
    "a header that ends with one": "user,item,time,\n" + ROWS,
    "a header and rows that do": ("user,item,time\n" + ROWS).replace("\n", ",\n"),
    "a title": "Sales report\nuser,item,time\n" + ROWS,
    "a title as wide as the table": "Sales report;;\n" + SEMICOLONS,
    "a title with the day": "Report,Date,2024-01-01\n\nuser,item,time\n" + ROWS,
    "a title with commas": "Shirts, coats, hats, all\n" + SEMICOLONS,
    "an empty row above": ",,\nuser,item,time\n" + ROWS,
    "quoted names with commas": '"Name, first, or none, or else";user;item;time\n'
    + "x;u1;a;2024-01-01\nx;u2;b;2024-01-02\n",
    "what Excel is told, with separators": ("sep=;,,\nuser,item,time\n" + ROWS).replace(",", ";"),
}


@pytest.mark.parametrize("kind", TABLES)
def test_the_header_is_found_and_rows_fit_it(kind: str, tmp_path: Path) -> None:
    events = read(tmp_path, TABLES[kind])
    assert (people(events), events.counts.broken) == ({"a": 1, "b": 1}, 0)


def test_rows_with_something_beyond_the_header_are_broken(tmp_path: Path) -> None:
    rows = "u1,a,2024-01-01,\nu2,b,2024-01-02,x\nu3,b,2024-01-03,\nu4,b,2024-01-04, \n"
    counts = read(tmp_path, "user,item,time\n" + rows).counts
    assert (counts.rows, counts.kept, counts.broken) == (4, 3, 1)


def test_a_title_is_passed_over_where_columns_are_named(tmp_path: Path) -> None:
    text = "Umsatz\n\nWer,Was,Wann\n" + ROWS
    assert len(read(tmp_path, text, user="wer", item="Was", time="Wann")) == 2
    with pytest.raises(EventsError, match=r"no column 'Wo' .*(Did you mean 'W|It has: 'Wer')"):
        read(tmp_path, text, user="Wer", item="Wo", time="Wann")


def test_a_title_with_an_open_quotation_mark_gets_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(EventsError, match="no column known as the user") as error:
        read(tmp_path, f'"Sales report\nuser,item,time\n{ROWS}')
    assert "\n" not in str(error.value)
