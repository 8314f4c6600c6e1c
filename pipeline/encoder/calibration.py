"""Calibration: int8 for a catalogue, if it gives the embeddings and the matches of float32."""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline.catalogue import Catalogue, open_picture
from pipeline.encoder.encoder import BATCH, DECODED_SIDE, Encoder
from pipeline.encoder.runtimes.runtime import Precision, Runtime
from pipeline.errors import PictureError

if TYPE_CHECKING:
    from pipeline.encoder.runtimes.openvino_runtime import OpenVinoRuntime

log = logging.getLogger(__name__)

MIN_ITEMS = 2000
"""Smaller catalogues are embedded without it in the time that a calibration takes."""
MIN_SAMPLE = 64
SAMPLE = 256
MATCHES = 5
MIN_COSINE = 0.995
MIN_AGREEMENT = 0.95


@dataclass(frozen=True)
class Guard:
    """How int8 compares with float32 on pictures that did not calibrate it.

    Attributes:
        mean_cosine: Between the two embeddings of each picture.
        agreement: The share of the five nearest other pictures that both find.
        pictures: How many were compared.
    """

    mean_cosine: float
    agreement: float
    pictures: int

    @property
    def passes(self) -> bool:
        """Whether int8 comes near enough: at least `MIN_COSINE` and `MIN_AGREEMENT`."""
        return self.mean_cosine >= MIN_COSINE and self.agreement >= MIN_AGREEMENT

    @classmethod
    def compare(cls, reference: np.ndarray, fast: np.ndarray) -> Guard:
        """Compare two embeddings ``(n, dimension)`` of the same pictures."""
        from sklearn.preprocessing import normalize

        if not np.isfinite(fast).all():
            return cls(0.0, 0.0, len(fast))
        reference, fast = normalize(reference), normalize(fast)
        cosine = float((reference * fast).sum(axis=1).mean())
        pairs = zip(_nearest(reference), _nearest(fast), strict=True)
        shared = [len(set(mine) & set(theirs)) / len(mine) for mine, theirs in pairs]
        return cls(round(cosine, 5), round(float(np.mean(shared)), 4), len(reference))


def calibrate(encoder: Encoder, catalogue: Catalogue) -> Guard | None:
    """Switch an encoder to int8 for a catalogue if the guard lets it pass.

    Args:
        encoder: Keeps its runtime where int8 is not wanted, cannot be had, or fails the guard.
        catalogue: Its own pictures calibrate it; it is kept for this catalogue only.

    Returns:
        What the guard measured, or None where int8 was not tried.
    """
    least = MIN_SAMPLE if encoder.wanted is Precision.INT8 else MIN_ITEMS
    if len(catalogue) < least or encoder.wanted not in (Precision.AUTO, Precision.INT8):
        return None
    try:
        from pipeline.encoder.runtimes.openvino_runtime import OpenVinoRuntime
    except ImportError:
        return None
    if (earlier := recall_int8(encoder, catalogue.fingerprint)) is not None:
        return earlier
    if not isinstance(encoder.runtime, OpenVinoRuntime):
        return None
    samples = list(_samples(encoder, catalogue))
    judges, teachers = samples[::2], samples[1::2]
    if len(teachers) < MIN_SAMPLE // 2:
        return None
    log.info("Calibrating int8 on %d pictures.", len(teachers))
    try:
        int8 = encoder.runtime.quantised(teachers)
    except Exception as error:
        # NNCF missing, or failing in any way of its own: the runtime in hand goes on.
        log.warning(
            "int8 cannot be calibrated (%s); the encoder stays in %s.",
            error,
            encoder.runtime.precision,
        )
        return None
    reference = encoder.runtime.in_precision(Precision.FP32)
    guard = Guard.compare(_embed(reference, judges), _embed(int8, judges))
    if not guard.passes:
        log.warning(
            "int8 is too far from float32 (%s); the encoder stays in %s.",
            guard,
            encoder.runtime.precision,
        )
        return guard
    _keep(int8, guard, encoder, catalogue.fingerprint)
    encoder.runtime = int8
    return guard


def recall_int8(encoder: Encoder, fingerprint: str) -> Guard | None:
    """Switch an encoder to the int8 network that an earlier build calibrated and kept."""
    if encoder.compiled is None or encoder.wanted not in (Precision.AUTO, Precision.INT8):
        return None
    if encoder.runtime.precision is Precision.INT8:
        return None
    network = _network_file(encoder.compiled, fingerprint)
    try:
        from pipeline.encoder.runtimes.openvino_runtime import OpenVinoRuntime

        record = json.loads(network.with_suffix(".json").read_text(encoding="utf-8"))
        guard = Guard(**record["guard"])
        if record["bytes"] != [network.stat().st_size, network.with_suffix(".bin").stat().st_size]:
            raise ValueError("its files were changed")
        runtime = OpenVinoRuntime(network, Precision.INT8, encoder.compiled)
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, OSError, ImportError) as error:
        log.warning("The int8 network '%s' is not used (%s).", network, error)
        return None
    encoder.runtime = runtime
    return guard


def _samples(encoder: Encoder, catalogue: Catalogue) -> Iterator[np.ndarray]:
    """Pictures spread over the catalogue, prepared; unreadable ones left out."""
    for row in np.unique(np.linspace(0, len(catalogue) - 1, 2 * SAMPLE).astype(int)).tolist():
        with contextlib.suppress(PictureError):
            picture = open_picture(catalogue.picture_source(row), DECODED_SIDE)
            yield encoder.prepare(picture)


def _embed(runtime: Runtime, samples: list[np.ndarray]) -> np.ndarray:
    starts = range(0, len(samples), BATCH)
    return np.concatenate(
        [runtime.embed(np.stack(samples[start : start + BATCH])) for start in starts]
    )


def _nearest(directions: np.ndarray) -> np.ndarray:
    alike = directions @ directions.T
    np.fill_diagonal(alike, -np.inf)
    return np.argsort(-alike, axis=1, kind="stable")[:, :MATCHES]


def _network_file(folder: Path, fingerprint: str) -> Path:
    return folder / f"int8-{fingerprint[:16]}.xml"


def _keep(int8: OpenVinoRuntime, guard: Guard, encoder: Encoder, fingerprint: str) -> None:
    """The record comes last: without it, what an interruption left is not used."""
    if encoder.compiled is None:
        return
    network = _network_file(encoder.compiled, fingerprint)
    try:
        int8.save(network)
        sizes = [network.stat().st_size, network.with_suffix(".bin").stat().st_size]
        record = {"guard": asdict(guard), "bytes": sizes}
        network.with_suffix(".json").write_text(json.dumps(record), encoding="utf-8")
    except (OSError, RuntimeError) as error:
        log.warning("The int8 network cannot be kept (%s).", error)
