"""A first start takes the starter catalogue's embeddings as they are shipped, and nothing stale."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import ResNetConfig, ResNetModel

from pipeline.artifacts import EMBEDDINGS, BuiltCatalogue, Manifest, map_embeddings
from pipeline.building import SHIPPED, build, contents_of, ship
from pipeline.catalogue import STARTER_CATALOGUE, open_catalogue
from pipeline.encoder import Encoder, load_encoder
from pipeline.index import Metric
from pipeline.recommender import Query, Recommender, open_recommender
from pipeline.settings import STARTER, Settings
from pipeline.training.run import save_encoder
from pipeline.words.learning import Learned
from tests.recommender.test_opening import has_starter

MAX_SHIPPED_BYTES = 8_000_000


@pytest.fixture(scope="module")
def drawn(
    shop_folder: Path, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, BuiltCatalogue]:
    """A small starter catalogue in the hub's layout, as the real one is, and built here."""
    folder = tmp_path_factory.mktemp("drawn")
    made = build(open_catalogue(shop_folder), encoder, folder / "made")
    (folder / "starter").mkdir()
    shutil.copyfile(made.folder / "items-00000.parquet", folder / "starter" / "train.parquet")
    return folder / "starter", build(open_catalogue(folder / "starter"), encoder, folder / "built")


@pytest.fixture
def shipped(
    drawn: tuple[Path, BuiltCatalogue], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """What is shipped of it."""
    shutil.copytree(drawn[0], tmp_path / "starter")
    ship(drawn[1], tmp_path / "starter", tmp_path / "shipped")
    monkeypatch.setattr("pipeline.recommender.choosing.STARTER_CATALOGUE", tmp_path / "starter")
    monkeypatch.setattr("pipeline.recommender.opening.SHIPPED", tmp_path / "shipped")
    return tmp_path / "shipped"


@pytest.fixture
def embedded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many pictures were embedded, call by call."""
    counts: list[int] = []
    embed = Encoder.embed

    def counted(self: Encoder, prepared: list[np.ndarray]) -> np.ndarray:
        counts.append(len(prepared))
        return embed(self, prepared)

    monkeypatch.setattr(Encoder, "embed", counted)
    return counts


def start(encoder: Path | str, tmp_path: Path) -> Recommender:
    return open_recommender(Settings(STARTER, str(encoder), home=tmp_path / "home"))


def test_a_first_start_embeds_nothing_and_answers_as_a_build_does(
    shipped: Path,
    drawn: tuple[Path, BuiltCatalogue],
    encoder_folder: Path,
    tmp_path: Path,
    embedded: list[int],
) -> None:
    opened = start(encoder_folder, tmp_path).built
    start(encoder_folder, tmp_path)
    assert not embedded
    _, built = drawn
    assert opened.ids == built.ids
    assert np.array_equal(opened.embeddings, built.embeddings)
    assert opened.colours is not None
    assert built.colours is not None
    assert np.array_equal(opened.colours, built.colours)
    assert opened.manifest.closeness == built.manifest.closeness
    for row in range(len(built)):
        assert opened.attributes(row) == built.attributes(row)
        assert opened.thumbnail(row) == built.thumbnail(row)


def test_words_are_learned_at_the_first_start_alone(
    shipped: Path, encoder_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Manifest.read(shipped).words is None
    assert start(encoder_folder, tmp_path).built.manifest.words is not None

    def never(built: BuiltCatalogue) -> Learned:
        raise AssertionError(f"learned again: {built.folder}")

    monkeypatch.setattr("pipeline.words.keeping.learn_words", never)
    assert start(encoder_folder, tmp_path).ask(Query(words="red disc")).matches


def test_what_another_encoder_made_is_not_used(
    shipped: Path, tmp_path: Path, embedded: list[int]
) -> None:
    torch.manual_seed(1)
    config = ResNetConfig(embedding_size=8, hidden_sizes=[8, 16, 24, 32], depths=[1, 1, 1, 1])
    save_encoder(ResNetModel(config), 48, tmp_path / "retrained")
    assert start(tmp_path / "retrained", tmp_path).info()["items"] == 8
    assert sum(embedded) >= 8


def test_what_was_made_of_other_items_is_not_used(
    shipped: Path, encoder_folder: Path, tmp_path: Path, embedded: list[int]
) -> None:
    file = tmp_path / "starter" / "train.parquet"
    file.write_bytes(file.read_bytes().replace(b"Red disc", b"Old disc"))
    names = start(encoder_folder, tmp_path).built.column("productDisplayName").to_pylist()
    assert "Old disc" in names
    assert sum(embedded) >= 8


def test_what_is_damaged_is_not_used(
    shipped: Path, encoder_folder: Path, tmp_path: Path, embedded: list[int]
) -> None:
    (shipped / EMBEDDINGS).write_bytes(b"cut short")
    assert start(encoder_folder, tmp_path).info()["items"] == 8
    assert sum(embedded) >= 8


@has_starter
def test_what_is_shipped_belongs_to_the_shipped_encoder_and_catalogue() -> None:
    # Where this fails: python -m tools.embed_starter
    encoder = load_encoder(STARTER, precision="fp32")
    manifest = Manifest.read(SHIPPED)
    assert encoder.identity.embeds_like(manifest.encoder)
    assert manifest.catalogue_fingerprint == contents_of(STARTER_CATALOGUE)
    assert sum(file.stat().st_size for file in SHIPPED.iterdir()) < MAX_SHIPPED_BYTES
    assert manifest.words is None
    catalogue = open_catalogue(STARTER_CATALOGUE)
    rows = [0, len(catalogue) // 2, len(catalogue) - 1]
    embeddings = encoder.embed([encoder.prepare(catalogue.read_picture(row)) for row in rows])
    shipped = map_embeddings(SHIPPED / EMBEDDINGS)[rows]
    np.testing.assert_allclose(shipped, embeddings, atol=1e-3)


@has_starter
def test_the_starter_set_starts_without_embedding_and_answers_by_both_metrics(
    tmp_path: Path, embedded: list[int]
) -> None:
    recommender = start(STARTER, tmp_path)
    assert not embedded
    item = recommender.built.ids[7]
    for metric in Metric:
        assert recommender.similar(item, metric)[0].alike
        match = recommender.recommend(
            recommender.built.thumbnail(7), metric, k=1, colour_weight=0.3
        )
        assert match[0].id == item
