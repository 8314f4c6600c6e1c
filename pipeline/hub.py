"""Whether the Hugging Face hub can be reached, and how long it may keep anybody waiting."""

from __future__ import annotations

import logging
import os
import sys
import threading

import httpx

log = logging.getLogger(__name__)

STALL_SECONDS = 10.0
"""Without a byte for so long, the hub has stopped answering."""
WRITE_SECONDS = 60.0
"""The same for what is sent: the hub checks it before it says a word."""
PROBE_SECONDS = 4.0
"""The libraries' own retries take over 20 s to give up; a person is told within 5."""
OWN_HEADERS = ("X-Repo-Commit", "X-Error-Code")
DEFAULT_ENDPOINT = "https://huggingface.co"


def hub_endpoint() -> str:
    """The address of the hub without a slash at its end: ``HF_ENDPOINT``, or the public hub's."""
    return os.environ.get("HF_ENDPOINT", DEFAULT_ENDPOINT).rstrip("/")


def is_offline() -> bool:
    """Whether offline mode was asked for in the environment, or set by `find_hub`."""
    return os.environ.get("HF_HUB_OFFLINE", "").upper() in {"1", "ON", "YES", "TRUE"}


def proxy_fault() -> str:
    """What is wrong with the proxies that this machine names, as a sentence; else nothing."""
    try:
        # It asks nobody; certificates, which take their time to load, are of no matter to it.
        httpx.Client(verify=False).close()
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        return (
            f"The proxy that this machine names cannot be used: {str(error).rstrip('.')[:200]}. "
            "Mend or unset HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY."
        )
    return ""


def find_hub(seconds: float = PROBE_SECONDS) -> bool:
    """Ask the hub for an answer once; where none comes, set the libraries to offline mode.

    Args:
        seconds: How long to wait, name look-up included.

    Returns:
        Whether the hub can be reached.
    """
    fault = "" if is_offline() else proxy_fault()
    if fault:
        log.warning("%s", fault)
    if fault or is_offline() or not _answers(seconds):
        set_offline()
        return False
    bound_waits()
    return True


def bound_waits() -> None:
    """Have the hub's libraries give up on a hub that stops answering, not try for minutes.

    What they were about to fetch is then taken from their caches, if it is there.
    """
    from pipeline.stalls import install

    install(STALL_SECONDS, WRITE_SECONDS, set_offline)


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
            address = f"{hub_endpoint()}/microsoft/resnet-50/resolve/main/config.json"
            response = httpx.head(address, timeout=seconds, follow_redirects=True)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError):
            # The last two for an HF_ENDPOINT that is no address.
            return
        # A hub names the commit, or says in its own words what is wrong: it may lack this model, or
        # want a login. A proxy that forbids it, or the page of a network's login, does neither.
        if any(response.headers.get(name) for name in OWN_HEADERS):
            answered.set()

    # The look-up of a name has no time limit of its own, so a thread is left behind with it.
    thread = threading.Thread(target=probe, daemon=True)
    thread.start()
    thread.join(seconds)
    return answered.is_set()
