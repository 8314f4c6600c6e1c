"""What can be asked beside one picture: filters, items, marks, several pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.building import build
from pipeline.catalogue import open_catalogue
from pipeline.encoder import Encoder
from pipeline.errors import PictureError, QueryError
from pipeline.recommender import Match, Query, Recommender
from pipeline.timing import watching
from tests.conftest import draw_garment
from tests.support.bad_queries import BAD_QUERIES, WITHOUT_ASKING

HUGE = 10**5000
PRICES = {"a": "9.5", "b": "20", "c": "20.0", "d": "", "e": "1000"}


@pytest.fixture(scope="module")
def priced(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Recommender:
    """Five garments with prices, one of them without."""
    folder = tmp_path_factory.mktemp("priced")
    lines = ["file_name,id,price,year,sold,range"]
    for number, (name, price) in enumerate(PRICES.items()):
        draw_garment(folder / f"{name}.png", "red", "disc", size=50 + 7 * number)
        lines.append(f"{name}.png,{name},{price},{2010 + number},{number % 2 == 0},1..{number}")
    (folder / "metadata.csv").write_text("\n".join(lines), encoding="utf-8")
    out = tmp_path_factory.mktemp("built") / "priced"
    return Recommender(encoder, build(open_catalogue(folder), encoder, out))


def ids(matches: list[Match]) -> list[str]:
    return [match.id for match in matches]


def passing(recommender: Recommender, **where: object) -> str:
    return "".join(sorted(ids(recommender.ask(Query(items=["a"], where=where)).matches)))


@pytest.mark.parametrize("kind", BAD_QUERIES)
def test_what_cannot_be_answered_gets_one_sentence(
    recommender: Recommender, shop_folder: Path, kind: str
) -> None:
    bad = BAD_QUERIES[kind]
    with pytest.raises(QueryError, match=bad.sentence):
        recommender.ask(Query(pictures=[shop_folder / "red-disc.png"], **bad.parameters))


def test_nothing_to_ask_by_is_said() -> None:
    with pytest.raises(QueryError, match="no picture, item or word to ask by"):
        Query()
    with pytest.raises(QueryError, match="no picture, item or word to ask by"):
        Query(less=["a"])


def test_too_many_pictures_are_refused() -> None:
    with pytest.raises(QueryError, match="at most 16 pictures and items, not 17"):
        Query(pictures=["a.png"] * 15, items=["a", "b"])


@pytest.mark.parametrize(
    "parts",
    [
        {"k": HUGE},
        {"variety": HUGE},
        {"words_weight": -HUGE},
        {"colour_weight": HUGE},
        {"metric": HUGE},
        {"fold": HUGE},
        {"words": HUGE},
        {"items": [HUGE]},
        {"where": HUGE},
        {"where": {"price": HUGE}},
        {"where": {"price": {"min": HUGE}}},
    ],
)
def test_a_number_of_more_digits_than_python_writes_is_one_sentence(parts: dict[str, Any]) -> None:
    with pytest.raises(QueryError, match="a number of thousands of digits"):
        Query(**{"items": ["a"]} | parts)


@pytest.mark.parametrize("value", [0, 1, 0.25, "0.25", " 1 ", np.float32(0.5)])
def test_a_colour_weight_is_a_number_or_its_text(value: Any) -> None:
    assert 0 <= Query(items=["a"], colour_weight=value).colour_weight <= 1  # type: ignore[operator]


@pytest.mark.parametrize(
    "value", [-0.01, 1.01, "nan", float("nan"), float("inf"), "much", "", "0,5", True, [0.5], {}]
)
def test_any_other_colour_weight_is_refused_in_one_sentence(value: Any) -> None:
    with pytest.raises(QueryError, match=r"colour weight cannot be .* from 0, shape alone, to 1"):
        Query(items=["a"], colour_weight=value)


@pytest.mark.parametrize("kind", WITHOUT_ASKING)
def test_parts_that_ask_nothing_are_checked_all_the_same(kind: str) -> None:
    bad = BAD_QUERIES[kind]
    with pytest.raises(QueryError, match=bad.sentence):
        Query.if_asked(**bad.parameters)


def test_parts_that_ask_nothing_make_no_query() -> None:
    assert Query.if_asked() is None
    assert Query.if_asked(pictures=[], words="", where={}, k=3, metric="euclidean") is None
    with pytest.raises(QueryError, match="A box of one's own goes with one picture"):
        Query.if_asked(box=[0.1, 0.2, 0.9, 0.8])
    with pytest.raises(QueryError, match="no picture, item or word to ask by"):
        Query.if_asked(where={"price": 20})
    asked = Query.if_asked(items=0)
    assert asked is not None
    assert asked.items == ("0",)


def test_several_values_let_any_of_them_pass(recommender: Recommender, shop_folder: Path) -> None:
    where = {"baseColour": ["Red", "BLUE"], "articleType": "disc"}
    answer = recommender.ask(Query(pictures=[shop_folder / "red-disc.png"], k=5, where=where))
    assert ids(answer.matches) == ["sku-0-disc", "sku-2-disc"]
    assert answer.notes == ("2 items are left to choose from, fewer than the 5 asked for.",)


def test_what_is_left_is_all_given(recommender: Recommender, shop_folder: Path) -> None:
    answer = recommender.ask(Query(pictures=[shop_folder / "red-disc.png"], k=50))
    assert len(answer.matches) == 8
    assert answer.notes == ("8 items are left to choose from, fewer than the 50 asked for.",)
    assert recommender.ask(Query(pictures=[shop_folder / "red-disc.png"], k=8)).notes == ()


def test_a_batch_without_a_picture_that_can_be_used_gives_each_its_error(
    recommender: Recommender, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no picture")
    answers = recommender.ask_each([Query(pictures=[broken])] * 2)
    assert [type(answer) for answer in answers] == [PictureError] * 2
    assert recommender.ask_each([]) == []


def test_true_is_not_one_whoever_asked_before(encoder: Encoder, priced: Recommender) -> None:
    fresh = Recommender(encoder, priced.built)
    assert passing(fresh, sold=True) == "ce"
    with pytest.raises(QueryError, match="No item has sold '1'"):
        passing(fresh, sold=1)


def test_items_to_leave_out_that_are_not_there_are_said(
    recommender: Recommender, shop_folder: Path
) -> None:
    out = ["sku-0-disc", "sku-8", "sku-9"]
    answer = recommender.ask(Query(pictures=[shop_folder / "red-disc.png"], k=2, leave_out=out))
    assert "sku-0-disc" not in ids(answer.matches)
    assert answer.notes == ("The catalogue has no item 'sku-8', 'sku-9' to leave out.",)


@pytest.mark.parametrize(
    ("where", "left"),
    [
        ({"price": {"min": 20}}, "bce"),
        ({"price": {"min": 20, "max": 20}}, "bc"),
        ({"price": "20..50"}, "bc"),
        ({"price": "..20"}, "bc"),
        ({"price": ["10..", 9.5]}, "bce"),
        ({"price": {"min": "19,99", "max": "20,01"}}, "bc"),
        ({"price": 20}, "bc"),
        ({"price": "1e3"}, "e"),
        ({"year": {"min": "2012", "max": None}}, "cde"),
        ({"year": [2011, "2012"]}, "bc"),
        ({"year": 2011.0}, "b"),
        ({"sold": True}, "ce"),
        ({"sold": "false"}, "bd"),
        ({"range": "1..3"}, "d"),
    ],
)
def test_numbers_pass_by_range_and_by_value(
    priced: Recommender, where: dict[str, Any], left: str
) -> None:
    """`a` is what is asked by, and no match; `range` is a text that looks like a range."""
    assert passing(priced, **where) == left


def test_a_range_as_text_may_not_be_upside_down(priced: Recommender) -> None:
    with pytest.raises(QueryError, match="from 50 to 10 is upside down"):
        passing(priced, price="50..10")


def test_a_range_that_nothing_falls_in_is_said(priced: Recommender) -> None:
    with pytest.raises(QueryError, match="No item has price from 30 to 40"):
        passing(priced, price={"min": 30, "max": 40})


def test_items_like_an_item_are_those_like_its_picture(
    recommender: Recommender, shop_folder: Path
) -> None:
    for metric in ("cosine", "euclidean"):
        by_item = recommender.similar("sku-2-disc", metric, 7)
        by_picture = recommender.recommend(
            shop_folder / "blue-disc.png", metric, 7, leave_out="sku-2-disc"
        )
        assert ids(by_item) == ids(by_picture)
        assert "sku-2-disc" not in ids(by_item)


def test_more_of_an_item_brings_its_like_nearer_and_less_takes_it_away(
    priced: Recommender,
) -> None:
    """Scores of one query are compared with those of the same query, marked."""

    def score(item: str, **marks: object) -> float:
        answer = priced.ask(Query(items=["a"], k=4, **marks))  # type: ignore[arg-type]
        return {match.id: match.score for match in answer.matches}[item]

    assert score("d", more=["e"]) > score("d")
    assert score("d", less=["b"]) != score("d")


def test_marks_move_the_query_as_rocchio_says(recommender: Recommender) -> None:
    built = recommender.built
    rows = [built.ids.index(item) for item in ("sku-0-disc", "sku-1-disc", "sku-3-square")]
    own, more, less = np.asarray(built.embeddings[rows], dtype=np.float64)
    query = {"items": ["sku-0-disc"], "more": ["sku-1-disc"], "less": ["sku-3-square"]}
    rest = [row for row in range(len(built)) if row not in rows]
    for metric in ("cosine", "euclidean"):
        vectors = [own, more, less]
        if metric == "cosine":
            vectors = [vector / np.linalg.norm(vector) for vector in vectors]
        moved = vectors[0] + 0.75 * vectors[1] - 0.15 * vectors[2]
        others = built.embeddings[rest].astype(np.float64)
        if metric == "cosine":
            lengths = np.linalg.norm(others, axis=1) * np.linalg.norm(moved)
            expected = others @ moved / lengths
        else:
            expected = np.linalg.norm(others - moved / 1.6, axis=1)
        answer = recommender.ask(Query(metric=metric, k=5, **query))  # type: ignore[arg-type]
        got = {match.id: match.score for match in answer.matches}
        wanted = {built.ids[row]: score for row, score in zip(rest, expected, strict=True)}
        assert got == pytest.approx(wanted, abs=1e-5)


def test_marked_items_are_no_matches_and_can_be_asked_by_alone(recommender: Recommender) -> None:
    matches = recommender.ask(Query(more=["sku-0-disc", "sku-1-disc"], k=6)).matches
    assert len(matches) == 6
    assert not {"sku-0-disc", "sku-1-disc"} & set(ids(matches))


def test_several_pictures_are_asked_by_their_mean(
    recommender: Recommender, shop_folder: Path
) -> None:
    pictures = [shop_folder / "red-disc.png", shop_folder / "blue-square.png"]
    both = recommender.ask(Query(pictures=pictures, k=8)).matches
    each = [{m.id: m.score for m in recommender.recommend(p, k=8)} for p in pictures]
    means = {item: each[0][item] + each[1][item] for item in each[0]}
    assert ids(both)[:2] == sorted(means, key=lambda item: -means[item])[:2]
    with pytest.raises(QueryError, match="A box of one's own goes with one picture"):
        Query(pictures=pictures, box="0,0,1,1")


def test_facets_count_the_nearest_and_the_whole_catalogue(
    recommender: Recommender, priced: Recommender, shop_folder: Path
) -> None:
    whole = {facet.attribute: facet.record() for facet in recommender.facets()}
    assert list(whole) == ["productDisplayName", "articleType", "baseColour"]
    assert whole["articleType"]["values"] == [
        {"value": "disc", "nearest": None, "catalogue": 4},
        {"value": "square", "nearest": None, "catalogue": 4},
    ]
    query = Query(pictures=[shop_folder / "red-disc.png"], where={"baseColour": ["red", "blue"]})
    near = {facet.attribute: facet.record() for facet in recommender.facets(query)}
    counts = {v["value"]: (v["nearest"], v["catalogue"]) for v in near["baseColour"]["values"]}
    # What it is filtered by is left out of its own counts, and counts in the others'.
    assert counts == {"red": (2, 2), "blue": (2, 2), "green": (2, 2), "black": (2, 2)}
    assert [one["nearest"] for one in near["articleType"]["values"]] == [2, 2]
    with watching() as watched:
        answer = recommender.ask(query, faceted=True)
    assert [facet.record() for facet in answer.facets] == list(near.values())
    assert answer.matches == recommender.ask(query).matches
    assert watched.matches == len(answer.matches)
    (price,) = (facet for facet in priced.facets() if facet.attribute == "price")
    assert (price.least, price.most) == (9.5, 1000)
