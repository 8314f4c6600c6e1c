"""What the README, the Spacefile and the requirements say is what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from app import _parser as app_parser
from pipeline.catalogue import FASHION_PRODUCTS
from pipeline.cli import _parser as command_parser
from pipeline.encoder import RESNET_50
from pipeline.recommender import Recommender
from pipeline.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_flag_of_the_app_in_the_readme_exists() -> None:
    known = app_parser().format_help()
    for line in re.findall(r"python app\.py (.*)", README):
        for flag in re.findall(r"--[a-z-]+", line):
            assert flag in known
    for flag, variable in re.findall(r"\| `(--[a-z]+)` \| `([A-Z_]+)` \|", README):
        assert flag in known
        assert variable == PREFIX + flag.removeprefix("--").upper()
        assert flag.removeprefix("--") in Settings.__dataclass_fields__


def test_every_command_in_the_readme_parses() -> None:
    commands = re.findall(
        r"^python -m pipeline (.*?)(?:\s+#.*)?$", README.replace("\\\n", " "), re.M
    )
    assert len(commands) >= 4
    for command in commands:
        options = command_parser().parse_args(command.split())
        assert callable(options.run)


def test_the_python_example_uses_what_there_is() -> None:
    from pipeline.recommender import open_recommender

    assert "open_recommender(Settings(catalogue=" in README
    assert callable(open_recommender)
    assert {"picture", "metric", "k"} <= set(Recommender.recommend.__annotations__)


def test_every_link_and_picture_of_the_readme_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        if not target.startswith("http"):
            assert (ROOT / target).exists(), target


def test_the_spacefile_names_what_is_loaded() -> None:
    text = (ROOT / "Spacefile").read_text(encoding="utf-8")
    space = yaml.safe_load(text)
    assert text.startswith("#")
    assert space["sdk"] == "gradio"
    assert f"gradio=={space['sdk_version']} " in (ROOT / "requirements.txt").read_text()
    assert (ROOT / space["app_file"]).is_file()
    assert space["models"] == [RESNET_50.name]
    assert space["datasets"] == [FASHION_PRODUCTS.hub_id]
    assert len(space["short_description"]) <= 60


@pytest.mark.parametrize("kind", ["", "-agents", "-fast", "-scale", "-dev"])
def test_every_requirement_is_pinned_and_says_why(kind: str) -> None:
    text = (ROOT / f"requirements{kind}.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith(("#", "-r")):
            assert re.match(r"[\w-]+(\[\w+\])?==[\w.]+(; [^#]+)? +# \S+", line), line


def test_only_the_page_imports_gradio() -> None:
    page = ROOT / "pipeline" / "page"
    for path in (ROOT / "pipeline").rglob("*.py"):
        if path.is_relative_to(page):
            continue
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"^\s*(import|from) gradio", text, re.M), path.name
