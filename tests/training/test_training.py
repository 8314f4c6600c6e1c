"""Training turns a labelled catalogue into an encoder folder that the rest of Lookalike loads."""

from __future__ import annotations

import random
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from pipeline.catalogue import Same, open_catalogue
from pipeline.encoder import load_encoder
from pipeline.errors import CatalogueError
from pipeline.training import TrainingPlan, train
from pipeline.training.data import Augmentation, Labels, MixedSamples, Source
from pipeline.training.data.caches import cache_cuts, cache_grounds, cache_pictures
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
        catalogues=((str(labelled_folder), None),),
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
    encoded = labels.encode(catalogue)
    assert encoded.shape == (160, 4)
    assert (~encoded.any(axis=1)).sum() == 20
    assert encoded.sum() == 140


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


def test_a_picture_that_is_gone_is_named(plan: TrainingPlan, tmp_path: Path) -> None:
    draw_garment(tmp_path / "red.png", "red", "disc")
    cells = [{"bytes": None, "path": str(tmp_path / name)} for name in ("red.png", "gone.png")]
    table = pa.table({"image": cells, "shape": ["disc", "disc"], "colour": ["red", "red"]})
    pq.write_table(table, tmp_path / "train.parquet")
    with pytest.raises(CatalogueError, match=r"cannot be read .*gone\.png.*Mend or remove it"):
        train(replace(plan, catalogues=((str(tmp_path / "train.parquet"), None),)))


def test_the_size_is_that_of_the_first_picture_that_can_be_read(
    labelled_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "broken"
    shutil.copytree(labelled_folder, folder)
    catalogue = open_catalogue(folder)
    shutil.copyfile(folder / "metadata.csv", catalogue.picture_source(0))
    pictures = cache_pictures(catalogue, 32, tmp_path / "work")
    assert (pictures[0] == 255).all()
    assert not (pictures[1] == 255).all()


def test_the_finished_folder_describes_itself(plan: TrainingPlan) -> None:
    scores = train(plan)
    card = (plan.out / "README.md").read_text(encoding="utf-8")
    assert f"| colour | {scores['colour']:.3f} |" in card
    assert "shape (2 values), colour (4 values)" in card
    assert plan.catalogues[0][0] not in card
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


def test_values_of_another_column_say_what_an_item_may_be(
    labelled_folder: Path, tmp_path: Path
) -> None:
    table = tmp_path / "same.csv"
    table.write_text("kind,shape\nround,disc\nany,disc\nany,square\n", encoding="utf-8")
    photos = tmp_path / "photos"
    photos.mkdir()
    for number in range(12):
        draw_garment(photos / f"{number}.png", "red", "disc", size=50)
    kinds = ["round", "any", ""] * 4
    rows = [f"{number}.png,{kind}" for number, kind in enumerate(kinds)]
    (photos / "metadata.csv").write_text("\n".join(["file_name,kind", *rows]), encoding="utf-8")
    shop, phone = open_catalogue(labelled_folder), open_catalogue(photos)
    # `any` stands on four photos only, which is too rare for a class of its own.
    with pytest.raises(CatalogueError, match="'kind' has 0 values"):
        Labels.of([shop, phone], ["shape", "kind"], Same.read(table))
    labels = Labels.of([shop, phone], ["shape"], Same.read(table))
    assert labels.encode(phone).tolist()[:3] == [[True, False], [True, True], [False, False]]
    assert labels.encode(shop).sum() == 160


def test_rare_kinds_are_drawn_more_often_than_they_are(tmp_path: Path) -> None:
    kinds = ["shirt"] * 64 + ["hat"] * 16 + [""] * 4
    for number in range(len(kinds)):
        draw_garment(tmp_path / f"{number}.png", "red", "disc", size=20)
    rows = [f"{number}.png,{kind}" for number, kind in enumerate(kinds)]
    (tmp_path / "metadata.csv").write_text("\n".join(["file_name,kind", *rows]), encoding="utf-8")
    photos = open_catalogue(tmp_path)
    chances = Labels.of([photos], ["kind"]).chances(photos)
    values = np.array(photos.attributes["kind"].to_pylist(), dtype=object)
    shares = [chances[values == kind].sum() for kind in ("shirt", "hat")]
    assert shares == pytest.approx([8 / 14, 4 / 14])
    assert chances.sum() == pytest.approx(1)


def test_words_of_names_are_learnt_besides(labelled_folder: Path) -> None:
    catalogue = open_catalogue(labelled_folder)
    labels = Labels.of([catalogue], ["shape"], name="colour")
    assert set(labels.words) <= {"black", "blue", "green", "red"}
    words = labels.encode_words(catalogue)
    assert words.shape == (160, len(labels.words))
    assert (words.sum(axis=1) <= 1).all()
    with pytest.raises(CatalogueError, match="leave --words out"):
        Labels.of([catalogue], ["shape"], name="nothing")


def test_two_catalogues_are_learnt_and_judged_together(
    plan: TrainingPlan, tmp_path: Path, encoder_folder: Path
) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    rows = ["file_name,kind"]
    for number in range(60):
        kind = ("disc", "square")[number % 2]
        draw_garment(photos / f"{number}.png", "red", kind, size=40 + number)
        rows.append(f"{number}.png,a {kind}")
    (photos / "metadata.csv").write_text("\n".join(rows), encoding="utf-8")
    table = tmp_path / "same.csv"
    table.write_text("kind,shape\na disc,disc\na square,square\n", encoding="utf-8")
    both = replace(
        plan,
        catalogues=(*plan.catalogues, (str(photos), 30)),
        attributes=("shape", "kind"),
        same=table,
        teacher=str(encoder_folder),
        epochs=1,
    )
    scores = train(both)
    assert set(scores) == {"shape", "kind", "kind=shape"}
    card = (plan.out / "README.md").read_text(encoding="utf-8")
    assert "of photos" in card
    assert "30 drawn an epoch" in card


def test_scenes_show_the_garments_of_studio_photos(labelled_folder: Path, tmp_path: Path) -> None:
    catalogue = open_catalogue(labelled_folder)
    pictures = cache_pictures(catalogue, 48, tmp_path)
    cuts = cache_cuts(catalogue, pictures, tmp_path)
    assert np.mean([cut.any() for cut in cuts]) > 0.9
    labels = Labels.of([catalogue], ["shape"])
    none = np.zeros((len(catalogue), 0), np.float32)
    words = labels.encode_words(catalogue)
    source = Source(pictures, cuts, labels.encode(catalogue), words, none, is_studio=True)
    samples = MixedSamples([source])
    batch = Augmentation(32, cache_grounds([], 20, tmp_path, seed=1))(
        [samples[n] for n in range(40)]
    )
    assert batch["pixels"].shape[0] > 40
    assert batch["item"].tolist()[:40] == list(range(40))
    assert set(batch["item"].tolist()[40:]) <= set(range(40))
    assert len(batch["labels"]) == len(batch["pixels"])


def test_a_catalogue_of_one_picture_cannot_be_judged_by(plan: TrainingPlan, tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    draw_garment(tmp_path / "one" / "1.png", "red", "disc", size=50)
    with pytest.raises(CatalogueError, match="too few different pictures"):
        train(replace(plan, catalogues=((str(tmp_path / "one"), None),)))
