"""OpenVINO: the network compiled for this CPU, in bf16 or int8."""

from __future__ import annotations

import contextlib
import logging
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import openvino as ov

from pipeline.encoder.runtimes.runtime import Precision

if TYPE_CHECKING:
    from transformers import PreTrainedModel

CALIBRATION_PICTURES = 128
"""NNCF's default is 300; more than 128 changed no embedding here that could be told."""
POOLING = {"ReduceMean", "AvgPool", "AdaptiveAvgPool"}
HINTS = {Precision.FP32: "f32", Precision.BF16: "bf16"}


class OpenVinoRuntime:
    """See `Runtime`. The network is compiled when it first embeds.

    Args:
        network: An OpenVINO network, or the file of a saved one.
        precision: What to compute in; for `Precision.INT8` the network is quantised already.
        cache: A folder for what the compiler makes, so that the next start is quick.
    """

    name = "openvino"
    uses_gpu = False

    def __init__(
        self, network: ov.Model | Path, precision: Precision, cache: Path | None = None
    ) -> None:
        self._network = network
        self._cache = cache
        self._compiled: ov.CompiledModel | None = None
        self._mapping: ov.CompiledModel | None = None
        self.threads: int | None = None
        # One query at a time keeps every core busy; a compiled network has one buffer.
        self._turn = threading.Lock()
        self.precision = precision
        if precision is Precision.BF16 and not has_bf16():
            self.precision = Precision.FP32

    def __reduce__(
        self,
    ) -> tuple[
        Callable[[bytes, bytes, Precision], OpenVinoRuntime], tuple[bytes, bytes, Precision]
    ]:
        with tempfile.TemporaryDirectory(prefix="lookalike-") as folder:
            file = Path(folder) / "network.xml"
            ov.save_model(_read(self._network), file, compress_to_fp16=False)
            weights = file.with_suffix(".bin").read_bytes()
            return _revive, (file.read_bytes(), weights, self.precision)

    def embed(self, pixels: np.ndarray) -> np.ndarray:
        """See `Runtime.embed`. Threads take turns, and the first of them compiles the network."""
        with self._turn:
            if self._compiled is None:
                self._compiled = self._compile(self._network)
            return np.array(self._compiled(pixels, share_inputs=True)[0], dtype=np.float32)

    def maps(self, pixels: np.ndarray) -> np.ndarray:
        """See `Runtime.maps`. The network up to its last map is compiled when first asked for."""
        with self._turn:
            if self._mapping is None:
                self._mapping = self._compile(_up_to_map(_read(self._network)))
            return np.array(self._mapping(pixels, share_inputs=True)[0], dtype=np.float32)

    def in_precision(self, precision: Precision) -> OpenVinoRuntime:
        """The same network in fp32 or bf16."""
        return OpenVinoRuntime(self._network, precision, self._cache)

    def quantised(self, samples: Sequence[np.ndarray]) -> OpenVinoRuntime:
        """The network in int8, calibrated on ``(3, side, side)`` pixels of its own catalogue."""
        with contextlib.redirect_stdout(sys.stderr):
            import nncf

            logging.getLogger("nncf").setLevel(logging.WARNING)
            network = _read(self._network)
            pictures = nncf.Dataset([sample[None] for sample in samples[:CALIBRATION_PICTURES]])
            # CPUs without VNNI add products of int8 in 16 bits, which whole weights overflow.
            halved = nncf.AdvancedQuantizationParameters(
                overflow_fix=nncf.quantization.advanced_parameters.OverflowFix.ENABLE
            )
            quantised = nncf.quantize(
                network,
                pictures,
                subset_size=CALIBRATION_PICTURES,
                advanced_parameters=halved,
            )
        return OpenVinoRuntime(quantised, Precision.INT8, self._cache)

    def save(self, path: Path) -> None:
        """Write the network to ``path`` (.xml) and a file of weights beside it (.bin)."""
        ov.save_model(_read(self._network), path, compress_to_fp16=True)

    def _compile(self, network: ov.Model | Path) -> ov.CompiledModel:
        options: dict[str, str | int] = {"PERFORMANCE_HINT": "LATENCY"}
        if self.threads is not None:
            options["INFERENCE_NUM_THREADS"] = self.threads
        if self.precision in HINTS:
            options["INFERENCE_PRECISION_HINT"] = HINTS[self.precision]
        if self._cache is not None:
            with contextlib.suppress(RuntimeError):
                return ov.Core().compile_model(
                    network, "CPU", options | {"CACHE_DIR": str(self._cache)}
                )
        # Without a cache, or one whose files are damaged.
        return ov.Core().compile_model(network, "CPU", options)


def _revive(network: bytes, weights: bytes, precision: Precision) -> OpenVinoRuntime:
    """The runtime that was pickled, in another process."""
    runtime = OpenVinoRuntime(ov.Core().read_model(network, weights), precision)
    # Other processes of the kind are beside it; the embeddings are the same by any number.
    runtime.threads = 1
    return runtime


def has_bf16() -> bool:
    """Whether this CPU computes in bfloat16."""
    return "BF16" in ov.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


def convert(model: PreTrainedModel, side: int | None) -> ov.Model:
    """Convert a `transformers` network.

    Args:
        model: The network, in evaluation mode.
        side: The side of the square pictures; None where they differ.

    Returns:
        A network from ``(n, 3, side, side)`` to ``(n, dimension)``.
    """
    import torch

    class Pooled(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, pixels: torch.Tensor) -> torch.Tensor:
            output = self.model(pixels)
            # An EfficientNet pools with a kernel larger than its map, which OpenVINO refuses.
            maps, pooler = output.last_hidden_state, output.pooler_output
            pooled: torch.Tensor = maps.mean(dim=(2, 3)) if averages else pooler.flatten(1)
            return pooled

    example = torch.zeros(1, 3, side or 64, side or 64)
    with torch.inference_mode():
        tried = model(example)
    mean = tried.last_hidden_state.mean(dim=(2, 3))
    averages = torch.allclose(mean, tried.pooler_output.flatten(1), rtol=1e-3, atol=1e-5)
    shape = [-1, 3, side or -1, side or -1]
    with warnings.catch_warnings():
        # Tracing takes a check of the number of channels for a constant, which it is.
        warnings.simplefilter("ignore")
        # To trace it again and compare takes longer than all the rest.
        traced = torch.jit.trace(Pooled().eval(), example, strict=False, check_trace=False)
        return ov.convert_model(traced, example_input=example, input=shape)


def _up_to_map(network: ov.Model) -> ov.Model:
    """A network that ends before the pooling that a converted one ends with."""
    node = network.output(0).get_node()
    while node.get_type_name() not in POOLING:
        node = node.input_value(0).get_node()
    return ov.Model([node.input_value(0)], network.get_parameters())


def _read(network: ov.Model | Path) -> ov.Model:
    return ov.Core().read_model(network) if isinstance(network, Path) else network.clone()
