"""Runtimes: the same network and the same pictures, encoded as fastembed does, by onnxruntime."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from benchmarks.timing import Timing, alternate
from pipeline.encoder import Encoder, load_encoder
from pipeline.encoder.network import load_network

ROUNDS = 30
BATCH = 32


@dataclass(frozen=True)
class RuntimeRow:
    """One network, by both runtimes in turn.

    Attributes:
        network: What it is called.
        one: Seconds for one picture, by onnxruntime and by Lookalike.
        batch: Seconds a picture of `BATCH` at once, likewise.
        alike: The least cosine of the two's embeddings of a picture.
    """

    network: str
    one: tuple[Timing, Timing]
    batch: tuple[Timing, Timing]
    alike: float


class OnnxProject:
    """A network as fastembed runs it: its own transforms, and onnxruntime at its settings.

    Its models come from the hub, so one of ours is exported for it.

    Args:
        folder: The network in the hub's format.
        work: Where the exported one is kept.
    """

    def __init__(self, folder: Path, work: Path) -> None:
        import onnxruntime
        from fastembed.image.transform.operators import Compose

        network = load_network(folder.name, str(folder), None)
        settings = json.loads((folder / "preprocessor_config.json").read_text())
        # The same class by its former name, the one that fastembed knows.
        settings["image_processor_type"] = "ConvNextFeatureExtractor"
        self._transform = Compose.from_config(settings)
        file = work / f"{folder.name}.onnx"
        side = self._transform([Image.new("RGB", (300, 400))])[0].shape[-1]
        _export(network.model.float().eval(), side, file)
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        self._session = onnxruntime.InferenceSession(
            file, options, providers=["CPUExecutionProvider"]
        )

    def encode(self, paths: Sequence[Path]) -> np.ndarray:
        """Embed photos, ``(n, dimension)`` float32."""
        images = [Image.open(path).convert("RGB") for path in paths]
        pixels = np.stack(self._transform(images)).astype(np.float32)
        (embeddings,) = self._session.run(None, {"pixels": pixels})
        return np.asarray(embeddings)


def measure_runtimes(folders: dict[str, Path], photos: list[Path], work: Path) -> list[RuntimeRow]:
    """Encode one photo and a batch of them with each network, both ways in turn.

    Args:
        folders: Networks in the hub's format, by what they are called.
        photos: At least `BATCH` files.
        work: For the exported networks.
    """
    return [_measure(name, folder, photos, work) for name, folder in folders.items()]


def _measure(name: str, folder: Path, photos: list[Path], work: Path) -> RuntimeRow:
    theirs, mine = OnnxProject(folder, work), load_encoder(folder, home=work / "home")
    batch = photos[:BATCH]
    times = alternate(
        {
            "theirs": lambda: theirs.encode(batch[:1]),
            "mine": lambda: mine.encode(batch[:1]),
            "theirs, many": lambda: theirs.encode(batch),
            "mine, many": lambda: mine.encode(batch),
        },
        ROUNDS,
    )
    return RuntimeRow(
        name,
        (times["theirs"], times["mine"]),
        (times["theirs, many"], times["mine, many"]),
        _alike(theirs.encode(batch), mine, batch),
    )


def _alike(theirs: np.ndarray, mine: Encoder, batch: list[Path]) -> float:
    both = [
        rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (theirs, mine.encode(batch))
    ]
    return float(np.einsum("ij,ij->i", *both).min())


class _Pooled(torch.nn.Module):
    def __init__(self, network: torch.nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        pooled: torch.Tensor = self.network(pixels).pooler_output
        return pooled.flatten(1)


def _export(network: torch.nn.Module, side: int, file: Path) -> None:
    pixels = torch.zeros(2, 3, side, side)
    pictures = torch.export.Dim("pictures", min=1, max=4 * BATCH)
    torch.onnx.export(
        _Pooled(network).eval(),
        (pixels,),
        file,
        input_names=["pixels"],
        dynamic_shapes={"pixels": {0: pictures}},
        dynamo=True,
        verbose=False,
    )
