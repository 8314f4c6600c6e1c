"""A catalogue: items with a stable id, a picture and attributes, and what of its source is none."""

from __future__ import annotations

import copy
import hashlib
import re
from pathlib import Path

import pyarrow as pa
from PIL import Image

from pipeline.catalogue.feeds import read_feed
from pipeline.catalogue.found import Found, LeftOut, PlainPictures, check_ids, stamp_of
from pipeline.catalogue.pictures import open_picture
from pipeline.catalogue.reading import plain_value, read_hub, read_local
from pipeline.catalogue.reading.tables import no_attributes
from pipeline.catalogue.stores import read_store
from pipeline.errors import CatalogueError
from pipeline.ids import Ids
from pipeline.settings import Settings, looks_like_path
from pipeline.store import is_stored, shown

AttributeValue = str | int | float | bool | None
PICTURES = "pictures"
"""The folder of a home where fetched pictures are kept."""


class Catalogue:
    """Items of one source: pictures are decoded one at a time, when asked for.

    Attributes:
        source: The hub id or the folder, as it was given.
        revision: The hub revision, or None for a folder.
        fingerprint: Changes when the items change: the hub revision, or the names, sizes and
            times of a folder's files, with the ids.
        ids: The stable id of each item: its `id` column, or its path inside a folder of
            pictures, or else its row number.
        attributes: One row an item, one column an attribute; class labels as their names.
        left_out: What in the source is no item, and why.
        notes: How the source was read where that was a choice, one sentence each.
        files: How many of the items and of what is left out are files of their own.
        folded: How many rows of the source are variants of an item that another row is of.
        further: The other pictures of each item; empty where no item has several.
    """

    def __init__(
        self, source: str, found: Found, revision: str | None = None, stamp: str = ""
    ) -> None:
        self.source = source
        self.revision = revision
        self.ids = found.ids if isinstance(found.ids, Ids) else Ids(found.ids)
        check_ids(source, self.ids)
        self.attributes = found.attributes
        self.left_out: tuple[LeftOut, ...] = found.left_out
        self.notes: tuple[str, ...] = found.notes
        self.files = found.files
        self.folded = found.folded
        self.further = found.further
        self._pictures = found.pictures
        self._stamp = stamp

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def fingerprint(self) -> str:
        """SHA-256, in hexadecimal, of what the attribute says; the pictures are not read for it."""
        whole = hashlib.sha256(self._stamp.encode())
        for item in self.ids:
            whole.update(f"\n{item}".encode())
        return whole.hexdigest()

    @property
    def attribute_names(self) -> list[str]:
        """The columns of ``attributes``; none where the items have only pictures and ids."""
        return list(self.attributes.column_names)

    def picture_source(self, row: int) -> bytes | Path:
        """The undecoded picture of an item: its bytes, or its file."""
        return self._pictures[row]

    def read_picture(self, row: int) -> Image.Image:
        """Decode the picture of an item to RGB.

        Raises:
            PictureError: If this item's picture cannot be read.
        """
        return open_picture(self.picture_source(row))

    def attributes_of(self, row: int) -> dict[str, AttributeValue]:
        """The attributes of an item by name, None where it has no value."""
        values = self.attributes.slice(row, 1).to_pylist()[0] if self.attribute_names else {}
        return {name: plain_value(value) for name, value in values.items()}

    def select(self, rows: list[int]) -> Catalogue:
        """The same catalogue with these rows only, in this order."""
        chosen = copy.copy(self)
        chosen._pictures = self._pictures.select(rows)
        chosen.ids = self.ids.take(rows)
        chosen.further = tuple(self.further[row] for row in rows) if self.further else ()
        chosen.attributes = self.attributes.take(pa.array(rows, type=pa.int64()))
        return chosen

    def views(self) -> tuple[Catalogue, list[str]]:
        """The further pictures of items, as items of their own without attributes.

        Returns:
            Those, and the id of the item that each is of.
        """
        owners: list[str] = []
        names: list[str] = []
        pictures: list[Path] = []
        for item, further in zip(self.ids, self.further, strict=False):
            owners += [item] * len(further)
            names += [f"{item}#{number}" for number in range(2, len(further) + 2)]
            pictures += further
        views = copy.copy(self)
        views.ids, views.attributes, views.further = Ids(names), no_attributes(len(names)), ()
        views._pictures, views.left_out = PlainPictures(pictures), ()
        return views, owners

    def with_pictures(self, pictures: list[bytes], change: str) -> Catalogue:
        """The same items with other pictures.

        Args:
            pictures: The encoded picture of each item, in the order of the items.
            change: What was done to them, which its ``source`` tells from the catalogue's own.
        """
        changed = self.select(list(range(len(self))))
        changed.source = f"{self.source} ({change})"
        content = hashlib.sha256(b"".join(hashlib.sha256(data).digest() for data in pictures))
        changed._stamp = f"{self._stamp} {content.hexdigest()}"
        changed._pictures = PlainPictures(pictures)
        changed.further = ()
        return changed


