"""`doctor` says what is wrong on a machine and what to do, whatever is wrong there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pipeline.doctor import machine
from pipeline.doctor.finding import Verdict
from tests.recommender.test_opening import has_starter

ROOT = Path(__file__).resolve().parents[2]
PARTS = ["Python", "libraries", "memory", "CPU", "disk", "hub", "encoder"]


class Examined(NamedTuple):
    status: int
    parts: dict[str, dict[str, str]]


def doctor(*arguments: object, **environment: str) -> Examined:
    finished = subprocess.run(
        [sys.executable, "-m", "pipeline", "doctor", "--json", *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert "Traceback" not in finished.stderr
    findings: list[dict[str, Any]] = json.loads(finished.stdout)
    assert [finding["part"] for finding in findings] == PARTS
    assert all(finding["seen"] for finding in findings)
    assert all(finding["advice"] for finding in findings if finding["verdict"] != "good")
    return Examined(finished.returncode, {finding["part"]: finding for finding in findings})


@has_starter
def test_here_nothing_is_bad(starter_home: Path) -> None:
    status, parts = doctor("--home", starter_home)
    assert status == 0
    assert not [part for part in parts.values() if part["verdict"] == "bad"]
    assert parts["encoder"]["seen"].startswith("'starter' gives 1,408 numbers in ")
    assert "HF_HUB_OFFLINE" in parts["hub"]["seen"]


def test_every_part_is_examined_whatever_is_wrong_with_the_others(tmp_path: Path) -> None:
    """A home that is a file, a hub out of reach and an encoder that is not there, all at once."""
    (tmp_path / "file").touch()
    status, parts = doctor(
        "--home",
        tmp_path / "file",
        "--encoder",
        tmp_path / "nowhere",
        HF_HUB_OFFLINE="0",
        HF_ENDPOINT="http://127.0.0.1:9",
    )
    assert status == 1
    assert parts["disk"]["verdict"] == "bad"
    assert "--home" in parts["disk"]["advice"]
    assert parts["hub"]["verdict"] == "poor"
    assert parts["encoder"]["verdict"] == "bad"
    assert "no encoder folder" in parts["encoder"]["advice"]


@pytest.mark.parametrize(
    ("numpy", "sentence"),
    [
        ("raise RuntimeError('baseline optimizations: (X86_V2)')", "X86_V2"),
        ("raise ImportError('DLL load failed')", "DLL load failed"),
        ("import os; os.abort()", "it ended with"),
    ],
)
def test_a_library_that_the_cpu_cannot_run_is_said_and_ends_nothing(
    numpy: str, sentence: str, tmp_path: Path
) -> None:
    """In numpy's place stands one that does what it does on a CPU too old for it."""
    (tmp_path / "numpy.py").write_text(numpy, encoding="utf-8")
    status, parts = doctor("--home", tmp_path / "home", PYTHONPATH=str(tmp_path))
    assert status == 1
    assert parts["CPU"]["verdict"] == "bad"
    assert sentence in parts["CPU"]["seen"]
    assert parts["encoder"]["seen"] == "not tried"


@pytest.mark.parametrize(
    ("line", "verdict", "sentence"),
    [
        ("no-such-library==1.0  # why", Verdict.BAD, "missing: no-such-library"),
        ("pillow==0.1  # why", Verdict.POOR, "pillow .* for 0.1"),
        (f'no-such-library==1.0; sys_platform != "{sys.platform}"  # why', Verdict.GOOD, "tried"),
    ],
)
def test_libraries_are_compared_with_the_requirements(
    line: str,
    verdict: Verdict,
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "requirements.txt").write_text(line + "\n", encoding="utf-8")
    (tmp_path / "requirements-fast.txt").touch()
    monkeypatch.setattr(machine, "PROJECT", tmp_path)
    finding = machine.examine_libraries()
    assert finding.verdict is verdict
    assert re.search(sentence, finding.seen)


@pytest.mark.parametrize(("limit", "is_bad"), [("max", False), ("400000000", True), ("", False)])
def test_the_limit_of_a_container_counts(
    limit: str, is_bad: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "memory.max").write_text(f"{limit}\n", encoding="ascii")
    monkeypatch.setattr(
        machine, "LIMITS", (str(tmp_path / "memory.max"), str(tmp_path / "nowhere"))
    )
    assert (machine.examine_memory().verdict is Verdict.BAD) == is_bad
