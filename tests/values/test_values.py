"""Where the value of a setting comes from, and what is no value of one."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.cli import _parser
from pipeline.errors import LookalikeError
from pipeline.settings import Settings
from pipeline.values import LOADING, SERVING, Kind, add_flags, read_values, settings_table
from tests.support.live import ROOT

ALL = (*LOADING, *SERVING)


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for setting in ALL:
        monkeypatch.delenv(setting.variable, raising=False)


def read(*arguments: str) -> dict[str, object]:
    parser = argparse.ArgumentParser()
    add_flags(parser, ALL)
    parser.add_argument("--settings")
    return read_values(vars(parser.parse_args(arguments)), ALL)


@pytest.mark.parametrize(
    ("name", "flag", "variable", "in_file", "default", "values"),
    [
        ("host", ["--host", "a"], "b", '"c"', None, ["a", "b", "c"]),
        ("port", ["--port", "1"], "2", "3", None, [1, 2, 3]),
        ("queries_a_minute", ["--queries-a-minute", "0"], "2", "3", 120, [0, 2, 3]),
        ("share", ["--no-share"], "yes", "false", False, [False, True, False]),
        ("log_addresses", ["--log-addresses"], "0", "true", False, [True, False, True]),
        ("precision", ["--precision", "fp32"], "int8", '"bf16"', "auto", ["fp32", "int8", "bf16"]),
        (
            "allowed_host",
            ["--allowed-host", "a", "--allowed-host", "b"],
            "c, d",
            '["e", "f"]',
            (),
            [("a", "b"), ("c", "d"), ("e", "f")],
        ),
        (
            "home",
            ["--home", "/a"],
            "~/b",
            '"c"',
            Path("~/.cache/lookalike").expanduser(),
            [Path("/a"), Path("~/b").expanduser(), Path("c")],
        ),
    ],
)
def test_flag_then_variable_then_file_then_default(
    name: str,
    flag: list[str],
    variable: str,
    in_file: str,
    default: object,
    values: list[object],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(f"{name.replace('_', '-')} = {in_file}\n", encoding="utf-8-sig")
    found = [read()[name], read("--settings", str(file))[name]]
    monkeypatch.setenv("LOOKALIKE_SETTINGS", str(file))
    assert read()[name] == found[1]
    monkeypatch.setenv(f"LOOKALIKE_{name.upper()}", variable)
    found += [read()[name], read(*flag)[name]]
    assert found == [default, *reversed(values)]
    # An empty one is none.
    monkeypatch.setenv(f"LOOKALIKE_{name.upper()}", " ")
    assert read()[name] == found[1]


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("LOOKALIKE_PORT", "http", "LOOKALIKE_PORT is 'http'. Set it to a whole number"),
        ("LOOKALIKE_PORT", "8e3", "whole number"),
        ("LOOKALIKE_PORT", "9" * 5000, "whole number"),
        ("LOOKALIKE_QUERIES_A_MINUTE", "1.5", "whole number"),
        ("LOOKALIKE_SHARE", "maybe", "LOOKALIKE_SHARE is 'maybe'. Set it to 1 or 0"),
        ("LOOKALIKE_SHARE", "2", "1 or 0"),
        ("LOOKALIKE_ALLOW_OUTSIDE", "y" * 5000, "1 or 0"),
        ("LOOKALIKE_SETTINGS", "/nowhere/at.toml", "'/nowhere/at.toml' cannot be read"),
    ],
)
def test_a_wrong_variable_is_one_short_sentence(
    variable: str, value: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(LookalikeError) as raised:
        read()
    assert sentence in str(raised.value)
    assert len(str(raised.value)) < 250


def test_what_kubernetes_sets_beside_a_service_of_the_name_is_no_port(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LOOKALIKE_PORT", "tcp://10.0.0.7:80")
    assert read()["port"] is None


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"prot = 1", "no setting 'prot'"),
        (b"prot = 1", "Did you mean 'port'?"),
        (b"[server]\nport = 1", "no setting 'server'"),
        (b"settings = 'other.toml'", "no setting 'settings'"),
        (b"port = '1'", "'port' in"),
        (b"port = true", "is no whole number"),
        (b"port = 1.0", "is no whole number"),
        (b"share = 1", "is no true or false"),
        (b"share = 'yes'", "is no true or false"),
        (b"host = ['a']", "is no text"),
        (b"host = true", "is no text"),
        (b"auth = 1", "is no path"),
        (b"allowed_host = 'a'", "is no list of texts"),
        (b"allowed_host = ['a', 1]", "is no list of texts"),
        (b"port = ", "cannot be read"),
        (b"port = 1\nport = 2", "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
        (b"a = " + b"[" * 100_000, "cannot be read"),
        (b"#" * 2_000_000, "longer than 1 MB"),
    ],
)
def test_a_wrong_file_is_one_sentence(content: bytes, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_bytes(content)
    with pytest.raises(LookalikeError) as raised:
        read("--settings", str(tmp_path / "settings.toml"))
    assert sentence in str(raised.value)
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 400


def test_every_command_reads_the_file_that_the_variable_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "settings.toml").write_text("precision = 'bf16'\nallow_outside = true\nport = 9\n")
    monkeypatch.setenv("LOOKALIKE_SETTINGS", str(tmp_path / "settings.toml"))
    settings = Settings.read(catalogue="photos")
    assert (settings.precision, settings.allow_outside) == ("bf16", True)
    assert Settings.read(allow_outside=False).allow_outside is False


def test_every_setting_is_a_flag_of_the_page_and_a_line_of_the_table() -> None:
    flags = _parser().parse_args(["serve"])
    table = settings_table()
    for setting in ALL:
        assert getattr(flags, setting.name) is None
        assert re.search(rf"^\| `{setting.flag}` \| `{setting.variable}` ", table, re.M)


def test_the_page_of_all_settings_is_current() -> None:
    page = ROOT / "docs" / "settings.md"
    assert page.read_text(encoding="utf-8") == settings_table(), (
        "make it again: python -m pipeline settings > docs/settings.md"
    )
    printed = subprocess.run(
        [sys.executable, "-m", "pipeline", "settings"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (printed.returncode, printed.stdout) == (0, settings_table())


def test_the_example_in_the_page_is_a_file_that_can_be_read(tmp_path: Path) -> None:
    found = re.search(r"```toml\n(.*?)```", settings_table(), re.S)
    assert found
    (tmp_path / "settings.toml").write_text(found[1], encoding="utf-8")
    values = read("--settings", str(tmp_path / "settings.toml"))
    assert values["port"] == 7860
    assert set(Kind) == {setting.kind for setting in ALL}
