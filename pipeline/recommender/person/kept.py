"""What a person has kept and marked as not for them, read against one catalogue."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.artifacts import BuiltCatalogue
from pipeline.errors import QueryError
from pipeline.recommender.query import read_ids, shown

MAX_KEPT = 500
"""Kept items that one call takes: years of a person's hearts."""


@dataclass(frozen=True)
class Kept:
    """What a person has kept and marked.

    Attributes:
        rows: The rows of the kept items, in the order of keeping.
        disliked: The ids of items marked as not for them that the catalogue has.
        missing: How many of either the catalogue has no longer.
    """

    rows: tuple[int, ...]
    disliked: tuple[str, ...]
    missing: int

    @classmethod
    def read(cls, built: BuiltCatalogue, kept: object, disliked: object) -> Kept:
        """Read ids as any interface may send them.

        An id that the catalogue does not have is counted, not refused: a person keeps items for
        longer than a shop sells them.

        Raises:
            QueryError: If they are no ids, too many, both kept and marked, or none is left.
        """
        wanted = read_ids(kept, "kept", MAX_KEPT)
        unwanted = read_ids(disliked, "disliked")
        if not wanted:
            raise QueryError("There is no kept item to go by. Give the ids of one or more.")
        if both := [item for item in unwanted if item in set(wanted)]:
            raise QueryError(
                f"The item {shown(both[0])} is both kept and marked as disliked. Choose one of the "
                "two."
            )
        known = [row for item in wanted if (row := built.row_of(item)) is not None]
        # Two variants that were kept apart may be one item now.
        rows = list(dict.fromkeys(known))
        marked = {item: built.row_of(item) for item in unwanted}
        away = [item for item, row in marked.items() if row is not None and row not in rows]
        if not rows:
            raise QueryError(
                f"The catalogue has none of the kept items, such as {shown(wanted[0])}. Give ids "
                "as matches have them."
            )
        missing = len(wanted) - len(known) + sum(row is None for row in marked.values())
        return cls(tuple(rows), tuple(away), missing)
