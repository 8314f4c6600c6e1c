"""The machine: Python, libraries, memory, CPU and disk.

Each part is examined whatever the others are like, so nothing is imported here at the head that may
be missing or fail on such a machine.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pipeline.doctor.finding import Finding, bad, good, poor
from pipeline.settings import PROJECT

OLDEST_PYTHON = (3, 11)
GIGABYTE = 1_000_000_000
MEMORY = GIGABYTE
"""To serve the starter set, its first start included: 715 MB were seen on Linux with OpenVINO."""
HOME_SPACE = GIGABYTE
"""For the default catalogue: 44 thousand embeddings of 2,048 float32 are 360 MB, and written aside
before they replace earlier ones."""
TEMPORARY_SPACE = GIGABYTE
"""For the most that the page keeps: 500 MB of uploads and 500 MB of its own pictures."""
LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
"""Where Linux says how much memory a container may take: either version of its control groups."""
PROBE = Path(__file__).with_name("instructions.py")
PROBE_SECONDS = 120
PINNED = re.compile(r"^([\w-]+)==([\w.]+)\s*(?:;\s*sys_platform != \"(\w+)\")?")


def examine_python() -> Finding:
    """Whether Python is recent enough, and of 64 bits."""
    seen = f"{platform.python_version()} ({platform.system()} {platform.machine()})"
    if sys.version_info < OLDEST_PYTHON or sys.maxsize < 2**32:
        return bad("Python", seen, "Install Python 3.11 or newer of 64 bits.")
    return good("Python", seen)


def examine_libraries() -> Finding:
    """Whether what Lookalike runs on is installed, in the versions that it was tried with."""
    absent, others = _compare("requirements.txt")
    if absent:
        return bad("libraries", f"missing: {_some(absent)}", _install("requirements.txt"))
    slow, others_fast = _compare("requirements-fast.txt")
    if slow:
        return poor(
            "libraries",
            f"missing: {_some(slow)}, so everything is slower",
            _install("requirements-fast.txt"),
        )
    if others := others + others_fast:
        return poor(
            "libraries",
            f"other versions than Lookalike was tried with: {_some(others)}",
            _install("requirements.txt"),
        )
    return good("libraries", "those that Lookalike was tried with")


def examine_memory() -> Finding:
    """Whether there is memory to serve the starter set."""
    import psutil

    memory = psutil.virtual_memory()
    allowed = min([memory.total, *_container_limits()])
    free = min(memory.available, allowed)
    seen = f"{free / GIGABYTE:.1f} GB free of {allowed / GIGABYTE:.1f} GB"
    if allowed < MEMORY:
        return bad("memory", seen, "Lookalike needs 1 GB: take a larger machine or container.")
    if free < MEMORY:
        return poor("memory", seen, "Lookalike needs 1 GB: end what else is running.")
    return good("memory", seen)


def examine_cpu() -> Finding:
    """Whether the CPU has the instructions that the libraries need, and the quick ones."""
    cores = f"{os.cpu_count()} cores"
    probe = subprocess.run(
        [sys.executable, str(PROBE)],
        capture_output=True,
        text=True,
        timeout=PROBE_SECONDS,
        check=False,
    )
    if probe.returncode != 0:
        last = (probe.stderr.strip().splitlines() or [f"it ended with {probe.returncode}"])[-1]
        return bad(
            "CPU",
            f"{cores}; numpy, torch or OpenVINO does not load: {last[:200]}",
            "One is missing, damaged, or built for newer CPUs. Install the requirements again; if "
            "that does not help, take another machine.",
        )
    found = json.loads(probe.stdout.splitlines()[-1])
    seen = f"{cores}, {found['instructions']}"
    if found["has_gpu"]:
        return good("CPU", f"{seen}, and a GPU that runs the encoder")
    if found["quick"] is None:
        return poor("CPU", f"{seen}, without OpenVINO", _install("requirements-fast.txt"))
    if "BF16" not in found["quick"]:
        return poor(
            "CPU",
            f"{seen}, without bf16 instructions",
            "Nothing need be done: the encoder computes in float32, which is slower, until a "
            "catalogue of 2,000 items or more is built, which is calibrated for int8.",
        )
    return good("CPU", f"{seen}, computes in {' and '.join(found['quick']).lower()}")


def examine_disk(home: Path) -> Finding:
    """Whether what is built can be kept, and what is uploaded for a while."""
    places = {"--home": (home, HOME_SPACE)}
    places["GRADIO_TEMP_DIR"] = (
        Path(os.environ.get("GRADIO_TEMP_DIR") or tempfile.gettempdir()),
        TEMPORARY_SPACE,
    )
    seen = []
    for name, (folder, wanted) in places.items():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                free = shutil.disk_usage(folder).free
        except OSError as error:
            return bad(
                "disk",
                f"'{folder}' cannot be written: {error.strerror or error}",
                f"Name a folder that can be with {name}.",
            )
        seen.append(f"{free / GIGABYTE:.1f} GB free in '{folder}'")
        if free < wanted:
            return poor("disk", seen[-1], f"Free 1 GB there, or name another folder with {name}.")
    return good("disk", ", ".join(seen))


def _compare(name: str) -> tuple[list[str], list[str]]:
    """Which of the pinned libraries are missing, and which are there in another version."""
    absent, others = [], []
    for line in (PROJECT / name).read_text(encoding="utf-8").splitlines():
        found = PINNED.match(line)
        if found is None or found[3] == sys.platform:
            continue
        try:
            installed = version(found[1])
        except PackageNotFoundError:
            absent.append(found[1])
            continue
        # A build for some hardware has a tag of its own behind a plus sign.
        if installed.partition("+")[0] != found[2]:
            others.append(f"{found[1]} {installed} for {found[2]}")
    return absent, others


def _container_limits() -> list[int]:
    limits = []
    for name in LIMITS:
        try:
            text = Path(name).read_text(encoding="ascii").strip()
        except OSError:
            continue
        if text.isdecimal():  # not "max"
            limits.append(int(text))
    return limits


def _install(name: str) -> str:
    return f'Install them: {Path(sys.executable).name} -m pip install -r "{PROJECT / name}"'


def _some(names: list[str]) -> str:
    rest = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"{', '.join(names[:5])}{rest}"
