"""Which files a caller may have opened, as far as names tell, on any system."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

from pipeline.page.folder import PageFolder, lies_within

WINDOWS = PureWindowsPath(r"C:\Temp\lookalike-page-1\uploads")
POSIX = PurePosixPath("/tmp/lookalike-page-1/uploads")


@pytest.mark.parametrize(
    "path",
    [
        r"C:\Temp\lookalike-page-1\uploads\ab\photo.png",
        r"c:\temp\LOOKALIKE-PAGE-1\Uploads\ab\photo.png",
        "C:/Temp/lookalike-page-1/uploads/ab/photo.png",
    ],
)
def test_an_upload_on_windows_is_in_the_folder(path: str) -> None:
    assert lies_within(PureWindowsPath(path), WINDOWS)


@pytest.mark.parametrize(
    "path",
    [
        r"\\host\share\photo.png",
        r"\\host\C$\Temp\lookalike-page-1\uploads\ab\photo.png",
        r"\\?\C:\Temp\lookalike-page-1\uploads\ab\photo.png",
        r"\\.\C:\Temp\lookalike-page-1\uploads\ab\photo.png",
        r"D:\Temp\lookalike-page-1\uploads\ab\photo.png",
        r"C:Temp\lookalike-page-1\uploads\ab\photo.png",
        r"\Temp\lookalike-page-1\uploads\ab\photo.png",
        r"C:\Temp\lookalike-page-1\uploads\..\..\secret.png",
        r"C:\Temp\lookalike-page-1\uploads-of-another\photo.png",
        r"C:\Temp\lookalike-page-1\uploads\ab\photo.png:stream",
        r"C:\Temp\lookalike-page-1\uploads",
        r"uploads\ab\photo.png",
        "//host/share/photo.png",
        "NUL",
        "",
    ],
)
def test_no_other_name_on_windows_is(path: str) -> None:
    assert not lies_within(PureWindowsPath(path), WINDOWS)


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "/tmp/lookalike-page-1/uploads/../../secret.png",
        "/tmp/lookalike-page-1/uploads/ab/../../../secret.png",
        "/tmp/lookalike-page-1/uploads-of-another/photo.png",
        "/tmp/Lookalike-Page-1/uploads/ab/photo.png",
        "tmp/lookalike-page-1/uploads/ab/photo.png",
        "file:///tmp/lookalike-page-1/uploads/ab/photo.png",
        "/tmp/lookalike-page-1/uploads/a\0b.png",
        "/tmp/lookalike-page-1/uploads",
        "http://host/photo.png",
        "",
    ],
)
def test_no_other_name_elsewhere_is(path: str) -> None:
    assert lies_within(POSIX / "ab" / "photo.png", POSIX)
    assert not lies_within(PurePosixPath(path), POSIX)


@pytest.fixture
def folder(tmp_path: Path) -> PageFolder:
    (tmp_path / "page").mkdir()
    return PageFolder(tmp_path / "page")


def test_a_file_in_the_folder_may_be_opened_and_what_is_no_file_may_not(folder: PageFolder) -> None:
    for place in (folder.uploads, folder.pictures):
        (place / "photo.png").write_bytes(b"picture")
        assert folder.holds(str(place / "photo.png"))
        assert not folder.holds(str(place / "none.png"))
        assert not folder.holds(str(place))
    assert not folder.holds(os.path.relpath(folder.uploads / "photo.png"))


@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_link_that_leads_out_may_not(folder: PageFolder, tmp_path: Path, what: str) -> None:
    secret = tmp_path / "elsewhere" / "secret.png"
    secret.parent.mkdir()
    secret.write_bytes(b"secret")
    link = folder.uploads / "link"
    try:
        link.symlink_to(secret if what == "file" else secret.parent, what == "folder")
    except OSError:
        pytest.skip("links cannot be made here")
    assert not folder.holds(str(link if what == "file" else link / "secret.png"))


def test_the_folder_goes_with_the_page_and_those_of_killed_pages_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    killed = tmp_path / "lookalike-page-killed"
    killed.mkdir()
    (killed / "photo.png").write_bytes(b"picture")
    killed.with_name(f"{killed.name}.lock").touch()
    others = tmp_path / "lookalike-page-of-nobody-knows-whom"
    others.mkdir()
    with PageFolder.made() as running:
        with PageFolder.made() as second:
            assert running.uploads.is_dir()
            assert second.root != running.root
        assert running.uploads.is_dir()
        assert not second.root.exists()
        assert not killed.exists()
    assert [path.name for path in tmp_path.iterdir()] == [others.name]
