"""The values of a catalogue's attributes, alone or joined, and which of them mean the same."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.catalogue.catalogue import Catalogue
from pipeline.catalogue.columns import known_columns
from pipeline.errors import CatalogueError
from pipeline.letters import composed_name

JOINED = "+"
"""Between the columns of a pair, as in ``articleType+baseColour``."""
TITLES, LABEL = ("productDisplayName", "name", "title"), "label"
"""The attributes that say what to call an item before any other that is known, and the last."""


def name_attributes(attributes: Iterable[str]) -> list[str]:
    """Those of some attributes that say what to call an item, as any shop calls them, best first.

    A label comes last: it is an item's kind more often than its name.
    """
    names = list(attributes)
    known = [title for title in TITLES if title in names]
    known += known_columns(names).get("title", [])
    known += [name for name in names if composed_name(name) == LABEL]
    return list(dict.fromkeys(known))


def attribute_values(catalogue: Catalogue, attribute: str) -> list[str | None]:
    """The values of a column, or of several joined by ``+``; None where one is missing."""
    columns = attribute.split(JOINED)
    if not set(columns) <= set(catalogue.attribute_names):
        return [None] * len(catalogue)
    values = [catalogue.attributes[column].to_pylist() for column in columns]
    return [
        None
        if any(part is None or part == "NA" for part in parts)
        else JOINED.join(map(str, parts))
        for parts in zip(*values, strict=True)
    ]


@dataclass(frozen=True)
class Same:
    """Which value of a query's column means the same as which of an item's."""

    query_column: str
    item_column: str
    pairs: frozenset[tuple[str, str]]

    @property
    def name(self) -> str:
        """The name of the criterion, as it stands in reports."""
        columns = (self.query_column, self.item_column)
        return columns[0] if columns[0] == columns[1] else "=".join(columns)

    def __call__(self, asked: np.ndarray, held: np.ndarray) -> np.ndarray:
        """Whether values mean the same; the arrays are broadcast against each other."""
        shared = np.zeros(np.broadcast_shapes(asked.shape, held.shape), dtype=bool)
        for query_value, item_value in self.pairs:
            shared |= (asked == query_value) & (held == item_value)
        return shared

    @classmethod
    def read(cls, path: Path) -> Same:
        """Read a CSV file: a header of two columns, then a pair of values a row.

        Raises:
            CatalogueError: If there is no such file, or it has another form.
        """
        try:
            with path.expanduser().open(encoding="utf-8-sig", newline="") as file:
                rows = [[cell.strip() for cell in row] for row in csv.reader(file) if any(row)]
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise CatalogueError(
                f"The table '{path}' of values that mean the same cannot be read ({error}). Give a "
                "CSV file in UTF-8."
            ) from error
        for number, row in enumerate(rows, start=1):
            if len(row) != 2 or not all(row):
                raise CatalogueError(
                    f"Row {number} of '{path}' has not two values but {','.join(row)!r}. Write one "
                    "pair a row, as in 'T-Shirt,Tshirts', below a header such as "
                    "'label,articleType'."
                )
        if len(rows) < 2:
            raise CatalogueError(
                f"The table '{path}' names no values that mean the same. It needs a header, the "
                "column of the queries and that of the items, and a pair of values a row."
            )
        (query_column, item_column), *pairs = rows
        return cls(query_column, item_column, frozenset((pair[0], pair[1]) for pair in pairs))
