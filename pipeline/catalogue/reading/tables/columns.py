"""Columns: which of them names the picture and which the item, and what type the others have."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.catalogue.reading.tables.cell import Cell
from pipeline.letters import plain_name, whole_letters

Column: TypeAlias = pa.Array | pa.ChunkedArray
ID_COLUMNS = ("id", "item_id", "sku")
FILE_NAME = "file_name"
PICTURE_COLUMNS = (
    *("filename", "file", "image", "picture", "photo", "img", "path", "filepath"),
    *(
        f"{what}{part}"
        for what in ("image", "picture", "photo", "img")
        for part in ("file", "filename", "name", "path", "s", "url", "link", "src")
    ),
)
"""Usual names, best first, as `plain_name` writes them."""
RESERVED = ("id", "image", "embedding")
"""What a built and a published catalogue have columns of their own for."""
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_THINGS = "product|produkt|article|artikel|item|style|model|variant|asset|image|picture|photo|bild"
_THING = re.compile(rf"^id$|sku|art\b|{_THINGS}")
_ID_NAME = re.compile(
    rf"((^|[\W_]|{_THINGS})(ids?|nos?|nr|num|ref|key|ean|gtin|upc)|#"
    r"|sku|code|kode|kod|codigo|código|number|nummer|numer|numero|número|artikel|article)[\W_]*$"
)
_INTEGER = re.compile(r"0|-?[1-9]\d{0,17}")
_WHOLE = re.compile(r"(0|-?[1-9]\d{0,14})\.0")
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,20})?")
_NOTHING = frozenset(("NA", "N/A", "NaN", "nan", "null", "NULL", "None", "#N/A"))
"""What writers of numbers put where there is none."""


def id_columns(names: Sequence[str]) -> list[str]:
    """The columns of ids among these, ``id`` first, ``item_id``, then ``sku``, in any case."""
    exact_first = sorted(names, key=lambda name: name not in ID_COLUMNS)
    by_plain: dict[str, list[str]] = {}
    for name in exact_first:
        by_plain.setdefault(plain_name(name), []).append(name)
    usual = [name for plain in map(plain_name, ID_COLUMNS) for name in by_plain.get(plain, [])]
    return list(dict.fromkeys(usual))


def id_column(names: Sequence[str]) -> str | None:
    """The first of these that is a column of ids; see `id_columns`."""
    return next(iter(id_columns(names)), None)


def whole_id_column(columns: Mapping[str, Sequence[Cell]]) -> str | None:
    """The first column of ids that has one in every row; where none has, the first."""
    usual = id_columns(list(columns))
    whole = (name for name in usual if all(cell is not None for cell in columns[name]))
    return next(whole, next(iter(usual), None))


def is_called_thing(name: str) -> bool:
    """Whether a column is called as what tells garments apart, and not their buyers or orders."""
    return is_called_id(name) and _THING.search(name.casefold()) is not None


def is_called_id(name: str) -> bool:
    """Whether a column is called as what tells things apart, as ``article_id`` or ``Art.-Nr.`` is.

    The short of these names must be words of their own: a ``casino`` is no number.
    """
    return _ID_NAME.search(_CAMEL.sub(" ", name).casefold()) is not None


def picture_columns(names: Sequence[str]) -> list[str]:
    """The columns that by their names may name the picture, best first."""
    exact = [name for name in names if name == FILE_NAME]
    by_plain: dict[str, list[str]] = {}
    for name in names:
        by_plain.setdefault(plain_name(name), []).append(name)
    usual = [name for plain in PICTURE_COLUMNS for name in by_plain.get(plain, [])]
    return list(dict.fromkeys(exact + usual))


def free_name(name: str, taken: Sequence[str], note: Callable[[str], None]) -> str:
    """A name for an attribute that is not one of what every catalogue has.

    Args:
        name: The column's own name.
        taken: The names of the other columns.
        note: Told where the attribute is called otherwise.
    """
    if name not in RESERVED:
        return name
    free = f"{name}_text"
    while free in taken:
        free += "_"
    note(f"The column '{name}' is kept as the attribute '{free}'.")
    return free


def typed(cells: Sequence[Cell]) -> list[Cell]:
    """The cells of a text column as numbers, if as numbers they look as they look in the file.

    ``007`` and ``10.00`` stay text. ``2012.0`` in a column of nothing else is a year that only the
    file's writer made a float, and becomes 2012.
    """
    texts = [cell for cell in cells if isinstance(cell, str) and cell not in _NOTHING]
    if not texts:
        return list(cells)
    convert: Callable[[str], Cell]
    if all(_INTEGER.fullmatch(text) for text in texts):
        convert = int
    elif all(_WHOLE.fullmatch(text) for text in texts):
        convert = _whole
    elif all(_is_shown(text) for text in texts):
        convert = float
    else:
        return list(cells)
    return [
        convert(cell) if isinstance(cell, str) and cell not in _NOTHING else None for cell in cells
    ]


def _is_shown(text: str) -> bool:
    """Whether a text is how the number that it says is shown, but for the ``.0`` of writers."""
    if not _NUMBER.fullmatch(text):
        return False
    return shown(float(text)) == (text.removesuffix(".0") if _WHOLE.fullmatch(text) else text)


def shown(number: float) -> str:
    """A number as people write it: without the ``.0`` that tells programs that it is a float."""
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


def plain_value(value: Cell) -> Cell:
    """A value as it looks in its file and as JSON can carry it: 10.0 is 10, infinity its name."""
    if not isinstance(value, float) or math.isnan(value):
        return None if isinstance(value, float) else value
    if math.isinf(value):
        return str(value)
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def _whole(text: str) -> int:
    return int(text.removesuffix(".0"))


def column_of(cells: Sequence[Cell]) -> pa.Array:
    """Cells as a column of one type: text where they are of several."""
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds == {int} and all(abs(cell) < 2**63 for cell in cells if isinstance(cell, int)):
        return pa.array(cells, type=pa.int64())
    if kinds == {bool}:
        return pa.array(cells, type=pa.bool_())
    if (
        kinds
        and kinds <= {int, float}
        and all(not isinstance(c, int) or abs(c) < 2**53 for c in cells)
    ):
        floats = [None if c is None else float(c) for c in cells]
        return whole_floats(pa.array(floats, type=pa.float64()))
    return pa.array([None if cell is None else text_of(cell) for cell in cells], type=pa.string())


def text_of(cell: Cell) -> str:
    """A cell as people write it."""
    return shown(cell) if isinstance(cell, float) else whole_letters(str(cell))


def texts_of(cells: Sequence[Cell], is_text: bool) -> list[str | None]:
    """The cells of a column as texts, without what only its writer added: a ``.0`` at every one.

    Args:
        cells: Its cells.
        is_text: Whether their texts may stand for numbers; see `Table`.
    """
    numbers = typed(cells) if is_text else cells
    pairs = zip(cells, numbers, strict=True)
    return [None if cell is None else text_of(cell if n is None else n) for cell, n in pairs]


def whole_floats(numbers: Column) -> Column:
    """Floats, or integers where all are whole: a writer's only way to leave one out.

    What is not a number becomes none, as its writer meant it.
    """
    numbers = pc.if_else(pc.is_nan(numbers), None, numbers)
    parts = numbers.chunks if isinstance(numbers, pa.ChunkedArray) else [numbers]
    known = False
    for part in parts:
        some = part.drop_null().to_numpy(zero_copy_only=False)
        if not ((np.abs(some) < 2**53) & (np.trunc(some) == some)).all():
            return numbers
        known = known or len(some) > 0
    return numbers.cast(pa.int64()) if known else numbers
