"""The wheel: installed into an empty environment, it runs from any folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest
from gradio_client import Client

from pipeline import __version__
from pipeline.artifacts import BuiltCatalogue
from pipeline.settings import ARTIFACTS
from tests.recommender.test_opening import has_starter
from tests.support.live import ROOT, StartedApp


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", ROOT, "--no-deps", "--no-build-isolation", "--wheel-dir", folder)
    (made,) = folder.glob("lookalike-*.whl")
    return made


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment that holds the wheel and nothing else.

    What it depends on is seen through a path file, so that nothing is downloaded.
    """
    folder = tmp_path_factory.mktemp("installed") / "environment"
    venv.create(folder, with_pip=False)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    pip("--python", folder, "install", "--no-deps", "--no-index", "--no-compile", wheel)
    (packages,) = [path.parent for path in folder.rglob("pipeline") if path.is_dir()]
    here = sysconfig.get_path("purelib")
    (packages / "dependencies.pth").write_text(here + "\n", encoding="utf-8")
    return programs


def pip(*arguments: object) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", *map(str, arguments)]
    subprocess.run(command, check=True, timeout=120)


def run(programs: Path, folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """The installed program, run in a folder that has nothing of the checkout."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [programs / "lookalike", *map(str, arguments)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
    )


def test_the_wheel_holds_the_package_and_the_starter_set_whole(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        names = set(opened.namelist())
    listed = subprocess.run(
        ["git", "ls-files", "pipeline", "artifacts"], cwd=ROOT, capture_output=True, text=True
    )
    files = listed.stdout.splitlines()
    assert files or not (ROOT / ".git").exists()
    for file in files:
        assert (f"pipeline/shipped/{file}" if file.startswith("artifacts/") else file) in names
    assert not [name for name in names if name.startswith(("tests/", "tools/", "benchmarks/"))]


def test_it_tells_its_version_and_explains_itself(programs: Path, tmp_path: Path) -> None:
    assert run(programs, tmp_path, "--version").stdout == f"Lookalike {__version__}\n"
    assert "usage: lookalike" in run(programs, tmp_path, "serve", "--help").stdout
    wrong = run(programs, tmp_path, "nonsense")
    assert wrong.returncode == 2
    assert wrong.stderr.startswith("usage: lookalike")


@has_starter
def test_the_starter_encoder_comes_along(programs: Path, tmp_path: Path) -> None:
    finished = run(programs, tmp_path, "doctor", "--json")
    assert finished.returncode == 0, finished.stdout
    *_, encoder = json.loads(finished.stdout)
    assert encoder["seen"].startswith("'starter' gives")


@has_starter
def test_what_it_builds_is_what_it_recommends_from(
    programs: Path, picture_folder: Path, tmp_path: Path
) -> None:
    built = run(programs, tmp_path, "build", picture_folder, "--out", "built")
    assert built.returncode == 0, built.stderr
    photo = picture_folder / "disc" / "red.png"
    found = run(programs, tmp_path, "recommend", photo, "--artifacts", "built", "--json")
    assert json.loads(found.stdout)[0]["id"] == "disc/red.png"


def test_it_plans_a_space_without_the_checkout(programs: Path, tmp_path: Path) -> None:
    planned = run(programs, tmp_path, "deploy", "me/space", "--dry-run")
    assert planned.returncode == 0, planned.stderr
    for path in ("app.py", "pipeline/cli.py", "artifacts/starter-encoder/config.json"):
        assert f"  {path}\n" in planned.stdout
    assert "pipeline/shipped" not in planned.stdout


def test_it_serves_the_page(programs: Path, built: BuiltCatalogue, tmp_path: Path) -> None:
    class InstalledApp(StartedApp):
        command = (str(programs / "lookalike"), "serve")
        folder = tmp_path

    with InstalledApp("--artifacts", built.folder) as app:
        assert Client(app.url, verbose=False).predict(api_name="/info")["items"] == 8


@has_starter
def test_python_finds_the_starter_set_inside_the_package(programs: Path, tmp_path: Path) -> None:
    """Its files are those of the checkout."""
    code = (
        "from pipeline.settings import ARTIFACTS as a; from pathlib import Path;"
        "print(sorted((f.relative_to(a).as_posix(), f.stat().st_size) for f in a.rglob('*')"
        " if f.is_file()))"
    )
    finished = subprocess.run(
        [programs / "python", "-c", code], cwd=tmp_path, capture_output=True, text=True
    )
    files = sorted(
        (file.relative_to(ARTIFACTS).as_posix(), file.stat().st_size)
        for file in ARTIFACTS.rglob("*")
        if file.is_file()
    )
    assert finished.stdout.strip() == str(files)
