"""What a distance means in catalogues of every sort, and in what was built before."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.artifacts import MANIFEST, BuiltCatalogue, open_built
from pipeline.building import build, with_closeness
from pipeline.catalogue import open_catalogue
from pipeline.encoder import Encoder
from pipeline.index import Metric
from pipeline.recommender import Query, Recommender
from tests.conftest import draw_garment

METRICS = [metric.value for metric in Metric]


def test_an_items_own_picture_is_the_closest_there_is(
    encoder: Encoder, built: BuiltCatalogue, shop_folder: Path
) -> None:
    for metric in METRICS:
        matches = Recommender(encoder, built).recommend(shop_folder / "red-disc.png", metric)
        assert (matches[0].closeness, matches[0].alike) == (1, True)
        shares = [match.closeness for match in matches if match.closeness is not None]
        assert len(shares) == len(matches)
        assert shares == sorted(shares, reverse=True)
        assert min(shares) >= 0


def test_closeness_is_the_share_of_items_whose_nearest_is_as_far(
    encoder: Encoder, built: BuiltCatalogue, make_picture: Callable[..., Path]
) -> None:
    rows = built.embeddings.astype(np.float64)
    apart = np.linalg.norm(rows[:, None] - rows, axis=2)
    np.fill_diagonal(apart, np.inf)
    for match in Recommender(encoder, built).recommend(make_picture(), "euclidean"):
        share = float((apart.min(axis=1) >= match.score - 1e-4).mean())
        assert match.closeness == pytest.approx(share, abs=1e-3)


@pytest.mark.parametrize("metric", METRICS)
def test_a_catalogue_of_one_item_has_no_closeness_and_still_tells_what_is_alike(
    encoder: Encoder, tmp_path: Path, metric: str
) -> None:
    draw_garment(tmp_path / "one" / "a.png", "red", "disc")
    one = Recommender(encoder, build(open_catalogue(tmp_path / "one"), encoder, tmp_path / "built"))
    (match,) = one.recommend(tmp_path / "one" / "a.png", metric)
    assert (match.closeness, match.alike) == (None, True)


@pytest.mark.parametrize("metric", METRICS)
def test_in_a_catalogue_of_identical_items_their_picture_is_alike_and_so_is_a_copy_of_it(
    encoder: Encoder, tmp_path: Path, metric: str
) -> None:
    for number in range(6):
        draw_garment(tmp_path / "same" / f"{number}.png", "red", "disc")
    same = Recommender(
        encoder, build(open_catalogue(tmp_path / "same"), encoder, tmp_path / "built")
    )
    matches = same.recommend(tmp_path / "same" / "0.png", metric)
    assert [(match.closeness, match.alike) for match in matches] == [(1, True)] * 5
    with Image.open(tmp_path / "same" / "0.png") as picture:
        picture.save(tmp_path / "copy.jpg", quality=80)
    (match,) = same.recommend(tmp_path / "copy.jpg", metric, k=1)
    assert match.alike
    assert match.closeness is not None
    assert 0 <= match.closeness <= 1


def built_before(built: BuiltCatalogue, folder: Path) -> Path:
    """A copy of a built catalogue as it was built before closeness was measured."""
    shutil.copytree(built.folder, folder)
    fields = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    del fields["closeness"]
    (folder / MANIFEST).write_text(json.dumps(fields), encoding="utf-8")
    return folder


def test_what_was_built_before_opens_and_answers_without_closeness(
    encoder: Encoder, built: BuiltCatalogue, shop_folder: Path, tmp_path: Path
) -> None:
    old = Recommender(encoder, open_built(built_before(built, tmp_path / "old")))
    answer = old.ask(Query(pictures=[shop_folder / "red-disc.png"]))
    assert [(match.closeness, match.alike) for match in answer.matches] == [(None, None)] * 5
    assert (answer.unlike, answer.notes) == ("", ())


def test_what_was_built_before_gets_the_closeness_that_a_build_measures(
    encoder: Encoder, built: BuiltCatalogue, tmp_path: Path
) -> None:
    old = open_built(built_before(built, tmp_path / "old"))
    made = with_closeness(old, encoder).manifest.closeness
    assert made == open_built(old.folder).manifest.closeness
    for mine, theirs in zip(made, built.manifest.closeness, strict=True):
        assert mine.distances == pytest.approx(theirs.distances, rel=1e-3, abs=1e-5)
        assert mine.farthest == pytest.approx(theirs.farthest, rel=1e-3)
