"""The colours of further pictures that an older Lookalike has described: anew, or not weighed."""

from __future__ import annotations

import json
import logging
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.artifacts import (
    COLOURS,
    MANIFEST,
    VIEW_COLOURS,
    BuiltCatalogue,
    FileRecord,
    Manifest,
    open_built,
)
from pipeline.building import build, remove, update
from pipeline.catalogue import open_catalogue
from pipeline.encoder import ENCODERS, RESNET_50, Encoder
from pipeline.errors import PictureError, QueryError
from pipeline.publishing.layout import DATA, restore, write_published
from pipeline.recommender import Recommender
from tests.conftest import draw_garment

PICTURES = ("red-disc", "blue-disc", "red-square", "green-disc", "black-square")
TABLE = """id,price,image_1,image_2
1,10,red-disc.png,blue-disc.png
2,12,green-disc.png,red-square.png
3,8,black-square.png,
"""
OLDER = "colour-names-1.safetensors"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    for name in PICTURES:
        colour, shape = name.split("-")
        draw_garment(tmp_path / "shop" / f"{name}.png", colour, shape)
    (tmp_path / "shop" / "products.csv").write_text(TABLE)
    return tmp_path / "shop"


@pytest.fixture
def fresh(shop: Path, encoder: Encoder, tmp_path: Path) -> BuiltCatalogue:
    built = build(open_catalogue(shop), encoder, tmp_path / "fresh")
    assert len(built.manifest.views) == 2
    return built


@pytest.fixture
def older(fresh: BuiltCatalogue, tmp_path: Path) -> Path:
    """The same, as it was built while the descriptor of colours had an older name."""
    folder = shutil.copytree(fresh.folder, tmp_path / "older")
    text = (folder / MANIFEST).read_text()
    for name in (COLOURS, VIEW_COLOURS):
        (folder / name).rename(folder / name.replace(COLOURS, OLDER))
    (folder / MANIFEST).write_text(text.replace(COLOURS, OLDER))
    assert json.loads((folder / MANIFEST).read_text()) != json.loads(text)
    return folder


def raise_a_price(shop: Path) -> None:
    (shop / "products.csv").write_text(TABLE.replace("8", "9"))


def answers_by_shape_alone(built: BuiltCatalogue, encoder: Encoder, shop: Path) -> None:
    """As a catalogue without colours does, by default and where a weight is asked for."""
    recommender = Recommender(encoder, built)
    photo = shop / "blue-disc.png"
    assert recommender.recommend(photo)[0].id == "1"
    assert recommender.info()["colour_weight"] is None
    with pytest.raises(QueryError, match=r"built without colours.*build the catalogue again"):
        recommender.recommend(photo, colour_weight=0.2)


@pytest.fixture
def colours_count_by_default(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    card = replace(RESNET_50, name=encoder.identity.name)
    assert card.colour_weight > 0
    monkeypatch.setitem(ENCODERS, encoder.identity.name, card)


@pytest.mark.usefixtures("colours_count_by_default")
def test_an_update_describes_the_colours_of_every_picture_anew(
    older: Path, fresh: BuiltCatalogue, encoder: Encoder, shop: Path
) -> None:
    raise_a_price(shop)
    updated = update(older, open_catalogue(shop), encoder)
    assert (updated.embedded, updated.difference.changed) == (0, ["3"])
    now = open_built(older)
    described, wanted = (
        one.views.colours if one.views is not None else None for one in (now, fresh)
    )
    assert described is not None
    assert wanted is not None
    np.testing.assert_allclose(described, wanted, atol=1e-6)
    for weight in (None, 0.2, 1):
        matches = Recommender(encoder, now).recommend(shop / "blue-disc.png", colour_weight=weight)
        assert matches[0].id == "1"
        assert matches[0].score == pytest.approx(1, abs=1e-3)
    assert Recommender(encoder, now).info()["colour_weight"] == RESNET_50.colour_weight


@pytest.mark.usefixtures("colours_count_by_default")
def test_without_the_further_pictures_no_colours_are_weighed_until_an_update_has_them(
    older: Path, encoder: Encoder, shop: Path
) -> None:
    answers_by_shape_alone(open_built(older), encoder, shop)
    left = remove(older, ["3"], encoder).built
    answers_by_shape_alone(left, encoder, shop)
    update(older, open_catalogue(shop), encoder)
    mended = Recommender(encoder, open_built(older))
    assert mended.recommend(shop / "blue-disc.png", colour_weight=0.2)[0].id == "1"


@pytest.mark.usefixtures("colours_count_by_default")
def test_a_further_picture_that_cannot_be_read_again_costs_the_colours_and_no_more(
    older: Path,
    encoder: Encoder,
    shop: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def unreadable(*_: object) -> None:
        raise PictureError("The picture is damaged. Save it again.")

    raise_a_price(shop)
    monkeypatch.setattr("pipeline.building.further.open_picture", unreadable)
    with caplog.at_level(logging.WARNING):
        update(older, open_catalogue(shop), encoder)
    assert "No colours are weighed" in caplog.text
    answers_by_shape_alone(open_built(older), encoder, shop)


@pytest.mark.usefixtures("colours_count_by_default")
@pytest.mark.parametrize("is_listed", [False, True])
def test_a_published_catalogue_of_older_colours_is_pulled_and_answers_by_shape(
    older: Path, encoder: Encoder, shop: Path, tmp_path: Path, is_listed: bool
) -> None:
    """Of its further pictures there is nothing but embeddings, so their colours stay unknown."""
    built, published = open_built(older), tmp_path / "published"
    write_published(built, published, built.manifest, with_pictures=True, with_learnt=False)
    if is_listed:
        name = f"views-{OLDER}"
        shutil.copy(older / name, published / DATA / name)
        record = FileRecord.of(published / DATA / name)
        manifest = Manifest.read(published)
        replace(manifest, files=(*manifest.files, record)).write(published)
    pulled = restore(published, "me/older", tmp_path / "pulled")
    assert pulled.colours is not None
    answers_by_shape_alone(pulled, encoder, shop)
