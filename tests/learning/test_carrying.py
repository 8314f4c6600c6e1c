"""What was learnt goes along: to the next version, to an earlier one, and with a publication."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from pipeline.artifacts import BuiltCatalogue, FileRecord, Manifest, open_built
from pipeline.building import build
from pipeline.catalogue import open_catalogue
from pipeline.cli import main
from pipeline.encoder import Encoder
from pipeline.errors import ArtifactError
from pipeline.publishing.layout import restore, write_published
from pipeline.recommender import Recommender
from tests.learning.test_learning import NEVER, PAIRS, learn_in_copy, write_events

DATA = "data"
FILE = "learnt.safetensors"


@pytest.fixture(scope="module")
def learnt(built: BuiltCatalogue, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return learn_in_copy(built, tmp_path_factory.mktemp("learnt"))


@pytest.fixture(scope="module")
def published(learnt: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as it goes to the hub."""
    folder = tmp_path_factory.mktemp("published") / "out"
    publish(learnt, folder)
    return folder


def publish(place: Path, folder: Path, with_learnt: bool = True) -> Manifest:
    opened = open_built(place)
    return write_published(
        opened, folder, opened.manifest, with_pictures=True, with_learnt=with_learnt
    )


def change(folder: Path, edit: Callable[[dict[str, np.ndarray]], object]) -> None:
    """Change what was published as learnt, under a manifest whose checksum fits it."""
    file, manifest = folder / DATA / FILE, Manifest.read(folder)
    tensors = {name: part.copy() for name, part in load_file(file).items()}
    edit(tensors)
    save_file(tensors, file)
    assert manifest.learnt is not None
    replace(manifest, learnt=replace(manifest.learnt, file=FileRecord.of(file))).write(folder)


def test_what_is_published_gives_the_same_answers(
    learnt: Path, published: Path, encoder: Encoder, tmp_path: Path
) -> None:
    theirs = restore(published, "me/shop", tmp_path / "pulled")
    mine = Recommender(encoder, open_built(learnt))
    pulled = Recommender(encoder, theirs)
    for item in (PAIRS[0][0], PAIRS[1][1]):
        wanted = [m.id for m in mine.also_liked(item).matches]
        assert wanted
        assert [m.id for m in pulled.also_liked(item).matches] == wanted
        suggested = [[m.id for m in one.for_items([item], k=8).matches] for one in (mine, pulled)]
        assert suggested[0] == suggested[1]
    publish(learnt, tmp_path / "again")
    files = [place / DATA / FILE for place in (published, tmp_path / "again")]
    assert files[0].read_bytes() == files[1].read_bytes()


def test_it_stays_at_home_where_that_is_wished(learnt: Path, tmp_path: Path) -> None:
    assert publish(learnt, tmp_path / "out", with_learnt=False).learnt is None
    assert not (tmp_path / "out" / DATA / FILE).exists()
    assert restore(tmp_path / "out", "me/shop", tmp_path / "pulled").manifest.learnt is None
    # What is there already is not lost where none is published.
    place = shutil.copytree(learnt, tmp_path / "mine")
    assert restore(tmp_path / "out", "me/shop", place).manifest.learnt is not None


def test_items_that_are_gone_are_not_published(
    learnt: Path, encoder_folder: Path, tmp_path: Path
) -> None:
    place = shutil.copytree(learnt, tmp_path / "shop")
    assert main(["remove", str(place), "sku-1-square", "--encoder", str(encoder_folder)]) == 0
    record = publish(place, tmp_path / "out").learnt
    assert record is not None
    assert record.items == 5
    assert b"sku-1-square" in (place / FILE).read_bytes()
    assert b"sku-1-square" not in (tmp_path / "out" / DATA / FILE).read_bytes()


def lengthen(tensors: dict[str, np.ndarray]) -> None:
    tensors["neighbours"] = np.zeros(200_000, np.int32)


def point_elsewhere(tensors: dict[str, np.ndarray]) -> None:
    tensors["neighbours"][0] = 10**6


def name_others(tensors: dict[str, np.ndarray]) -> None:
    tensors["ids"][:] = np.where(tensors["ids"] == ord("s"), ord("t"), tensors["ids"])


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (lengthen, "longer than that of 8 items can be"),
        (point_elsewhere, "what was learnt is of no use: it names neighbours that are no items"),
        (name_others, "what was learnt is of no use: it was learnt for another catalogue"),
        (None, "is not the file that its manifest describes"),
    ],
)
def test_what_strangers_publish_as_learnt_is_refused(
    edit: Callable[[dict[str, np.ndarray]], object] | None,
    sentence: str,
    published: Path,
    tmp_path: Path,
) -> None:
    folder = shutil.copytree(published, tmp_path / "published")
    if edit is None:
        (folder / DATA / FILE).write_bytes(b"nothing of the kind")
    else:
        change(folder, edit)
    with pytest.raises(ArtifactError, match=f"'they/shop' is damaged: .*{sentence}"):
        restore(folder, "they/shop", tmp_path / "pulled")
    assert not (tmp_path / "pulled").exists()


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"model": "word2vec"}, "learnt.model: Input should be 'bm25' or 'als'"),
        ({"items": 10**6}, "counts other items, or more people or items than events"),
        ({"popularity": 1.0}, "its weights do not add up to 1"),
    ],
)
def test_what_strangers_say_of_it_is_checked(
    said: dict[str, object], sentence: str, published: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(published, tmp_path / "published")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["learnt"] |= said
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(ArtifactError, match=sentence):
        restore(folder, "they/shop", tmp_path / "pulled")
    assert not (tmp_path / "pulled").exists()


def test_a_version_has_what_was_learnt_for_it(
    learnt: Path, built: BuiltCatalogue, encoder: Encoder, tmp_path: Path
) -> None:
    place = shutil.copytree(built.folder, tmp_path / "shop")
    assert main(["learn", str(write_events(tmp_path / "e.csv")), "--artifacts", str(place)]) == 0
    few = tmp_path / "few.csv"
    few.write_text(f"user,item,time\nu,{NEVER},2024-01-01\nu,{PAIRS[0][0]},2024-01-02\n")
    assert main(["learn", str(few), "--artifacts", str(place)]) == 0
    other = Recommender(encoder, open_built(place)).also_liked(PAIRS[0][0], k=1)
    assert [match.id for match in other.matches] == [NEVER]
    assert main(["rollback", str(place)]) == 0
    assert (place / FILE).read_bytes() == (learnt / FILE).read_bytes()
    back = Recommender(encoder, open_built(place)).also_liked(PAIRS[0][0], k=1)
    assert [match.id for match in back.matches] == [PAIRS[0][1]]


def test_to_build_again_keeps_it_and_to_build_another_says_that_it_is_gone(
    learnt: Path,
    shop_folder: Path,
    encoder: Encoder,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("WARNING")  # commands of other tests have a build tell its balance
    place = shutil.copytree(learnt, tmp_path / "shop")
    again = build(open_catalogue(shop_folder), encoder, place)
    assert Recommender(encoder, again).also_liked(PAIRS[0][0], k=1).matches[0].id == PAIRS[0][1]
    others = tmp_path / "others"
    others.mkdir()
    shutil.copy(shop_folder / "red-disc.png", others / "another.png")
    assert not caplog.records
    other = build(open_catalogue(others), encoder, place)
    assert "None of the items that events were learnt of is in the catalogue" in caplog.text
    assert "Learn anew: python -m pipeline learn" in caplog.text
    assert other.manifest.learnt is None
