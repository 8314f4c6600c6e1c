"""The encoder: pictures in, one embedding each out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from transformers import AutoImageProcessor, AutoModel, PreTrainedModel
from transformers.utils import logging as transformers_logging

from pipeline.errors import EncoderError
from pipeline.pictures import Picture, open_picture

# Its bar for loading 50 MB of weights would only hide the bar of a build.
transformers_logging.disable_progress_bar()

ARTIFACTS = Path(__file__).resolve().parent.parent / "artifacts"
BATCH = 32


@dataclass(frozen=True)
class EncoderCard:
    """A supported encoder, described by data.

    Attributes:
        name: What people call it.
        location: A hub id, or a folder in the hub's format.
        revision: The pinned hub commit; None for a folder.
        dimension: The length of an embedding.
        licence: The licence of the weights.
    """

    name: str
    location: str
    revision: str | None
    dimension: int
    licence: str


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
    """A `transformers` vision model with pooled features, in evaluation mode.

    Attributes:
        identity: Its name, revision, checksum, preprocessing and dimension.
        model: The network itself.
    """

    def __init__(self, name: str, revision: str | None, model: PreTrainedModel, processor: Any):
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.model = model.eval().to(self._device)
        self._processor = processor
        self.identity = EncoderIdentity(
            name=name,
            revision=revision,
            weights_sha256=_weights_sha256(model),
            preprocessing=_preprocessing(processor),
            dimension=int(model.config.hidden_sizes[-1]),
        )

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
        parts = [
            self._encode_batch(
                [open_picture(picture) for picture in pictures[start : start + BATCH]]
            )
            for start in range(0, len(pictures), BATCH)
        ]
        return (
            np.concatenate(parts) if parts else np.empty((0, self.identity.dimension), np.float32)
        )

    @torch.inference_mode()
    def _encode_batch(self, images: list[Any]) -> np.ndarray:
        pixels = self._processor(images=images, return_tensors="pt")["pixel_values"]
        pooled = self.model(pixel_values=pixels.to(self._device)).pooler_output
        return pooled.flatten(1).float().cpu().numpy()


def load_encoder(name: str | Path, revision: str | None = None) -> Encoder:
    """Load an encoder by the name of its card, a hub id, or a folder in the hub's format.

    Args:
        name: A name in `ENCODERS`, any other hub id of the family, or a folder.
        revision: A hub branch, tag or commit; a card's own pin by default.

    Raises:
        EncoderError: If it is not there, cannot be read, or has no pooled features.
    """
    card = ENCODERS.get(str(name))
    location = card.location if card else str(name)
    revision = revision or (card.revision if card else None)
    is_folder = Path(location).expanduser().is_dir()
    if not is_folder and (card is STARTER_ENCODER or _looks_like_path(location)):
        raise EncoderError(
            f"There is no encoder folder at '{location}'. Give a folder with config.json, "
            "preprocessor_config.json and model.safetensors, or a hub id such as "
            f"'{RESNET_50.name}'."
        )
    try:
        # Never code or pickles of the folder's own: both could do anything.
        processor = AutoImageProcessor.from_pretrained(
            location, revision=revision, backend="pil", trust_remote_code=False
        )
        model = AutoModel.from_pretrained(
            location,
            revision=revision,
            use_safetensors=True,
            trust_remote_code=False,
            dtype=torch.float32,
        )
    except Exception as error:
        # Offline, missing, private and damaged models each raise another library's class.
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise EncoderError(
            f"The encoder '{name}' cannot be loaded: {reason} "
            "Check its name and the connection, or use the encoder 'starter'."
        ) from error
    if not hasattr(model.config, "hidden_sizes") or not _has_pooled_features(model, processor):
        raise EncoderError(
            f"The encoder '{name}' is a {type(model).__name__}; a ResNet or another convolutional "
            "network with pooled features is needed."
        )
    shown = card.name if card else (str(Path(location).resolve()) if is_folder else location)
    return Encoder(shown, None if is_folder else revision, model, processor)


@torch.inference_mode()
def _has_pooled_features(model: PreTrainedModel, processor: Any) -> bool:
    """Tried on a blank picture: no setting of a model tells it."""
    pixels = processor(images=[Image.new("RGB", (64, 64))], return_tensors="pt")["pixel_values"]
    return getattr(model(pixel_values=pixels), "pooler_output", None) is not None


def _looks_like_path(location: str) -> bool:
    return location.startswith((".", "/", "~")) or location.count("/") != 1


def _weights_sha256(model: PreTrainedModel) -> str:
    """One checksum for the weights as loaded, whatever file and precision they came in."""
    digest = hashlib.sha256()
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(tensor.cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def _preprocessing(processor: Any) -> dict[str, Any]:
    """The settings that change pixels, as plain JSON values."""
    settings = json.loads(processor.to_json_string())
    switches = {key: value for key, value in settings.items() if key.startswith("do_")}
    kept = (
        "size",
        "crop_pct",
        "crop_size",
        "resample",
        "rescale_factor",
        "image_mean",
        "image_std",
    )
    values = {key: settings.get(key) for key in kept}
    return {"type": type(processor).__name__} | values | switches
