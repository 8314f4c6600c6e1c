"""The values of a catalogue's attributes, alone or joined."""

from __future__ import annotations

from pipeline.catalogue.catalogue import Catalogue

JOINED = "+"
"""Between the columns of a pair, as in ``articleType+baseColour``."""


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
