"""Whether the Hugging Face hub can be reached, found out once and within seconds."""

from __future__ import annotations

import os
import sys
import threading

import httpx

PROBE_SECONDS = 4.0
"""The libraries' own retries take over 20 s to give up; a person is told within 5."""
DEFAULT_ENDPOINT = "https://huggingface.co"


def hub_endpoint() -> str:
    """The address of the hub without a slash at its end: ``HF_ENDPOINT``, or the public hub's."""
    return os.environ.get("HF_ENDPOINT", DEFAULT_ENDPOINT).rstrip("/")


def is_offline() -> bool:
    """Whether offline mode was asked for in the environment, or set by `find_hub`."""
    return os.environ.get("HF_HUB_OFFLINE", "").upper() in {"1", "ON", "YES", "TRUE"}


def find_hub(seconds: float = PROBE_SECONDS) -> bool:
    """Ask the hub for an answer once; where none comes, set the libraries to offline mode.

    Args:
        seconds: How long to wait, name look-up included.

    Returns:
        Whether the hub can be reached.
    """
    if is_offline() or not _answers(seconds):
        set_offline()
        return False
    return True


def set_offline() -> None:
    """Keep the hub's libraries from the network: they answer from their caches at once."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    # Both read the variable when they are imported, which may have happened already.
    for name in ("huggingface_hub.constants", "datasets.config"):
        if name in sys.modules:
            sys.modules[name].HF_HUB_OFFLINE = True  # type: ignore[attr-defined]


def _answers(seconds: float) -> bool:
    answered = threading.Event()

    def probe() -> None:
        try:
            response = httpx.head(
                f"{hub_endpoint()}/microsoft/resnet-50/resolve/main/config.json", timeout=seconds
            )
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError):
            # The last two for an HF_ENDPOINT that is no address.
            return
        # A hub without this model, or behind a login, is a hub; a proxy that forbids it is none.
        if response.status_code < 400 or response.status_code in (401, 404):
            answered.set()

    # The look-up of a name has no time limit of its own, so a thread is left behind with it.
    thread = threading.Thread(target=probe, daemon=True)
    thread.start()
    thread.join(seconds)
    return answered.is_set()
