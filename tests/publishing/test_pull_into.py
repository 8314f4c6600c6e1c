"""A folder that `pull --out` may replace is empty, or was pulled: nothing else is lost."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.artifacts import BuiltCatalogue
from pipeline.errors import ArtifactError, HubError
from pipeline.publishing import pull


@pytest.mark.parametrize("kind", ["photos", "a file", "built here", "a damaged manifest"])
def test_what_was_not_pulled_is_not_replaced(
    built: BuiltCatalogue, tmp_path: Path, kind: str
) -> None:
    out = tmp_path / "out"
    if kind == "built here":
        shutil.copytree(built.folder, out)
    elif kind == "a file":
        out.write_text("mine", encoding="utf-8")
    else:
        out.mkdir()
        name = "photo.jpg" if kind == "photos" else "manifest.json"
        (out / name).write_text("mine", encoding="utf-8")
    before = sorted(path.name for path in out.parent.rglob("*"))
    with pytest.raises(ArtifactError, match=r"out' holds something other than a pulled catalogue"):
        pull("me/shop", tmp_path / "home", out)
    assert sorted(path.name for path in out.parent.rglob("*")) == before


@pytest.mark.parametrize("kind", ["nothing", "empty", "pulled"])
def test_what_was_pulled_may_be_replaced(built: BuiltCatalogue, tmp_path: Path, kind: str) -> None:
    out = tmp_path / "out"
    if kind == "empty":
        out.mkdir()
    if kind == "pulled":
        shutil.copytree(built.folder, out)
        replace(built.manifest, source_files=None).write(out)
    # Here it goes on to the hub, which cannot be reached.
    with pytest.raises(HubError):
        pull("me/shop", tmp_path / "home", out)
