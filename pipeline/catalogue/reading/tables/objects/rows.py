"""Rows: what objects say of items and of their variants, a row each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from pipeline.catalogue.columns import known_column
from pipeline.catalogue.reading.tables.cell import Cell
from pipeline.catalogue.reading.tables.columns import id_columns, is_called_id
from pipeline.catalogue.reading.tables.objects.cells import Nested, cells_of
from pipeline.catalogue.reading.tables.objects.listing import Objects, opened
from pipeline.errors import CatalogueError
from pipeline.letters import plain_name

MAX_NAMES, MOST_WITHIN = 2_000, 100
"""Columns, and those that are made of what one name holds, at most."""
_MAX_EMPTY = 10_000_000
"""Cells that hold nothing, where they are a hundred times as many as those that do."""
_WRAPPERS = ("attributes", "fields", "_source", "node", "item")
"""What an object may hold all in that is said of it, as in JSON:API, Airtable, Elasticsearch,
GraphQL and lists of schema.org."""
_VARIANTS = ("variants", "variations", "productvariants", "hasvariant", "skus")
"""What servers call the variants of a product, as `plain_name` writes it."""
_OFFERS = "offers"
"""What schema.org calls them, and others what they are given cheaper with."""
_plain = lru_cache(maxsize=4096)(plain_name)
OF_VARIANTS = ("variant sku", "variant id")
"""The columns of what variants are called that JSON lists in their product."""
_OF_ITEM = re.compile(r"title|name|position|option\d|(created|updated|published|modified).*")
"""What is said of a variant that is no attribute of its product, as `plain_name` writes it."""


@dataclass
class Rows:
    """The rows of a table in JSON.

    Attributes:
        rows: The cells of each, by name.
        numbers: The number of its object; that of several rows where it lists variants.
        nested: What is no cell.
    """

    rows: list[dict[str, Cell]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    nested: Nested = field(default_factory=Nested)

    @property
    def notes(self) -> list[str]:
        """What was decided on the way, for people."""
        held = {name for row in self.rows for name in row}
        left = [
            f"has lists in the column '{name}', which are left out"
            if name in held
            else f"has the column '{name}' of lists, which is left out"
            for name in self.nested.left
        ]
        left += [f"has ids of other things in '{name}', left out" for name in self.nested.ids]
        return left + [
            f"has the column '{name}' of objects, of which the names alone are kept"
            for name in self.nested.named
        ]


def rows_of(objects: Objects) -> Rows:
    """The rows of objects: one each, or one a variant, the first with what is said of them all."""
    found = Rows()
    for number, said in zip(objects.numbers, objects.rows, strict=True):
        rows = _rows(_whole(said), found.nested)
        found.rows += rows
        found.numbers += [number] * len(rows)
    # What so many are called is data itself, as the keys of a stock.
    many = {name: keys for name, keys in found.nested.within.items() if len(keys) > MOST_WITHIN}
    if many:
        found.nested.left |= dict.fromkeys(many)
        keys = set().union(*many.values())
        found.rows = [{k: cell for k, cell in row.items() if k not in keys} for row in found.rows]
    return found


def names_of(path: Path, rows: Sequence[Mapping[str, object]]) -> list[str]:
    """The names under which objects hold values, each once: the columns of their table.

    Args:
        path: Their file.
        rows: The objects.

    Raises:
        CatalogueError: If they have so many names of their own that such a table is all but empty,
            and a thousand times as large as its file.
    """
    names = list(dict.fromkeys(name for row in rows for name in row))
    held = sum(map(len, rows))
    if len(names) > MAX_NAMES or len(names) * len(rows) > _MAX_EMPTY + 100 * held:
        raise CatalogueError(
            f"The table '{path}' has {len(names):,} different names for what it says of "
            f"{len(rows):,} items, too many to be its columns. Give all items the same names, "
            f"{MAX_NAMES:,} at most."
        )
    return names


def _whole(said: Mapping[str, object]) -> dict[str, object]:
    """An object with what it holds in wrappers, and with its ``_id`` as its id."""
    whole = dict(said)
    for name in _WRAPPERS:
        if isinstance(inner := said.get(name), dict):
            del whole[name]
            if taken := {key: value for key, value in inner.items() if key in whole}:
                whole[name] = taken
            whole |= {key: value for key, value in inner.items() if key not in taken}
    if "_id" in whole and "id" not in whole:
        whole["id"] = whole.pop("_id")
    return whole


def _rows(said: Mapping[str, object], nested: Nested) -> list[dict[str, Cell]]:
    """The row of an object, and behind it one of each variant that it lists, by the same ids."""
    variants: list[dict[str, object] | int] = []
    listed = [name for name in said if _plain(name) in (*_VARIANTS, _OFFERS)]
    rest = dict(said)
    for name in listed:
        held = opened(said[name])
        held = [held] if isinstance(held, dict) else held
        if isinstance(held, list) and _are_variants(_plain(name), held):
            variants += held
            del rest[name]
    whole = cells_of(rest, nested)
    if not variants:
        return [whole]
    ids = {name: whole[name] for name in id_columns(list(whole))}
    rows = [_of_variant(one, whole, nested) for one in variants]
    if ids:
        return [whole, *(ids | row for row in rows)]
    if len(rows) > 1:  # nothing tells that they are of one product
        nested.left |= dict.fromkeys(name for name in listed if name not in rest)
        return [whole]
    return [whole | rows[0]]


def _are_variants(name: str, values: Sequence[object]) -> bool:
    """Whether a list is of variants: objects, or the numbers by which a shop knows them."""
    objects = [one for one in values if isinstance(one, dict)]
    if len(objects) < len(values):
        return name != _OFFERS and all(type(one) is int for one in values)
    keys = {_plain(key) for one in objects for key in one}
    return name != _OFFERS or not keys.isdisjoint(("sku", "pricecurrency"))


def _of_variant(
    said: dict[str, object] | int, whole: Mapping[str, Cell], nested: Nested
) -> dict[str, Cell]:
    """What a row says of a variant: its ids, and what its product does not say itself."""
    if not isinstance(said, dict):
        return {"variant id": said}
    cells: dict[str, Cell] = {}
    for name, cell in cells_of(said, nested).items():
        plain = _plain(name)
        is_own = whole.get(name) is None and not (_OF_ITEM.fullmatch(plain) or is_called_id(name))
        if (called := f"variant {plain}") in OF_VARIANTS:
            cells[called] = cell
        elif is_own or (known_column(name) is not None and plain not in ("title", "name")):
            cells[name] = cell
    return cells
