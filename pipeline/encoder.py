"""The encoder: pictures in, one embedding each out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from pipeline.errors import EncoderError
from pipeline.pictures import Picture, open_picture
from pipeline.preprocessing import Preparer
from pipeline.runtimes.runtime import Precision, Runtime
from pipeline.settings import Settings, looks_like_path

ARTIFACTS = Path(__file__).resolve().parent.parent / "artifacts"
BATCH = 32
DECODED_SIDE = 512
"""Large JPEGs are decoded at a fraction of their size, never below this shorter side: twice
what an encoder's 224 and a thumbnail's 256 need."""


@dataclass(frozen=True)
class EncoderCard:
    """A supported encoder, described by data.

    Attributes:
        name: What people call it.
        location: A hub id, or a folder in the hub's format.
        revision: The pinned hub commit; None for a folder.
        dimension: The length of an embedding.
        licence: The licence of the weights.
        advice: Which metric serves better with it, as measured; empty where it was not.
    """

    name: str
    location: str
    revision: str | None
    dimension: int
    licence: str
    advice: str = ""


RESNET_50 = EncoderCard(
    name="microsoft/resnet-50",
    location="microsoft/resnet-50",
    revision="34c2154c194f829b11125337b98c8f5f9965ff19",
    dimension=2048,
    licence="apache-2.0",
)
STARTER_ENCODER = EncoderCard(
    name="starter",
    location=str(ARTIFACTS / "starter-encoder"),
    revision=None,
    dimension=2048,
    licence="apache-2.0",
    advice="Cosine finds slightly more of the same kind, colour and gender than Euclidean: 70.2 % "
    "against 69.7 % of the five nearest on held-out photos.",
)
ENCODERS = {card.name: card for card in (RESNET_50, STARTER_ENCODER)}


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
    ):
        self.identity = identity
        self.runtime = runtime
        self.wanted = wanted
        self.compiled = compiled
        self._preparer = preparer

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

    def prepare(self, image: Image.Image) -> np.ndarray:
        """What the network takes for an RGB picture, ``(3, side, side)`` float32."""
        return self._preparer(image)

    def embed(self, prepared: Sequence[np.ndarray]) -> np.ndarray:
        """Embed what `prepare` gave, ``(n, dimension)`` float32."""
        if not prepared:
            return np.empty((0, self.identity.dimension), np.float32)
        return self.runtime.embed(np.stack(prepared))


def load_encoder(
    name: str | Path,
    revision: str | None = None,
    precision: str | None = None,
    home: Path | None = None,
) -> Encoder:
    """Load an encoder by the name of its card, a hub id, or a folder in the hub's format.

    Args:
        name: A name in `ENCODERS`, any other hub id of the family, or a folder.
        revision: A hub branch, tag or commit; a card's own pin by default.
        precision: ``auto``, ``fp32``, ``bf16`` or ``int8``; None takes the settings'.
        home: Where compiled networks are kept; None takes the one of the settings.

    Raises:
        EncoderError: If it is not there, cannot be read, or has no pooled features.
    """
    card = ENCODERS.get(str(name))
    location = card.location if card else str(name)
    revision = revision or (card.revision if card else None)
    folder = Path(location).expanduser()
    if not folder.is_dir() and (card is STARTER_ENCODER or looks_like_path(location)):
        raise EncoderError(
            f"There is no encoder folder at '{location}'. Give a folder with config.json, "
            "preprocessor_config.json and model.safetensors, or a hub id such as "
            f"'{RESNET_50.name}'."
        )
    # The runtimes know encoders, so they are imported here.
    from pipeline.runtimes.choice import EncoderSource, open_encoder

    shown = card.name if card else (str(folder.resolve()) if folder.is_dir() else location)
    source = EncoderSource(shown, location, None if folder.is_dir() else revision)
    settings = Settings.read(home=home, precision=precision)
    return open_encoder(source, Precision.parse(settings.precision), settings.home)
