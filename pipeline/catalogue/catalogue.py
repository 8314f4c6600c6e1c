"""A catalogue: items with a stable id, a picture and attributes, opened through `datasets`."""

from __future__ import annotations

import hashlib
from pathlib import Path

import datasets
import pyarrow as pa
from PIL import Image

from pipeline.catalogue.loading import ID_COLUMNS, commit_of, has_parquet, load_hub, load_local
from pipeline.catalogue.pictures import open_picture
from pipeline.errors import CatalogueError
from pipeline.settings import Settings, looks_like_path

AttributeValue = str | int | float | bool | None


class Catalogue:
    """Items of one source, memory-mapped: pictures are decoded one at a time, when asked for.

    Attributes:
        source: The hub id or the folder, as it was given.
        revision: The hub revision, or None for a folder.
        fingerprint: Changes when the items change: the hub revision, or the names, sizes and
            times of a folder's files, with the ids.
        ids: The stable id of each item: its `id` column, or its path inside a folder of
            pictures, or else its row number.
        attributes: One row an item, one column an attribute; class labels as their names.
    """

    def __init__(
        self, source: str, dataset: datasets.Dataset, revision: str | None = None, stamp: str = ""
    ) -> None:
        self.source = source
        self.revision = revision
        picture_column = _picture_column(source, dataset)
        self._pictures = dataset.select_columns(picture_column).cast_column(
            picture_column, datasets.Image(decode=False)
        )
        self._picture_column = picture_column
        self.ids = _stable_ids(source, dataset, self._pictures, picture_column)
        self.attributes = _attribute_table(dataset, picture_column)
        self._stamp = stamp

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def fingerprint(self) -> str:
        """SHA-256, in hexadecimal, of what the attribute says; the pictures are not read for it."""
        text = "\n".join([self._stamp, *self.ids])
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def attribute_names(self) -> list[str]:
        """The columns of ``attributes``; none where the items have only pictures and ids."""
        return list(self.attributes.column_names)

    def picture_source(self, row: int) -> bytes | Path:
        """The undecoded picture of an item: its bytes, or its file."""
        cell = self._pictures[row][self._picture_column]
        if cell is None:
            return b""
        return cell["bytes"] if cell["bytes"] is not None else Path(cell["path"])

    def read_picture(self, row: int) -> Image.Image:
        """Decode the picture of an item to RGB.

        Raises:
            PictureError: If this item's picture cannot be read.
        """
        return open_picture(self.picture_source(row))

    def attributes_of(self, row: int) -> dict[str, AttributeValue]:
        """The attributes of an item by name, None where it has no value."""
        return self.attributes.slice(row, 1).to_pylist()[0] if self.attribute_names else {}

    def select(self, rows: list[int]) -> Catalogue:
        """The same catalogue with these rows only, in this order."""
        chosen = object.__new__(Catalogue)
        chosen.source, chosen.revision, chosen._stamp = self.source, self.revision, self._stamp
        chosen._picture_column = self._picture_column
        chosen._pictures = self._pictures.select(rows)
        chosen.ids = [self.ids[row] for row in rows]
        chosen.attributes = self.attributes.take(pa.array(rows, type=pa.int64()))
        return chosen

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
        cells = {self._picture_column: [{"bytes": data, "path": None} for data in pictures]}
        features = datasets.Features({self._picture_column: datasets.Image(decode=False)})
        changed._pictures = datasets.Dataset.from_dict(cells, features=features)
        return changed


