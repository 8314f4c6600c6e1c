"""What is built once is shared: push to a hub, pull from it elsewhere, get the same answers."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
import yaml
from gradio_client import Client

from pipeline.artifacts import BuiltCatalogue, Manifest, open_built, write_embeddings
from pipeline.building import build
from pipeline.catalogue import open_catalogue
from pipeline.encoder import Encoder
from pipeline.errors import ArtifactError
from pipeline.events import read_events
from pipeline.learning import learn_beside, open_learnt
from pipeline.publishing.card import size_category
from pipeline.publishing.layout import restore
from pipeline.recommender import Recommender
from tests.learning.test_learning import write_events
from tests.support.hub_requests import TOKEN
from tests.support.hub_server import LocalHub
from tests.support.live import LiveApp
from tests.support.publishing import ROOT, Machine
from tests.support.shop_server import ShopServer, picture


@pytest.fixture(scope="module")
def pushed(shop: Machine, built: BuiltCatalogue) -> dict[str, Any]:
    """What the push of ``me/shop`` answered."""
    arguments = ("--artifacts", built.folder, "--licence", "cc-by-4.0", "--tag", "v1", "--private")
    return shop.answer("push", "me/shop", *arguments)


@pytest.fixture
def engineer(hub: LocalHub, tmp_path: Path) -> Machine:
    """Another machine, with nothing in its caches."""
    return Machine(hub, tmp_path / "engineer")


def test_a_round_trip_gives_the_same_answers_and_the_same_bytes(
    pushed: dict[str, Any],
    shop: Machine,
    engineer: Machine,
    built: BuiltCatalogue,
    shop_folder: Path,
) -> None:
    assert pushed["changed"]
    assert pushed["encoder"] == "me/shop-encoder"
    pulled = engineer.answer("pull", "me/shop")
    assert pulled["items"] == len(built)
    theirs = Path(pulled["folder"]) / "embeddings.safetensors"
    assert theirs.read_bytes() == (built.folder / "embeddings.safetensors").read_bytes()
    photo = shop_folder / "blue-disc.png"
    mine = shop.answer("recommend", photo, "--artifacts", built.folder)
    assert len(mine) == 5
    assert (mine[0]["closeness"], mine[0]["alike"]) == (1, True)
    assert engineer.answer("recommend", photo, "--artifacts", "me/shop") == mine
    # Colours are described anew, from thumbnails.
    blue = engineer.answer("recommend", photo, "--colour-weight", 1, "--artifacts", "me/shop")[:2]
    assert [match["attributes"]["baseColour"] for match in blue] == ["blue", "blue"]
    assert blue[0]["score"] == pytest.approx(1, abs=0.02)
    # What was pulled once answers without the hub too.
    cut_off = {"HF_HUB_OFFLINE": "1"}
    assert engineer.answer("recommend", photo, "--artifacts", "me/shop", **cut_off) == mine


def test_one_commit_a_push_and_none_where_nothing_changed(
    pushed: dict[str, Any], hub: LocalHub, shop: Machine, built: BuiltCatalogue
) -> None:
    stored = hub.repositories["dataset", "me/shop"]
    made = len(stored.commits)
    assert made == 2  # the hub's own first, and the push
    hub.calls.clear()
    again = shop.answer("push", "me/shop", "--artifacts", built.folder, "--licence", "cc-by-4.0")
    assert again == pushed | {"changed": False}
    assert len(stored.commits) == made
    assert not [call for call in hub.calls if call.startswith("PUT")]
    assert stored.refs["v1"] == pushed["commit"]


@pytest.mark.usefixtures("pushed")
def test_what_goes_up_is_parquet_json_and_a_card_and_names_no_folder(
    hub: LocalHub, built: BuiltCatalogue, shop_folder: Path
) -> None:
    assert hub.repositories["dataset", "me/shop"].private
    files = hub.files("dataset", "me/shop")
    names = {".gitattributes", "README.md", "manifest.json", "data/train-00000-of-00001.parquet"}
    assert set(files) == names
    assert set(hub.files("model", "me/shop-encoder")) >= {
        "config.json",
        "preprocessor_config.json",
        "model.safetensors",
    }
    for data in files.values():
        assert str(shop_folder).encode() not in data
        assert str(built.folder).encode() not in data
    manifest = json.loads(files["manifest.json"])
    assert manifest["catalogue"] == shop_folder.name
    assert manifest["encoder"]["name"] == "me/shop-encoder"


@pytest.mark.usefixtures("pushed")
def test_the_cards_own_commands_work(
    hub: LocalHub, shop: Machine, built: BuiltCatalogue, tmp_path: Path
) -> None:
    files = hub.files("dataset", "me/shop")
    card = files["README.md"].decode()
    front_matter = yaml.safe_load(card.split("---")[1])
    assert front_matter["license"] == "cc-by-4.0"
    assert front_matter["size_categories"] == ["n<1K"]
    three_lines = re.search(r"```python\n(.*?)```", card, re.S)
    assert three_lines is not None
    loaded = subprocess.run(
        [sys.executable, "-c", three_lines[1]],
        env=os.environ | shop.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert loaded.stdout.split()[0] == built.ids[0]
    assert str(built.embeddings.shape[1]) in loaded.stdout
    query = re.search(r"```sql\n(.*?)```", card, re.S)
    assert query is not None
    (tmp_path / "train.parquet").write_bytes(files["data/train-00000-of-00001.parquet"])
    # DuckDB reads `hf://` from the real hub only, so the same query reads the same file here.
    local = query[1].replace("hf://datasets/me/shop/data/*.parquet", str(tmp_path / "*.parquet"))
    rows = duckdb.connect().execute(local).fetchall()
    assert rows[0][0] == built.ids[0]
    assert rows[0][1] == pytest.approx(1, abs=1e-5)
    assert len(rows) == 6


def test_a_revision_is_a_branch_a_tag_or_a_commit(
    shop: Machine, engineer: Machine, built: BuiltCatalogue
) -> None:
    arguments = ("push", "me/branches", "--artifacts", built.folder, "--licence", "mit")
    answer = shop.answer(*arguments, "--revision", "next", "--tag", "spring")
    for revision in ("next", "spring", answer["commit"]):
        pulled = engineer.answer("pull", f"me/branches@{revision}")
        assert answer["commit"][:12] in pulled["folder"]
    assert "no published catalogue" in engineer.refusal("pull", "me/branches")
    assert "no such revision" in engineer.refusal("pull", "me/branches@autumn")


def test_what_was_learnt_goes_along_where_asked_and_is_said(
    shop: Machine, engineer: Machine, built: BuiltCatalogue, tmp_path: Path, hub: LocalHub
) -> None:
    place = shutil.copytree(built.folder, tmp_path / "shop")
    learn_beside(read_events(write_events(tmp_path / "events.csv"), items=built.ids), place)
    arguments = ("me/learnt", "--artifacts", place, "--licence", "mit")
    shop.answer("push", *arguments)
    assert "data/learnt.safetensors" not in hub.files("dataset", "me/learnt")
    finished = shop.run("push", *arguments, "--with-learnt")
    assert "What was learnt from 120 events of 40 people goes along" in finished.stderr
    assert "What people chose together" in hub.files("dataset", "me/learnt")["README.md"].decode()
    pulled = open_built(engineer.answer("pull", "me/learnt")["folder"])
    learnt, mine = open_learnt(pulled), open_learnt(open_built(place))
    assert learnt is not None
    assert mine is not None
    assert (learnt.neighbours != mine.neighbours).nnz == 0


def test_every_picture_of_an_item_is_published_and_found_by(
    shop: Machine, engineer: Machine, encoder: Encoder, tmp_path: Path, hub: LocalHub
) -> None:
    with ShopServer().serving() as server:
        rows = ["id,title,image_1,image_2,image_3", "1,One,@red-disc,@blue-disc,@black-square"]
        rows += ["2,Two,@green-disc,,", "3,Three,@orange-disc,@red-square,"]
        feed = tmp_path / "feed.csv"
        feed.write_text("\n".join(rows).replace("@", server.address("ok/")), encoding="utf-8")
        source = open_catalogue(feed, allow_private=True, home=tmp_path / "home")
        mine = build(source, encoder, tmp_path / "built")
    assert len(mine.manifest.views) == 3
    shop.answer("push", "me/views", "--artifacts", mine.folder, "--licence", "mit")
    files = hub.files("dataset", "me/views")
    assert "The embeddings of the 3 others" in files["README.md"].decode()
    theirs = open_built(engineer.answer("pull", "me/views")["folder"])
    assert theirs.manifest.views == mine.manifest.views
    assert theirs.views is not None
    assert mine.views is not None
    np.testing.assert_array_equal(theirs.views.embeddings, mine.views.embeddings)
    np.testing.assert_array_equal(theirs.views.colours, mine.views.colours)
    (tmp_path / "photo.png").write_bytes(picture("red-square"))
    found, as_built = (
        Recommender(encoder, one).recommend(tmp_path / "photo.png", colour_weight=0.5)
        for one in (theirs, mine)
    )
    assert (found[0].id, found[0].closeness) == ("3", 1)
    assert [match.id for match in found] == [match.id for match in as_built]
    # What others wrote is checked, and what is not listed is not taken.
    stored = tmp_path / "stored"
    for name, data in files.items():
        (stored / name).parent.mkdir(parents=True, exist_ok=True)
        (stored / name).write_bytes(data)
    for numbers in (np.full((3, 32), np.nan, np.float32), np.zeros((2, 32), np.float32)):
        record = write_embeddings(stored / "data/views.safetensors", [numbers], *numbers.shape)
        manifest = Manifest.read(stored)
        others = [one for one in manifest.files if one.name != record.name]
        replace(manifest, files=(*others, record)).write(stored)
        with pytest.raises(ArtifactError, match="damaged"):
            restore(stored, "me/views", tmp_path / "out")
        assert not (tmp_path / "out").exists()
    (stored / "data/views.safetensors").unlink()
    with pytest.raises(ArtifactError, match="damaged"):
        restore(stored, "me/views", tmp_path / "out")


@pytest.mark.usefixtures("pushed")
def test_a_private_or_missing_repository_is_one_clear_error(engineer: Machine) -> None:
    for name, token in (("me/shop", None), ("me/nothing", TOKEN)):
        refusal = engineer.refusal("pull", name, token=token)
        assert "not on the hub, or it is private" in refusal
        assert "hf auth login" in refusal
    assert "names no repository" in engineer.refusal("pull", "nothing")


@pytest.mark.usefixtures("pushed")
def test_the_page_serves_what_is_published(engineer: Machine, built: BuiltCatalogue) -> None:
    with LiveApp("--artifacts", "me/shop", **engineer.environment()) as app:
        info = Client(app.url, verbose=False).predict(api_name="/info")
    assert (info["source"], info["items"]) == ("hub", len(built))


@pytest.mark.usefixtures("pushed")
def test_another_encoder_is_refused(engineer: Machine, shop_folder: Path) -> None:
    photo = shop_folder / "red-disc.png"
    arguments = ("recommend", photo, "--artifacts", "me/shop", "--encoder", "starter")
    assert "was made by the encoder 'me/shop-encoder'" in engineer.refusal(*arguments)


@pytest.mark.parametrize(
    ("count", "category"),
    [(8, "n<1K"), (1000, "1K<n<10K"), (44_072, "10K<n<100K"), (10**7, "n>10M")],
)
def test_the_hubs_size_categories(count: int, category: str) -> None:
    assert size_category(count) == category


def test_the_commands_of_publishing_explain_themselves(shop: Machine) -> None:
    for command in ("push", "pull", "deploy"):
        assert f"usage: python -m pipeline {command}" in shop.run(command, "--help").stdout
    assert (ROOT / "Spacefile").is_file()
