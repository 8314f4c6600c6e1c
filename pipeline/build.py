"""Building: from a catalogue and an encoder to a folder of artifacts, resumable at any shard."""

from __future__ import annotations

import io
import json
import logging
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from datasets import Features, Value
from datasets import Image as ImageFeature
from filelock import FileLock
from PIL import ExifTags, Image
from safetensors.numpy import save
from tqdm import tqdm

from pipeline.artifacts import EMBEDDINGS, ITEMS, ROWS_IN_GROUP, BuiltCatalogue, open_built
from pipeline.catalogue import Catalogue
from pipeline.encoder import BATCH, Encoder
from pipeline.errors import ArtifactError, CatalogueError, PictureError
from pipeline.manifest import FORMAT_VERSION, MANIFEST, FileRecord, Manifest, SkippedItem

log = logging.getLogger(__name__)

SHARD_ROWS = 512
PLAN = "plan.json"
THUMBNAIL_SIDE = 256
LIBRARIES = ("torch", "transformers", "datasets", "numpy", "pillow")
Progress = Callable[[int, int], None]
"""Called with the items done and the items in all."""


@dataclass(frozen=True)
class _Shard:
    """A finished shard: what its files are and which of its items were left out."""

    count: int
    skipped: list[SkippedItem]
    files: list[FileRecord]

    def write(self, path: Path) -> None:
        _write_json(path, asdict(self))

    def is_whole(self, folder: Path) -> bool:
        """Whether its files are what they were: a crash of the machine may have cut them."""
        paths = [(folder / record.name, record) for record in self.files]
        return all(path.is_file() and FileRecord.of(path) == record for path, record in paths)

    @classmethod
    def read(cls, path: Path) -> _Shard:
        fields = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            count=fields["count"],
            skipped=[SkippedItem(**item) for item in fields["skipped"]],
            files=[FileRecord(**record) for record in fields["files"]],
        )


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
            _begin(part, catalogue, encoder)
            shards = _build_shards(catalogue, encoder, part, on_progress)
            _finish(part, catalogue, encoder, shards)
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
        "shard_rows": SHARD_ROWS,
    }
    plan_file = part / PLAN
    if plan_file.is_file() and json.loads(plan_file.read_text(encoding="utf-8")) == plan:
        return
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    _write_json(plan_file, plan)


def _write_json(path: Path, value: object) -> None:
    """Whole or not at all, so that what an interrupted build left can be trusted."""
    part = path.with_suffix(".part")
    part.write_text(json.dumps(value), encoding="utf-8")
    part.rename(path)


def _build_shards(
    catalogue: Catalogue, encoder: Encoder, part: Path, on_progress: Progress | None
) -> list[_Shard]:
    shards = []
    with tqdm(total=len(catalogue), desc="Embedding", unit="item", smoothing=0.1) as bar:

        def advance(items: int) -> None:
            bar.update(items)
            if on_progress:
                on_progress(int(bar.n), len(catalogue))

        for number, start in enumerate(range(0, len(catalogue), SHARD_ROWS)):
            rows = range(start, min(start + SHARD_ROWS, len(catalogue)))
            finished = part / f"shard-{number:05d}.json"
            if finished.is_file() and _Shard.read(finished).is_whole(part):
                bar.initial += len(rows)
                advance(len(rows))
            else:
                _build_shard(catalogue, encoder, part, number, rows, advance).write(finished)
            shards.append(_Shard.read(finished))
    return shards


def _build_shard(
    catalogue: Catalogue,
    encoder: Encoder,
    part: Path,
    number: int,
    rows: range,
    advance: Callable[[int], None],
) -> _Shard:
    kept: list[int] = []
    skipped: list[SkippedItem] = []
    embeddings: list[np.ndarray] = []
    thumbnails: list[bytes] = []
    for start in range(rows.start, rows.stop, BATCH):
        batch = range(start, min(start + BATCH, rows.stop))
        pictures = []
        for row in batch:
            try:
                picture = catalogue.read_picture(row)
            except PictureError as error:
                skipped.append(SkippedItem(catalogue.ids[row], str(error)))
                continue
            pictures.append(picture)
            kept.append(row)
            thumbnails.append(_thumbnail(catalogue, row, picture))
        embeddings.append(encoder.encode(pictures))
        advance(len(batch))
    files = [
        _write_embeddings(part / EMBEDDINGS.format(number), np.concatenate(embeddings)),
        _write_items(part / ITEMS.format(number), catalogue, kept, thumbnails),
    ]
    return _Shard(len(kept), skipped, files)


def _thumbnail(catalogue: Catalogue, row: int, picture: Image.Image) -> bytes:
    """The source's own bytes where they are small already, else a reduced JPEG."""
    source = catalogue.picture_source(row)
    if isinstance(source, bytes) and len(source) < 40_000 and _shows_as(source, picture):
        return source
    small = picture.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    stream = io.BytesIO()
    small.save(stream, "JPEG", quality=88)
    return stream.getvalue()


def _shows_as(source: bytes, picture: Image.Image) -> bool:
    """Whether every viewer shows the encoded picture as it was decoded: upright and opaque."""
    with Image.open(io.BytesIO(source)) as image:
        return (
            image.format in ("JPEG", "PNG")
            and image.mode in ("RGB", "L")
            and max(picture.size) <= THUMBNAIL_SIDE
            and not image.has_transparency_data
            and image.getexif().get(ExifTags.Base.Orientation, 1) == 1
        )


def _write_embeddings(path: Path, embeddings: np.ndarray) -> FileRecord:
    # Written here and not by safetensors, whose error on a full disk is no OSError.
    path.write_bytes(save({"embeddings": np.ascontiguousarray(embeddings, dtype=np.float32)}))
    return FileRecord.of(path)


def _write_items(
    path: Path, catalogue: Catalogue, rows: list[int], thumbnails: list[bytes]
) -> FileRecord:
    ids = pa.array([catalogue.ids[row] for row in rows], type=pa.string())
    images = pa.array(
        [{"bytes": data, "path": None} for data in thumbnails],
        type=pa.struct({"bytes": pa.binary(), "path": pa.string()}),
    )
    table = catalogue.attributes.take(pa.array(rows, type=pa.int64()))
    columns = {"id": ids} | {name: table[name] for name in table.column_names} | {"image": images}
    # The metadata by which `datasets` knows the column as pictures.
    features = Features(
        {name: Value("string") for name in ("id",)}
        | Features.from_arrow_schema(table.schema)
        | {"image": ImageFeature()}
    )
    metadata = features.arrow_schema.metadata
    pq.write_table(
        pa.table(columns).replace_schema_metadata(metadata), path, row_group_size=ROWS_IN_GROUP
    )
    return FileRecord.of(path)


def _finish(part: Path, catalogue: Catalogue, encoder: Encoder, shards: list[_Shard]) -> None:
    skipped = tuple(item for shard in shards for item in shard.skipped)
    count = sum(shard.count for shard in shards)
    if count == 0:
        reason = skipped[0].reason if skipped else "it has no items"
        raise CatalogueError(
            f"The catalogue '{catalogue.source}' has no readable picture among its "
            f"{len(catalogue)} items; the first: {reason}"
        )
    Manifest(
        catalogue=catalogue.source,
        catalogue_revision=catalogue.revision,
        catalogue_fingerprint=catalogue.fingerprint,
        encoder=encoder.identity,
        count=count,
        skipped=skipped,
        files=tuple(record for shard in shards for record in shard.files),
        versions={name: version(name) for name in LIBRARIES},
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
    for leftover in (*out.glob("shard-*.json"), out / PLAN):
        leftover.unlink()
