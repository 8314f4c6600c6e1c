"""Loaded: what answers, as whoever runs it and whoever asks are told."""

from __future__ import annotations

from typing import Any

from pipeline.artifacts import BuiltCatalogue, Version
from pipeline.encoder import ENCODERS, Encoder
from pipeline.index import Metric


def tell_loaded(
    built: BuiltCatalogue, version: Version, encoder: Encoder, colour_weight: float | None
) -> dict[str, Any]:
    """What is loaded, in plain JSON values.

    Args:
        built: The catalogue.
        version: Which of its versions that is.
        encoder: What embeds the queries.
        colour_weight: How much colour counts where a query does not say; None where none can.
    """
    manifest = built.manifest
    card = ENCODERS.get(manifest.encoder.name)
    return {
        "catalogue": manifest.catalogue,
        "catalogue_revision": manifest.catalogue_revision,
        "catalogue_version": manifest.catalogue_fingerprint,
        "version": version.number,
        "made": version.made,
        "items": len(built),
        "skipped": len(manifest.skipped),
        "attributes": built.attribute_names,
        "encoder": manifest.encoder.name,
        "encoder_revision": manifest.encoder.revision,
        "dimension": manifest.encoder.dimension,
        "runtime": encoder.runtime.name,
        "precision": encoder.runtime.precision.value,
        "metrics": [metric.value for metric in Metric],
        "colour_weight": colour_weight,
        "learnt_events": manifest.learnt.events if manifest.learnt is not None else 0,
        "advice": card.advice if card is not None else "",
    }
