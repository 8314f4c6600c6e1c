"""An encoder of one's own goes along with what is shared: what loads and describes it, no more."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from transformers import AutoModel

from pipeline.artifacts import BuiltCatalogue
from pipeline.building import build
from pipeline.catalogue import open_catalogue
from pipeline.encoder import load_encoder
from pipeline.publishing.space import plan_deployment
from tests.support.publishing import Machine

CONFIGS = {"config.json", "preprocessor_config.json"}
DESCRIBED = ("README.md", "learning-curves.png", "LICENSE", "NOTICE.txt")
LEFT_BESIDE = (
    ".env",
    ".git/config",
    "checkpoint-5/config.json",
    "checkpoint-5/model.safetensors",
    "model-before.safetensors",
    "notes.md",
    "optimizer.pt",
    "photos/customer.png",
    "pytorch_model.bin",
    "secrets.json",
    "trainer_state.json",
)


@pytest.fixture(params=["in one file", "in parts"])
def own(encoder_folder: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The folder of an encoder as somebody works in it."""
    folder = shutil.copytree(encoder_folder, tmp_path / "own")
    if request.param == "in parts":
        network = AutoModel.from_pretrained(folder)
        (folder / "model.safetensors").unlink()
        network.save_pretrained(folder, max_shard_size="8KB")
        assert len(list(folder.glob("model-*"))) > 1
    for name in (*DESCRIBED, *LEFT_BESIDE):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("---\nlicense: mit\n---\n# Mine\n")
    return folder


@pytest.fixture
def mine(own: Path, shop_folder: Path, tmp_path: Path) -> BuiltCatalogue:
    encoder = load_encoder(own, precision="fp32")
    return build(open_catalogue(shop_folder), encoder, tmp_path / "mine")


def weight_files(folder: Path) -> set[str]:
    """The names of the files with the weights that are loaded."""
    index = folder / "model.safetensors.index.json"
    if not index.is_file():
        return {"model.safetensors"}
    parts = json.loads(index.read_text(encoding="utf-8"))["weight_map"].values()
    return {index.name, *parts}


def test_a_space_gets_what_loads_the_encoder_and_no_more(
    mine: BuiltCatalogue, own: Path, tmp_path: Path
) -> None:
    files = plan_deployment(mine.folder).files
    sent = {path.removeprefix("encoder/") for path in files if path.startswith("encoder/")}
    assert sent == {*CONFIGS, *DESCRIBED, *weight_files(own)}
    (tmp_path / "there").mkdir()
    for name in sent:
        shutil.copy(own / name, tmp_path / "there" / name)
    there = load_encoder(tmp_path / "there", precision="fp32")
    assert there.identity.embeds_like(mine.manifest.encoder)


def test_a_push_sends_the_same(mine: BuiltCatalogue, own: Path, shop: Machine) -> None:
    name = f"me/own-{len(weight_files(own))}"
    shop.answer("push", name, "--artifacts", mine.folder, "--licence", "mit")
    sent = set(shop.hub.files("model", f"{name}-encoder"))
    assert sent - {".gitattributes"} == {*CONFIGS, *DESCRIBED, *weight_files(own)}


def test_an_encoder_that_has_changed_since_is_not_published(
    shop: Machine, encoder_folder: Path, shop_folder: Path, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    shutil.copytree(encoder_folder, own)
    mine = build(open_catalogue(shop_folder), load_encoder(own, precision="fp32"), tmp_path / "b")
    weights = load_file(own / "model.safetensors")
    save_file(
        {k: np.asarray(v * 2) for k, v in weights.items()},
        own / "model.safetensors",
        {"format": "pt"},
    )
    refusal = shop.refusal("push", "me/x", "--artifacts", mine.folder, "--licence", "mit")
    assert "is not the one that made these embeddings any more" in refusal
