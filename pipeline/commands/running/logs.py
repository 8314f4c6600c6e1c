"""How the log of a running page is written: for people, or one JSON object a line."""

from __future__ import annotations

import logging

from pipeline.errors import LookalikeError

TEXT, JSON = "text", "json"


def set_up_log(form: str) -> None:
    """Write the log in one of its forms; `pipeline.cli` has made it one for people already.

    Raises:
        LookalikeError: If there is no such form.
    """
    if form not in (TEXT, JSON):
        raise LookalikeError(
            f"There is no log format '{form[:60]}'. Choose text or json with --log-format."
        )
    logging.getLogger("pipeline").setLevel(logging.INFO)
    if form == JSON:
        from pythonjsonlogger.json import JsonFormatter

        logging.captureWarnings(True)
        written = JsonFormatter(
            ("levelname", "name", "message"),
            style=",",
            rename_fields={"levelname": "level", "name": "logger"},
            timestamp="time",
        )
        for handler in logging.getLogger().handlers:
            handler.setFormatter(written)


def join_server_log() -> None:
    """Have the server, which has set up a log of its own when it started, write to this one."""
    server = logging.getLogger("uvicorn")
    server.handlers.clear()
    server.propagate = True