def open_catalogue(
    source: str | Path,
    revision: str | None = None,
    split: str = "train",
    allow_outside: bool | None = None,
) -> Catalogue:
    """Open a catalogue from a hub id, a folder in the hub's layout, or a folder of pictures.

    A folder of pictures may hold a ``metadata.csv`` whose column ``file_name`` names the
    pictures (the ImageFolder convention of `datasets`); without one, the names of subfolders
    become the attribute ``label``.

    Args:
        source: A hub dataset id such as ``ashraq/fashion-product-images-small``, a folder, or
            one parquet file.
        revision: A hub branch, tag or commit.
        split: The split to open, where the source has several.
        allow_outside: Whether its table may name pictures outside of its folder; None takes the
            settings'.

    Raises:
        CatalogueError: If there is nothing at ``source``, no picture in it, or an id twice.
    """
    path = Path(source).expanduser()
    outside = Settings.read().allow_outside if allow_outside is None else allow_outside
    if path.exists():
        return Catalogue(
            str(source), load_local(path, split, outside), stamp=f"{split} {_stamp(path)}"
        )
    if looks_like_path(str(source)):
        raise CatalogueError(
            f"There is no catalogue at '{source}'. Give a folder of pictures, a folder or parquet "
            "file in the hub's layout, or a hub id such as 'owner/name'."
        )
    dataset = load_hub(str(source), revision, split)
    commit = commit_of(dataset) or revision
    return Catalogue(str(source), dataset, commit, stamp=f"{source} {commit} {split}")


def _stamp(path: Path) -> str:
    """The names, sizes and times of a source's files, in one line."""
    files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
    stats = ((file, file.stat()) for file in files)
    lines = (f"{f.relative_to(path)} {s.st_size} {s.st_mtime_ns}" for f, s in stats)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _picture_column(source: str, dataset: datasets.Dataset) -> str:
    for name, feature in dataset.features.items():
        if isinstance(feature, datasets.Image):
            return str(name)
    raise CatalogueError(
        f"The catalogue '{source}' has no column of pictures; its columns are "
        f"{', '.join(dataset.column_names)}. One must have the type `datasets.Image`."
    )


def _stable_ids(
    source: str, dataset: datasets.Dataset, pictures: datasets.Dataset, picture_column: str
) -> list[str]:
    for column in ID_COLUMNS:
        if column in dataset.column_names:
            values = dataset.with_format("arrow")[column].to_pylist()
            if None in values:
                raise CatalogueError(
                    f"The catalogue '{source}' has no '{column}' in row {values.index(None) + 1}. "
                    "Every item needs one, or leave the column out."
                )
            ids = [str(value) for value in values]
            if len(set(ids)) < len(ids):
                twice = next(value for value in ids if ids.count(value) > 1)
                raise CatalogueError(
                    f"The catalogue '{source}' has the id '{twice}' more than once. Ids must "
                    "tell items apart."
                )
            return ids
    root = Path(source).expanduser()
    if root.is_dir() and not has_parquet(root):
        paths = (cell[picture_column]["path"] for cell in pictures)
        return [_id_of(Path(path), root.resolve()) for path in paths]
    return [str(row) for row in range(len(dataset))]


def _id_of(path: Path, root: Path) -> str:
    """A picture's path in its folder, or the whole of it where it lies elsewhere."""
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()


def _attribute_table(dataset: datasets.Dataset, picture_column: str) -> pa.Table:
    """The scalar columns as arrow, class labels as names, without the picture and the id."""
    kinds = {
        name: feature
        for name, feature in dataset.features.items()
        if name != picture_column
        and name not in ID_COLUMNS
        # Lists and structures are no attributes.
        and isinstance(feature, datasets.ClassLabel | datasets.Value)
    }
    columns: dict[str, pa.ChunkedArray | pa.Array] = {}
    # All at once: `datasets` gives a single column of many slowly.
    whole = dataset.select_columns(list(kinds)).with_format("arrow")[:] if kinds else pa.table({})
    for name, feature in kinds.items():
        if isinstance(feature, datasets.ClassLabel):
            numbers = whole[name].to_pylist()
            columns[name] = pa.array(
                [
                    None if number is None or number < 0 else feature.names[number]
                    for number in numbers
                ],
                type=pa.string(),
            )
        else:
            column = whole[name]
            if _is_plain(column.type):
                columns[name] = column
            elif not _is_bytes(column.type):
                # Times and decimals as text, which JSON can carry.
                columns[name] = column.cast(pa.string())
    if not columns:
        return pa.table({"": pa.nulls(len(dataset))}).select([])
    return pa.table(columns)


def _is_plain(kind: pa.DataType) -> bool:
    tests = (pa.types.is_string, pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean)
    return any(test(kind) for test in tests)


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))
