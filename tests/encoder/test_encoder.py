"""The encoder gives what a plain `transformers` forward pass gives, and clear errors."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file
from transformers import (
    AutoImageProcessor,
    AutoModel,
    ConvNextImageProcessorPil,
    SegformerConfig,
    SegformerModel,
    ViTConfig,
    ViTModel,
)

from pipeline.encoder import RESNET_50, Encoder, load_encoder
from pipeline.errors import EncoderError


def noise(count: int, seed: int = 0) -> list[Image.Image]:
    generator = np.random.default_rng(seed)
    return [
        Image.fromarray(generator.integers(0, 255, (70, 60, 3), dtype=np.uint8))
        for _ in range(count)
    ]


def test_it_gives_the_pooler_output_of_a_plain_forward_pass(
    encoder: Encoder, encoder_folder: Path
) -> None:
    pictures = noise(5)
    processor = AutoImageProcessor.from_pretrained(encoder_folder, backend="pil")
    model = AutoModel.from_pretrained(encoder_folder, dtype=torch.float32).eval()
    with torch.inference_mode():
        inputs = processor(images=pictures, return_tensors="pt")
        expected = model(**inputs).pooler_output.flatten(1).numpy()
    embeddings = encoder.encode(pictures)
    assert embeddings.shape == (5, 32)
    assert embeddings.dtype == np.float32
    np.testing.assert_allclose(embeddings, expected, rtol=1e-4, atol=1e-5)


def test_a_picture_has_one_embedding_whatever_is_beside_it(encoder: Encoder) -> None:
    pictures = noise(40)
    together = encoder.encode(pictures)
    np.testing.assert_allclose(together[7], encoder.encode([pictures[7]])[0], rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(together, encoder.encode(pictures))


def test_a_path_bytes_and_a_picture_embed_alike(encoder: Encoder, tmp_path: Path) -> None:
    path = tmp_path / "noise.png"
    noise(1)[0].save(path)
    embeddings = encoder.encode([path, path.read_bytes(), Image.open(path)])
    np.testing.assert_allclose(embeddings[0], embeddings[1], rtol=1e-5)
    np.testing.assert_allclose(embeddings[0], embeddings[2], rtol=1e-5)


def test_no_pictures_give_no_embeddings(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, 32)


def test_the_same_weights_are_the_same_encoder_wherever_they_lie(
    encoder: Encoder, encoder_folder: Path, tmp_path: Path
) -> None:
    copy = shutil.copytree(encoder_folder, tmp_path / "copy")
    assert load_encoder(copy).identity.embeds_like(encoder.identity)


@pytest.mark.parametrize("change", [{"size": {"shortest_edge": 64}}, {"do_normalize": False}])
def test_another_preprocessing_is_another_encoder(
    encoder: Encoder, encoder_folder: Path, tmp_path: Path, change: dict
) -> None:
    copy = shutil.copytree(encoder_folder, tmp_path / "copy")
    settings = json.loads((copy / "preprocessor_config.json").read_text())
    settings |= change
    (copy / "preprocessor_config.json").write_text(json.dumps(settings))
    assert not load_encoder(copy).identity.embeds_like(encoder.identity)


def test_a_missing_folder_is_an_error_that_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="no encoder folder at"):
        load_encoder(tmp_path / "nowhere")


def test_a_folder_that_is_no_encoder_is_an_error(picture_folder: Path) -> None:
    with pytest.raises(EncoderError, match="cannot be loaded"):
        load_encoder(picture_folder)


def test_a_model_of_another_kind_is_an_error(tmp_path: Path) -> None:
    config = {"num_hidden_layers": 1, "num_attention_heads": 1, "intermediate_size": 8}
    transformer = ViTModel(ViTConfig(hidden_size=8, image_size=32, **config))
    depths: dict[str, Any] = {"depths": [1] * 4, "num_attention_heads": [1] * 4}
    unpooled = SegformerModel(SegformerConfig(hidden_sizes=[8] * 4, **depths))
    for model in (transformer, unpooled):
        model.save_pretrained(tmp_path)
        ConvNextImageProcessorPil(size={"shortest_edge": 32}).save_pretrained(tmp_path)
        with pytest.raises(EncoderError, match=r"is a (ViT|Segformer)Model; a ResNet or"):
            load_encoder(tmp_path)


def test_code_that_comes_with_a_model_is_not_run_nor_asked_about(
    encoder_folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    copy = shutil.copytree(encoder_folder, tmp_path / "copy")
    own_code = {"AutoConfig": "own.Config", "AutoModel": "own.Model"}
    (copy / "config.json").write_text(json.dumps({"model_type": "own", "auto_map": own_code}))
    (copy / "own.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nclass Config: pass\n")
    with pytest.raises(EncoderError, match="cannot be loaded"):
        load_encoder(copy)
    assert not (tmp_path / "ran").exists()
    assert "[y/N]" not in capfd.readouterr().out


def test_pickled_weights_are_not_read(encoder_folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(encoder_folder, tmp_path / "copy")
    weights = load_file(copy / "model.safetensors")
    (copy / "model.safetensors").unlink()
    torch.save(weights, copy / "pytorch_model.bin")
    with pytest.raises(EncoderError, match="cannot be loaded"):
        load_encoder(copy)


def test_damaged_weights_are_an_error(encoder_folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(encoder_folder, tmp_path / "copy")
    weights = copy / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(EncoderError, match="cannot be loaded"):
        load_encoder(copy)


def test_the_hubs_encoder_without_a_hub_fails_within_seconds() -> None:
    started = time.monotonic()
    with pytest.raises(EncoderError, match="use the encoder 'starter'"):
        load_encoder(RESNET_50.name)
    assert time.monotonic() - started < 5


def test_a_cached_hub_encoder_loads_with_no_network(
    encoder: Encoder, encoder_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert RESNET_50.revision is not None
    repository = tmp_path / "models--microsoft--resnet-50"
    shutil.copytree(encoder_folder, repository / "snapshots" / RESNET_50.revision)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(RESNET_50.revision)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    loaded = load_encoder(RESNET_50.name)
    assert loaded.identity.name == "microsoft/resnet-50"
    assert loaded.identity.revision == RESNET_50.revision
    assert loaded.identity.embeds_like(encoder.identity)
