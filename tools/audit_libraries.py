"""Ask PyPI which locked libraries have known faults: `python -m tools.audit_libraries`.

The exit status is 1 where one has, and where PyPI is there but the audit fails. Where PyPI cannot
be reached within seconds the audit is skipped, and that is said. A library that PyPI cannot be
asked about is counted, and said.
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import httpx

PIP_AUDIT = "pip-audit==2.10.1"
LOCK = Path(__file__).resolve().parents[1] / "requirements.lock"
SERVICE = "https://pypi.org/pypi/pip/25.0/json"
"""An address as pip-audit reads them: what is known of one version of a library. Mirrors that pass
on files alone have none."""
REACHED_SECONDS = 5.0
SECONDS = 300


class AuditError(Exception):
    """PyPI is there, but pip-audit gave no report."""


def main() -> int:
    """Ask, and print what was found."""
    away = why_away()
    if away is not None:
        print(f"Skipped: no library was audited for known faults, since {away}.")
        return 0
    try:
        text, is_clean = summarise(ask())
    except AuditError as error:
        print(f"The audit for known faults failed: {error}")
        return 1
    print(text)
    return 0 if is_clean else 1


def why_away() -> str | None:
    """Why PyPI cannot be asked from here; None where it answers within seconds.

    The seconds are those of all: `httpx` would count them anew with each byte that trickles in.
    """
    found: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=lambda: found.put(_answer()), daemon=True).start()
    try:
        return found.get(timeout=REACHED_SECONDS)
    except queue.Empty:
        return f"{SERVICE} did not answer within {REACHED_SECONDS:g} s"


def _answer() -> str | None:
    try:
        answer = httpx.get(SERVICE, timeout=REACHED_SECONDS)
        if not answer.is_success:
            return f"{SERVICE} answered with status {answer.status_code}"
        # What stands in its place, such as the page of a network to log in to, has another form.
        told = answer.json()
    except httpx.HTTPError as error:
        return f"{SERVICE} cannot be reached ({type(error).__name__})"
    except ValueError:
        told = None
    is_its = isinstance(told, dict) and "vulnerabilities" in told
    return None if is_its else f"{SERVICE} answers nothing that PyPI would"


def ask() -> dict[str, Any]:
    """The report of pip-audit, run by uv in an environment of its own.

    Raises:
        AuditError: If there is none.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "uv", "tool", "run", "--from", PIP_AUDIT, "pip-audit"]
        command += ["--requirement", str(LOCK), "--disable-pip", "--require-hashes"]
        command += ["--format", "json", "--output", str(report), "--progress-spinner", "off"]
        try:
            ran = subprocess.run(
                command, capture_output=True, text=True, timeout=SECONDS, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise AuditError(f"pip-audit took longer than {SECONDS} s.") from error
        if not report.is_file():
            raise AuditError(ran.stderr.strip()[-2000:] or "pip-audit wrote no report.")
        read: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
        return read


def summarise(report: dict[str, Any]) -> tuple[str, bool]:
    """What a report says, and whether no fault is known."""
    libraries = report["dependencies"]
    asked = [library for library in libraries if "skip_reason" not in library]
    if not asked:
        reason = libraries[0]["skip_reason"] if libraries else "nothing is locked"
        return f"Skipped: no library was audited for known faults ({reason}).", True
    lines = [
        f"{library['name']} {library['version']}: {fault['id']}, mended in "
        f"{', '.join(fault['fix_versions']) or 'no version yet'}"
        for library in asked
        for fault in library["vulns"]
    ]
    lines.append(
        f"{len(asked)} of {len(libraries)} libraries were audited for known faults; "
        f"{len(libraries) - len(asked)} could not be asked about from here."
    )
    return "\n".join(lines), len(lines) == 1


if __name__ == "__main__":
    sys.exit(main())
