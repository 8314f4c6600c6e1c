"""Pushing: a built catalogue as a dataset repository, and its own encoder as a model repository."""

from __future__ import annotations

import contextlib
import logging
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from huggingface_hub import HfApi
from huggingface_hub.errors import RevisionNotFoundError
from huggingface_hub.utils import logging as hub_logging

from pipeline.artifacts import BuiltCatalogue, LearntRecord, Manifest
from pipeline.catalogue import STARTER_CATALOGUE
from pipeline.encoder import ENCODERS, EncoderIdentity, load_encoder
from pipeline.encoder.loading import CONFIGS, WEIGHTS
from pipeline.errors import HubError
from pipeline.publishing.card import CARD, write_card
from pipeline.publishing.layout import DATA, write_published
from pipeline.publishing.repository import Repository, explained, require_login
from pipeline.settings import STARTER

log = logging.getLogger(__name__)

STARTER_LICENCE = "apache-2.0"
INCLUDED, REFERENCED = "included", "referenced"
LEARNT_TOO = (
    "What was learnt from %s events of %s people goes along: which items the same people chose, "
    "and how often each was chosen of late; nobody is named."
)
ENCODER_FILES = (
    *CONFIGS,
    "processor_config.json",
    WEIGHTS,
    "model-?????-of-?????.safetensors",
    f"{WEIGHTS}.index.json",
    CARD,
    "learning-curves.png",
    "LICEN[CS]E",
    "LICEN[CS]E.*",
    "NOTICE",
    "NOTICE.*",
)
"""Patterns of all that is ever sent of an encoder's folder: what loads it, its weights in one file
or in parts; its card, with the picture in it; its licence. Secrets may lie beside them."""


@dataclass(frozen=True)
class PushPlan:
    """Where and how to publish.

    Attributes:
        repository: The dataset repository, ``owner/name``; it is made where there is none.
        pictures: ``included`` or ``referenced``; None includes them where a licence is known and
            references them where the hub has them.
        licence: The licence of the items, an identifier of the hub such as ``cc-by-4.0``.
        private: Whether a repository made here is private.
        branch: The branch to commit to, made where there is none; None for the main one.
        tag: A tag for the commit.
        encoder_repository: The model repository of an encoder of one's own; None takes the
            dataset's name with ``-encoder``.
        learnt: Whether what was learnt from events goes along.
    """

    repository: str
    pictures: str | None = None
    licence: str | None = None
    private: bool = False
    branch: str | None = None
    tag: str | None = None
    encoder_repository: str | None = None
    learnt: bool = False


@dataclass(frozen=True)
class Pushed:
    """What a push came to.

    Attributes:
        repository: The dataset repository.
        commit: Its commit that holds the catalogue.
        is_new: Whether anything had changed.
        encoder: The repository of the encoder, or the name of a known one.
    """

    repository: str
    commit: str
    is_new: bool
    encoder: str


def push(built: BuiltCatalogue, plan: PushPlan) -> Pushed:
    """Publish a built catalogue in one commit; what is unchanged is not sent again.

    Args:
        built: The catalogue.
        plan: Where and how.

    Raises:
        HubError: If there is no token, the hub refuses, or the pictures may not be published.
        ArtifactError: If what was learnt is damaged, or was learnt for another catalogue.
    """
    repository = Repository.parse(plan.repository)
    source = _source(built.manifest)
    licence = plan.licence or (STARTER_LICENCE if source == STARTER else None)
    with_pictures = _includes_pictures(plan.pictures, licence, source)
    if plan.encoder_repository is not None:
        Repository.parse(plan.encoder_repository)
    require_login()
    # Its warnings repeat what the answer says.
    hub_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    api = HfApi()
    with explained(repository):
        api.create_repo(repository.id, repo_type="dataset", private=plan.private, exist_ok=True)
    encoder = _push_encoder(api, built.manifest.encoder, plan)
    manifest = public_manifest(built.manifest, encoder)
    with tempfile.TemporaryDirectory(prefix="lookalike-push-") as scratch:
        folder = Path(scratch) / "published"
        published = write_published(
            built, folder, manifest, with_pictures=with_pictures, with_learnt=plan.learnt
        )
        say_learnt_goes_along(published.learnt)
        write_card(
            folder,
            repository.id,
            built,
            published,
            licence=licence,
            with_pictures=with_pictures,
        )
        with explained(repository):
            commit, is_new = _upload(api, repository.id, "dataset", folder, plan)
    return Pushed(repository.id, commit, is_new, encoder.name)


