"""The plane: what lies beside what, that nothing moves without need, and what is not believed."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from pipeline.artifacts import BuiltCatalogue, FileRecord, PlaneRecord, open_built, write_embeddings
from pipeline.building import update
from pipeline.catalogue import open_catalogue
from pipeline.encoder import Encoder
from pipeline.plane import PLANE, keeping, lay_out, open_plane
from pipeline.plane.keeping import carry_plane
from tests.conftest import draw_garment


def groups(count: int, kinds: int = 12) -> np.ndarray:
    """Embeddings in groups that two dimensions cannot hold apart."""
    generator = np.random.default_rng(1)
    middles = generator.normal(size=(kinds, 64))
    rows = middles[np.arange(count) % kinds] + generator.normal(0, 0.4, (count, 64))
    return rows.astype(np.float32)


def same_kind(places: np.ndarray, kinds: int = 12) -> float:
    """The share of the ten nearest on the plane that are of an item's own group."""
    found = NearestNeighbors(n_neighbors=10).fit(places).kneighbors(return_distance=False)
    return float((found % kinds == np.arange(len(places))[:, None] % kinds).mean())


def test_items_that_look_alike_lie_together_and_do_so_in_every_run() -> None:
    embeddings = groups(400, kinds=24)
    places = lay_out(embeddings)
    assert places.min() >= 0
    assert places.max() <= 1
    assert np.ptp(places, axis=0).max() == pytest.approx(1)
    assert same_kind(places, 24) > 0.95
    assert same_kind(PCA(2).fit_transform(embeddings), 24) < 0.8
    np.testing.assert_array_equal(lay_out(embeddings), places)


@pytest.mark.parametrize(
    "embeddings",
    [
        np.ones((1, 8)),
        np.eye(2, 8),
        np.eye(3, 8),
        np.ones((70, 8)),
        np.zeros((70, 8)),
        np.arange(1, 71)[:, None] * 1.0,
        np.where(np.arange(70)[:, None] % 2, 1.0, -1.0),
        np.repeat(np.eye(7, 8), 10, axis=0),
        np.full((3, 8), 1e15),
    ],
    ids=["1", "2", "3", "same", "zeros", "1 column", "1 column, 2 values", "copies", "large"],
)
def test_every_catalogue_has_a_plane(embeddings: np.ndarray) -> None:
    places = lay_out(embeddings.astype(np.float32))
    assert places.shape == (len(embeddings), 2)
    assert ((places >= 0) & (places <= 1)).all()


