"""Settings mean the same wherever they are made: in Python, on the command line, by a server."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.settings import Settings


def test_the_persons_own_folder_is_found_however_settings_are_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.delenv("LOOKALIKE_HOME")
    usual = tmp_path / ".cache" / "lookalike"
    assert Settings().home == Settings(catalogue="starter").home == Settings.read().home == usual
    assert Settings(home=Path("~/mine")).home == tmp_path / "mine"
    assert Settings(home="~/mine").home == tmp_path / "mine"  # type: ignore[arg-type]
    named = Settings("~/photos", "~/encoder", "~/built")
    assert named == Settings.read("~/photos", "~/encoder", "~/built")
    assert named.catalogue == str(tmp_path / "photos")
    assert named.encoder == str(tmp_path / "encoder")
    assert named.artifacts == str(tmp_path / "built")


def test_variables_are_heeded_in_python_as_on_the_command_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in {
        "CATALOGUE": "~/shop",
        "ENCODER": "starter",
        "ARTIFACTS": "owner/name",
        "HOME": "~/kept",
        "PRECISION": "bf16",
        "ALLOW_OUTSIDE": "1",
    }.items():
        monkeypatch.setenv(f"LOOKALIKE_{name}", value)
    assert Settings() == Settings.read()
    assert Settings() == Settings(
        "~/shop", "starter", "owner/name", Path("~/kept"), "bf16", allow_outside=True
    )
    assert Settings("starter").home == Path("~/kept").expanduser()
    assert Settings(precision="fp32").precision == "fp32"


def test_a_file_of_settings_is_heeded_in_python_too(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "shop.toml").write_text('catalogue = "starter"\n', encoding="utf-8")
    monkeypatch.setenv("LOOKALIKE_SETTINGS", str(tmp_path / "shop.toml"))
    assert Settings().catalogue == "starter"
    assert Settings("mine").catalogue == "mine"