def open_catalogue(
    source: str | Path,
    revision: str | None = None,
    split: str = "train",
    allow_outside: bool | None = None,
    *,
    allow_private: bool | None = None,
    home: Path | None = None,
    asks_web: bool = True,
) -> Catalogue:
    """Open a catalogue from a hub id, a folder in the hub's layout, a folder of pictures or a feed.

    A folder, a table or a parquet file may lie in object storage; its pictures are fetched when
    they are asked for.

    A folder of pictures may hold tables that describe them: ``metadata.csv``, or another that
    names them, with a column such as ``file_name``; without one, the names of subfolders become
    the attribute ``label``. The pictures that a feed names by address are fetched. What is no item
    is listed in the catalogue's ``left_out``.

    Args:
        source: A hub dataset id such as ``ashraq/fashion-product-images-small``, a folder, a
            parquet file of pictures, a table whose pictures lie beside it, a shop's feed, or an
            address such as ``s3://bucket/photos``.
        revision: A hub branch, tag or commit.
        split: The split to open, where the source has several.
        allow_outside: Whether its tables may name pictures outside of its folder; None takes the
            settings'.
        allow_private: Whether the pictures of a feed may come from this machine and its networks;
            None takes the settings'.
        home: Where fetched pictures are kept; None takes the settings'.
        asks_web: Whether the pictures of a feed may be fetched; if not, those kept are taken.

    Raises:
        CatalogueError: If there is nothing at ``source``, no picture in it, or an id twice.
        StoreError: If an address cannot be read.
    """
    check_source(source)
    if is_stored(source):
        found = read_store(str(source), split)
        return Catalogue(shown(str(source)), found, stamp=f"{split} {found.stamp}")
    path = Path(source).expanduser()
    settings = Settings.read(home=home, allow_outside=allow_outside, allow_private=allow_private)
    try:
        if path.is_file():
            feed = read_feed(path, settings.home / PICTURES, settings.allow_private, asks_web)
            if feed is not None:
                return Catalogue(str(source), feed, stamp=feed.stamp)
        if path.exists():
            found = read_local(path, split, settings.allow_outside)
            return Catalogue(str(source), found, stamp=f"{split} {found.stamp or _stamp(path)}")
    except OSError as error:
        # Of what is skipped if it cannot be read, this was there a moment ago.
        raise CatalogueError(
            f"The catalogue '{source}' cannot be read ({error.strerror or error}). If its files "
            "are being changed, wait until that is done; else check its permissions."
        ) from error
    found, commit = read_hub(str(source), revision, split)
    commit = commit or revision
    return Catalogue(str(source), found, commit, stamp=f"{source} {commit} {split}")


def check_source(source: str | Path) -> None:
    """Whether a catalogue can be there at all, before anything is asked of the hub.

    Raises:
        CatalogueError: If it is an address of the web, or a path where nothing lies.
    """
    name = str(source)
    if is_stored(name):
        return
    if re.match(r"[a-z][a-z0-9+.-]+:/{1,2}", name, re.IGNORECASE) and not Path(name).exists():
        raise CatalogueError(
            f"'{name}' is an address. Download what lies there and give that file or folder, or a "
            "hub id such as 'owner/name', or an address of s3://, gs:// or hf://."
        )
    if looks_like_path(name) and not Path(name).expanduser().exists():
        raise CatalogueError(
            f"There is no catalogue at '{source}'. Give a folder of pictures, a folder or parquet "
            "file in the hub's layout, or a hub id such as 'owner/name'."
        )


def _stamp(path: Path) -> str:
    files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
    return stamp_of((str(file.relative_to(path)), file) for file in files)
