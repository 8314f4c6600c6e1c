"""The network of an encoder and its processor, loaded by `transformers`."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from PIL import Image
from transformers import AutoImageProcessor, AutoModel, PreTrainedModel
from transformers.utils import logging as transformers_logging

from pipeline.errors import EncoderError, lines_of
from pipeline.hub import bound_waits

if TYPE_CHECKING:
    from transformers import BaseImageProcessor

# Its bar for loading 50 MB of weights would only hide the bar of a build.
transformers_logging.disable_progress_bar()


@dataclass(frozen=True)
class Network:
    """A convolutional model with pooled features, in evaluation mode.

    Attributes:
        model: The model.
        processor: Its image processor.
        dimension: The length of its pooled features.
    """

    model: PreTrainedModel
    processor: BaseImageProcessor
    dimension: int

    def weights_sha256(self) -> str:
        """One checksum for the weights as loaded, whatever file and precision they came in."""
        digest = hashlib.sha256()
        for name, tensor in sorted(self.model.state_dict().items()):
            digest.update(name.encode())
            digest.update(tensor.cpu().contiguous().numpy().tobytes())
        return digest.hexdigest()

    def preprocessing(self) -> dict[str, Any]:
        """The settings that change pixels, as plain JSON values."""
        settings = json.loads(self.processor.to_json_string())
        switches = {key: value for key, value in settings.items() if key.startswith("do_")}
        kept = ("size", "crop_pct", "crop_size", "resample", "rescale_factor")
        values = {key: settings.get(key) for key in (*kept, "image_mean", "image_std")}
        return {"type": type(self.processor).__name__} | values | switches


def load_network(name: str, location: str, revision: str | None) -> Network:
    """Load a network from the hub, its cache, or a folder in the hub's format.

    Args:
        name: What to call it in errors.
        location: A hub id or a folder.
        revision: A hub branch, tag or commit.

    Raises:
        EncoderError: If it cannot be read, or has no pooled features.
    """
    bound_waits()
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
        reason = lines_of(error)[0]
        raise EncoderError(
            f"The encoder '{name}' cannot be loaded: {reason} "
            "Check its name and the connection, or use the encoder 'starter'."
        ) from error
    model = model.eval()
    # It has none; asked for all its attributes, as OpenVINO does, it would else warn of that.
    model.loss_function = None
    dimension = _pooled_dimension(model, processor)
    if dimension is None:
        raise EncoderError(
            f"The encoder '{name}' is a {type(model).__name__}; a ResNet or another convolutional "
            "network with pooled features is needed."
        )
    return Network(model, processor, dimension)


def _pooled_dimension(model: PreTrainedModel, processor: BaseImageProcessor) -> int | None:
    """Tried on a blank picture, since no setting of a model tells it; None without a map."""
    pixels = processor(images=[Image.new("RGB", (64, 64))], return_tensors="pt")["pixel_values"]
    with torch.inference_mode():
        output = model(pixel_values=pixels)
    maps, pooled = output.last_hidden_state, getattr(output, "pooler_output", None)
    if pooled is None or maps.ndim != 4:
        return None
    return int(pooled.flatten(1).shape[1])