def public_manifest(manifest: Manifest, encoder: EncoderIdentity) -> Manifest:
    """The manifest without the folders of this machine, nor the files that are no items.

    Args:
        manifest: That of the built catalogue.
        encoder: Its encoder, by the name that others find it by.
    """
    source = _source(manifest)
    manifest = replace(manifest, left_out=(), notes=(), source_files=None, folded=0)
    if source == "hub":
        return replace(manifest, encoder=encoder)
    if source == STARTER:
        return replace(manifest, encoder=encoder, catalogue=STARTER)
    root = str(Path(manifest.catalogue).expanduser().resolve())
    skipped = tuple(
        replace(item, reason=item.reason.replace(f"{root}/", "")) for item in manifest.skipped
    )
    return replace(manifest, encoder=encoder, catalogue=Path(root).name, skipped=skipped)


def own_encoder(encoder: EncoderIdentity) -> Path | None:
    """The folder of an encoder that is on this machine alone; None of one that others have."""
    folder = Path(encoder.name)
    return folder if encoder.name not in ENCODERS and folder.is_dir() else None


def files_of_encoder(folder: Path) -> list[Path]:
    """What of an encoder's folder others may have, in order; see `ENCODER_FILES`."""
    found = {file for pattern in ENCODER_FILES for file in folder.glob(pattern)}
    return sorted(file for file in found if file.is_file())


def say_learnt_goes_along(learnt: LearntRecord | None) -> None:
    """Say what is about to be told to everybody, if anything that was learnt is."""
    if learnt is not None:
        log.warning(LEARNT_TOO, f"{learnt.events:,}", f"{learnt.people:,}")


def _source(manifest: Manifest) -> str:
    """What it was built from: ``hub``, ``starter`` or ``folder``."""
    if manifest.catalogue in (STARTER, str(STARTER_CATALOGUE)):
        return STARTER
    return "hub" if manifest.catalogue_revision is not None else "folder"


def _includes_pictures(wanted: str | None, licence: str | None, source: str) -> bool:
    if wanted is None and licence is None and source == "folder":
        raise HubError(
            "Nothing says under which licence these pictures may be published. Name one with "
            "--licence, such as cc-by-4.0, or decide with --pictures included."
        )
    if wanted == REFERENCED and source != "hub":
        raise HubError(
            "Pictures can only be referenced where the hub has them, and this catalogue was built "
            "from this machine's own. Use --pictures included."
        )
    return wanted == INCLUDED or (wanted is None and licence is not None)


def _push_encoder(api: HfApi, made_by: EncoderIdentity, plan: PushPlan) -> EncoderIdentity:
    """Publish an encoder that lies in a folder here; one that others have stays what it is."""
    folder = own_encoder(made_by)
    if folder is None:
        return made_by
    if not load_encoder(folder).identity.embeds_like(made_by):
        raise HubError(
            f"The encoder in '{folder}' is not the one that made these embeddings any more. Build "
            "the catalogue again, then publish it."
        )
    repository = Repository.parse(plan.encoder_repository or f"{plan.repository}-encoder")
    with explained(repository, "model"):
        api.create_repo(repository.id, repo_type="model", private=plan.private, exist_ok=True)
        commit, _ = _upload(api, repository.id, "model", folder, plan)
    return replace(made_by, name=repository.id, revision=commit)


def _upload(api: HfApi, name: str, kind: str, folder: Path, plan: PushPlan) -> tuple[str, bool]:
    """Commit a folder, and give the commit and whether it is a new one."""
    if plan.branch is not None:
        api.create_branch(name, repo_type=kind, branch=plan.branch, exist_ok=True)
    sent = [file.name for file in files_of_encoder(folder)] if kind == "model" else None
    before = None
    with contextlib.suppress(RevisionNotFoundError):
        before = api.repo_info(name, repo_type=kind, revision=plan.branch).sha
    commit = api.upload_folder(
        repo_id=name,
        repo_type=kind,
        folder_path=folder,
        revision=plan.branch,
        commit_message=f"Publish with Lookalike: {kind}",
        allow_patterns=sent,
        # Files of an earlier, larger catalogue.
        delete_patterns=f"{DATA}/*" if kind == "dataset" else None,
    ).oid
    if plan.tag is not None:
        api.create_tag(name, repo_type=kind, tag=plan.tag, revision=commit, exist_ok=True)
        tagged = api.repo_info(name, repo_type=kind, revision=plan.tag).sha
        if tagged != commit:
            raise HubError(
                f"The {kind} '{name}' has the tag '{plan.tag}' already, at commit {tagged}. The "
                f"files are published, at commit {commit}; choose another tag for them."
            )
    return commit, commit != before
