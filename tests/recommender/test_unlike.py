"""Where nothing is alike, people are told so once, and of what it is true."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pipeline.artifacts import BuiltCatalogue, open_built
from pipeline.cli import main
from pipeline.closeness import record_closeness
from pipeline.closeness.calibration import PHOTO_LENGTH
from pipeline.encoder import Encoder
from pipeline.events import read_events
from pipeline.index import Metric
from pipeline.index.engines.exact import ExactIndex
from pipeline.learning import learn_beside
from pipeline.page.front import Shop
from pipeline.page.parts.asking import Asking
from pipeline.page.parts.cards import answer_record
from pipeline.recommender import Answer, LiveRecommender, Query, Recommender

NEAREST = "; these items come nearest."


@pytest.fixture(scope="module")
def strict(built: BuiltCatalogue, tmp_path_factory: pytest.TempPathFactory) -> BuiltCatalogue:
    """A catalogue to which nothing is alike but its own pictures."""
    folder = shutil.copytree(built.folder, tmp_path_factory.mktemp("strict") / "shop")
    records = [replace(one, farthest=1e-3, shortest=0) for one in built.manifest.closeness]
    replace(built.manifest, closeness=tuple(records)).write(folder)
    return open_built(folder)


@pytest.fixture
def stripes(tmp_path: Path) -> Path:
    """A picture of no garment."""
    pixels = np.zeros((64, 64, 3), np.uint8)
    pixels[::4] = (250, 200, 0)
    Image.fromarray(pixels).save(tmp_path / "stripes.png")
    return tmp_path / "stripes.png"


@pytest.fixture
def ask(strict: BuiltCatalogue, encoder: Encoder) -> Any:
    recommender = Recommender(encoder, strict)

    def ask(**asked: Any) -> Answer:
        answer = recommender.ask(Query(**asked))
        assert bool(answer.unlike) == (not any(match.alike for match in answer.matches))
        assert all(match["notes"] == list(answer.notes) for match in answer.records())
        assert answer.notes.count(answer.unlike) == bool(answer.unlike)
        return answer

    return ask


def test_what_is_asked_by_is_called_what_it_is(ask: Any, stripes: Path) -> None:
    for asked, sentence in (
        ({"pictures": [stripes]}, "Nothing in the catalogue looks like this photo"),
        ({"pictures": [stripes] * 2}, "Nothing in the catalogue looks like these photos"),
        ({"items": ["sku-0-disc"]}, "Nothing else in the catalogue looks like this item"),
        (
            {"items": ["sku-0-disc"], "more": ["sku-3-square"]},
            "Nothing else in the catalogue looks like these items",
        ),
        (
            {"pictures": [stripes], "more": ["sku-3-square"]},
            "Nothing else in the catalogue looks like what is asked by",
        ),
    ):
        assert ask(**asked).unlike == sentence + NEAREST


def test_what_a_filter_or_a_mark_keeps_out_is_not_said_to_be_missing(
    ask: Any, shop_folder: Path
) -> None:
    own = {"pictures": [shop_folder / "red-disc.png"]}
    assert ask(**own).notes == ()
    for more, nothing in (
        ({"where": {"baseColour": "blue"}, "k": 2}, "Nothing that passes the filter"),
        ({"but": {"baseColour": "blue"}, "k": 2}, "Nothing that passes the filter"),
        ({"leave_out": ["sku-0-disc"]}, "Nothing else in the catalogue"),
    ):
        assert ask(**own, **more).notes == (f"{nothing} looks like this photo{NEAREST}",)


def test_the_page_and_the_command_line_say_it_once(
    ask: Any,
    strict: BuiltCatalogue,
    encoder_folder: Path,
    stripes: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer = ask(pictures=[stripes], where={"baseColour": "blue"})
    told = answer_record(answer, Metric.COSINE, tmp_path / "pictures", Shop())
    assert (told["state"], told["message"]) == ("nothing", answer.unlike)
    assert told["notes"] == ["2 items are left to choose from, fewer than the 5 asked for."]
    named = ["--artifacts", str(strict.folder), "--encoder", str(encoder_folder)]
    assert main(["recommend", str(stripes), *named, "--where", "baseColour=blue"]) == 0
    assert capsys.readouterr().out.count("Nothing that passes the filter looks like") == 1


def test_suggestions_that_look_like_nothing_kept_say_so_once(
    strict: BuiltCatalogue,
    built: BuiltCatalogue,
    encoder: Encoder,
    encoder_folder: Path,
    capsys: Any,
) -> None:
    sentence = f"Nothing that can be suggested looks like what is kept{NEAREST}"
    kept = ["sku-0-disc", "sku-3-square"]
    recommender = Recommender(encoder, strict)
    answer = recommender.for_items(["gone", *kept])
    assert not any(match.alike for match in answer.matches)
    assert (answer.unlike, answer.notes[0], len(answer.notes)) == (sentence, sentence, 2)
    assert Recommender(encoder, built).for_items(kept).unlike == ""
    # One of the interests had no turn, and may have found what is alike.
    assert recommender.for_items(kept, k=1).unlike == ""
    named = ["--artifacts", str(strict.folder), "--encoder", str(encoder_folder)]
    assert main(["recommend", "--liked", *kept, *named]) == 0
    assert capsys.readouterr().out.count(sentence) == 1


def test_what_people_chose_need_not_look_alike(
    strict: BuiltCatalogue, encoder: Encoder, tmp_path: Path
) -> None:
    built = open_built(shutil.copytree(strict.folder, tmp_path / "shop"))
    log = tmp_path / "log.csv"
    lines = [f"{user},{item},{user}" for user in range(1, 5) for item in built.ids[:2]]
    log.write_text("user,item,time\n" + "\n".join(lines), encoding="utf-8")
    learn_beside(read_events(log, items=built.ids), built.folder)
    answer = Recommender(encoder, open_built(built.folder)).for_items([built.ids[0]])
    assert "people who chose" in "".join(str(record["reason"]) for record in answer.records())
    assert not any(match.alike for match in answer.matches)
    assert answer.unlike == ""


def test_the_page_says_so_above_its_suggestions(
    strict: BuiltCatalogue, encoder: Encoder, tmp_path: Path
) -> None:
    live = LiveRecommender(Recommender(encoder, strict))
    told = Asking(live, tmp_path / "pictures", Shop()).for_you(
        {"kept": ["sku-0-disc"], "disliked": []}
    )
    assert told["message"].startswith("Nothing that can be suggested looks like what is kept")
    assert told["cards"]


@pytest.fixture
def apart(built: BuiltCatalogue, encoder: Encoder) -> Recommender:
    """Items that are unlike each other, the last two shorter than any photo may be."""
    spread = open_built(built.folder)
    rows = np.full(built.embeddings.shape, 3, np.float32)
    rows[np.arange(len(rows)), np.arange(len(rows))] += 8
    records = [
        record_closeness(ExactIndex(rows, metric), rows, np.arange(len(rows)), rows)
        for metric in Metric
    ]
    spread.manifest = replace(spread.manifest, closeness=tuple(records))
    rows[-2:] *= 0.9 * PHOTO_LENGTH
    spread.embeddings = rows
    return Recommender(encoder, spread)


@pytest.mark.parametrize("metric", list(Metric))
@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_items_are_no_less_alike_for_being_asked_by_together(
    apart: Recommender, metric: Metric, count: int
) -> None:
    """By Euclidean distance too, whose mean of several is shorter than each of them."""
    ids = [*apart.built.ids]
    for items, more in ((ids[:count], []), (ids[:1], ids[1:count])):
        answer = apart.ask(Query(items=items, more=more, metric=metric, colour_weight=0))
        assert all(match.alike for match in answer.matches)
    # What shows no garment does so twice as well.
    assert apart.ask(Query(items=ids[-2:], metric=metric, colour_weight=0)).unlike
