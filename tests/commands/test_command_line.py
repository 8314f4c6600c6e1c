"""The command line as a shop or a script runs it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.artifacts import BuiltCatalogue
from pipeline.cli import main
from pipeline.encoder import Encoder
from pipeline.recommender import Query, Recommender
from tests.support import forked
from tests.support.bad_queries import BAD_QUERIES


@dataclass(frozen=True)
class Finished:
    returncode: int
    stdout: str
    stderr: str


def run(*arguments: object) -> Finished:
    """Run a command in this process: most of what a process of its own costs is imports."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main([str(argument) for argument in arguments])
        except SystemExit as ended:
            code = int(ended.code or 0)
    return Finished(code, out.getvalue(), err.getvalue())


def run_alone(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own, as a shop or a script does."""
    told = [str(argument) for argument in arguments]
    finished = forked.run_forked(forked.command, told, environment=os.environ, seconds=300)
    assert "Traceback" not in finished.stderr
    return finished


@pytest.mark.parametrize(
    "command", ["", "serve", "build", "recommend", "info", "train", "evaluate"]
)
def test_every_command_explains_itself(command: str) -> None:
    finished = run(*command.split(), "--help")
    assert finished.returncode == 0
    assert "usage: python -m pipeline" in finished.stdout


@pytest.mark.parametrize("arguments", ["", "recommend", "info --nonsense"])
def test_wrong_usage_is_exit_code_two(arguments: str) -> None:
    finished = run(*arguments.split())
    assert finished.returncode == 2
    assert "usage: python -m pipeline" in finished.stderr
    assert finished.stdout == ""


def test_build_then_recommend(shop_folder: Path, encoder_folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "built"
    finished = run_alone("build", shop_folder, "--encoder", encoder_folder, "--out", out, "--json")
    assert finished.returncode == 0
    assert json.loads(finished.stdout) == {
        "folder": str(out),
        "items": 8,
        "encoder": str(encoder_folder),
        "skipped": [],
        "balance": {
            "files": 8,
            "rows": 0,
            "items": 8,
            "folded": 0,
            "skipped": 0,
            "without_row": 0,
            "other": 0,
            "system": 0,
            "pictures_missing": 0,
        },
        "left_out": [],
        "notes": [],
    }
    assert "item/s" in finished.stderr

    picture = shop_folder / "red-disc.png"
    finished = run_alone(
        "recommend", picture, "--artifacts", out, "--metric", "euclidean", "-k", 2, "--json"
    )
    matches = json.loads(finished.stdout)
    assert [match["rank"] for match in matches] == [1, 2]
    assert matches[0]["id"] == "sku-0-disc"
    assert matches[0]["attributes"]["articleType"] == "disc"
    assert (matches[0]["closeness"], matches[0]["alike"]) == (1, True)


def test_a_build_tells_which_pictures_it_skipped_and_why(
    shop_folder: Path, encoder_folder: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(shop_folder, tmp_path / "shop")
    (folder / "red-disc.png").write_bytes(b"")
    finished = run("build", folder, "--encoder", encoder_folder, "--out", tmp_path / "built")
    assert finished.returncode == 0
    assert finished.stdout.startswith("7 items in ")
    assert "1 skipped:\n  sku-0-disc: The picture file is empty" in finished.stdout


def test_recommend_prints_five_lines_for_people(built: BuiltCatalogue, shop_folder: Path) -> None:
    finished = run("recommend", shop_folder / "blue-square.png", "--artifacts", built.folder)
    lines = finished.stdout.splitlines()
    assert len(lines) == 5
    assert lines[0].startswith("1.")
    assert "Blue square" in lines[0]


def test_info_is_json_for_programs(built: BuiltCatalogue) -> None:
    info = json.loads(run("info", "--artifacts", built.folder, "--json").stdout)
    assert info["items"] == 8
    assert info["source"] == "folder"


def test_errors_are_one_line_and_exit_code_one(
    built: BuiltCatalogue, shop_folder: Path, tmp_path: Path
) -> None:
    photo = shop_folder / "red-disc.png"
    text = tmp_path / "text.jpg"
    text.write_text("no picture")
    for arguments in (
        ("recommend", text, "--artifacts", built.folder),
        ("recommend", tmp_path / "nowhere.jpg", "--artifacts", built.folder),
        ("recommend", text, "--metric", "dot", "--artifacts", built.folder),
        ("recommend", photo, "--colour-weight", 2, "--artifacts", built.folder),
        ("recommend", photo, "--colour-weight", "nan", "--artifacts", built.folder),
        ("recommend", photo, "-k", 0, "--artifacts", built.folder, "--json"),
        ("recommend", photo, "-k", 51, "--artifacts", built.folder),
        ("info", "--artifacts", tmp_path, "--json"),
        ("build", tmp_path / "nowhere", "--out", tmp_path / "out", "--encoder", "starter"),
    ):
        finished = run(*arguments)
        assert finished.returncode == 1
        assert finished.stdout == ""
        assert finished.stderr.strip().splitlines()[-1].startswith("Error: ")


def test_the_command_line_steers_as_python_does(
    built: BuiltCatalogue, encoder: Encoder, shop_folder: Path
) -> None:
    finished = run(
        *(
            "recommend",
            shop_folder / "red-disc.png",
            "--item",
            "sku-2-disc",
            "--more",
            "sku-1-disc",
        ),
        *("--less", "sku-3-square", "--where", "baseColour=red", "baseColour=green"),
        *("--where", "articleType=square", "--leave-out", "sku-9", "--json"),
        *("--artifacts", built.folder),
    )
    query = Query(
        pictures=[shop_folder / "red-disc.png"],
        items=["sku-2-disc"],
        more=["sku-1-disc"],
        less=["sku-3-square"],
        where={"baseColour": ["red", "green"], "articleType": "square"},
    )
    wanted = Recommender(encoder, built).ask(query)
    got = json.loads(finished.stdout)
    assert [match["id"] for match in got] == [match.id for match in wanted.matches]
    assert [m["score"] for m in got] == pytest.approx([m.score for m in wanted.matches], abs=1e-5)
    assert got[0]["notes"] == [
        "The catalogue has no item 'sku-9' to leave out.",
        *wanted.notes,
    ]


@pytest.mark.parametrize("kind", [kind for kind, bad in BAD_QUERIES.items() if bad.flags])
def test_what_cannot_be_answered_gets_the_sentence_of_python(
    built: BuiltCatalogue, shop_folder: Path, kind: str
) -> None:
    bad = BAD_QUERIES[kind]
    photo = shop_folder / "red-disc.png"
    finished = run("recommend", photo, *bad.flags, "--artifacts", built.folder)
    assert finished.returncode == 1
    assert re.search(f"^Error: .*{bad.sentence}", finished.stderr, re.M)


def test_facets_and_explanations_are_json_for_programs(
    built: BuiltCatalogue, shop_folder: Path
) -> None:
    facets = json.loads(run("facets", "--artifacts", built.folder, "--json").stdout)
    assert facets[1]["values"][0] == {"value": "disc", "nearest": None, "catalogue": 4}
    for flag in ("--where", "--but"):
        told = run("facets", "--artifacts", built.folder, flag, "baseColour=red")
        assert told.returncode == 2
        assert "no picture, item or word to ask by" in told.stderr
    for flags in (("--metric", "dot"), ("-k", 99), ("--box", "zzz"), ("--variety", 7)):
        told = run("facets", *flags, "--artifacts", built.folder)
        assert told.returncode == 1
        assert re.search(r"^Error: .*(metric 'dot'|99 matches|'zzz'|cannot be 7)", told.stderr)
    photo = shop_folder / "red-disc.png"
    finished = run("explain", photo, "--of", "sku-2-disc", "--artifacts", built.folder, "--json")
    why = json.loads(finished.stdout)
    assert sum(map(sum, why["item_map"])) == pytest.approx(why["score"], abs=1e-4)


@pytest.mark.parametrize(
    "flags", [("--where", "a=b"), ("--but", "a=b"), ("-k", 3), ("--variety", 1), ("--fold",)]
)
def test_explain_takes_no_flag_that_would_change_nothing(
    built: BuiltCatalogue, flags: tuple[object, ...]
) -> None:
    pair = ("--item", "sku-0-disc", "--of", "sku-2-disc")
    finished = run("explain", *pair, *flags, "--artifacts", built.folder)
    assert finished.returncode == 2
    assert "unrecognized arguments" in finished.stderr


def test_both_metrics_are_compared_and_neither_may_be_named(built: BuiltCatalogue) -> None:
    asked = ("recommend", "--item", "sku-0-disc", "--compare", "--artifacts", built.folder)
    compared = json.loads(run(*asked, "--json").stdout)
    assert {"cosine", "euclidean", "shared"} == compared.keys()
    finished = run(*asked, "--metric", "euclidean")
    assert finished.returncode == 2
    assert "--compare answers by both metrics: leave --metric out" in finished.stderr
