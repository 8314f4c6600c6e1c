"""A hub on loopback: the HTTP calls that `huggingface_hub` makes, over files that it really keeps.

It stands in for the Hugging Face hub, which cannot be reached where the tests run: repositories
with commits, branches and tags; regular and large files; tokens; private repositories; and faults.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

from tests.support.hub_calls import LARGE, Handler
from tests.support.hub_requests import TOKEN
from tests.support.hub_storage import Fault, StoredFile, StoredRepository


class LocalHub:
    """The server and its state.

    Attributes:
        url: Its address, for ``HF_ENDPOINT``.
        repositories: By kind and name.
        calls: Every call so far, as ``METHOD path``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.repositories: dict[tuple[str, str], StoredRepository] = {}
        self.calls: list[str] = []
        self.faults: list[Fault] = []
        self.lock = threading.Lock()
        hub = self

        class BoundHandler(Handler):
            pass

        BoundHandler.hub = hub
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), BoundHandler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def environment(self, home: Path, token: str | None = TOKEN) -> dict[str, str]:
        """What a process needs in order to use this hub with a cache of its own."""
        return {
            "HF_ENDPOINT": self.url,
            "HF_HOME": str(home / "hf"),
            "HF_HUB_CACHE": str(home / "hf" / "hub"),
            "HF_DATASETS_CACHE": str(home / "hf" / "datasets"),
            "HF_TOKEN": token or "",
            "HF_HUB_OFFLINE": "0",
            # Xet is a service of its own beside the hub; without it the client sends large files
            # by the older protocol.
            "HF_HUB_DISABLE_XET": "1",
        }

    def files(self, kind: str, name: str, revision: str = "main") -> dict[str, bytes]:
        """The files of a repository, by path."""
        stored = self.repositories[kind, name]
        commit = stored.refs.get(revision, revision)
        return {path: self.read(file) for path, file in stored.commits[commit].items()}

    def commit(
        self, kind: str, name: str, files: dict[str, bytes], commit: str | None = None
    ) -> str:
        """Put files into a repository as somebody else would, in place of those that it has."""
        stored = self.repositories.setdefault((kind, name), StoredRepository(private=False))
        kept = {path: self.keep(data, path) for path, data in files.items()}
        return stored.add_commit("main", kept, commit)

    def fail(
        self, pattern: str, times: int = 1, status: int | None = None, wait: float = 0
    ) -> None:
        """Let the next calls whose ``METHOD path`` matches go wrong."""
        self.faults.append(Fault(pattern, times, status, wait))

    def forget_contents(self) -> None:
        """Lose every content, so that none is known already when it is sent again."""
        for file in self.folder.iterdir():
            file.unlink()

    def keep(self, data: bytes, path: str = "") -> StoredFile:
        digest = hashlib.sha256(data).hexdigest()
        (self.folder / digest).write_bytes(data)
        git_oid = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
        return StoredFile(digest, len(data), git_oid, path.endswith(LARGE))

    def read(self, file: StoredFile) -> bytes:
        return (self.folder / file.sha256).read_bytes()

    @contextlib.contextmanager
    def serving(self) -> Iterator[LocalHub]:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        yield self
        self._server.shutdown()
        self._server.server_close()
