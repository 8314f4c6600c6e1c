"""Memory: serving under a limit that the system enforces."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from benchmarks.serving import running

ASKED = 40
GROUPS = Path("/sys/fs/cgroup")
SHELL = 'echo $$ > "$1"; shift; exec "$@"'


@dataclass(frozen=True)
class Held:
    """What a page held while it answered under a limit.

    Attributes:
        what: What it served.
        limit: The most bytes that it and what it starts may hold, mapped files included.
        is_enforced: Whether the system would have ended it above that.
        resident: The most bytes that its processes were seen to hold together, resident, the
            pages of mapped files included.
        own: The most of these that were their own, which no other process can give back.
    """

    what: str
    limit: int
    is_enforced: bool
    resident: int
    own: int


def hold(what: str, command: Sequence[str], url: str, picture: Path, limit: int) -> Held:
    """Start a page under a limit, ask it, stop it.

    Args:
        what: What it serves.
        command: What starts it; it prints a line with "is at" once it listens.
        url: Where it listens.
        picture: What to ask with.
        limit: Bytes.

    Raises:
        RuntimeError: If it ends before it has answered.
    """
    photo = picture.read_bytes()
    resident, own = 0, 0
    with (
        _limited(limit) as members,
        running(command, _joining(members)) as process,
        httpx.Client(base_url=url, timeout=120) as http,
    ):
        for _ in range(ASKED):
            answer = http.post("/api/search", files={"file": ("photo.jpg", photo)})
            answer.raise_for_status()
            now, mine = _held(process.pid)
            resident, own = max(resident, now), max(own, mine)
    return Held(what, limit, members is not None, resident, own)


@contextlib.contextmanager
def _limited(limit: int) -> Iterator[Path | None]:
    """A control group inside this process's own; None where it may make none.

    Yields:
        The file to which a process writes its number to join.
    """
    group = _own_group()
    if group is None:
        yield None
        return
    made = group / f"lookalike-{uuid.uuid4().hex[:8]}"
    try:
        made.mkdir()
        name = "memory.max" if (made / "memory.max").exists() else "memory.limit_in_bytes"
        (made / name).write_text(str(limit))
    except OSError:
        yield None
    else:
        yield made / "cgroup.procs"
    finally:
        with contextlib.suppress(OSError):
            made.rmdir()


def _own_group() -> Path | None:
    """The control group whose memory this process counts in: cgroups(7), both versions."""
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return None
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if "memory" in controllers.split(","):
            return GROUPS / "memory" / path.lstrip("/")
        if not controllers and (GROUPS / "cgroup.controllers").exists():
            return GROUPS / path.lstrip("/")
    return None


def _joining(members: Path | None) -> tuple[str, ...]:
    return () if members is None else ("sh", "-c", SHELL, "sh", str(members))


def _held(process: int) -> tuple[int, int]:
    """Bytes that a process and those that it started hold: resident, and of these its own."""
    page = psutil.Process(process)
    resident, own = 0, 0
    for one in (page, *page.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):
            held = one.memory_info()
            resident += held.rss
            own += held.rss - getattr(held, "shared", 0)
    return resident, own
