"""What is loaded follows what was asked for; an explicit choice is never swapped silently."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest

from pipeline.artifacts import BuiltCatalogue
from pipeline.building import build
from pipeline.catalogue import FASHION_PRODUCTS, open_catalogue
from pipeline.encoder import RESNET_50, STARTER_ENCODER, Encoder
from pipeline.errors import ArtifactError, CatalogueError, EncoderError
from pipeline.recommender import open_recommender
from pipeline.recommender.choosing import Choice, built_folder, choices
from pipeline.settings import Settings
from tests.conftest import draw_garment

has_starter = pytest.mark.skipif(
    not (Path(STARTER_ENCODER.location) / "model.safetensors").is_file(),
    reason="the starter encoder is not in this checkout",
)


def test_the_default_is_the_hubs_model_and_set_then_the_starter() -> None:
    assert choices(Settings()) == [
        Choice(RESNET_50.name, FASHION_PRODUCTS.hub_id),
        Choice("starter", "starter"),
    ]


def test_hub_choices_are_pinned_to_a_commit() -> None:
    for revision in (RESNET_50.revision, Choice("starter", FASHION_PRODUCTS.hub_id).revision):
        assert revision is not None
        assert len(revision) == 40


def test_what_is_explicit_is_in_every_choice() -> None:
    only = choices(Settings(encoder="me/mine", catalogue="/shop"))
    assert only == [Choice("me/mine", "/shop")]
    assert {c.catalogue for c in choices(Settings(catalogue="/shop"))} == {"/shop"}
    assert {c.encoder for c in choices(Settings(encoder="me/mine"))} == {"me/mine"}
    assert choices(Settings(catalogue="starter")) == [Choice("starter", "starter")]


def test_flags_come_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOKALIKE_CATALOGUE", "from-environment")
    monkeypatch.setenv("LOOKALIKE_ENCODER", "from-environment")
    settings = Settings.read(catalogue="from-flag")
    assert (settings.catalogue, settings.encoder) == ("from-flag", "from-environment")


def test_a_missing_catalogue_is_an_error_and_no_starter(
    encoder_folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(CatalogueError, match="no catalogue at"):
        open_recommender(Settings(str(tmp_path / "nowhere"), str(encoder_folder), home=tmp_path))


def test_a_missing_encoder_is_an_error_and_no_starter(shop_folder: Path, tmp_path: Path) -> None:
    settings = Settings(str(shop_folder), str(tmp_path / "nowhere"), home=tmp_path)
    with pytest.raises(EncoderError, match="no encoder folder at"):
        open_recommender(settings)


def test_the_hubs_set_by_name_without_a_hub_is_an_error(
    encoder_folder: Path, tmp_path: Path
) -> None:
    settings = Settings(FASHION_PRODUCTS.hub_id, str(encoder_folder), home=tmp_path)
    with pytest.raises(CatalogueError, match="cannot be loaded from the hub"):
        open_recommender(settings)


def test_a_folder_is_built_once_and_again_only_when_it_changes(
    shop_folder: Path, encoder_folder: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(shop_folder, tmp_path / "shop")
    (folder / "metadata.csv").unlink()
    settings = Settings(str(folder), str(encoder_folder), home=tmp_path / "home")

    def build_and_stamp() -> tuple[int, int]:
        recommender = open_recommender(settings)
        assert recommender.source == "folder"
        manifest = recommender.built.folder / "manifest.json"
        return len(recommender.built), manifest.stat().st_mtime_ns

    first = build_and_stamp()
    assert build_and_stamp() == first
    draw_garment(folder / "new.png", "green", "disc", size=80)
    changed = build_and_stamp()
    assert changed[0] == first[0] + 1


def test_a_damaged_earlier_build_is_built_again(
    shop_folder: Path, encoder_folder: Path, tmp_path: Path
) -> None:
    settings = Settings(str(shop_folder), str(encoder_folder), home=tmp_path / "home")
    folder = open_recommender(settings).built.folder
    (folder / "items-00000.parquet").write_bytes(b"damaged")
    assert len(open_recommender(settings).built) == 8


def test_the_hubs_set_once_built_is_opened_with_no_hub_unless_it_is_damaged(
    encoder: Encoder, encoder_folder: Path, shop_folder: Path, tmp_path: Path
) -> None:
    choice = Choice(str(encoder_folder), FASHION_PRODUCTS.hub_id)
    folder = built_folder(tmp_path, choice, encoder)
    # Stands in for the hub's set, which no test can reach.
    build(open_catalogue(shop_folder), encoder, folder)
    settings = Settings(choice.catalogue, choice.encoder, home=tmp_path)
    assert open_recommender(settings).source == "hub"
    (folder / "items-00000.parquet").write_bytes(b"damaged")
    with pytest.raises(CatalogueError, match="cannot be loaded from the hub"):
        open_recommender(settings)


def test_built_artifacts_are_served_with_the_encoder_that_made_them(
    built: BuiltCatalogue, shop_folder: Path
) -> None:
    recommender = open_recommender(Settings(artifacts=built.folder))
    assert recommender.recommend(shop_folder / "red-disc.png")[0].id == "sku-0-disc"


def test_missing_artifacts_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="no built catalogue at"):
        open_recommender(Settings(artifacts=tmp_path))


@has_starter
def test_with_no_hub_the_starter_set_is_loaded_and_says_so(
    starter_home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    recommender = open_recommender(Settings(home=starter_home))
    assert "Source: starter" in caplog.text
    assert "cannot be loaded" not in caplog.text  # that is no fault, and the notice tells it
    info = recommender.info()
    assert info["source"] == "starter"
    assert "hub cannot be reached" in info["notice"]
    assert info["encoder"] == "starter"
    assert info["items"] >= 1000
    assert info["dimension"] == 1408


@has_starter
def test_a_folder_with_no_hub_is_embedded_by_the_starter_encoder_and_says_so(
    shop_folder: Path, tmp_path: Path
) -> None:
    info = open_recommender(Settings(str(shop_folder), home=tmp_path)).info()
    assert info["source"] == "folder"
    assert info["encoder"] == "starter"
    assert "starter encoder is used" in info["notice"]
