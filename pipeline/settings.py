"""What to load: from flags first, then variables, then a file, then the defaults."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.values import LOADING, PREFIX, read_values

__all__ = ["ARTIFACTS", "PREFIX", "STARTER", "Settings", "looks_like_path"]

STARTER = "starter"
PACKAGE = Path(__file__).resolve().parent
SHIPPED = "shipped"
PROJECT = PACKAGE / SHIPPED if (PACKAGE / SHIPPED).is_dir() else PACKAGE.parent
"""Where the starter set, the requirements and what a Space needs lie: beside the package in a
checkout, inside it once installed."""
ARTIFACTS = PROJECT / "artifacts"
"""The starter set."""


@dataclass(frozen=True)
class Settings:
    """What to load, and where to keep what is built.

    Attributes:
        catalogue: A hub id, a folder, a parquet file, or ``starter``. None chooses: the hub's
            fashion products where the hub can be reached, else the starter catalogue.
        encoder: A hub id, a folder, or ``starter``. None chooses likewise.
        artifacts: A built catalogue to serve as it is: a folder, or ``owner/name[@revision]``
            of a published one. It brings its own choice of encoder.
        home: The folder for the catalogues built and the encoders compiled on the way.
        precision: What encoders compute in: ``auto``, ``fp32``, ``bf16`` or ``int8``.
        allow_outside: Whether a catalogue's table may name pictures outside of its folder.
    """

    catalogue: str | None = None
    encoder: str | None = None
    artifacts: str | Path | None = None
    home: Path = Path("~/.cache/lookalike")
    precision: str = "auto"
    allow_outside: bool = False

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
        }
        return cls(**read_values(given, LOADING))


def looks_like_path(name: str) -> bool:
    """Whether a name can only be that of a folder or file, not of a repository on the hub."""
    return name.startswith((".", "/", "~")) or name.count("/") != 1 or "\\" in name
