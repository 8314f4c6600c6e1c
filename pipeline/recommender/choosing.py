"""Choosing: which encoder and catalogue settings mean, best first, and where they are built."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from pipeline.artifacts import MANIFEST, Manifest
from pipeline.catalogue import FASHION_PRODUCTS, STARTER_CATALOGUE
from pipeline.encoder import ENCODERS, RESNET_50, Encoder
from pipeline.errors import ArtifactError
from pipeline.settings import STARTER, Settings
from pipeline.store import is_stored

CATALOGUES, COMPILED = "catalogues", "compiled"
"""The folders of a home."""


@dataclass(frozen=True)
class Choice:
    """An encoder and a catalogue, by the names that people give them."""

    encoder: str
    catalogue: str

    @property
    def needs_hub(self) -> bool:
        """Whether the encoder or the catalogue is one of the hub's."""
        return is_on_hub(self.encoder) or is_on_hub(self.catalogue)

    @property
    def source(self) -> str:
        """Where the catalogue comes from: ``hub``, ``starter``, ``store`` or ``folder``."""
        if self.catalogue == STARTER:
            return STARTER
        if is_stored(self.catalogue):
            return "store"
        return "hub" if is_on_hub(self.catalogue) else "folder"

    @property
    def location(self) -> str:
        """Where the catalogue lies: a folder or file, or a hub id."""
        return str(STARTER_CATALOGUE) if self.catalogue == STARTER else self.catalogue

    @property
    def revision(self) -> str | None:
        """The commit that the default catalogue is pinned to; None for every other."""
        pinned = self.catalogue == FASHION_PRODUCTS.hub_id
        return FASHION_PRODUCTS.revision if pinned else None


def choices(settings: Settings) -> list[Choice]:
    """What to try, best first. An explicit encoder or catalogue is in every choice."""
    if settings.encoder is None and settings.catalogue is None:
        return [Choice(RESNET_50.name, FASHION_PRODUCTS.hub_id), Choice(STARTER, STARTER)]
    if settings.encoder is None and settings.catalogue == STARTER:
        return [Choice(STARTER, STARTER)]
    if settings.catalogue is None:
        encoder = settings.encoder or STARTER
        return [Choice(encoder, FASHION_PRODUCTS.hub_id), Choice(encoder, STARTER)]
    encoders = [settings.encoder] if settings.encoder else [RESNET_50.name, STARTER]
    return [Choice(encoder, settings.catalogue) for encoder in encoders]


def is_built(choice: Choice, home: Path) -> bool:
    """Whether a hub catalogue has been built by an earlier run, so that it opens at once."""
    wanted = (choice.catalogue, choice.revision, choice.encoder)
    for manifest in (home / CATALOGUES).glob(f"*/{MANIFEST}"):
        try:
            built = Manifest.read(manifest.parent)
        except ArtifactError:
            continue
        if (built.catalogue, built.catalogue_revision, built.encoder.name) == wanted:
            return True
    return False


def built_folder(home: Path, choice: Choice, encoder: Encoder) -> Path:
    """The folder of one catalogue embedded by one encoder, under ``home``."""
    local = Path(choice.location).expanduser()
    place = str(local.resolve()) if local.exists() else choice.location
    key = f"{place} {choice.revision} {encoder.identity.weights_sha256}"
    name = re.sub(r"[^a-z0-9]+", "-", local.name.lower()).strip("-") or "catalogue"
    return home / CATALOGUES / f"{name}-{hashlib.sha256(key.encode()).hexdigest()[:10]}"


def is_on_hub(name: str) -> bool:
    """Whether a name is that of an encoder or a set on the hub."""
    if name in ENCODERS:
        return ENCODERS[name].revision is not None
    if is_stored(name):
        return False
    return not Path(name).expanduser().exists()
