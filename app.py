"""Lookalike's page: `python app.py`."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence

from pipeline.errors import LookalikeError
from pipeline.settings import Settings

# Read by Gradio and matplotlib when they are imported. The page tells nobody that it runs; no
# query waits for Gradio's own statistics, nor the first one for matplotlib to look for a screen.
for name, value in {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000",
    "MPLBACKEND": "agg",
}.items():
    os.environ.setdefault(name, value)


def main(arguments: Sequence[str] | None = None) -> int:
    """Load what the flags and the environment name, and serve the page until interrupted."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    logging.getLogger("pipeline").setLevel(logging.INFO)
    settings = Settings.read(
        options.catalogue,
        options.encoder,
        options.artifacts,
        options.home,
        options.precision,
        allow_outside=options.allow_outside,
    )
    try:
        _serve(options, settings)
    except LookalikeError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass  # it had not come to serve yet
    print("Stopped.", file=sys.stderr)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Serve the page of Lookalike.")
    parser.add_argument("--catalogue", help="hub id, folder, parquet file, or 'starter'")
    parser.add_argument("--encoder", help="hub id, folder, or 'starter'")
    parser.add_argument("--artifacts", help="a built catalogue: a folder, or owner/name[@revision]")
    parser.add_argument("--home", help="where built catalogues are kept")
    parser.add_argument(
        "--allow-outside",
        action="store_true",
        help="let a catalogue's table name pictures outside of its folder",
    )
    parser.add_argument("--precision", help="auto (default), fp32, bf16 or int8")
    parser.add_argument("--host", default=None, help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port (default: the first free one from 7860)")
    parser.add_argument("--share", action="store_true", help="also open a public link")
    parser.add_argument(
        "--allowed-host",
        action="append",
        default=[],
        metavar="NAME",
        help="another name that the page answers to, as behind a proxy (may be repeated)",
    )
    parser.add_argument(
        "--embed",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="a site that may show the page in a frame, such as https://shop.example",
    )
    parser.add_argument(
        "--queries-a-minute",
        type=int,
        default=120,
        metavar="N",
        help="from one address that is not this machine's (default: 120; 0 for any number)",
    )
    return parser


def _serve(options: argparse.Namespace, settings: Settings) -> None:
    from pipeline.page import Door, serving
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
    stopped.wait()


if __name__ == "__main__":
    sys.exit(main())
