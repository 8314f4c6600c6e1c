"""A folder is put in its place whole: a kill at any moment leaves the old one or the new."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import folders
from pipeline.folders import (
    heal_folder,
    lock_of,
    put_in_place,
    remove_leftovers,
    replace_folder,
)
from tests.support.live import ROOT


def folder_of(path: Path, text: str) -> Path:
    path.mkdir()
    (path / "manifest.json").write_text(text)
    return path


def test_a_finished_folder_takes_the_place_of_another(tmp_path: Path) -> None:
    out, part = folder_of(tmp_path / "shop", "old"), folder_of(tmp_path / "shop.part", "new")
    replace_folder(part, out)
    assert (out / "manifest.json").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["shop"]


@pytest.mark.skipif(os.name == "nt", reason="a process ends itself by a signal")
@pytest.mark.parametrize("killed_at", [1, 2])
def test_a_kill_between_leaves_the_old_folder_or_the_new(tmp_path: Path, killed_at: int) -> None:
    out, part = folder_of(tmp_path / "shop", "old"), folder_of(tmp_path / "shop.part", "new")
    program = (
        "import os, pathlib, signal, sys\n"
        "from pipeline.folders import replace_folder\n"
        "renames, rename = [], pathlib.Path.rename\n"
        "def counted(self, target):\n"
        "    renamed = rename(self, target)\n"
        "    renames.append(target)\n"
        f"    if len(renames) == {killed_at}:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return renamed\n"
        "pathlib.Path.rename = counted\n"
        "replace_folder(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))"
    )
    finished = subprocess.run([sys.executable, "-c", program, part, out], cwd=ROOT, timeout=60)
    assert finished.returncode == -signal.SIGKILL
    heal_folder(out)
    assert (out / "manifest.json").read_text() == ("old" if killed_at == 1 else "new")
    remove_leftovers(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} <= {"shop", "shop.lock"}


def test_what_somebody_is_writing_is_no_leftover(tmp_path: Path) -> None:
    folder_of(tmp_path / "shop.part", "half")
    folder_of(tmp_path / "shop.0123abcd.part", "half of another")
    with lock_of(tmp_path / "shop"):
        remove_leftovers(tmp_path)
        assert (tmp_path / "shop.part").exists()
        assert (tmp_path / "shop.0123abcd.part").exists()
    remove_leftovers(tmp_path)
    assert not list(tmp_path.glob("*.part"))


def test_what_the_next_run_goes_on_from_is_no_leftover(tmp_path: Path) -> None:
    (folder_of(tmp_path / "shop.part", "") / "plan.json").touch()
    remove_leftovers(tmp_path, keep="plan.json")
    assert (tmp_path / "shop.part" / "plan.json").exists()


def test_the_only_copy_is_no_leftover(tmp_path: Path) -> None:
    folder_of(tmp_path / "shop.replaced", "old")
    remove_leftovers(tmp_path)
    heal_folder(tmp_path / "shop")
    assert (tmp_path / "shop" / "manifest.json").read_text() == "old"


def test_a_finished_file_takes_the_place_of_another(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("old")
    (tmp_path / "a.part").write_text("new")
    put_in_place(tmp_path / "a.part", tmp_path / "a.json")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.json", "new")]


class OpenElsewhere:
    """Makes `Path.rename` fail as Windows does while another process has a file open."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path, times: float) -> None:
        rename, left = Path.rename, times

        def refuse(path: Path, place: Path) -> Path:
            nonlocal left
            if path == folder and left > 0:
                left -= 1
                raise PermissionError(13, "The process cannot access the file")
            return rename(path, place)

        monkeypatch.setattr(Path, "rename", refuse)
        monkeypatch.setattr(folders, "WINDOWS", True)
        monkeypatch.setattr(folders, "_sync", lambda _path: None)


def test_on_windows_what_is_open_for_a_moment_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, part = folder_of(tmp_path / "shop", "old"), folder_of(tmp_path / "shop.part", "new")
    OpenElsewhere(monkeypatch, out, times=2)
    replace_folder(part, out)
    assert (out / "manifest.json").read_text() == "new"


def test_what_stays_open_leaves_the_old_folder_in_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, part = folder_of(tmp_path / "shop", "old"), folder_of(tmp_path / "shop.part", "new")
    OpenElsewhere(monkeypatch, part, times=float("inf"))
    monkeypatch.setattr(folders, "SWAP_SECONDS", 0.2)
    with pytest.raises(PermissionError):
        replace_folder(part, out)
    assert (out / "manifest.json").read_text() == "old"
    assert (part / "manifest.json").read_text() == "new"
