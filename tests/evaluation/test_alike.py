"""How often nothing is said to be alike, measured by the command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.cli import main
from pipeline.errors import CatalogueError
from pipeline.evaluation.alike import AlikePlan, measure_alike
from tests.conftest import COLOURS, draw_garment


@pytest.fixture(scope="module")
def garments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Discs and squares of many sizes and colours."""
    folder = tmp_path_factory.mktemp("garments")
    for number in range(240):
        shape = ("disc", "square")[number % 2]
        colour = list(COLOURS)[number // 2 % 4]
        draw_garment(folder / shape / f"{number}.png", colour, shape, size=40 + number // 5)
    return folder


def test_the_command_tells_every_group_by_both_metrics(
    garments: Path, encoder_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [
        "evaluate",
        garments,
        "--alike",
        "--queries-from",
        garments,
        "--encoder",
        encoder_folder,
    ]
    arguments += ["--attributes", "label", "--home", tmp_path, "--json"]
    assert main([str(argument) for argument in arguments]) == 0
    answers = json.loads(capsys.readouterr().out)
    groups = {answer["group"] for answer in answers}
    assert {"held-out items", "photos", "kinds taken out", "noise", "digits"} <= groups
    assert {answer["metric"] for answer in answers} == {"cosine", "euclidean"}
    for answer in answers:
        assert answer["queries"] > 0
        assert 0 <= answer["unlike"] <= 1
        if answer["group"] == "held-out items":
            # Promised is 0.05; of some thirty queries, three more may fail by chance.
            assert answer["unlike"] <= 0.15


def test_a_catalogue_that_is_not_there_is_one_sentence(encoder_folder: Path) -> None:
    with pytest.raises(CatalogueError, match="no catalogue at"):
        measure_alike(AlikePlan("./nowhere", str(encoder_folder)))
