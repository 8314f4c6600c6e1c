"""What to load: from flags first, then variables, then a file, then the defaults."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.values import LOADING, PREFIX, read_values, settings_named

__all__ = ["ARTIFACTS", "PREFIX", "STARTER", "Settings", "looks_like_path"]

_HUB_ID = re.compile(r"[\w-][\w.-]*/[\w.-]+", re.ASCII)
"""An owner and a name; the hub allows letters, digits, and these marks."""
_FILE_ENDINGS = (".csv", ".tsv", ".jsonl", ".xml", ".parquet", ".jpg", ".jpeg", ".png", ".zip")
STARTER = "starter"
PACKAGE = Path(__file__).resolve().parent
SHIPPED = "shipped"
PROJECT = PACKAGE / SHIPPED if (PACKAGE / SHIPPED).is_dir() else PACKAGE.parent
"""Where the starter set, the requirements and what a Space needs lie: beside the package in a
checkout, inside it once installed."""
ARTIFACTS = PROJECT / "artifacts"
"""The starter set."""


def _outside(name: str) -> Any:  # noqa: ANN401 each setting has a type of its own
    """What the variable, the file of settings or the default says, in Python as elsewhere."""
    return read_values({}, settings_named(name))[name]


@dataclass(frozen=True)
class Settings:
    """What to load, and where to keep what is built.

    Each that is not given is read from its variable (``LOOKALIKE_HOME`` and so on) or the file of
    settings, else it has its default. A ``~`` at the start of a path is the person's own folder.

    Attributes:
        catalogue: A hub id, a folder, a parquet file, or ``starter``. None chooses: the hub's
            fashion products where the hub can be reached, else the starter catalogue.
        encoder: A hub id, a folder, or ``starter``. None chooses likewise.
        artifacts: A built catalogue to serve as it is: a folder, or ``owner/name[@revision]``
            of a published one. It brings its own choice of encoder.
        home: The folder for the catalogues built and the encoders compiled on the way.
        precision: What encoders compute in: ``auto``, ``fp32``, ``bf16`` or ``int8``.
        allow_outside: Whether a catalogue's table may name pictures outside of its folder.
        allow_private: Whether a feed's pictures may come from this machine and its networks.
        address: The database that holds the embeddings; None where this machine searches.
    """

    catalogue: str | None = field(default_factory=lambda: _outside("catalogue"))
    encoder: str | None = field(default_factory=lambda: _outside("encoder"))
    artifacts: str | Path | None = field(default_factory=lambda: _outside("artifacts"))
    home: Path = field(default_factory=lambda: _outside("home"))
    precision: str = field(default_factory=lambda: _outside("precision"))
    allow_outside: bool = field(default_factory=lambda: _outside("allow_outside"))
    allow_private: bool = field(default_factory=lambda: _outside("allow_private"))
    address: str | None = field(default_factory=lambda: _outside("address"))

    def __post_init__(self) -> None:
        for name in ("catalogue", "encoder", "artifacts"):
            if str(value := getattr(self, name)).startswith("~"):
                object.__setattr__(self, name, os.path.expanduser(value))  # noqa: PTH111 a text stays one
        object.__setattr__(self, "home", Path(self.home).expanduser())

    @classmethod
    def read(
        cls,
        catalogue: str | None = None,
        encoder: str | None = None,
        artifacts: str | Path | None = None,
        home: str | Path | None = None,
        precision: str | None = None,
        *,
        allow_outside: bool | None = None,
        allow_private: bool | None = None,
        address: str | None = None,
    ) -> Settings:
        """Take each value given, else its variable, its line in the file of settings, its default.

        Raises:
            LookalikeError: If a variable or the file holds what is no value of a setting.
        """
        given = {
            "catalogue": catalogue,
            "encoder": encoder,
            "artifacts": artifacts,
            "home": home,
            "precision": precision,
            "allow_outside": allow_outside,
            "allow_private": allow_private,
            "address": address,
        }
        return cls(**read_values(given, LOADING))


def looks_like_path(name: str) -> bool:
    """Whether a name can only be that of a folder or file, not of a repository on the hub."""
    return _HUB_ID.fullmatch(name) is None or name.lower().endswith(_FILE_ENDINGS)
