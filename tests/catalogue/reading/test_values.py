"""An id or an attribute looks as it looks in the file."""

from __future__ import annotations

import datetime
import json
import math
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.catalogue import open_catalogue
from pipeline.catalogue.reading.tables import column_of, plain_column, plain_value, typed
from pipeline.errors import CatalogueError
from tests.catalogue.reading.test_folder import encoded, write_set
from tests.conftest import draw_garment
from tests.support.growth import grows_in_step


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["0108775015", "0120129001"], ["0108775015", "0120129001"]),
        (["08", "10"], ["08", "10"]),
        (["8", "10", None], [8, 10, None]),
        (["2012.0", "2011.0", None], [2012, 2011, None]),
        (["10.00", "9.50"], ["10.00", "9.50"]),
        (["9.5", None, "10"], [9.5, None, 10]),
        (["9.5", "10.0", "20"], [9.5, 10, 20]),
        (["12E4", "13E5"], ["12E4", "13E5"]),
        (["4006381333931", "12345678901234567890"], ["4006381333931", "12345678901234567890"]),
        (["0.1", "0.30000000000000004"], [0.1, 0.30000000000000004]),
        (["2012", "NA", "2013"], [2012, None, 2013]),
        (["NA", "Red", "None", "nan"], ["NA", "Red", "None", "nan"]),
        (["true", "FALSE"], ["true", "FALSE"]),
        (["2024-05-17", "2024-05-17 10:00"], ["2024-05-17", "2024-05-17 10:00"]),
        (["-5", "+5"], ["-5", "+5"]),
        (["-0", "0"], ["-0", "0"]),
        (["1_000", "1,000"], ["1_000", "1,000"]),
        (["inf", "1"], ["inf", "1"]),
        (["٣", "4"], ["٣", "4"]),
    ],
)
def test_a_cell_is_a_number_only_where_it_looks_the_same(cells: list, expected: list) -> None:
    shown = [plain_value(value) for value in column_of(typed(cells)).to_pylist()]
    assert list(map(repr, shown)) == list(map(repr, expected))


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (pa.array([2012.0, None, 2011.0]), [2012, None, 2011]),
        (pa.array([2012.0, math.nan]), [2012, None]),
        (pa.array([0, None], pa.timestamp("s", "No/Where")), ["1970-01-01 00:00:00Z", None]),
        (
            pa.ExtensionArray.from_storage(pa.uuid(), pa.array([bytes(16)], pa.binary(16))),
            ["00000000-0000-0000-0000-000000000000"],
        ),
        (pa.array([0.1, 19.99], pa.float32()), [0.1, 19.99]),
        (pa.array(np.array([0.1, 2.5], np.float16)), [0.1, 2.5]),
        (pa.array([19.99, 20.0]), [19.99, 20.0]),
        (pa.array(["08", "10"]), ["08", "10"]),
        (pa.array(["a", "b"]).dictionary_encode(), ["a", "b"]),
        (pa.array([2**63 + 1], pa.uint64()), [2**63 + 1]),
        (pa.array(["08"], pa.large_string()), ["08"]),
    ],
)
def test_a_column_of_parquet_is_shown_as_its_writer_had_it(
    column: pa.Array, expected: list
) -> None:
    plain = plain_column(pa.chunked_array([column]))
    assert plain is not None
    assert plain.to_pylist() == expected


def test_ids_of_numbers_that_a_writer_made_floats(tmp_path: Path) -> None:
    draw_garment(tmp_path / "a.png", "red", "disc")
    (tmp_path / "metadata.jsonl").write_text('{"file_name": "a.png", "id": 7.0, "year": 2012.0}\n')
    catalogue = open_catalogue(tmp_path)
    assert (list(catalogue.ids), catalogue.attributes_of(0)) == (["7"], {"year": 2012})


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (pa.array(["08", "é"]), ["08", "é"]),
        (pa.array(["a", "b"]).dictionary_encode(), ["a", "b"]),
        (pa.array([7, -1], pa.int8()), ["7", "-1"]),
        (pa.array([2**63 + 1, 0], pa.uint64()), ["9223372036854775809", "0"]),
        (pa.array([7.0, 8.0]), ["7", "8"]),
        (pa.array([7.5, 1e20]), ["7.5", "1e+20"]),
        (pa.array([True, False]), ["True", "False"]),
        (pa.array([datetime.date(2024, 5, d) for d in (7, 8)]), ["2024-05-07", "2024-05-08"]),
        (pa.array([Decimal("9.90"), Decimal("9.91")]), ["9.90", "9.91"]),
    ],
)
def test_ids_of_any_type_are_what_they_say(
    tmp_path: Path, ids: pa.Array, expected: list[str]
) -> None:
    write_columns(tmp_path / "shop.parquet", id=ids, size=pa.array([1, 2]))
    catalogue = open_catalogue(tmp_path)
    assert catalogue.ids == expected
    assert catalogue.select([1]).ids == catalogue.ids[1:]


@pytest.mark.parametrize(
    "missing", [pa.array(["a", None]), pa.array([7.0, math.nan]), pa.array([7.5, math.nan])]
)
def test_the_row_without_an_id_is_named(tmp_path: Path, missing: pa.Array) -> None:
    write_columns(tmp_path / "shop.parquet", id=missing, size=pa.array([1, 2]))
    with pytest.raises(CatalogueError, match=r"no 'id' in row 2\."):
        open_catalogue(tmp_path)


