"""The usual student project: eager float32 one picture at a time, a pickle, brute force."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from sklearn.neighbors import NearestNeighbors
from transformers import AutoImageProcessor, AutoModel


class UsualProject:
    """What Lookalike is measured against, with the same network and the same pictures."""

    def __init__(self, encoder: Path) -> None:
        self.processor = AutoImageProcessor.from_pretrained(encoder, backend="pil")
        self.model = AutoModel.from_pretrained(encoder, dtype=torch.float32).eval()

    @torch.no_grad()
    def encode(self, path: Path) -> np.ndarray:
        """Embed one picture, ``(dimension,)`` float32."""
        image = Image.open(path).convert("RGB")
        inputs = self.processor(images=image, return_tensors="pt")
        return self.model(**inputs).pooler_output.flatten().numpy()

    def build(self, paths: list[Path], out: Path) -> None:
        """Embed the pictures and pickle the embeddings with their paths."""
        features = [self.encode(path) for path in paths]
        with out.open("wb") as stream:
            pickle.dump((features, [str(path) for path in paths]), stream)


def usual_search(embeddings: np.ndarray) -> NearestNeighbors:
    """Brute force by cosine distance, for five matches."""
    return NearestNeighbors(n_neighbors=5, algorithm="brute", metric="cosine").fit(embeddings)
