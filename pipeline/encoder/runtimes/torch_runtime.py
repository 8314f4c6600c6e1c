"""The reference runtime: the network as `transformers` runs it, on a GPU if there is one."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Callable

import numpy as np
import torch
from transformers import PreTrainedModel
from transformers.modeling_outputs import BaseModelOutputWithPooling

from pipeline.encoder.runtimes.runtime import Precision


def computes_bf16() -> bool:
    """Whether this machine computes in bfloat16.

    CPUs that only emulate it take many times longer than in float32.
    """
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported())
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


class TorchRuntime:
    """See `Runtime`. bf16 runs under autocast, with the weights kept in float32."""

    name = "torch"

    def __init__(self, model: PreTrainedModel, precision: Precision = Precision.FP32) -> None:
        self.precision = precision
        if precision is Precision.BF16 and not computes_bf16():
            self.precision = Precision.FP32
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.uses_gpu = self._device.type == "cuda"
        self._model = model.eval().to(self._device)

    def __reduce__(
        self,
    ) -> tuple[Callable[..., TorchRuntime], tuple[PreTrainedModel, Precision, int]]:
        model = copy.deepcopy(self._model).cpu() if self.uses_gpu else self._model
        return _revive, (model, self.precision, torch.get_num_threads())

    def embed(self, pixels: np.ndarray) -> np.ndarray:
        """See `Runtime.embed`. Whatever the precision, it gives float32."""
        embeddings: np.ndarray = self._run(pixels).pooler_output.flatten(1).float().cpu().numpy()
        return embeddings

    def maps(self, pixels: np.ndarray) -> np.ndarray:
        """See `Runtime.maps`."""
        maps: np.ndarray = self._run(pixels).last_hidden_state.float().cpu().numpy()
        return maps

    def _run(self, pixels: np.ndarray) -> BaseModelOutputWithPooling:
        batch = torch.from_numpy(pixels).to(self._device)
        is_half = self.precision is Precision.BF16
        half = torch.autocast(self._device.type, torch.bfloat16)
        with torch.inference_mode(), half if is_half else contextlib.nullcontext():
            return self._model(pixel_values=batch)


def _revive(model: PreTrainedModel, precision: Precision, threads: int) -> TorchRuntime:
    """The runtime that was pickled, in another process."""
    # Small batches are rounded otherwise by another number of them.
    torch.set_num_threads(threads)
    return TorchRuntime(model, precision)
