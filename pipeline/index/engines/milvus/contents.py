"""What a database holds of a catalogue: under which names, and each embedding under which key.

A collection a metric keeps the embeddings of every version of a catalogue by one encoder. A version
is a second name for it, which is given once all its embeddings are there: whoever searches under
that name finds them all, and passes over those of other versions. So a version takes its place at
once, while the one before is being searched, and an embedding that both have is sent once.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.artifacts import BuiltCatalogue, Manifest
from pipeline.index.index import Metric

NAME_DIGITS, VERSION_DIGITS = 8, 16


@dataclass(frozen=True)
class Contents:
    """The names of one version of a catalogue in a database.

    Attributes:
        catalogue: What all names of the catalogue begin with.
        encoder: Changes with the encoder.
        version: Changes with whatever the manifest has a checksum of.
    """

    catalogue: str
    encoder: str
    version: str

    @classmethod
    def of(cls, manifest: Manifest) -> Contents | None:
        """Those of a built catalogue; None where no database ever held it."""
        if manifest.collection is None:
            return None
        made_by = manifest.encoder
        encoder = _digest(made_by.weights_sha256, made_by.preprocessing, made_by.dimension)
        version = _digest(encoder, [(file.name, file.sha256) for file in manifest.files])
        return cls(manifest.collection, encoder[:NAME_DIGITS], version[:VERSION_DIGITS])

    def collection(self, metric: Metric) -> str:
        """The name of the collection that is searched by a metric."""
        return f"{self.catalogue}_{self.encoder}_{metric.value}"

    def alias(self, metric: Metric) -> str:
        """The name by which that collection holds this version."""
        return f"{self.collection(metric)}_{self.version}"


def new_collection() -> str:
    """A name for a catalogue that no database has held, unlike that of any other."""
    return f"lookalike_{uuid.uuid4().hex[:12]}"


def keys_of(ids: Sequence[str], embeddings: np.ndarray) -> np.ndarray:
    """The key of each item: of its id and its embedding, so that a changed item has another.

    Of n items two share a key with a chance of n^2 / 2^64, one in 180,000 for ten million.

    Args:
        ids: The ids, n of them.
        embeddings: ``(n, dimension)`` float32.

    Returns:
        ``(n,)`` int64, none negative.
    """
    keys = np.empty(len(ids), dtype=np.uint64)
    for row, item_id in enumerate(ids):
        digest = hashlib.blake2b(embeddings[row].tobytes(), digest_size=8)
        digest.update(item_id.encode("utf-8", "surrogatepass"))
        keys[row] = int.from_bytes(digest.digest(), "little")
    return (keys >> np.uint64(1)).astype(np.int64)


def keys_of_built(built: BuiltCatalogue) -> np.ndarray:
    """The keys of a built catalogue's items, ``(n,)`` int64."""
    return keys_of(built.ids, built.embeddings)


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
