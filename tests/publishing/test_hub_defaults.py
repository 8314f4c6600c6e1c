"""The hub's default model and set: taken where it is in reach, their pictures only referenced."""

from __future__ import annotations

from pathlib import Path

import datasets
import pytest

from pipeline.catalogue import FASHION_PRODUCTS, open_catalogue
from pipeline.encoder import RESNET_50
from tests.support.hub_server import LocalHub
from tests.support.publishing import Machine


@pytest.fixture
def engineer(hub: LocalHub, tmp_path: Path) -> Machine:
    """Another machine, with nothing in its caches."""
    return Machine(hub, tmp_path / "engineer")


@pytest.fixture
def default_sets(hub: LocalHub, encoder_folder: Path, shop_folder: Path, tmp_path: Path) -> None:
    """The hub's default model and set by their names and commits, small."""
    model = {file.name: file.read_bytes() for file in encoder_folder.iterdir()}
    hub.commit("model", RESNET_50.location, model, RESNET_50.revision)
    parquet = tmp_path / "source.parquet"
    catalogue = open_catalogue(shop_folder)
    files = [catalogue.picture_source(row) for row in range(len(catalogue))]
    cells = [{"bytes": file.read_bytes(), "path": None} for file in files if isinstance(file, Path)]
    features = datasets.Features({"id": datasets.Value("string"), "image": datasets.Image()})
    rows = {"id": catalogue.ids, "image": cells}
    datasets.Dataset.from_dict(rows, features=features).to_parquet(str(parquet))
    data = {"data/train-00000-of-00001.parquet": parquet.read_bytes()}
    hub.commit("dataset", FASHION_PRODUCTS.hub_id, data, FASHION_PRODUCTS.revision)


@pytest.mark.usefixtures("default_sets")
def test_with_the_hub_in_reach_the_defaults_are_its_model_and_set(
    hub: LocalHub, shop: Machine, engineer: Machine, shop_folder: Path
) -> None:
    info = shop.answer("info")
    assert (info["source"], info["encoder"]) == ("hub", RESNET_50.name)
    assert (info["catalogue"], info["items"]) == (FASHION_PRODUCTS.hub_id, 8)
    assert info["catalogue_revision"] == FASHION_PRODUCTS.revision
    # The set's card states no licence: its pictures stay where they are.
    named = "lookalike-search/fashion-product-embeddings"
    shop.answer("push", named, "--catalogue", FASHION_PRODUCTS.hub_id)
    files = hub.files("dataset", named)
    assert "states no licence" in files["README.md"].decode()
    assert b"PNG" not in files["data/train-00000-of-00001.parquet"]
    # Another machine that names them pulls them, and embeds nothing.
    finished = engineer.run("recommend", shop_folder / "red-disc.png", "--artifacts", named)
    assert finished.returncode == 0
    assert finished.stdout.split()[2] == "sku-0-disc"
    assert "Embedding" not in finished.stderr
    # One that names nothing asks nobody for what anybody may have published.
    hub.calls.clear()
    assert Machine(hub, engineer.folder / "else").answer("info")["source"] == "hub"
    asked = {
        "/".join(call.split("/datasets/")[1].split("/")[:2])
        for call in hub.calls
        if "/datasets/" in call
    }
    assert asked == {FASHION_PRODUCTS.hub_id}


@pytest.mark.usefixtures("default_sets")
def test_referenced_pictures_that_are_gone_are_one_clear_error(
    hub: LocalHub, shop: Machine, engineer: Machine
) -> None:
    shop.answer("push", "me/fashion", "--catalogue", FASHION_PRODUCTS.hub_id)
    del hub.repositories["dataset", FASHION_PRODUCTS.hub_id]
    refusal = engineer.refusal("pull", "me/fashion")
    assert "only referenced, and cannot be had" in refusal
