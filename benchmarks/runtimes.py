"""Runtimes: the same network and the same pictures, by onnxruntime as fastembed runs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from sklearn.metrics.pairwise import paired_cosine_distances

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
    """A network as fastembed runs one: Pillow and numpy prepare, onnxruntime embeds in float32.

    Its models come from the hub, so one of ours is exported. fastembed itself needs an older
    `huggingface_hub` than ours.

    Args:
        folder: The network in the hub's format.
        work: Where the exported one is kept.
    """

    def __init__(self, folder: Path, work: Path) -> None:
        import onnxruntime

        network = load_network(folder.name, str(folder), None)
        self._processor = network.processor
        file = work / f"{folder.name}.onnx"
        _export(network.model.float().eval(), self._prepare([Image.new("RGB", (300, 400))]), file)
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        self._session = onnxruntime.InferenceSession(
            file, options, providers=["CPUExecutionProvider"]
        )

    def _prepare(self, images: list[Image.Image]) -> np.ndarray:
        pixels: np.ndarray = self._processor(images, return_tensors="np")["pixel_values"]
        return pixels.astype(np.float32)

    def encode(self, paths: Sequence[Path]) -> np.ndarray:
        """Embed photos, ``(n, dimension)`` float32."""
        images = [Image.open(path).convert("RGB") for path in paths]
        (embeddings,) = self._session.run(None, {"pixels": self._prepare(images)})
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
    return float(1 - paired_cosine_distances(theirs, mine.encode(batch)).max())


class _Pooled(torch.nn.Module):  # type: ignore[misc]  # torch has no types here
    def __init__(self, network: torch.nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        pooled: torch.Tensor = self.network(pixels).pooler_output
        return pooled.flatten(1)


def _export(network: torch.nn.Module, pixels: np.ndarray, file: Path) -> None:
    two = torch.from_numpy(pixels).repeat(2, 1, 1, 1)
    pictures = torch.export.Dim("pictures", min=1, max=4 * BATCH)
    torch.onnx.export(
        _Pooled(network).eval(),
        (two,),
        file,
        input_names=["pixels"],
        dynamic_shapes={"pixels": {0: pictures}},
        dynamo=True,
        verbose=False,
    )
