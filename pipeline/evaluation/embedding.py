"""Embedding: one side of an evaluation by an encoder, kept for the next run."""

from __future__ import annotations

import hashlib
from pathlib import Path

from pipeline.artifacts import BuiltCatalogue
from pipeline.building import open_or_build
from pipeline.catalogue import Catalogue
from pipeline.encoder import Encoder
from pipeline.errors import CatalogueError


def embed_kept(catalogue: Catalogue, encoder: Encoder, home: Path) -> BuiltCatalogue:
    """Open what an earlier run embedded of the same items by the same encoder, else embed them.

    Args:
        catalogue: The items, each of which is embedded.
        encoder: What embeds them.
        home: Where they are kept.

    Raises:
        CatalogueError: If a picture cannot be read.
    """
    key = f"{catalogue.fingerprint} {encoder.identity.weights_sha256} {encoder.wanted}"
    digest = hashlib.sha256(key.encode()).hexdigest()[:16]
    built = open_or_build(catalogue, encoder, home.expanduser() / "evaluation" / digest)
    if built.manifest.skipped:
        first = built.manifest.skipped[0]
        raise CatalogueError(
            f"{len(built.manifest.skipped)} of the {len(catalogue)} pictures of "
            f"'{catalogue.source}' cannot be read, the first that of '{first.id}' "
            f"({first.reason}); an evaluation needs every one. Mend or remove them."
        )
    return built
