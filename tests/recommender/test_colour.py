"""Colour beside shape, from a picture to matches; catalogues with colours and without."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from pipeline.artifacts import COLOURS, MANIFEST, BuiltCatalogue, open_built
from pipeline.catalogue import open_catalogue
from pipeline.colour import DIMENSION, describe_colour
from pipeline.encoder import Encoder
from pipeline.errors import ArtifactError, QueryError
from pipeline.recommender import Match, Recommender
from tests.conftest import draw_garment

BAD_WEIGHTS = (-0.1, 1.5, float("nan"), "much", "")


@pytest.fixture
def uncoloured(built: BuiltCatalogue, tmp_path: Path) -> Path:
    """A catalogue as it was built before there were colours."""
    folder = shutil.copytree(built.folder, tmp_path / "old")
    fields = json.loads((folder / MANIFEST).read_text())
    fields["files"] = [record for record in fields["files"] if record["name"] != COLOURS]
    (folder / MANIFEST).write_text(json.dumps(fields))
    (folder / COLOURS).unlink()
    return folder


def found(matches: list[Match]) -> list[tuple[str, float]]:
    return [(match.id, match.score) for match in matches]


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("colour", ["red", "green", "blue"])
def test_asked_by_colour_alone_a_garment_brings_its_colour(
    recommender: Recommender, tmp_path: Path, metric: str, colour: str
) -> None:
    draw_garment(tmp_path / "query.png", colour, "disc", size=90)
    matches = recommender.recommend(tmp_path / "query.png", metric, 2, colour_weight=1)
    assert [match.attributes["baseColour"] for match in matches] == [colour, colour]


def test_a_weight_of_0_changes_nothing(recommender: Recommender, shop_folder: Path) -> None:
    picture = shop_folder / "red-disc.png"
    for metric in ("cosine", "euclidean"):
        plain = recommender.recommend(picture, metric)
        assert found(recommender.recommend(picture, metric, colour_weight=0)) == found(plain)
        assert found(recommender.recommend(picture, metric, colour_weight=0.5)) != found(plain)


@pytest.mark.parametrize("weight", BAD_WEIGHTS)
def test_a_weight_out_of_range_is_an_error(
    recommender: Recommender, shop_folder: Path, weight: float
) -> None:
    with pytest.raises(QueryError, match=r"colour weight cannot be .*\. Give a number from 0"):
        recommender.recommend(shop_folder / "red-disc.png", colour_weight=weight)


def test_colours_are_stored_in_the_order_of_the_items(
    built: BuiltCatalogue, shop_folder: Path
) -> None:
    assert built.colours is not None
    assert built.colours.shape == (8, DIMENSION)
    shop = open_catalogue(shop_folder)
    for row, item in enumerate(built.ids):
        described = describe_colour(shop.read_picture(shop.ids.index(item)))
        np.testing.assert_allclose(built.colours[row], described, atol=1e-6)


def test_a_catalogue_built_before_there_were_colours_answers_by_shape(
    uncoloured: Path, encoder: Encoder, recommender: Recommender, shop_folder: Path
) -> None:
    old = Recommender(encoder, open_built(uncoloured))
    picture = shop_folder / "red-disc.png"
    assert found(old.recommend(picture)) == found(recommender.recommend(picture))
    assert found(old.recommend(picture, colour_weight=0)) == found(old.recommend(picture))
    assert (old.info()["colour_weight"], recommender.info()["colour_weight"]) == (None, 0)
    with pytest.raises(QueryError, match=r"built without colours.*build the catalogue again"):
        old.recommend(picture, colour_weight=0.3)


def test_colours_of_another_descriptor_are_not_weighed(
    uncoloured: Path, built: BuiltCatalogue
) -> None:
    shutil.copy(built.folder / COLOURS, uncoloured / "colour-names-0.safetensors")
    fields = json.loads((uncoloured / MANIFEST).read_text())
    (record,) = (record for record in built.manifest.files if record.name == COLOURS)
    fields["files"].append(asdict(record) | {"name": "colour-names-0.safetensors"})
    (uncoloured / MANIFEST).write_text(json.dumps(fields))
    assert open_built(uncoloured).colours is None


def test_damaged_colours_are_found(built: BuiltCatalogue, tmp_path: Path) -> None:
    folder = shutil.copytree(built.folder, tmp_path / "damaged")
    data = bytearray((folder / COLOURS).read_bytes())
    data[-3] ^= 1
    (folder / COLOURS).write_bytes(data)
    with pytest.raises(ArtifactError, match=rf"{COLOURS} is not the file.*Build it again"):
        open_built(folder)