def test_of_very_many_the_rest_goes_beside_those_it_looks_like(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pipeline.plane.laying.LAID", 120)
    places = lay_out(groups(400))
    kinds = np.arange(400) % 12
    middles = np.array([np.median(places[kinds == kind], axis=0) for kind in range(12)])
    nearest = np.linalg.norm(places[:, None] - middles, axis=2).argmin(axis=1)
    assert (nearest == kinds).mean() > 0.9


def test_a_build_keeps_it_and_an_update_moves_nothing(
    shop_folder: Path, built: BuiltCatalogue, encoder: Encoder, tmp_path: Path
) -> None:
    shop = shutil.copytree(shop_folder, tmp_path / "shop")
    out = shutil.copytree(built.folder, tmp_path / "built")
    places = open_plane(open_built(out))
    assert places is not None
    table = shop / "metadata.csv"
    table.write_text(table.read_text().replace("Red disc", "Crimson disc"), encoding="utf-8")
    now = update(out, open_catalogue(shop), encoder).built
    assert now.manifest.plane == built.manifest.plane
    np.testing.assert_array_equal(open_plane(open_built(out)), places)
    # More than a tenth is new: all are laid out again.
    draw_garment(shop / "new.png", "green", "disc", size=80)
    table.write_text(f"{table.read_text()}new.png,new,New disc,disc,green\n", encoding="utf-8")
    record = update(out, open_catalogue(shop), encoder).built.manifest.plane
    assert record is not None
    assert record.placed == 0
    again = open_plane(open_built(out))
    assert again is not None
    assert len(again) == len(places) + 1


class Version:
    """A version of a catalogue of which nothing but its embeddings and places is looked at."""

    def __init__(self, folder: Path, embeddings: np.ndarray) -> None:
        folder.mkdir()
        self.folder = folder
        file = write_embeddings(folder / "embeddings.safetensors", [embeddings], *embeddings.shape)
        self.files = (file,)
        self.plane: PlaneRecord | None = None
        self.count = len(embeddings)

    manifest = property(lambda self: self)

    def __len__(self) -> int:
        return self.count


def test_a_new_item_goes_beside_its_like_and_the_others_stay(tmp_path: Path) -> None:
    embeddings = groups(240)
    before: Any = Version(tmp_path / "before", embeddings[:-2])
    before.plane = keeping.keep_plane(before.folder)
    places = keeping._read(before)
    assert places is not None
    # The first item goes, two come.
    after = Version(tmp_path / "after", embeddings[1:])
    moved = np.arange(238) - 1
    after.plane = carry_plane(before, moved, after.folder)
    assert after.plane is not None
    assert after.plane.placed == 2
    carried: Any = keeping._read(after)  # type: ignore[arg-type]
    np.testing.assert_array_equal(carried[:237], places[1:])
    for row in (-1, -2):
        kind = (239 + row + 1) % 12
        own = places[np.arange(238) % 12 == kind]
        assert np.linalg.norm(np.median(own, axis=0) - carried[row]) < 0.1


def without(folder: Path) -> None:
    (folder / PLANE).unlink()


def longer(folder: Path) -> None:
    with (folder / PLANE).open("ab") as stream:
        stream.write(b"x")


def rewritten(places: np.ndarray) -> Callable[[Path], None]:
    """Places of somebody else's, recorded as they are."""

    def write(folder: Path) -> None:
        built = open_built(folder)
        record = built.manifest.plane
        assert record is not None
        write_embeddings(folder / PLANE, [places], *places.shape)
        file = FileRecord.of(folder / PLANE)
        replace(built.manifest, plane=replace(record, file=file)).write(folder)

    return write


def of_other_items(folder: Path) -> None:
    manifest = open_built(folder).manifest
    assert manifest.plane is not None
    replace(manifest, plane=replace(manifest.plane, embeddings_sha256="0" * 64)).write(folder)


def of_another_name(folder: Path) -> None:
    manifest = open_built(folder).manifest
    assert manifest.plane is not None
    file = FileRecord.of(folder / "embeddings.safetensors")
    replace(manifest, plane=replace(manifest.plane, file=file)).write(folder)


@pytest.mark.parametrize(
    "damage",
    [
        without,
        longer,
        of_other_items,
        of_another_name,
        rewritten(np.zeros((3, 2), np.float32)),
        rewritten(np.zeros((8, 3), np.float32)),
        rewritten(np.full((8, 2), np.nan, np.float32)),
        rewritten(np.full((8, 2), 1e30, np.float32)),
    ],
    ids=["none", "longer", "other items", "another file", "fewer", "wider", "nan", "far away"],
)
def test_one_that_does_not_fit_is_made_anew_or_is_none(
    damage: Callable[[Path], None],
    built: BuiltCatalogue,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    folder = shutil.copytree(built.folder, tmp_path / "copy")
    damage(folder)
    with caplog.at_level(logging.WARNING):
        places = open_plane(open_built(folder))
    assert places is not None
    np.testing.assert_array_equal(places, open_plane(built))
    assert "is not used" in caplog.text
    # Of many items nobody waits for it: there is no map.
    monkeypatch.setattr(keeping, "CHEAP", 7)
    assert open_plane(open_built(folder)) is None


def test_too_many_items_have_none(built: BuiltCatalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "MOST_ITEMS", 7)
    assert keeping.keep_plane(built.folder) is None
