"""Pulling: a published catalogue from the hub, checked and turned into a built one."""

from __future__ import annotations

import contextlib
import fnmatch
import logging
import re
from collections.abc import Callable
from pathlib import Path

from huggingface_hub import HfApi, snapshot_download
from huggingface_hub.errors import EntryNotFoundError

from pipeline.artifacts import (
    MANIFEST,
    MAX_MANIFEST_BYTES,
    BuiltCatalogue,
    FileRecord,
    Manifest,
    open_built,
)
from pipeline.catalogue import Catalogue, open_catalogue
from pipeline.encoder import ENCODERS
from pipeline.errors import ArtifactError, CatalogueError, HubError
from pipeline.folders import lock_of
from pipeline.hub import find_hub
from pipeline.learning import LEARNT
from pipeline.publishing.layout import DATA, FURTHER, REPUBLISH, PictureOf, restore
from pipeline.publishing.repository import Repository, explained

log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
WANTED = [MANIFEST, f"{DATA}/train-*.parquet", *(f"{DATA}/{name}" for name in (LEARNT, *FURTHER))]
"""All that is ever downloaded: cards, code and anything else stay where they are."""
INFO_SECONDS = 10.0


def pull(
    name: str,
    home: Path,
    out: Path | None = None,
    on_progress: Progress | None = None,
    manifest_sha256: str | None = None,
) -> BuiltCatalogue:
    """Download a published catalogue and open it; one that was pulled before is opened at once.

    Args:
        name: ``owner/name``, or ``owner/name@revision`` for a branch, a tag or a commit.
        home: Where pulled catalogues are kept.
        out: A folder to write instead, in place of nothing but what was pulled into it before.
        on_progress: Told the items unpacked and the items in all.
        manifest_sha256: What its manifest must be, to the byte; None takes what is there.

    Raises:
        HubError: If it is missing, private, out of reach, or lists files it should not.
        ArtifactError: If it is damaged, of another format version, or ``out`` holds something else.
    """
    repository = Repository.parse(name)
    if out is not None:
        _check_replaceable(out)
    commit, folder = _locate(repository)
    known = "" if manifest_sha256 is None else f"-{manifest_sha256[:12]}"
    target = out or home / "catalogues" / f"{_plain(repository.id)}-{commit[:12]}{known}"
    target.parent.mkdir(parents=True, exist_ok=True)
    # Who comes second waits, and finds what the first has pulled.
    with lock_of(target):
        if out is None and (target / MANIFEST).is_file():
            try:
                return open_built(target)
            except ArtifactError as error:
                log.warning("%s (pulling it again)", error)
        if folder is None:
            folder = _download(repository, commit)
        if manifest_sha256 not in (None, FileRecord.of(folder / MANIFEST).sha256):
            raise HubError(
                f"The dataset '{repository}' is not the one that this version of Lookalike knows: "
                f"its {MANIFEST} has another checksum. It is not used."
            )
        manifest = Manifest.read(folder, str(repository), REPUBLISH)
        _check_names(manifest, repository)
        return restore(folder, str(repository), target, _pictures(manifest), on_progress)


def _check_replaceable(out: Path) -> None:
    """Before anything is downloaded: only what was pulled can be pulled again."""
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    with contextlib.suppress(ArtifactError):
        # What was published does not say how many files it was built from; what was built does.
        if Manifest.read(out).source_files is None:
            return
    raise ArtifactError(
        f"'{out}' holds something other than a pulled catalogue, which would be lost. Choose "
        "another folder, or remove this one first."
    )


