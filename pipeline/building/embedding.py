"""Embedding: a catalogue's pictures shard by shard, from where an earlier run has stopped."""

from __future__ import annotations

import contextlib
import json
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

from tqdm import tqdm

from pipeline.artifacts import FORMAT_VERSION
from pipeline.building.rows import Embedded, embed_rows
from pipeline.building.shards import (
    SHARD_ROWS,
    Shard,
    finished_shard,
    shard_rows,
    write_json,
    write_shard,
)
from pipeline.catalogue import Catalogue
from pipeline.colour import DESCRIPTOR
from pipeline.encoder import Encoder

PLAN = "plan.json"
BEGUN = "begun-{:05d}.safetensors"
BEGUN_SECONDS = 15.0
"""How often what is embedded of an unfinished shard is kept: with the batch in hand and what is
prepared ahead, a kill loses less than 30 seconds."""
Progress = Callable[[int, int], None]
"""Called with the items done and the items in all."""


class Workers(Protocol):
    """Other machines that embed, see `pipeline.building.workers`."""

    def embed(
        self, catalogue: Catalogue, encoder: Encoder, shards: Iterable[tuple[int, range]]
    ) -> Iterator[tuple[int, range, Embedded]]:
        """Embed the rows of shards; gives each with its number as it is finished, in any order."""
        ...


def embed_shards(
    part: Path,
    catalogue: Catalogue,
    encoder: Encoder,
    on_progress: Progress | None,
    workers: Workers | None = None,
) -> list[Shard]:
    """Embed a catalogue's items into a folder, from where an earlier run of the same has stopped.

    Args:
        part: The folder; what it holds of other items or of another encoder is removed.
        catalogue: The items.
        encoder: What embeds them.
        on_progress: Told after every batch.
        workers: The machines that embed them; None for this one.
    """
    _begin(part, catalogue, encoder)
    shards: dict[int, Shard] = {}
    with tqdm(total=len(catalogue), desc="Embedding", unit="item", smoothing=0.1) as bar:

        def advance(items: int) -> None:
            bar.update(items)
            if on_progress:
                on_progress(int(bar.n), len(catalogue))

        def unfinished() -> Iterator[tuple[int, range]]:
            for number, rows in shard_rows(len(catalogue), SHARD_ROWS):
                earlier = finished_shard(part, number, rows)
                if earlier is None:
                    yield number, rows
                else:
                    shards[number] = earlier
                    bar.initial += len(rows)
                    advance(len(rows))

        if workers is None:
            for number, rows in unfinished():
                embedded = _embed_here(part, catalogue, encoder, number, rows, advance=advance)
                shards[number] = write_shard(catalogue, part, number, rows, embedded)
                (part / BEGUN.format(number)).unlink(missing_ok=True)
        else:
            for number, rows, embedded in workers.embed(catalogue, encoder, unfinished()):
                shards[number] = write_shard(catalogue, part, number, rows, embedded)
                advance(len(rows))
    return [shards[number] for number in sorted(shards)]


def _begin(part: Path, catalogue: Catalogue, encoder: Encoder) -> None:
    """Keep the shards of an interrupted build only if they come from the very same inputs."""
    plan = {
        "format_version": FORMAT_VERSION,
        "catalogue_fingerprint": catalogue.fingerprint,
        "encoder": asdict(encoder.identity),
        "precision": encoder.runtime.precision,
        "shard_rows": SHARD_ROWS,
        "colours": DESCRIPTOR,
        "pictures": "sha256",
        "shards": 2,
    }
    plan_file = part / PLAN
    with contextlib.suppress(OSError, ValueError):  # none there, or cut by a loss of power
        if json.loads(plan_file.read_text(encoding="utf-8")) == plan:
            return
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    write_json(plan_file, plan)


def _embed_here(
    part: Path,
    catalogue: Catalogue,
    encoder: Encoder,
    number: int,
    rows: range,
    *,
    advance: Callable[[int], None],
) -> Embedded:
    """Embed the rows of a shard on this machine, from the batch where an earlier run stopped."""
    dimension = encoder.identity.dimension
    begun = part / BEGUN.format(number)
    parts: list[Embedded] = []
    with contextlib.suppress(OSError, ValueError, KeyError):
        parts.append(Embedded.read(begun))
        advance(len(parts[0]))
    left = range(rows.start + sum(map(len, parts)), rows.stop)
    kept = time.monotonic()
    for embedded in embed_rows(catalogue.picture_source, encoder, left):
        parts.append(embedded)
        advance(len(embedded))
        if time.monotonic() - kept > BEGUN_SECONDS:
            parts = [Embedded.join(parts, dimension)]
            parts[0].write(begun)
            kept = time.monotonic()
    return Embedded.join(parts, dimension)
