"""Embedding: a catalogue's pictures shard by shard, from where an earlier run has stopped."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from tqdm import tqdm

from pipeline.artifacts import FORMAT_VERSION
from pipeline.building.shards import SHARD_ROWS, SHARD_SECONDS, Shard, build_shard, write_json
from pipeline.catalogue import Catalogue
from pipeline.colour import DESCRIPTOR
from pipeline.encoder import Encoder

PLAN = "plan.json"
Progress = Callable[[int, int], None]
"""Called with the items done and the items in all."""


def embed_shards(
    part: Path, catalogue: Catalogue, encoder: Encoder, on_progress: Progress | None
) -> list[Shard]:
    """Embed a catalogue's items into a folder, from where an earlier run of the same has stopped.

    Args:
        part: The folder; what it holds of other items or of another encoder is removed.
        catalogue: The items.
        encoder: What embeds them.
        on_progress: Told after every batch.
    """
    _begin(part, catalogue, encoder)
    return _build_shards(catalogue, encoder, part, on_progress)


def _begin(part: Path, catalogue: Catalogue, encoder: Encoder) -> None:
    """Keep the shards of an interrupted build only if they come from the very same inputs."""
    plan = {
        "format_version": FORMAT_VERSION,
        "catalogue_fingerprint": catalogue.fingerprint,
        "encoder": asdict(encoder.identity),
        "precision": encoder.runtime.precision,
        "shard_rows": SHARD_ROWS,
        "shard_seconds": SHARD_SECONDS,
        "colours": DESCRIPTOR,
        "pictures": "sha256",
    }
    plan_file = part / PLAN
    if plan_file.is_file() and json.loads(plan_file.read_text(encoding="utf-8")) == plan:
        return
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    write_json(plan_file, plan)


def _build_shards(
    catalogue: Catalogue, encoder: Encoder, part: Path, on_progress: Progress | None
) -> list[Shard]:
    shards: list[Shard] = []
    with tqdm(total=len(catalogue), desc="Embedding", unit="item", smoothing=0.1) as bar:

        def advance(items: int) -> None:
            bar.update(items)
            if on_progress:
                on_progress(int(bar.n), len(catalogue))

        start = 0
        while start < len(catalogue):
            number = len(shards)
            rows = range(start, min(start + SHARD_ROWS, len(catalogue)))
            finished = part / f"shard-{number:05d}.json"
            if finished.is_file() and (earlier := Shard.read(finished)).is_whole(part, start):
                bar.initial += earlier.rows
                advance(earlier.rows)
                shards.append(earlier)
            else:
                shard = build_shard(catalogue, encoder, part, number, rows, advance=advance)
                shard.write(finished)
                shards.append(shard)
            start += shards[-1].rows
    return shards
