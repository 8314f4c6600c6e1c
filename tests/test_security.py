"""What SECURITY.md and the page of threats say is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
THREATS = (ROOT / "docs" / "threats.md").read_text(encoding="utf-8")
SECURITY = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
ROWS = [
    tuple(cell.strip() for cell in line.strip("| ").split(" | "))
    for line in THREATS.splitlines()
    if line.startswith("| ") and not line.startswith(("| ---", "| threat"))
]
GUARDS = {path.name for path in (ROOT / "pipeline" / "page" / "guards").glob("*.py")}


def test_every_threat_has_a_category_a_guard_and_a_test() -> None:
    assert len(ROWS) >= 20
    for row in ROWS:
        threat, category, guard, test = row
        assert re.fullmatch(
            r"(A(0[1-9]|10)|API([1-9]|10))(, (A(0[1-9]|10)|API([1-9]|10)))*", category
        )
        assert re.findall(r"`([\w./]+)`", guard), threat
        assert re.findall(r"`tests/[\w/]+\.py::test_\w+`", test), threat


@pytest.mark.parametrize(
    "path", sorted(set(re.findall(r"`([\w./-]+/[\w.]+|Dockerfile)`", THREATS)))
)
def test_every_guard_is_there(path: str) -> None:
    assert (ROOT / path).is_file()


@pytest.mark.parametrize("named", sorted(set(re.findall(r"`(tests/[^`]+)`", THREATS))))
def test_every_test_is_there(named: str) -> None:
    path, _, function = named.partition("::")
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    assert function in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_guard_against_strangers_is_on_the_page() -> None:
    """But for the one that only words the refusals of the others."""
    named = set(re.findall(r"`pipeline/page/guards/(\w+\.py)`", THREATS))
    assert GUARDS - named == {"__init__.py", "refusal.py"}


@pytest.mark.parametrize(("text", "folder"), [(THREATS, "docs"), (SECURITY, ".")])
def test_every_link_is_there_and_nobody_is_named(text: str, folder: str) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if not target.startswith("https://"):
            assert (ROOT / folder / target).exists(), target
    assert not re.search(r"[\w.]+@[\w-]+\.\w+", text)


def test_it_says_how_to_report() -> None:
    assert "*Report a vulnerability*" in SECURITY
    for heading in ("What is promised", "What is not promised", "How to report"):
        assert f"\n## {heading}\n" in SECURITY
    for path in re.findall(r"`(Dockerfile|compose\.yaml|\.ci/run)`", SECURITY):
        assert (ROOT / path).is_file()
