"""Shops: what a shop means by the cells of its table, wherever the pictures lie."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from pipeline.amounts import read_amount
from pipeline.catalogue.columns import (
    GROUPS,
    HANDLES,
    HANDLES_PICTURES,
    PRICES,
    Hidden,
    first_called,
    known_column,
    known_columns,
    may_hide,
    without_markup,
)
from pipeline.catalogue.found import NO_PRODUCT
from pipeline.catalogue.reading.tables import Cell, Table, id_columns, texts_of
from pipeline.letters import composed_name

_GROUPS = (*GROUPS, "parent")
"""In WooCommerce's export too."""


def as_meant(columns: Mapping[str, list[Cell]]) -> dict[str, list[Cell]]:
    """What columns say without HTML, and their prices as their currency writes them.

    ``1.299`` is less than two, and more than a thousand where another column, or the name of its
    own, says euros.
    """
    plain = {name: [_plain(cell) for cell in cells] for name, cells in columns.items()}
    beside = next(iter(known_columns(columns).get("currency", [])), None)
    for name, cells in plain.items():
        known = known_column(name)
        if known is not None and known.name in PRICES and (known.currency or beside is not None):
            told = plain[beside] if beside is not None else [None] * len(cells)
            plain[name] = [
                _price(cell, currency or known.currency)
                for cell, currency in zip(cells, told, strict=True)
            ]
    return plain


def hidden_rows(table: Table) -> dict[int, str]:
    """The rows of what a shop does not show, and why.

    In Shopify's export one row of a product says it for all. Elsewhere a variant says it of itself,
    and the product that it names of it too.
    """
    handle = handle_column(table)
    if handle is None:
        return _with_variants(_said_hidden(table, table.columns), table)
    status, published = (
        [name for name in table.columns if composed_name(name) == called]
        for called in ("status", "published")
    )
    said = _said_hidden(table, status or published)
    of_product = {table.columns[handle][row]: reason for row, reason in reversed(said.items())}
    of_product.pop(None, None)
    products = enumerate(table.columns[handle])
    return said | {row: of_product[name] for row, name in products if name in of_product}


def handle_column(table: Table) -> str | None:
    """The column that names the product of each row, in an export of Shopify."""
    is_shopify = first_called(table.columns, HANDLES_PICTURES) is not None
    return first_called(table.columns, HANDLES) if is_shopify else None


def note_of_variants(table: Table, rows: Sequence[int]) -> str:
    """What to say where rows that are items are of one product; else empty. It goes on a name."""
    column = handle_column(table) or first_called(table.columns, _GROUPS)
    # What rows are called in a column of ids, others cannot be.
    if column is None or column in id_columns([column]):
        return ""
    cells = texts_of(table.columns[column], table.is_text)
    times = Counter(cell for row in rows if (cell := cells[row] or "") not in NO_PRODUCT)
    count = sum(number > 1 for number in times.values())
    if not count:
        return ""
    what = "1 product" if count == 1 else f"{count:,} products"
    return (
        f"names {what} of several rows in its column '{column}', and each row is an item of its "
        "own: only where a feed names its pictures by address are they folded into one"
    )


def _plain(cell: Cell) -> Cell:
    return (without_markup(cell) or None) if isinstance(cell, str) else cell


def _price(cell: Cell, currency: Cell) -> Cell:
    """A price, without the marks between its thousands where only the currency tells them."""
    found = read_amount(cell) if isinstance(cell, str) else None
    if found is None or found.currency or not isinstance(currency, str):
        return cell
    told = read_amount(f"{cell} {currency}")
    return cell if told is None else told.written


def _said_hidden(table: Table, names: Iterable[str]) -> dict[int, str]:
    """The rows of which these columns say that they are hidden."""
    texts = {n: texts_of(table.columns[n], table.is_text) for n in names if may_hide(n)}
    hidden = Hidden(texts)
    said: dict[int, str] = {}
    for row, cells in enumerate(zip(*texts.values(), strict=True)):
        named = zip(texts, cells, strict=True)
        if reason := hidden.reason({name: cell for name, cell in named if cell is not None}):
            said[row] = f"{reason}."
    return said


def _with_variants(hidden: dict[int, str], table: Table) -> dict[int, str]:
    """Those rows and the variants of such as are products themselves."""
    group = first_called(table.columns, _GROUPS)
    names = [name for name in id_columns(list(table.columns)) if name != group]
    if group is None or not names or not hidden:
        return hidden
    of_product = texts_of(table.columns[group], table.is_text)
    called = [texts_of(table.columns[name], table.is_text) for name in names]
    products = {
        cell: reason
        for row, reason in hidden.items()
        if (of_product[row] or "") in (*NO_PRODUCT, *(cells[row] or "" for cells in called))
        for cells in called
        if (cell := cells[row]) is not None
    }
    above = ((row, re.sub(r"^id:\s*", "", name or "")) for row, name in enumerate(of_product))
    return hidden | {row: products[name] for row, name in above if name in products}
