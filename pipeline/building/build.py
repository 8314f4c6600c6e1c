"""Building: from a catalogue and an encoder to a folder of artifacts, resumable at any shard."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from filelock import FileLock
from tqdm import tqdm

from pipeline.artifacts import (
    FORMAT_VERSION,
    MANIFEST,
    BuiltCatalogue,
    Manifest,
    RuntimeRecord,
    open_built,
)
from pipeline.building.shards import (
    SHARD_ROWS,
    Shard,
    build_shard,
    join_embeddings,
    read_json,
    write_json,
)
from pipeline.catalogue import Catalogue
from pipeline.encoder import Encoder, Guard, calibrate
from pipeline.errors import ArtifactError, CatalogueError
from pipeline.index import index_embeddings

log = logging.getLogger(__name__)

PLAN = "plan.json"
LIBRARIES = ("torch", "transformers", "datasets", "numpy", "pillow")
Progress = Callable[[int, int], None]
"""Called with the items done and the items in all."""


def build(
    catalogue: Catalogue, encoder: Encoder, out: Path, on_progress: Progress | None = None
) -> BuiltCatalogue:
    """Embed every item of a catalogue and write the folder ``out``.

    The work happens in a folder beside ``out`` that takes its place once it is complete. Shards
    that an interrupted build finished are kept if they are of the same items and encoder. An
    item whose picture cannot be read is left out and listed in the manifest.

    Args:
        catalogue: The items.
        encoder: What embeds them.
        out: The folder to write; an earlier one there is replaced at the end.
        on_progress: Told after every batch.

    Raises:
        CatalogueError: If no item has a readable picture.
        ArtifactError: If the folder cannot be written; what is finished stays for the next run.
    """
    out = out.expanduser()
    part = out.with_name(out.name + ".part")
    if out.resolve().is_relative_to(Path(catalogue.source).expanduser().resolve()):
        raise ArtifactError(
            f"The folder '{out}' lies inside the catalogue '{catalogue.source}', which would then "
            "hold its own artifacts. Choose a folder outside."
        )
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(out.with_name(out.name + ".lock")):
            _check_replaceable(out)
            guard = calibrate(encoder, catalogue)
            _begin(part, catalogue, encoder)
            shards = _build_shards(catalogue, encoder, part, on_progress)
            _finish(part, catalogue, encoder, shards, guard)
            _replace(part, out)
    except OSError as error:
        raise ArtifactError(
            f"The built catalogue '{out}' cannot be written ({error.strerror or error}). Free some "
            "space or choose another folder; the next run goes on from what is finished."
        ) from error
    return open_built(out)


def open_or_build(
    catalogue: Catalogue, encoder: Encoder, folder: Path, on_progress: Progress | None = None
) -> BuiltCatalogue:
    """Open what an earlier run built of the same items and encoder, or build it.

    Raises:
        CatalogueError, ArtifactError: See `build`.
    """
    if (folder / MANIFEST).is_file():
        try:
            built = open_built(folder)
            unchanged = built.manifest.catalogue_fingerprint == catalogue.fingerprint
            if unchanged and encoder.identity.embeds_like(built.manifest.encoder):
                return built
        except ArtifactError as error:
            log.warning("%s (doing so now)", error)
    return build(catalogue, encoder, folder, on_progress)


def _begin(part: Path, catalogue: Catalogue, encoder: Encoder) -> None:
    """Keep the shards of an interrupted build only if they come from the very same inputs."""
    plan = {
        "format_version": FORMAT_VERSION,
        "catalogue_fingerprint": catalogue.fingerprint,
        "encoder": asdict(encoder.identity),
        "precision": encoder.runtime.precision,
        "shard_rows": SHARD_ROWS,
    }
    plan_file = part / PLAN
    if read_json(plan_file) == plan:
        return
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    write_json(plan_file, plan)


def _build_shards(
    catalogue: Catalogue, encoder: Encoder, part: Path, on_progress: Progress | None
) -> list[Shard]:
    shards = []
    with tqdm(total=len(catalogue), desc="Embedding", unit="item", smoothing=0.1) as bar:

        def advance(items: int) -> None:
            bar.update(items)
            if on_progress:
                on_progress(int(bar.n), len(catalogue))

        for number, start in enumerate(range(0, len(catalogue), SHARD_ROWS)):
            rows = range(start, min(start + SHARD_ROWS, len(catalogue)))
            finished = part / f"shard-{number:05d}.json"
            shard = Shard.read(finished)
            if shard is not None and shard.is_whole(part):
                bar.initial += len(rows)
                advance(len(rows))
            else:
                shard = build_shard(catalogue, encoder, part, number, rows, advance=advance)
                shard.write(finished)
            shards.append(shard)
    return shards


def _finish(
    part: Path, catalogue: Catalogue, encoder: Encoder, shards: list[Shard], guard: Guard | None
) -> None:
    skipped = tuple(item for shard in shards for item in shard.skipped)
    count = sum(shard.count for shard in shards)
    if count == 0:
        reason = skipped[0].reason if skipped else "it has no items"
        raise CatalogueError(
            f"The catalogue '{catalogue.source}' has no readable picture among its "
            f"{len(catalogue)} items; the first: {reason}"
        )
    embeddings = join_embeddings(part, shards, encoder.identity.dimension)
    runtime = encoder.runtime
    Manifest(
        catalogue=catalogue.source,
        catalogue_revision=catalogue.revision,
        catalogue_fingerprint=catalogue.fingerprint,
        encoder=encoder.identity,
        count=count,
        skipped=skipped,
        files=(embeddings, *(shard.items for shard in shards)),
        versions={name: version(name) for name in LIBRARIES},
        runtime=RuntimeRecord(runtime.name, runtime.precision, asdict(guard) if guard else None),
        search=index_embeddings(part),
    ).write(part)


def _check_replaceable(out: Path) -> None:
    """Found out before hours of embedding, not after."""
    if out.is_file() or (out.is_dir() and not (out / MANIFEST).is_file() and any(out.iterdir())):
        raise ArtifactError(
            f"'{out}' holds something other than a built catalogue. Choose another folder."
        )


def _replace(part: Path, out: Path) -> None:
    _check_replaceable(out)  # somebody may have put something there since
    old = out.with_name(out.name + ".replaced")
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        out.rename(old)
    part.rename(out)
    shutil.rmtree(old, ignore_errors=True)
    # Last: a build that is interrupted before it is in place goes on from them.
    leftovers = (*out.glob("shard-*.json"), *out.glob("embeddings-*.safetensors"), out / PLAN)
    for leftover in leftovers:
        leftover.unlink()