def _locate(repository: Repository) -> tuple[str, Path | None]:
    """The commit that a revision stands for, and its folder where the hub cannot be reached."""
    if not find_hub():
        with explained(repository):
            cached = Path(
                snapshot_download(
                    repository.id,
                    repo_type="dataset",
                    revision=repository.revision,
                    allow_patterns=WANTED,
                    local_files_only=True,
                )
            )
        return cached.name, cached
    with explained(repository):
        info = HfApi().dataset_info(
            repository.id,
            revision=repository.revision,
            files_metadata=True,
            timeout=INFO_SECONDS,
        )
    if info.sha is None or not re.fullmatch(r"[0-9a-f]{40}", info.sha):
        raise HubError(f"The dataset '{repository}' has no commit. Publish it first.")
    sizes = {file.rfilename: file.size or 0 for file in info.siblings or []}
    if MANIFEST not in sizes:
        raise HubError(
            f"The dataset '{repository}' is no published catalogue: it has no {MANIFEST}. To "
            f"build one from its pictures, name it with --catalogue."
        )
    if sizes[MANIFEST] > MAX_MANIFEST_BYTES:
        raise HubError(f"The {MANIFEST} of '{repository}' is too large to be one. Don't use it.")
    return info.sha, None


def _download(repository: Repository, commit: str) -> Path:
    """The manifest first, then only the files that it lists, at their sizes."""
    with explained(repository):
        small = snapshot_download(
            repository.id,
            repo_type="dataset",
            revision=repository.revision or "main",
            allow_patterns=[MANIFEST],
        )
        if Path(small).name != commit:
            raise HubError(f"The dataset '{repository}' has just changed. Run it again.")
        manifest = Manifest.read(Path(small), str(repository), REPUBLISH)
        learnt = [manifest.learnt.file] if manifest.learnt is not None else []
        listed = {f"{DATA}/{r.name}": r.bytes for r in (*manifest.files, *learnt)}
        tree = HfApi().list_repo_tree(
            repository.id, DATA, repo_type="dataset", revision=commit, expand=False
        )
        try:
            stored = {entry.path: getattr(entry, "size", 0) for entry in tree}
        except EntryNotFoundError:
            stored = {}
        for path, size in listed.items():
            is_wanted = any(fnmatch.fnmatch(path, pattern) for pattern in WANTED)
            if stored.get(path) != size or not is_wanted:
                raise ArtifactError(
                    f"The dataset '{repository}' is damaged: {path} is not the file of {size:,} "
                    f"bytes that its manifest lists. {REPUBLISH}"
                )
        return Path(
            snapshot_download(
                repository.id,
                repo_type="dataset",
                revision=commit,
                allow_patterns=[MANIFEST, *listed],
            )
        )


def _check_names(manifest: Manifest, repository: Repository) -> None:
    """A stranger's manifest may name what the hub has, and no folder of this machine."""
    name = manifest.encoder.name
    if name not in ENCODERS:
        Repository.parse(name)
        if Path(name).exists():
            raise HubError(
                f"The dataset '{repository}' was made by the encoder '{name}', and a folder of "
                "that name lies here, which might be another. Run it from elsewhere."
            )


def _pictures(manifest: Manifest) -> PictureOf:
    """Where the pictures come from that a manifest references, opened when first asked."""
    rows: dict[str, int] = {}
    opened: list[Catalogue] = []

    def picture_of(ids: list[str]) -> list[bytes]:
        if not opened:
            opened.append(_open_source(manifest))
            rows.update({item: row for row, item in enumerate(opened[0].ids)})
        missing = next((item for item in ids if item not in rows), None)
        if missing is not None:
            raise ValueError(f"the catalogue '{manifest.catalogue}' has no item '{missing}'")
        sources = [opened[0].picture_source(rows[item]) for item in ids]
        return [s.read_bytes() if isinstance(s, Path) else s for s in sources]

    return picture_of


def _open_source(manifest: Manifest) -> Catalogue:
    name = Repository.parse(manifest.catalogue).id
    if Path(name).exists():
        raise HubError(
            f"The pictures are those of the hub's '{name}', and a folder of that name lies here, "
            "which might be another. Run it from elsewhere."
        )
    try:
        return open_catalogue(name, manifest.catalogue_revision)
    except CatalogueError as error:
        raise HubError(f"The pictures are only referenced, and cannot be had: {error}") from error


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
