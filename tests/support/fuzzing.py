"""How many inputs are thought of: as many as `make test` has time for, or `pytest --fuzz N`.

What ever failed is a file in `tests/corpus/`, tried again every time.
"""

from __future__ import annotations

from pathlib import Path

from hypothesis import settings

CORPUS = Path(__file__).resolve().parents[1] / "corpus"
PROFILE = "fuzz"


def begin(number: int) -> None:
    """Think of so many new inputs a test, instead of the same few every time."""
    usual = settings.get_profile("same")
    settings.register_profile(PROFILE, usual, derandomize=False, max_examples=number)
    settings.load_profile(PROFILE)


def tries(usual: int) -> settings:
    """How often a costly test is tried where no number is asked for."""
    chosen = settings()
    is_asked = settings.get_current_profile_name() == PROFILE
    return chosen if is_asked else settings(chosen, max_examples=usual)


def corpus(kind: str) -> list[Path]:
    """The files of one kind that were found."""
    folder = CORPUS / kind
    return sorted(folder.iterdir()) if folder.is_dir() else []
