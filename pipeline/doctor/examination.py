"""The examination: every part in turn, those first on which the others stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pipeline.doctor import machine, parts
from pipeline.doctor.finding import Finding, Verdict, bad
from pipeline.settings import Settings

LOADED = ("libraries", "CPU")
"""What an encoder cannot be loaded without: trying might end this process."""


def examine(settings: Settings) -> Iterator[Finding]:
    """Examine everything, whatever is found on the way.

    Args:
        settings: Name the encoder and the home.

    Yields:
        A finding a part, as soon as it is made.
    """
    examinations: dict[str, Callable[[], Finding]] = {
        "Python": machine.examine_python,
        "libraries": machine.examine_libraries,
        "memory": machine.examine_memory,
        "CPU": machine.examine_cpu,
        "disk": lambda: machine.examine_disk(settings.home),
        "hub": parts.examine_hub,
    }
    is_loadable = True
    for part, look in examinations.items():
        finding = _look(part, look)
        is_loadable &= part not in LOADED or finding.verdict is not Verdict.BAD
        yield finding
    if is_loadable:
        yield _look("encoder", lambda: parts.examine_encoder(settings))
    else:
        yield bad("encoder", "not tried", "See to the libraries and the CPU first.")


def _look(part: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except Exception as error:  # whatever a broken machine throws is a finding too
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        return bad(part, reason, "Install the requirements again, and examine once more.")
