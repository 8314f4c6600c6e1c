"""The Space: described once in the Spacefile, checked, shown and deployed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from pipeline.artifacts import BuiltCatalogue, SkippedItem, open_built
from pipeline.catalogue import LeftOut, Why
from pipeline.encoder import RESNET_50
from pipeline.errors import HubError
from pipeline.events import read_events
from pipeline.learning import learn_beside, open_learnt
from pipeline.publishing.space import (
    CPU_TORCH,
    REQUIREMENTS,
    plan_deployment,
    read_spacefile,
)
from tests.learning.test_learning import write_events
from tests.support.hub_server import LocalHub
from tests.support.publishing import ROOT, Machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    (tmp_path / "stored").mkdir()
    return Machine(LocalHub(tmp_path / "stored"), tmp_path / "machine")


def write_spacefile(folder: Path, **changes: object) -> Path:
    fields = yaml.safe_load((ROOT / "Spacefile").read_text(encoding="utf-8")) | changes
    (folder / "app.py").touch()
    path = folder / "Spacefile"
    kept = {name: value for name, value in fields.items() if value is not None}
    path.write_text(yaml.safe_dump(kept, allow_unicode=True), encoding="utf-8")
    return path


def test_a_dry_run_shows_the_front_matter_and_the_files_and_asks_nobody(machine: Machine) -> None:
    finished = machine.run("deploy", "me/space", "--dry-run", token=None)
    assert finished.returncode == 0
    assert machine.hub.calls == []
    front_matter = yaml.safe_load(finished.stdout.split("---")[1])
    assert front_matter["sdk"] == "gradio"
    assert front_matter["app_file"] == "app.py"
    assert "variables" not in front_matter
    for path in (
        "app.py",
        "README.md",
        "requirements.txt",
        "pipeline/recommender/recommender.py",
        "pipeline/page/page.py",
    ):
        assert f"  {path}\n" in finished.stdout
    assert "tests/" not in finished.stdout
    assert "__pycache__" not in finished.stdout


def test_it_deploys_just_what_the_space_needs(machine: Machine, built: BuiltCatalogue) -> None:
    with machine.hub.serving() as hub:
        answer = machine.answer("deploy", "me/space", "--artifacts", built.folder)
        stored = hub.repositories["space", "me/space"]
        commits = len(stored.commits)
        machine.answer("deploy", "me/space", "--artifacts", built.folder)
        assert len(stored.commits) == commits
        files = hub.files("space", "me/space")
    assert answer["address"].endswith("me/space")
    assert commits == 2
    assert {
        "app.py",
        "artifacts/starter-encoder/model.safetensors",
        "pipeline/page/look/page.css",
    } <= set(files)
    assert {"built/manifest.json", "encoder/model.safetensors"} <= set(files)
    front_matter = yaml.safe_load(files["README.md"].decode().split("---")[1])
    (preloaded,) = front_matter["preload_from_hub"]
    assert preloaded.split()[0] == RESNET_50.name
    assert preloaded.split()[2] == RESNET_50.revision
    requirements = files["requirements.txt"].decode()
    assert requirements.startswith(CPU_TORCH)
    assert "gradio==" not in requirements
    assert "openvino==" in requirements
    assert stored.variables["LOOKALIKE_ARTIFACTS"] == "built"
    assert stored.variables["LOOKALIKE_ENCODER"] == "encoder"


def test_what_else_lies_in_the_project_stays_at_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = {
        "app.py",
        "LICENSE",
        "Spacefile",
        "artifacts/starter-built/manifest.json",
        "artifacts/starter-catalogue/data/train-00000-of-00001.parquet",
        "artifacts/starter-encoder/model.safetensors",
        "pipeline/page/look/page.css",
    }
    others = (
        "artifacts/mine/manifest.json",
        "artifacts/starter-built.versions/00001/version.json",
        "artifacts/starter-catalogue/.DS_Store",
        "artifacts/starter-encoder/checkpoint-5/optimizer.pt",
        "artifacts/starter-encoder/trainer_state.json",
        "pipeline/.env",
        "pipeline/page/.ipynb_checkpoints/page.py",
        "pipeline/page/__pycache__/page.pyc",
    )
    for name in (*ours, *others, *REQUIREMENTS):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.setattr("pipeline.publishing.space.PROJECT", tmp_path)
    monkeypatch.setattr("pipeline.publishing.space.PACKAGE", tmp_path / "pipeline")
    assert set(plan_deployment().files) == ours | {"README.md", "requirements.txt"}


@pytest.fixture
def learnt_shop(built: BuiltCatalogue, tmp_path: Path) -> Path:
    """A built catalogue that tells of this machine, with what was learnt and an earlier version."""
    place = shutil.copytree(built.folder, tmp_path / "shop")
    root = built.manifest.catalogue
    manifest = replace(
        built.manifest,
        skipped=(SkippedItem("torn", f"{root}/torn.png cannot be read"),),
        left_out=(LeftOut("prices.xlsx", Why.OTHER, "A sheet of prices."),),
        notes=(f"{root} was read by its tables",),
    )
    manifest.write(place)
    learn_beside(read_events(write_events(tmp_path / "events.csv"), items=built.ids), place)
    return place


@pytest.mark.parametrize("with_learnt", [False, True])
def test_what_was_deployed_runs(
    learnt_shop: Path, shop_folder: Path, tmp_path: Path, with_learnt: bool
) -> None:
    space = tmp_path / "space"
    for path, content in plan_deployment(learnt_shop, with_learnt).files.items():
        (space / path).parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Path):
            shutil.copy(content, space / path)
        else:
            data = content.encode() if isinstance(content, str) else content
            (space / path).write_bytes(data)
    finished = subprocess.run(
        [sys.executable, "-m", "pipeline", "recommend", str(shop_folder / "red-disc.png")],
        cwd=space,
        env=os.environ | {"LOOKALIKE_ARTIFACTS": "built", "LOOKALIKE_ENCODER": "encoder"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "sku-0-disc" in finished.stdout.splitlines()[0]


@pytest.mark.parametrize("flags", [(), ("--with-learnt",)])
def test_a_space_is_told_what_a_push_tells_and_no_more(
    machine: Machine, learnt_shop: Path, tmp_path: Path, flags: tuple[str, ...]
) -> None:
    before = open_built(learnt_shop).manifest
    with machine.hub.serving() as hub:
        finished = machine.run("deploy", "me/space", "--artifacts", learnt_shop, *flags)
        files = hub.files("space", "me/space")
    assert finished.returncode == 0, finished.stderr
    sent = {path: data for path, data in files.items() if path.startswith("built/")}
    for path, data in sent.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(data)
    there = open_built(tmp_path / "built")
    for told in (before.catalogue, before.encoder.name, "prices.xlsx"):
        assert not [path for path, data in sent.items() if told.encode() in data], told
    assert there.manifest.catalogue == Path(before.catalogue).name
    assert [item.reason for item in there.manifest.skipped] == ["torn.png cannot be read"]
    assert {path.removeprefix("built/") for path in sent} == {
        "manifest.json",
        *(record.name for record in there.manifest.all_files),
    }
    learnt, mine = open_learnt(there), open_learnt(open_built(learnt_shop))
    assert mine is not None
    if not flags:
        assert learnt is None
        assert "learnt" not in finished.stderr
        return
    assert "What was learnt from 120 events of 40 people goes along" in finished.stderr
    assert learnt is not None
    assert (learnt.neighbours != mine.neighbours).nnz == 0


def test_a_damaged_catalogue_is_not_deployed(machine: Machine, learnt_shop: Path) -> None:
    (learnt_shop / "plane.safetensors").write_bytes(b"torn")
    said = machine.refusal("deploy", "me/space", "--artifacts", learnt_shop, "--dry-run")
    assert "plane.safetensors is not the file" in said
    assert "Build it again" in said


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"colorFrom": "beige"}, "colorFrom: Input should be 'red'"),
        ({"title": None}, "title: Field required"),
        ({"color": "red"}, "color: Extra inputs are not permitted"),
        ({"sdk_version": "newest"}, "sdk_version"),
        ({"short_description": "long " * 20}, "short_description"),
        ({"app_file": "nowhere.py"}, "app_file 'nowhere.py', which is not there"),
        ({"preload_from_hub": ["microsoft/resnet-50"]}, "is not 'owner/name file,file commit'"),
        ({"variables": {"lower": "x"}}, "variables"),
    ],
)
def test_a_wrong_spacefile_names_the_field(
    tmp_path: Path, changes: dict[str, object], sentence: str
) -> None:
    with pytest.raises(HubError, match="Spacefile") as error:
        read_spacefile(write_spacefile(tmp_path, **changes))
    assert sentence in str(error.value)


def test_a_missing_or_broken_spacefile_is_said(tmp_path: Path) -> None:
    with pytest.raises(HubError, match="no Spacefile"):
        read_spacefile(tmp_path / "Spacefile")
    (tmp_path / "Spacefile").write_text("title: [", encoding="utf-8")
    with pytest.raises(HubError, match="is no YAML"):
        read_spacefile(tmp_path / "Spacefile")
