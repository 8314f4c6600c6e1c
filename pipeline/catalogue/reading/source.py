"""Source: what people give as a catalogue, and one sentence where it is something else."""

from __future__ import annotations

from pathlib import Path

from pipeline.catalogue.found import Found, Record, stamp_of
from pipeline.catalogue.reading.contents import Content, content_of
from pipeline.catalogue.reading.folder import read_folder, read_table_file
from pipeline.catalogue.reading.stored import DAMAGED, has_pictures, is_whole, read_stored
from pipeline.catalogue.reading.walking import WalkedFile, printable, walk
from pipeline.errors import CatalogueError


def stamp_source(path: Path, allow_outside: bool) -> str:
    """What changes when the files of a source change, told by their names, sizes and times.

    Nothing is opened for it, so that it can be asked again and again.

    Args:
        path: A folder, or a file, which for a table stands for the folder that it lies in.
        allow_outside: Whether links may lead outside of the folder.

    Raises:
        OSError: If it is not there, or files come and go while it is looked at.
    """
    if path.suffix.lower() == ".parquet":
        return stamp_of([(path.name, path)])
    root = path if path.is_dir() else path.parent
    files = walk(root, Record(), allow_outside)
    return stamp_of([(path.name, path), *((file.name, file.path) for file in files)])


def read_local(path: Path, split: str, allow_outside: bool = False) -> Found:
    """Read a folder, a parquet file, or a table whose pictures lie beside it.

    Args:
        path: The folder or file, which exists.
        split: Which split of a folder in the hub's layout.
        allow_outside: Whether tables and links may lead outside of the folder.

    Raises:
        CatalogueError: If it holds no pictures, or cannot be opened.
    """
    if path.is_dir():
        return read_folder(path, split, allow_outside)
    try:
        content, reason = content_of(path)
    except OSError as error:
        raise CatalogueError(
            f"'{path}' cannot be read ({error.strerror or error}). Check its permissions."
        ) from error
    if content is Content.PARQUET and not is_whole(path):
        raise CatalogueError(f"The catalogue '{path}' is {DAMAGED}.")
    if (content is Content.PARQUET and has_pictures(path)) or path.suffix.lower() == ".parquet":
        file = WalkedFile(path, printable(path.name))
        return read_stored(path, [file], "train", Record(), allow_outside)
    if content is Content.TABLE:
        return read_table_file(path, allow_outside)
    if content is Content.PICTURE:
        raise CatalogueError(
            f"'{path}' is one picture. Give the folder that it lies in as the catalogue: "
            f"'{path.parent}'."
        )
    raise CatalogueError(
        f"The catalogue '{path}' is {reason or 'no folder'}. Give a folder of pictures, or a "
        "parquet file that holds them."
    )
