"""Places: a catalogue's table may name pictures of its own folder, and no other file here.

A folder or a parquet file may come from a stranger, whose table would else show any picture of this
machine, by `../`, from the root, or behind a link.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable
from pathlib import Path

import datasets
import pyarrow.compute as pc

from pipeline.errors import CatalogueError


def check_places(source: str | Path, paths: Iterable[str], roots: Iterable[Path]) -> None:
    """Whether all these files lie in one of the folders, links followed.

    Args:
        source: What to call the catalogue.
        paths: The files, absolute or from the working folder; they need not exist.
        roots: The folders.

    Raises:
        CatalogueError: If one does not.
    """
    inside = [os.path.realpath(root) for root in roots]
    folder_of = functools.cache(os.path.realpath)
    for path in paths:
        folder, name = os.path.split(path)
        is_plain = name not in ("", ".", "..") and not os.path.islink(path)  # noqa: PTH114
        real = os.path.join(folder_of(folder), name) if is_plain else os.path.realpath(path)  # noqa: PTH118
        if not any(real == root or real.startswith(os.path.join(root, "")) for root in inside):  # noqa: PTH118
            raise CatalogueError(
                f"The catalogue '{source}' names the picture '{path}', which lies outside of its "
                "folder. Put it into the folder, or allow it with --allow-outside."
            )


def named_only(dataset: datasets.Dataset) -> list[str]:
    """The files whose pictures a table names and does not hold."""
    paths: list[str] = []
    for name, feature in dataset.features.items():
        if isinstance(feature, datasets.Image):
            for chunk in dataset.data.column(name).chunks:
                cells = getattr(chunk, "storage", chunk)
                named = pc.filter(
                    pc.struct_field(cells, "path"), pc.is_null(pc.struct_field(cells, "bytes"))
                )
                paths += named.drop_null().to_pylist()
    return paths


def hub_folders() -> list[Path]:
    """Where what is downloaded from the hub lies."""
    from huggingface_hub import constants

    config = datasets.config
    return [Path(config.HF_DATASETS_CACHE), Path(constants.HF_HUB_CACHE)]
