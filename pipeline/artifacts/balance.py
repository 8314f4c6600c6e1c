"""The balance of a build: every file and row of the source is an item, or counted with its kind."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.artifacts.manifest import Manifest
from pipeline.catalogue import Why


@dataclass(frozen=True)
class Balance:
    """How much lay in a source, and what became of it.

    ``files + rows`` is ``items + folded + skipped + without_row + other + system``.

    Attributes:
        files: The files of the source, but for the tables that describe the others.
        rows: The rows that have no file of their own: of parquet, or of a picture that is missing
            or that an earlier row has.
        items: What is in the built catalogue.
        folded: Rows of a feed that are variants or further pictures of an item of another row.
        skipped: What should be and cannot: damaged pictures, bad rows.
        without_row: Pictures that the table of their folder does not name.
        other: Files that are no pictures.
        system: What systems and programs leave, and what is hidden.
        pictures_missing: Pictures of a feed that cannot be had; no part of the sum, since an item
            stays one without some of its pictures.
    """

    files: int
    rows: int
    items: int
    folded: int
    skipped: int
    without_row: int
    other: int
    system: int
    pictures_missing: int

    @classmethod
    def of(cls, manifest: Manifest) -> Balance:
        """The balance of a built catalogue; of one built before all is counted as rows."""
        files = manifest.source_files or 0
        whys = [one.why for one in manifest.left_out]
        missing = whys.count(Why.PICTURE)
        total = manifest.count + manifest.folded + len(manifest.skipped) + len(whys) - missing
        return cls(
            files=files,
            rows=total - files,
            items=manifest.count,
            folded=manifest.folded,
            skipped=len(manifest.skipped),
            without_row=whys.count(Why.WITHOUT_ROW),
            other=whys.count(Why.OTHER),
            system=whys.count(Why.SYSTEM),
            pictures_missing=missing,
        )

    def __str__(self) -> str:
        alone = " without a file of their own" if self.files else ""
        sources = [
            _count(self.files, "file") if self.files else "",
            _count(self.rows, "row") + alone if self.rows else "",
        ]
        parts = [
            " and ".join(source for source in sources if source),
            _count(self.items, "item"),
            f"{self.folded:,} folded into them" if self.folded else "",
            f"{self.skipped:,} skipped" if self.skipped else "",
            f"{self.without_row:,} without a row" if self.without_row else "",
            _count(self.other, "other file") if self.other else "",
            f"{self.system:,} hidden or left by the system" if self.system else "",
        ]
        missing = f" ({_count(self.pictures_missing, 'picture')} missing)"
        return ", ".join(part for part in parts if part) + missing * bool(self.pictures_missing)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
