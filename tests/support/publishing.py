"""A machine of its own for the tests of publishing: a cache, a home, and the local hub."""

from __future__ import annotations

import json
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.forked import command, run_forked
from tests.support.hub_requests import TOKEN
from tests.support.hub_server import LocalHub

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Machine:
    """Runs the command line with a folder of its own for everything that is cached.

    The hub's libraries read their settings when they are imported, so each command is a process.
    Nothing that it imports beforehand may read them.
    """

    hub: LocalHub
    folder: Path

    def environment(self, token: str | None = TOKEN) -> dict[str, str]:
        return {"LOOKALIKE_HOME": str(self.folder / "home")} | self.hub.environment(
            self.folder, token
        )

    def run(
        self, *arguments: object, token: str | None = TOKEN, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run ``python -m pipeline``; whatever happens, no stack and no token is shown."""
        finished = run_forked(
            command,
            [str(argument) for argument in arguments],
            environment=os.environ | self.environment(token) | environment,
        )
        shown = finished.stdout + finished.stderr
        assert "Traceback" not in shown, shown
        assert TOKEN not in shown
        return finished

    def answer(self, *arguments: object, **environment: str) -> Any:
        """The JSON that a command prints."""
        finished = self.run(*arguments, "--json", **environment)
        assert finished.returncode == 0, finished.stderr
        return json.loads(finished.stdout)

    def pull_each(self, names: list[str]) -> dict[str, str]:
        """Pull several in one process; by name the error, or an empty text where there was none."""
        finished = run_forked(_pull_each, names, environment=os.environ | self.environment())
        assert finished.returncode == 0, finished.stderr
        return json.loads(finished.stdout)

    def refusal(self, *arguments: object, **options: Any) -> str:
        """The one line by which a command fails."""
        finished = self.run(*arguments, **options)
        assert finished.returncode == 1, finished.stdout + finished.stderr
        found = re.search(r"Error: .+", finished.stderr)
        assert found is not None, finished.stderr
        return found[0]


def _pull_each(names: list[str]) -> None:
    from pipeline.errors import LookalikeError
    from pipeline.publishing.pull import pull
    from pipeline.settings import Settings

    said = {}
    for name in names:
        try:
            pull(name, Settings.read().home)
            said[name] = ""
        except LookalikeError as error:
            said[name] = str(error)
    print(json.dumps(said))
