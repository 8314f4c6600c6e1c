"""Attributes: stored columns of several types as what is said of items, each of one type."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import datasets
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.catalogue.reading.tables.cell import Cell
from pipeline.catalogue.reading.tables.columns import Column, column_of, free_name, whole_floats
from pipeline.catalogue.reading.tables.objects import joined, pictures_in


def plain_column(column: pa.ChunkedArray) -> Column | None:
    """A column of parquet as text, numbers or truths that JSON can carry; None where it is neither.

    Lists of texts or of a few numbers become text, so do times and decimals. A float that is whole
    in every row was made one by the file's writer, and one of 32 bits is the shortest number that
    it stands for.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        return plain_column(column.cast(kind.value_type))
    if pa.types.is_floating(kind):
        return whole_floats(column if pa.types.is_float64(kind) else _shortest(column))
    kept = (pa.types.is_string, pa.types.is_integer, pa.types.is_boolean, pa.types.is_null)
    if any(test(kind) for test in kept):
        return column.cast(pa.string()) if pa.types.is_null(kind) else column
    if _is_list_of_texts(kind):
        return _joined_lists(column)
    if pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return None
    if pa.types.is_fixed_size_binary(kind) or pa.types.is_binary_view(kind):
        return None
    if isinstance(kind, pa.UuidType):
        uuids = [None if cell is None else str(cell) for cell in column.to_pylist()]
        return pa.array(uuids, pa.string())
    try:
        return column.cast(pa.string())
    except pa.ArrowException:
        if not pa.types.is_timestamp(kind):
            return None  # of a type that has no text
    # In a zone that this machine does not know, as Windows knows none: the same time, in UTC.
    return pc.binary_join_element_wise(
        column.cast(pa.timestamp(kind.unit)).cast(pa.string()), "Z", ""
    )


def attribute_table(
    dataset: datasets.Dataset, leave: Sequence[str], note: Callable[[str], None]
) -> pa.Table:
    """The attributes of a set: its columns of one value a row, class labels as their names.

    Args:
        dataset: The set.
        leave: Columns that are no attributes: the picture and the id.
        note: Told each other column that cannot be one.
    """
    features = {name: f for name, f in dataset.features.items() if name not in leave}
    plain = [name for name, feature in features.items() if _may_be_one(feature)]
    # All at once: `datasets` gives a single column of many slowly.
    whole = dataset.select_columns(plain).with_format("arrow")[:] if plain else pa.table({})
    columns: dict[str, Column] = {}
    for name, feature in features.items():
        column = None
        if isinstance(feature, datasets.ClassLabel):
            column = _label_names(whole[name], feature.names)
        elif name in plain:
            column = plain_column(whole[name])
        if column is None:
            note(f"The column '{name}' is left out: it holds no single text or number an item.")
        else:
            columns[free_name(name, list(features), note)] = column
    return pa.table(columns) if columns else no_attributes(len(dataset))


def no_attributes(count: int) -> pa.Table:
    """A table of so many rows and no column."""
    return pa.table({"": pa.nulls(count)}).select([])


def stack_tables(tables: Sequence[pa.Table]) -> pa.Table:
    """Tables of attributes below each other: a column that one lacks is empty there."""
    if len(tables) == 1:
        return tables[0]
    columns: dict[str, Column] = {}
    for name in dict.fromkeys(name for table in tables for name in table.column_names):
        found = [table[name] if name in table.column_names else None for table in tables]
        if len({None if column is None else column.type for column in found}) == 1:
            columns[name] = pa.chunked_array([c for f in found if f is not None for c in f.chunks])
            continue
        cells: list[Cell] = []
        for table, column in zip(tables, found, strict=True):
            cells += column.to_pylist() if column is not None else [None] * table.num_rows
        columns[name] = column_of(cells)
    return pa.table(columns) if columns else no_attributes(sum(table.num_rows for table in tables))


def _shortest(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Floats of 32 or 16 bits as the shortest numbers of 64 that are written like them."""
    narrow = np.float32 if pa.types.is_float32(column.type) else np.float16
    shortest = [
        pa.array([None if n is None else float(str(narrow(n))) for n in part.to_pylist()])
        for part in column.chunks
    ]
    return pa.chunked_array([part.cast(pa.float64()) for part in shortest], pa.float64())


def _is_list_of_texts(kind: pa.DataType) -> bool:
    """Whether a column holds a list of texts or of whole numbers a row, such as tags."""
    if not (pa.types.is_list(kind) or pa.types.is_large_list(kind)):
        return False
    held = kind.value_type
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_integer)
    return any(test(held) for test in tests)


def _joined_lists(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """A list a row as one text each; None where one is too long for that."""
    cells: list[str | None] = []
    for part in column.chunks:
        for held in part.to_pylist():
            values = [one for one in held or () if one is not None]
            cell = pictures_in("", values) or joined(values)
            if cell is None:
                return None
            cells.append(cell or None)
    return pa.chunked_array([pa.array(cells, pa.string())])


def _may_be_one(feature: object) -> bool:
    """Whether a feature of a set may be an attribute."""
    if isinstance(feature, datasets.List | datasets.LargeList):
        return isinstance(feature.feature, datasets.Value)
    return isinstance(feature, datasets.ClassLabel | datasets.Value)


def _label_names(numbers: pa.ChunkedArray, names: Sequence[str]) -> pa.ChunkedArray:
    known = pc.if_else(pc.less(numbers, 0), None, numbers)
    return pa.chunked_array([pa.array(names, pa.string())]).take(known)
