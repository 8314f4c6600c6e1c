"""What the hub of the tests keeps: repositories, their commits and files, and faults to come."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field


@dataclass(frozen=True)
class StoredFile:
    """One file of a commit: its content's checksum, and how git names it."""

    sha256: str
    size: int
    git_oid: str
    is_large: bool

    @property
    def oid(self) -> str:
        return self.sha256 if self.is_large else self.git_oid


@dataclass
class StoredRepository:
    """A repository: its commits, oldest first, and what its branches and tags stand for."""

    private: bool
    commits: dict[str, dict[str, StoredFile]] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)

    def add_commit(
        self, branch: str, files: dict[str, StoredFile], commit: str | None = None
    ) -> str:
        text = f"{len(self.commits)} {sorted((path, file.sha256) for path, file in files.items())}"
        commit = commit or hashlib.sha1(text.encode()).hexdigest()
        self.commits[commit] = files
        self.refs[branch] = commit
        return commit


@dataclass
class Fault:
    """What goes wrong with the next calls that match: a status, a wait, or a cut connection."""

    pattern: str
    times: int
    status: int | None = None
    wait: float = 0
