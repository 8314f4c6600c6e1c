"""A first start takes the starter catalogue as it was shipped, and nothing that is stale."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformers import ResNetConfig, ResNetModel

from pipeline.building import ship
from pipeline.encoder import Encoder
from pipeline.recommender import open_recommender
from pipeline.recommender.opening import CATALOGUES
from pipeline.settings import STARTER, Settings
from pipeline.training.run import save_encoder


@pytest.fixture
def shipped(
    shop_folder: Path, encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A small starter catalogue, shipped by the tiny encoder."""
    folder = tmp_path / "shipped"
    catalogue = tmp_path / "starter"
    catalogue.mkdir()
    ship(shop_folder, encoder, tmp_path / "made")
    # In the hub's layout, as the starter catalogue is: what was built is that.
    (catalogue / "train.parquet").write_bytes((tmp_path / "made/items-00000.parquet").read_bytes())
    ship(catalogue, encoder, folder)
    monkeypatch.setattr("pipeline.recommender.opening.STARTER_CATALOGUE", catalogue)
    monkeypatch.setattr("pipeline.recommender.opening.SHIPPED", folder)
    return folder


def start(encoder_folder: Path, tmp_path: Path) -> tuple[Path, list[Path]]:
    """Where what is answered from lies, and what was built in the home."""
    recommender = open_recommender(Settings(STARTER, str(encoder_folder), home=tmp_path / "home"))
    assert recommender.info()["items"] == 8
    built = (tmp_path / "home" / CATALOGUES).glob("*")
    return recommender.built.folder, [path for path in built if path.is_dir()]


def test_a_first_start_embeds_nothing(shipped: Path, encoder_folder: Path, tmp_path: Path) -> None:
    assert start(encoder_folder, tmp_path) == (shipped, [])
    assert str(tmp_path) not in (shipped / "manifest.json").read_text(encoding="utf-8")


def test_what_another_encoder_made_is_not_used(shipped: Path, tmp_path: Path) -> None:
    torch.manual_seed(1)
    config = ResNetConfig(embedding_size=8, hidden_sizes=[8, 16, 24, 32], depths=[1, 1, 1, 1])
    save_encoder(ResNetModel(config), 48, tmp_path / "retrained")
    folder, built = start(tmp_path / "retrained", tmp_path)
    assert built == [folder]


def test_what_was_made_of_other_pictures_is_not_used(
    shipped: Path, encoder_folder: Path, tmp_path: Path
) -> None:
    with (tmp_path / "starter" / "train.parquet").open("rb+") as stream:
        content = stream.read()
        stream.seek(0)
        stream.write(content.replace(b"Red disc", b"Old disc"))
    folder, built = start(encoder_folder, tmp_path)
    assert built == [folder]


def test_what_is_damaged_is_not_used(shipped: Path, encoder_folder: Path, tmp_path: Path) -> None:
    (shipped / "embeddings.safetensors").write_bytes(b"cut short")
    folder, built = start(encoder_folder, tmp_path)
    assert built == [folder]
