"""A built catalogue that is damaged anywhere, while its checksums fit, opens or is refused."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.artifacts import COLOURS, EMBEDDINGS, BuiltCatalogue, open_built
from pipeline.errors import ArtifactError
from pipeline.index import Metric, open_index
from tests.artifacts.test_hostile import ITEMS, believe
from tests.catalogue.test_laws import DAMAGES, Damage, damaged
from tests.support.fuzzing import corpus, tries


def use(folder: Path) -> None:
    """Open it and use all of it, as a page does."""
    with contextlib.suppress(ArtifactError):
        opened = open_built(folder)
        rows, _ = open_index(opened, Metric.COSINE).search(opened.embeddings[:1], 1)
        assert len(rows) == 1
        for row in range(len(opened)):
            assert opened.row_of(opened.ids[row]) == row
            assert isinstance(opened.attributes(row), dict)
        # Pictures are read when they are shown.
        for row in range(len(opened)):
            assert isinstance(opened.thumbnail(row), bytes)


@tries(100)
@given(
    name=st.sampled_from([ITEMS, ITEMS, EMBEDDINGS, COLOURS]),
    damages=DAMAGES,
    where=st.sampled_from(["head", "anywhere", "end"]),
)
def test_however_its_files_are_damaged_it_opens_or_is_refused(
    built: BuiltCatalogue, name: str, damages: list[Damage], where: str
) -> None:
    """At the end of a parquet file stands what it says of itself, at the head of the others."""
    whole = (built.folder / name).read_bytes()
    if where == "end":
        data = damaged(whole[::-1], damages, in_head=True)[::-1]
    else:
        data = damaged(whole, damages, in_head=where == "head")
    with tempfile.TemporaryDirectory() as place:
        folder = shutil.copytree(built.folder, Path(place) / "copy")
        (folder / name).write_bytes(data)
        believe(folder)
        use(folder)


@pytest.mark.parametrize("path", corpus("built"), ids=lambda path: path.name)
def test_what_was_found_stays_mended(built: BuiltCatalogue, path: Path, tmp_path: Path) -> None:
    """Each is a file of items that once gave another error."""
    folder = shutil.copytree(built.folder, tmp_path / "copy")
    shutil.copy(path, folder / ITEMS)
    believe(folder)
    use(folder)
