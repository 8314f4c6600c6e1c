"""The architecture page shows the code as it is, and the code stays small enough to be read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PIPELINE = ROOT / "pipeline"
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PATHS = re.findall(r"`((?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:py|toml))`", ARCHITECTURE)
FILES = sorted(PIPELINE.rglob("*.py"))
FOLDERS = sorted({file.parent for file in FILES} - {PIPELINE})
MAX_FILES = 8
MAX_LINES = 350


def test_every_path_on_the_page_exists() -> None:
    assert len(PATHS) > 40
    missing = [path for path in PATHS if not (ROOT / path).exists()]
    assert not missing
    links = re.findall(r"\]\(([^)#:]+)\)", ARCHITECTURE)
    assert links
    assert all((ROOT / "docs" / link).exists() for link in links)


def test_every_room_is_named_on_the_page() -> None:
    ground = [file for file in PIPELINE.glob("*.py") if file.name != "__init__.py"]
    rooms = [file.relative_to(ROOT).as_posix() for file in ground]
    rooms += [folder.relative_to(ROOT).as_posix() + "/" for folder in FOLDERS]
    lines = re.findall(r"^\| `(pipeline/[^`]*)` \|", ARCHITECTURE, re.M)
    assert sorted(lines) == sorted(rooms)


def test_every_question_is_answered_by_a_file_and_a_test() -> None:
    _, _, questions = ARCHITECTURE.partition("## Where do I")
    rows = re.findall(
        r"^\| (.*) \| (.*) \| (.*) \| (.*) \|$", questions.partition("\n## ")[0], re.M
    )
    answered = {row[0]: row for row in rows[2:]}
    for subject in ("search engine", "encoder", "source", "command", "part of the page"):
        assert any(subject in question for question in answered), subject
    for question, place, _, test in answered.values():
        assert re.search(r"`pipeline/", place), question
        assert re.search(r"`tests/[\w/]+\.py`", test), question


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_folder_holds_no_more_files_than_one_can_take_in(folder: Path) -> None:
    """The ground is left out: it holds the stages themselves."""
    files = sorted(file.name for file in folder.glob("*.py"))
    assert len(files) <= MAX_FILES, f"{folder.name} holds {files}: make a room of some of them"


def test_no_file_is_too_long_to_be_read_at_once() -> None:
    lengths = {file: len(file.read_text(encoding="utf-8").splitlines()) for file in FILES}
    assert len(lengths) > len(FOLDERS)
    long = {file.name: length for file, length in lengths.items() if length > MAX_LINES}
    assert not long, "make two rooms of each"
