"""Training turns a labelled catalogue into an encoder folder that the rest of Lookalike loads."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.catalogue import open_catalogue
from pipeline.encoder import load_encoder
from pipeline.errors import CatalogueError
from pipeline.training import TrainingPlan, train
from pipeline.training.samples import NO_LABEL, Labels
from tests.conftest import COLOURS, draw_garment


@pytest.fixture(scope="module")
def labelled_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Shapes in colours, with a rare colour and some values missing."""
    folder = tmp_path_factory.mktemp("labelled")
    generator = random.Random(0)
    lines = ["file_name,shape,colour"]
    for number in range(160):
        colour, shape = generator.choice(list(COLOURS)), generator.choice(["disc", "square"])
        draw_garment(folder / f"{number}.png", colour, shape, size=generator.randint(40, 70))
        named = "violet" if number < 3 else ("" if number < 20 else colour)
        lines.append(f"{number}.png,{shape},{named}")
    (folder / "metadata.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def plan(labelled_folder: Path, encoder_folder: Path, tmp_path: Path) -> TrainingPlan:
    return TrainingPlan(
        catalogue=str(labelled_folder),
        out=tmp_path / "trained",
        attributes=("shape", "colour", "shape+colour"),
        encoder=str(encoder_folder),
        epochs=2,
        side=32,
        batch=16,
        work=tmp_path / "work",
    )


def test_rare_and_missing_values_are_left_out(labelled_folder: Path) -> None:
    catalogue = open_catalogue(labelled_folder)
    labels = Labels.of([catalogue], ["colour"])
    assert labels.classes["colour"] == ("black", "blue", "green", "red")
    encoded = labels.encode(catalogue)[:, 0]
    assert (encoded == NO_LABEL).sum() == 20


def test_it_writes_an_encoder_that_loads_and_embeds(plan: TrainingPlan, shop_folder: Path) -> None:
    before = load_encoder(str(plan.encoder))
    scores = train(plan)
    assert set(scores) == {"shape", "colour", "shape+colour"}
    assert all(0 <= share <= 1 for share in scores.values())
    after = load_encoder(plan.out)
    embeddings = after.encode([shop_folder / "red-disc.png"])
    assert embeddings.shape == (1, 32)
    assert np.isfinite(embeddings).all()
    assert not after.identity.embeds_like(before.identity)


def test_the_finished_folder_describes_itself(plan: TrainingPlan) -> None:
    scores = train(plan)
    card = (plan.out / "README.md").read_text(encoding="utf-8")
    assert f"| colour | {scores['colour']:.3f} |" in card
    assert "shape (2 values), colour (4 values)" in card
    assert str(plan.catalogue) not in card
    with Image.open(plan.out / "learning-curves.png") as curves:
        assert curves.width > 600


def test_a_finished_run_is_gone_on_from_and_not_done_again(
    plan: TrainingPlan, capsys: pytest.CaptureFixture[str]
) -> None:
    train(plan)
    capsys.readouterr()
    train(replace(plan, epochs=3))
    epochs = re.findall(r"'eval_retrieval': '[0-9.]+', 'epoch': '([0-9])'", capsys.readouterr().out)
    assert epochs[0] == "3"


def test_it_stops_when_retrieval_gets_no_better(
    plan: TrainingPlan, capsys: pytest.CaptureFixture[str]
) -> None:
    train(replace(plan, epochs=30, patience=1, learning_rate=0.0))
    epochs = re.findall(
        r"'eval_retrieval': '[0-9.]+', 'epoch': '([0-9]+)'", capsys.readouterr().out
    )
    assert max(map(int, epochs)) < 30


def test_one_attribute_is_enough(plan: TrainingPlan) -> None:
    assert set(train(replace(plan, attributes=("shape",), epochs=1))) == {"shape"}


def test_another_source_can_be_mixed_in(plan: TrainingPlan, picture_folder: Path) -> None:
    mixed = replace(plan, mix=((str(picture_folder), 16),), epochs=1)
    assert set(train(mixed)) == {"shape", "colour", "shape+colour"}


def test_an_attribute_that_is_not_there_is_named_beside_those_that_are(plan: TrainingPlan) -> None:
    with pytest.raises(CatalogueError, match=r"'size' has 0 values.*shape, colour"):
        train(replace(plan, attributes=("size",)))
