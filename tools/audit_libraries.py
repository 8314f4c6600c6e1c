"""Ask PyPI which locked libraries have known faults: `python -m tools.audit_libraries`.

The exit status is 1 where one has. A library that PyPI cannot be asked about is counted, and said.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

PIP_AUDIT = "pip-audit==2.10.1"
LOCK = Path(__file__).resolve().parents[1] / "requirements.lock"
SECONDS = 300


def main() -> int:
    """Ask, and print what was found."""
    report = ask()
    if report is None:
        print("No library was audited for known faults: PyPI cannot be reached from here.")
        return 0
    text, is_clean = summarise(report)
    print(text)
    return 0 if is_clean else 1


def ask() -> dict[str, Any] | None:
    """The report of pip-audit, run by uv in an environment of its own; None where it got none."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "uv", "tool", "run", "--from", PIP_AUDIT, "pip-audit"]
        command += ["--requirement", str(LOCK), "--disable-pip", "--require-hashes"]
        command += ["--format", "json", "--output", str(report), "--progress-spinner", "off"]
        try:
            subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return None
        if not report.is_file():
            return None
        read: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
        return read


def summarise(report: dict[str, Any]) -> tuple[str, bool]:
    """What a report says, and whether no fault is known."""
    libraries = report["dependencies"]
    asked = [library for library in libraries if "skip_reason" not in library]
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
