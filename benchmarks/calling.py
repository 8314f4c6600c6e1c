"""Calling: what a query costs beside its encoder, by one request and through `gradio_client`."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
from gradio_client import Client, handle_file

from benchmarks.serving import Caller, running
from benchmarks.timing import Timing, alternate
from pipeline.encoder import Encoder

ROUNDS = 20


@dataclass(frozen=True)
class Calls:
    """One photo asked in several ways, in turn.

    Attributes:
        network: What embeds it.
        encoder: Seconds that the encoder alone takes in this process, decoding included.
        plain: ``POST /api/search``, over a connection that stays open.
        ways: The other ways, through Gradio's own routes.
    """

    network: str
    encoder: Timing
    plain: Timing
    ways: dict[str, Timing]


def measure_calls(
    network: str, encoder: Encoder, command: Sequence[str], url: str, picture: Path
) -> Calls:
    """Start a page and ask it in every way, one after the other, over and over.

    Args:
        network: What the encoder is called.
        encoder: What the page embeds with.
        command: What starts the page; it prints a line with "is at" once it listens.
        url: Where it listens.
        picture: What to ask with.
    """
    with running(command), httpx.Client(base_url=url, timeout=120) as http:
        photo = picture.read_bytes()

        def plain() -> None:
            http.post("/api/search", files={"file": ("photo.jpg", photo)}).raise_for_status()

        # The client makes one for every request, of an address without TLS too; given one, it
        # uses that.
        context = ssl.create_default_context()
        ways: dict[str, Callable[[], object]] = {
            "Gradio's routes, by one connection": Caller(url, picture, ("cosine",)).call,
            "`gradio_client`": _call(Client(url, verbose=False), picture),
            "the same, `download_files=False`": _call(
                Client(url, verbose=False, download_files=False), picture
            ),
            "the same, one TLS context for all requests": _call(
                Client(url, verbose=False, ssl_verify=context), picture
            ),
            "the same, both": _call(
                Client(url, verbose=False, download_files=False, ssl_verify=context), picture
            ),
        }
        own = {"encoder": lambda: encoder.encode([picture]), "plain": plain}
        times = alternate(own | ways, ROUNDS)
    return Calls(network, times.pop("encoder"), times.pop("plain"), times)


def _call(client: Client, picture: Path) -> Callable[[], object]:
    return lambda: client.predict(handle_file(picture), api_name="/recommend")
