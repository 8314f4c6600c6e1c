"""`serve`: the page, until interrupted. `app.py` is another door to it."""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import signal
import sys
import threading
from typing import Any

from pipeline import values
from pipeline.commands.options import Commands, add_settings, read_settings
from pipeline.commands.running.logs import JSON, TEXT, join_server_log, set_up_log
from pipeline.errors import LookalikeError
from pipeline.settings import Settings

log = logging.getLogger(__name__)

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
    values.add_flags(command, values.SERVING)


def _run(options: argparse.Namespace) -> None:
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    settings = read_settings(options)
    chosen = values.read_values(vars(options), values.SERVING)
    set_up_log(chosen["log_format"])
    try:
        with contextlib.suppress(KeyboardInterrupt):  # it had not come to serve yet
            _serve(chosen, settings)
    except LookalikeError as error:
        if chosen["log_format"] == TEXT:
            raise
        log.error("%s", error)
        sys.exit(1)
    log.info("Stopped.")


def _check_gradios_port() -> None:
    """Gradio reads this variable while it is imported, and fails with a stack.

    Raises:
        LookalikeError: If it is no port.
    """
    text = os.environ.get("GRADIO_SERVER_PORT", "").strip()
    if text and not (text.isdecimal() and len(text) <= 5 and 0 < int(text) < 2**16):
        raise LookalikeError(
            f"The variable GRADIO_SERVER_PORT is '{text[:60]}'. Set it to a port from 1 to 65535, "
            "or unset it."
        )


def _check_proxies() -> None:
    """Gradio makes a client while it is imported, and fails with a stack.

    Raises:
        LookalikeError: If no client can be made with the proxies of this machine.
    """
    from pipeline.hub import proxy_fault

    if fault := proxy_fault():
        raise LookalikeError(fault)


def _serve(chosen: dict[str, Any], settings: Settings) -> None:
    _check_gradios_port()
    _check_proxies()
    from pipeline.access import Users, read_token
    from pipeline.events import EventLog
    from pipeline.page.serving import Door, Shop, serving
    from pipeline.recommender import open_live
    from pipeline.recommender.living.watching import Watcher

    door = Door(
        host=chosen["host"],
        port=chosen["port"],
        share=chosen["share"],
        allowed_hosts=chosen["allowed_host"],
        embed=chosen["embed"],
        queries_a_minute=chosen["queries_a_minute"],
        users=Users.read(chosen["auth"]) if chosen["auth"] else None,
        operator_token=read_token(chosen["operator_token"]) if chosen["operator_token"] else None,
        root_path=chosen["root_path"],
        log_addresses=chosen["log_addresses"],
        mcp=chosen["mcp"],
        log_events=EventLog(chosen["log_events"]) if chosen["log_events"] else None,
    )
    shop = Shop(
        title=chosen["title"],
        logo=chosen["logo"],
        accent=chosen["accent"],
        currency=chosen["currency"] or "",
        columns=chosen["columns"],
    )
    live = open_live(settings)
    watch = Watcher(live, settings) if chosen["watch"] else contextlib.nullcontext()
    with watch, serving(live, door, shop) as (local_url, share_url):
        if chosen["log_format"] == JSON:
            join_server_log()
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
