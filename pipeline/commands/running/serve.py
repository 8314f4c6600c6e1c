"""`serve`: the page, until interrupted. `app.py` is another door to it."""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import signal
import sys
import threading

from pipeline.commands.options import Commands, add_settings, read_settings
from pipeline.settings import Settings

DESCRIPTION = "Serve the page of Lookalike."
ENVIRONMENT = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000",
    "MPLBACKEND": "agg",
}
"""Read by Gradio and matplotlib when they are imported. The page tells nobody that it runs; no
query waits for Gradio's own statistics, nor the first one for matplotlib to look for a screen."""


def add(commands: Commands) -> None:
    """Add the command."""
    add_flags(commands.add_parser("serve", help="serve the page", description=DESCRIPTION))


def add_flags(command: argparse.ArgumentParser) -> None:
    """Add the flags, and what runs on them."""
    command.set_defaults(run=_run)
    add_settings(command)
    command.add_argument("--host", default=None, help="address to listen on (default: 127.0.0.1)")
    command.add_argument("--port", type=int, help="port (default: the first free one from 7860)")
    command.add_argument("--share", action="store_true", help="also open a public link")
    command.add_argument(
        "--allowed-host",
        action="append",
        default=[],
        metavar="NAME",
        help="another name that the page answers to, as behind a proxy (may be repeated)",
    )
    command.add_argument(
        "--embed",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="a site that may show the page in a frame, such as https://shop.example",
    )
    command.add_argument(
        "--queries-a-minute",
        type=int,
        default=120,
        metavar="N",
        help="from one address that is not this machine's (default: 120; 0 for any number)",
    )


def _run(options: argparse.Namespace) -> None:
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    logging.getLogger("pipeline").setLevel(logging.INFO)
    with contextlib.suppress(KeyboardInterrupt):  # it had not come to serve yet
        _serve(options, read_settings(options))
    print("Stopped.", file=sys.stderr)


def _serve(options: argparse.Namespace, settings: Settings) -> None:
    from pipeline.page.serving import Door, serving
    from pipeline.recommender import open_live

    door = Door(
        host=options.host,
        port=options.port,
        share=options.share,
        allowed_hosts=tuple(options.allowed_host),
        embed=tuple(options.embed),
        queries_a_minute=options.queries_a_minute,
    )
    with serving(open_live(settings), door) as (local_url, share_url):
        _wait(local_url, share_url, door.share)


def _wait(local_url: str, share_url: str | None, share: bool) -> None:
    """Say where the page is, and return when it is to stop."""
    # Not a KeyboardInterrupt from here on: raised inside another library's callback it is lost.
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    print(f"Lookalike is at {local_url}", flush=True)
    if share and share_url:
        print(f"Public link: {share_url} (open to anybody who has it, for a week)", flush=True)
    elif share:
        print(
            "No public link: Gradio's tunnel could not be opened. It needs the internet; the page "
            "works on this machine.",
            flush=True,
        )
    while not stopped.wait(1):
        pass  # without an end, Windows hears no Ctrl-C
