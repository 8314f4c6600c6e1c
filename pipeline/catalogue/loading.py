"""Loading: a source's rows through `datasets`, memory-mapped, whatever it lies in."""

from __future__ import annotations

import glob
import re
from collections.abc import Iterator
from pathlib import Path

import datasets
import pyarrow as pa
from pyarrow import csv

from pipeline.catalogue.places import check_places, hub_folders, named_only
from pipeline.errors import CatalogueError
from pipeline.hub import bound_waits

METADATA, FILE_NAME = "metadata.csv", "file_name"
ID_COLUMNS = ("id", "item_id", "sku")
PICTURE_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif"}


def load_local(path: Path, split: str, allow_outside: bool = False) -> datasets.Dataset:
    """Open a parquet file, a folder in the hub's layout, or a folder of pictures.

    Raises:
        CatalogueError: If it holds no pictures, or cannot be opened.
    """
    try:
        if path.is_file():
            loaded = datasets.load_dataset("parquet", data_files=str(path), split="train")
            return loaded if allow_outside else _inside(loaded, path, [path.parent])
        if has_parquet(path):
            loaded = datasets.load_dataset(str(path), split=split)
            return loaded if allow_outside else _inside(loaded, path, [path])
        if not any(_picture_files(path)):
            raise CatalogueError(
                f"The folder '{path}' holds no pictures and no parquet file. A catalogue needs at "
                "least one picture (JPEG, PNG, WebP, GIF, BMP, TIFF or AVIF)."
            )
        return _load_picture_folder(path, allow_outside)
    except CatalogueError:
        raise
    except ValueError as error:
        reason = "it has no items" if "corresponds to no data" in str(error) else error
        raise CatalogueError(f"The catalogue '{path}' cannot be opened: {reason}") from error
    except Exception as error:
        # `datasets` lets errors of pyarrow, csv and its own out; each is a bad catalogue here.
        raise CatalogueError(f"The catalogue '{path}' cannot be opened: {error}") from error


def load_hub(hub_id: str, revision: str | None, split: str) -> datasets.Dataset:
    """Open a set of the hub, from its cache where that has it.

    Raises:
        CatalogueError: If the hub does not give it.
    """
    bound_waits()
    try:
        loaded = datasets.load_dataset(hub_id, revision=revision, split=split)
        return _inside(loaded, hub_id, hub_folders())
    except CatalogueError:
        raise
    except Exception as error:
        # Offline, missing, private and damaged sets each raise another library's class.
        raise CatalogueError(
            f"The catalogue '{hub_id}' cannot be loaded from the hub ({_first_line(error)}). "
            "Check the name and the connection, or give a folder."
        ) from error


def commit_of(dataset: datasets.Dataset) -> str | None:
    """The hub commit that a set was downloaded from, so that a moved branch is noticed."""
    for address in dataset.info.download_checksums or {}:
        if found := re.search(r"@([0-9a-f]{40})/", address):
            return found.group(1)
    return None


def has_parquet(folder: Path) -> bool:
    """Whether a folder has the hub's layout."""
    return any(folder.glob("**/*.parquet"))


def _inside(loaded: datasets.Dataset, source: str | Path, roots: list[Path]) -> datasets.Dataset:
    check_places(source, named_only(loaded), roots)
    return loaded


def _load_picture_folder(path: Path, allow_outside: bool) -> datasets.Dataset:
    if (path / METADATA).is_file():
        return _load_metadata(path, allow_outside)
    if any(path.glob("**/metadata.*")):
        # Every file by pattern: left to itself, `datasets` takes "train" or "test" in a name for
        # a split and leaves the other pictures out.
        everything = f"{glob.escape(str(path.resolve()))}/**"
        return datasets.load_dataset(
            "imagefolder", data_files={"train": everything}, split="train", drop_labels=True
        )
    root = path.resolve()
    files = sorted(_picture_files(root))
    columns: dict[str, list[str | None]] = {"image": [str(file) for file in files]}
    features = datasets.Features({"image": datasets.Image()})
    if any(file.parent != root for file in files):
        columns["label"] = [file.parent.name if file.parent != root else None for file in files]
        features["label"] = datasets.Value("string")
    return datasets.Dataset.from_dict(columns, features=features)


def _load_metadata(path: Path, allow_outside: bool) -> datasets.Dataset:
    """Pictures by a metadata.csv at the root; one that is missing is skipped when it is read."""
    as_text = {name: pa.string() for name in (*ID_COLUMNS, FILE_NAME)}
    # Ids are text even where they look like numbers: 007 is not 7.
    options = csv.ConvertOptions(column_types=as_text, strings_can_be_null=True)
    table = csv.read_csv(path / METADATA, convert_options=options)
    if FILE_NAME not in table.column_names:
        raise CatalogueError(
            f"'{path / METADATA}' has no column '{FILE_NAME}' that names each picture; its columns "
            f"are {', '.join(table.column_names)}."
        )
    pictures = [str(path.resolve() / (name or "")) for name in table[FILE_NAME].to_pylist()]
    if not allow_outside:
        check_places(path, pictures, [path])
    loaded = datasets.Dataset(table.drop_columns([FILE_NAME]))
    return loaded.add_column("image", pictures).cast_column("image", datasets.Image())


def _picture_files(folder: Path) -> Iterator[Path]:
    """The pictures of a folder, without hidden files such as macOS's ``._photo.jpg``."""
    for file in folder.rglob("*"):
        is_hidden = any(part.startswith(".") for part in file.relative_to(folder).parts)
        if file.suffix.lower() in PICTURE_SUFFIXES and not is_hidden and file.is_file():
            yield file


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