def test_half_a_letter_of_a_table_of_json_is_kept_as_it_is_written(tmp_path: Path) -> None:
    draw_garment(tmp_path / "a.png", "red", "disc")
    row = r'{"file_name": "a.png", "id": "7\ud83d", "na\udc00me": "\ude00hat"}'
    (tmp_path / "metadata.jsonl").write_text(row + "\n")
    catalogue = open_catalogue(tmp_path)
    assert catalogue.ids == [r"7\ud83d"]
    assert catalogue.attributes_of(0) == {r"na\udc00me": r"\ude00hat"}
    assert catalogue.fingerprint


def write_columns(path: Path, **columns: pa.Array) -> None:
    """Write a parquet file of two pictures, as any program may."""
    cells = pa.array([{"bytes": encoded(), "path": None}] * 2)
    pq.write_table(pa.table({**columns, "image": cells}), path)


@pytest.mark.parametrize("header", ["id,sku", "ID,SKU", "sku,id", "item_id,sku"])
def test_of_an_id_and_a_sku_one_is_the_id_and_the_other_stays(tmp_path: Path, header: str) -> None:
    draw_garment(tmp_path / "a.png", "red", "disc")
    order = header.split(",")
    cells = {name: "007" if name.lower() == "sku" else "1" for name in order}
    text = f"file_name,{header}\na.png,{','.join(cells[name] for name in order)}\n"
    (tmp_path / "metadata.csv").write_text(text)
    catalogue = open_catalogue(tmp_path)
    assert catalogue.ids == ["1"]
    assert list(catalogue.attributes_of(0).values()) == ["007"]


def test_a_column_called_as_one_of_our_own_is_kept_and_said(tmp_path: Path) -> None:
    draw_garment(tmp_path / "a.png", "red", "disc")
    (tmp_path / "metadata.csv").write_text("file_name,image,embedding\na.png,front,x\n")
    catalogue = open_catalogue(tmp_path)
    assert catalogue.attributes_of(0) == {"image_text": "front", "embedding_text": "x"}
    assert sum("'image'" in note or "'embedding'" in note for note in catalogue.notes) == 2


@pytest.mark.parametrize("held", [[{"stars": 5}], [0.5, 0.25], [*map(str, range(101))], [["x"]]])
def test_lists_of_texts_are_one_cell_and_others_left_out(tmp_path: Path, held: object) -> None:
    write_set(tmp_path / "shop.parquet", ["a"], tags=[["x", "y"]], sizes=[[36, 38]], odd=[held])
    catalogue = open_catalogue(tmp_path)
    assert catalogue.attributes_of(0) == {"tags": "x, y", "sizes": "36, 38"}
    assert any("'odd' is left out" in note for note in catalogue.notes)


def test_ids_made_of_paths_tell_items_apart(tmp_path: Path) -> None:
    draw_garment(tmp_path / "a.png", "red", "disc")
    (tmp_path / "metadata.csv").write_text("file_name,size\na.png,S\n./a.png,M\na.png,L\n")
    catalogue = open_catalogue(tmp_path)
    assert catalogue.ids == ["a.png", "a.png#2", "a.png#3"]
    assert [catalogue.attributes_of(row)["size"] for row in range(3)] == ["S", "M", "L"]


def test_an_id_twice_in_forty_thousand_rows_is_told_at_once(tmp_path: Path) -> None:
    draw_garment(tmp_path / "a.png", "red", "disc")

    def read(count: int) -> None:
        rows = [f"a.png,{number}" for number in [*range(count - 1), count - 2]]
        (tmp_path / "metadata.csv").write_text("\n".join(["file_name,id", *rows]))
        with pytest.raises(CatalogueError, match=f"id '{count - 2}' more than once"):
            open_catalogue(tmp_path)

    assert grows_in_step(read, 5000)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(10.0, 10), (9.5, 9.5), (math.nan, None), (-math.inf, "-inf"), (1e300, 1e300)],
)
def test_a_value_is_one_that_json_can_carry(value: float, expected: object) -> None:
    assert repr(plain_value(value)) == repr(expected)


def test_ids_of_a_csv_that_its_writer_made_floats(tmp_path: Path) -> None:
    for name in ("15970.png", "15971.png"):
        draw_garment(tmp_path / name, "red", "disc")
    (tmp_path / "styles.csv").write_text("id,kind\n15970.0,hat\n15971.0,cap\n")
    assert open_catalogue(tmp_path).ids == ["15970", "15971"]


@pytest.mark.parametrize(
    "error",
    ["#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#WERT!", "#¡VALOR!"],
)
@pytest.mark.parametrize("name", ["metadata.csv", "metadata.jsonl", "metadata.parquet"])
def test_an_error_of_a_spreadsheet_is_an_empty_cell(tmp_path: Path, error: str, name: str) -> None:
    for picture in ("a.png", "b.png"):
        draw_garment(tmp_path / picture, "red", "disc")
    rows = [{"file_name": "a.png", "kind": error}, {"file_name": "b.png", "kind": "hat"}]
    if name.endswith(".parquet"):
        pq.write_table(pa.Table.from_pylist(rows), tmp_path / name)
    elif name.endswith(".jsonl"):
        (tmp_path / name).write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    else:
        lines = ["file_name,kind", *(",".join(row.values()) for row in rows)]
        (tmp_path / name).write_text("\n".join(lines), encoding="utf-8")
    catalogue = open_catalogue(tmp_path)
    assert [catalogue.attributes_of(row)["kind"] for row in (0, 1)] == [None, "hat"]
    assert any("an error of a spreadsheet" in note and error in note for note in catalogue.notes)
