"""The encoder: pictures in, one embedding each out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from pipeline.catalogue import Picture, open_picture
from pipeline.encoder.preprocessing import Preparer
from pipeline.encoder.runtimes.runtime import Precision, Runtime
from pipeline.timing import timed

BATCH = 32
DECODED_SIDE = 512
"""Large JPEGs are decoded at a fraction of their size, never below this shorter side: twice
what an encoder's 224 and a thumbnail's 256 need."""


@dataclass(frozen=True)
class EncoderIdentity:
    """What must agree for embeddings to be comparable, and where the encoder came from."""

    name: str
    revision: str | None
    weights_sha256: str
    preprocessing: dict[str, Any]
    dimension: int

    def embeds_like(self, other: EncoderIdentity) -> bool:
        """Whether both give the same embedding for the same picture."""
        return (self.weights_sha256, self.preprocessing, self.dimension) == (
            other.weights_sha256,
            other.preprocessing,
            other.dimension,
        )


class Encoder:
    """Prepares pictures and has a runtime embed them.

    Attributes:
        identity: Its name, revision, checksum, preprocessing and dimension.
        runtime: What runs the network.
        wanted: The precision asked for; the runtime's own is what it got.
        compiled: The folder where its compiled networks are kept, if they are.
    """

    def __init__(
        self,
        identity: EncoderIdentity,
        preparer: Preparer,
        runtime: Runtime,
        wanted: Precision = Precision.AUTO,
        compiled: Path | None = None,
    ) -> None:
        self.identity = identity
        self.runtime = runtime
        self.wanted = wanted
        self.compiled = compiled
        self._preparer = preparer

    @timed("encode")
    def encode(self, pictures: Sequence[Picture]) -> np.ndarray:
        """Embed pictures.

        Args:
            pictures: Paths, encoded bytes or PIL images.

        Returns:
            ``(len(pictures), dimension)`` float32, the model's raw pooler output. The embedding
            of a picture does not depend on the pictures beside it.

        Raises:
            PictureError: If a picture cannot be read.
        """
        parts = []
        for start in range(0, len(pictures), BATCH):
            opened = [open_picture(p, DECODED_SIDE) for p in pictures[start : start + BATCH]]
            parts.append(self.embed([self.prepare(image) for image in opened]))
        return np.concatenate(parts) if parts else self.embed([])

    def maps(self, pictures: Sequence[Picture]) -> np.ndarray:
        """The last map of pictures before it is pooled, for explanations.

        Args:
            pictures: Paths, encoded bytes or PIL images; a few, since maps are large.

        Returns:
            ``(len(pictures), dimension, rows, columns)`` float32.

        Raises:
            PictureError: If a picture cannot be read.
        """
        opened = [open_picture(picture, DECODED_SIDE) for picture in pictures]
        return self.runtime.maps(np.stack([self.prepare(image) for image in opened]))

    def prepare(self, image: Image.Image) -> np.ndarray:
        """What the network takes for an RGB picture, ``(3, side, side)`` float32."""
        return self._preparer(image)

    def embed(self, prepared: Sequence[np.ndarray]) -> np.ndarray:
        """Embed what `prepare` gave, ``(n, dimension)`` float32."""
        if not prepared:
            return np.empty((0, self.identity.dimension), np.float32)
        return self.runtime.embed(np.stack(prepared))
