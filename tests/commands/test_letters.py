"""Whatever letters a command prints, it ends as it would where the terminal knows them all."""

from __future__ import annotations

import argparse
import contextlib
import io

import pytest

from pipeline import cli
from pipeline.errors import CatalogueError

TEXT = "1\u202f015 é Łódź 中 👗 \udcff"
"""What catalogues hold, and how Python has a byte of a file's name that is no letter."""


def _print(_: argparse.Namespace) -> None:
    print(TEXT)


def _fail(_: argparse.Namespace) -> None:
    raise CatalogueError(TEXT)


@pytest.mark.parametrize(
    ("encoding", "errors", "printed"),
    [
        ("cp1252", "strict", b"1\\u202f015 \xe9 \\u0141\xf3d\\u017a \\u4e2d \\U0001f457 \\udcff"),
        ("ascii", "surrogateescape", b"1\\u202f015 \\xe9 \\u0141\\xf3d\\u017a \\u4e2d"),
        ("utf-8", "strict", f"{TEXT[:-1]}\\udcff".encode()),
    ],
)
def test_a_letter_that_the_terminal_does_not_know_is_printed_as_its_number(
    encoding: str, errors: str, printed: bytes
) -> None:
    out, err = io.BytesIO(), io.BytesIO()
    with (
        io.TextIOWrapper(out, encoding, errors) as out_text,
        io.TextIOWrapper(err, encoding, errors) as err_text,
        contextlib.redirect_stdout(out_text),
        contextlib.redirect_stderr(err_text),
    ):
        assert cli.run(argparse.Namespace(run=_print)) == 0
        assert cli.run(argparse.Namespace(run=_fail)) == 1
        out_text.flush()
        err_text.flush()
        assert out.getvalue().startswith(printed)
        assert err.getvalue().startswith(b"Error: " + printed)


def test_a_stream_of_another_kind_is_left_alone() -> None:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        assert cli.run(argparse.Namespace(run=_print)) == 0
    assert out.getvalue() == f"{TEXT}\n"
