"""The lock holds what is required, every file by its hash; and its audit says what it saw."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tools.audit_libraries import summarise

ROOT = Path(__file__).resolve().parents[1]
PINNED = re.compile(r"^([\w.-]+)==([\w.]+)")
LOCKED = re.findall(
    r"^([\w.-]+)==([\w.]+)[^\n]*\\\n((?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)",
    (ROOT / "requirements.lock").read_text(encoding="utf-8"),
    re.M,
)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-fast.txt"])
def test_the_lock_holds_every_requirement_in_its_version(name: str) -> None:
    locked = {library.lower().replace("_", "-"): version for library, version, _ in LOCKED}
    pinned = [PINNED.match(line) for line in (ROOT / name).read_text("utf-8").splitlines()]
    wanted = {m[1].lower().replace("_", "-"): m[2] for m in pinned if m}
    assert wanted
    assert {name: locked.get(name) for name in wanted} == wanted, "run make lock"


def test_nothing_is_locked_without_a_hash() -> None:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    libraries = [line for line in lines if PINNED.match(line)]
    assert len(libraries) == len(LOCKED) > 80
    assert not [line for line in lines if "://" in line]


def test_an_audit_says_what_it_found_and_what_it_could_not_ask() -> None:
    fault = {"id": "PYSEC-1", "fix_versions": ["2.0"]}
    report = {
        "dependencies": [
            {"name": "sound", "version": "1.0", "vulns": []},
            {"name": "faulty", "version": "1.0", "vulns": [fault]},
            {"name": "unknown", "skip_reason": "Dependency not found on PyPI"},
        ]
    }
    text, is_clean = summarise(report)
    assert "faulty 1.0: PYSEC-1, mended in 2.0" in text
    assert "2 of 3 libraries were audited" in text
    assert not is_clean
    del report["dependencies"][1]
    assert summarise(report)[1]
