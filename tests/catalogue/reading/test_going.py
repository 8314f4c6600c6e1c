"""Files may go while a folder is read: what can be told of them is told, in a sentence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.catalogue import Why, open_catalogue
from pipeline.catalogue.reading import contents, folder
from pipeline.errors import CatalogueError
from tests.conftest import draw_garment


def test_a_file_that_goes_while_the_folder_is_read_is_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.png", "b.png"):
        draw_garment(tmp_path / name, "red", "disc")
    scan = os.scandir

    def scan_and_remove(folder: Path) -> list[os.DirEntry[str]]:
        """Another program, which comes between: nothing here does so at the right moment."""
        entries = list(scan(folder))
        (tmp_path / "b.png").unlink(missing_ok=True)
        return entries

    monkeypatch.setattr(os, "scandir", scan_and_remove)
    catalogue = open_catalogue(tmp_path)
    assert catalogue.ids == ["a.png"]
    (left,) = catalogue.left_out
    assert (left.name, left.why) == ("b.png", Why.SKIPPED)
    assert "cannot be read" in left.reason


def test_files_that_go_after_that_are_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw_garment(tmp_path / "a.png", "red", "disc")

    def read_and_remove(path: Path) -> tuple[contents.Content, str]:
        content = contents.content_of(path)
        path.unlink()
        return content

    monkeypatch.setattr(folder, "content_of", read_and_remove)
    with pytest.raises(CatalogueError, match="being changed, wait"):
        open_catalogue(tmp_path)
