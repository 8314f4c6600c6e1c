"""What every runtime offers, and the precisions they run in."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

import numpy as np

from pipeline.errors import EncoderError


class Precision(StrEnum):
    """The numbers that a network computes in.

    ``AUTO`` takes int8 where a build has calibrated it and its guard passed, else bf16 where
    OpenVINO is installed, else fp32. A CPU that does not compute in bf16 runs fp32 in its place.
    """

    AUTO = "auto"
    FP32 = "fp32"
    BF16 = "bf16"
    INT8 = "int8"

    @classmethod
    def parse(cls, name: str) -> Precision:
        """Read a precision's name.

        Raises:
            EncoderError: If there is no such precision.
        """
        try:
            return cls(name.strip().lower())
        except ValueError:
            raise EncoderError(
                f"There is no precision '{name}'. Choose one of: {', '.join(cls)}."
            ) from None


class Runtime(Protocol):
    """Runs a network.

    Attributes:
        name: ``torch`` or ``openvino``.
        precision: What it computes in, which is never ``AUTO``.
        uses_gpu: Whether it runs on one.

    It can be pickled for another process, which gives the same embeddings on the same hardware.
    """

    name: str
    precision: Precision
    uses_gpu: bool

    def embed(self, pixels: np.ndarray) -> np.ndarray:
        """Embed ``(n, 3, side, side)`` float32; gives ``(n, dimension)`` float32."""
        ...

    def maps(self, pixels: np.ndarray) -> np.ndarray:
        """The last map before pooling, ``(n, dimension, rows, columns)`` float32.

        What makes it beside the embedding is only kept once it is asked for.
        """
        ...
