"""What filters, words and another value find, on a shop whose answers are known by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from pipeline.artifacts import BuiltCatalogue
from pipeline.building import build
from pipeline.catalogue import open_catalogue
from pipeline.encoder import Encoder
from pipeline.evaluation.measures import equal_values
from pipeline.evaluation.queries import Criterion
from pipeline.evaluation.steered import measure_steered
from pipeline.evaluation.steered.moving import ValueMeans
from pipeline.evaluation.steered.names import NameSearch
from tests.conftest import draw_garment

KINDS, COLOURS = ("shirt", "shoe"), ("red", "blue", "green")
ITEMS = (
    ("shoe", "blue", "Blue shoe"),
    ("shirt", "red", "Crimson top"),
    ("shirt", "red", "Red shirt"),
    ("shirt", "blue", "Blue shirt"),
    ("shirt", "blue", "Navy kurta"),
    ("shirt", "blue", "Shirt, blue"),
    *[("shoe", "blue", "Blue shoe")] * 4,
    ("shoe", "green", "Green shoe"),
)
KNOWN = {
    ("shirt", "red"): {
        "photo": (1, 0.4, 0.4),  # both red shirts, then the blue ones
        "photo, filtered by colour": (1, 1, 1),  # both red items
        "filter on the same words": (1, 0.4, 0.4),
        "BM25 on the names": (0.6, 0.2, 0.2),  # "Red shirt", two more shirts, and nothing else
        "photo, filtered to another colour": (0.6, 1, 0.6),  # three blue shirts, two blue shoes
        "photo, but another colour": (0.6, 1, 0.6),
        # Most of what is blue are shoes, and nothing red is: the way to blue leads to shoes.
        "photo, moved to another colour": (0, 1, 0),
        "photo, moved and filtered to another colour": (0, 1, 0),
    },
    ("shirt", "blue"): {
        # Three blue shirts, then what has one of both, which is as near: in catalogue order.
        "photo": (0.8, 0.8, 0.6),
        "photo, filtered by colour": (0.6, 1, 0.6),
        # The three blue shirts, then in catalogue order a blue shoe and a red shirt.
        "filter on the same words": (0.8, 0.8, 0.6),
        # Two blue shirts; a shirt, which is rarer than what is blue; two blue shoes.
        "BM25 on the names": (0.6, 0.8, 0.4),
        "photo, filtered to another colour": (1, 1, 1),  # both red items
        "photo, but another colour": (1, 1, 1),
        "photo, moved to another colour": (1, 0.4, 0.4),
        "photo, moved and filtered to another colour": (1, 1, 1),
    },
}


def seen(values: Sequence[tuple[str, str]], dimension: int) -> np.ndarray:
    """Embeddings of a kind and a colour each, and of no more."""
    told = [[value in each for value in (*KINDS, *COLOURS)] for each in values]
    return np.pad(np.array(told, dtype=np.float32), ((0, 0), (0, dimension - len(told[0]))))


@pytest.fixture(scope="module")
def shop(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> BuiltCatalogue:
    """The items as they are built, but for their embeddings."""
    folder = tmp_path_factory.mktemp("shop")
    draw_garment(folder / "one.png", "red", "disc")
    lines = ["file_name,id,productDisplayName"]
    lines += [f'one.png,sku-{number},"{name}"' for number, (_, _, name) in enumerate(ITEMS)]
    (folder / "metadata.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    built = build(open_catalogue(folder), encoder, tmp_path_factory.mktemp("built") / "shop")
    dimension = built.manifest.encoder.dimension
    built.embeddings = seen([(kind, colour) for kind, colour, _ in ITEMS], dimension)
    return built


def criteria_of(kind: str, colour: str) -> list[Criterion]:
    held = np.array(ITEMS)[:, :2].T
    named = zip(("kind", "colour"), (kind, colour), held, strict=True)
    return [
        Criterion(name, np.array([value]), column, equal_values, np.array([value in column]))
        for name, value, column in named
    ]


def shares(
    shop: BuiltCatalogue, asked: tuple[str, str], barred: Sequence[list[int]] = ()
) -> dict[str, tuple[float, ...]]:
    """By way, the shares of kind, of colour and of both; the words are another test's."""
    query = seen([asked], shop.manifest.encoder.dimension)
    measured = measure_steered(shop, query, criteria_of(*asked), barred)
    return {
        one.way: tuple(estimate.mean for estimate in one.found.values())
        for one in measured
        if not one.way.startswith("words")
    }


@pytest.mark.parametrize("asked", KNOWN)
def test_each_way_finds_what_is_known_to_be_there(
    shop: BuiltCatalogue, asked: tuple[str, str]
) -> None:
    found = shares(shop, asked)
    assert list(found) == list(KNOWN[asked])
    for way, known in KNOWN[asked].items():
        assert found[way] == pytest.approx(known), way


def test_an_item_that_is_the_query_answers_in_no_way(shop: BuiltCatalogue) -> None:
    """It is one of two that are red, so without it the one that is left stands for red."""
    found = shares(shop, ("shirt", "red"), barred=[[2]])
    assert found["photo, filtered by colour"] == (1, 1, 1)
    assert found["filter on the same words"] == pytest.approx((0.8, 0.2, 0.2))
    assert found["BM25 on the names"] == pytest.approx((0.4, 0, 0))
    assert found["photo, moved to another colour"] == pytest.approx((0, 1, 0))


def test_another_value_is_asked_for_by_what_is_nearest_of_it(
    shop: BuiltCatalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the eight blue items five are shoes; shirts come first while the query counts for more."""
    monkeypatch.setattr("pipeline.index.feedback.NEARER", 5.0)
    found = shares(shop, ("shirt", "red"))
    assert found["photo, but another colour"] == (0, 1, 0)
    assert found["photo, filtered to another colour"] == pytest.approx((0.6, 1, 0.6))


def test_names_are_scored_as_by_hand() -> None:
    """Two of three items have a name, of two and of three words."""
    search = NameSearch(["Red shirt", "Blue shirt SHIRT", ""])
    red = np.log(1 + 1.5 / 1.5) * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 2 / 2.5))
    np.testing.assert_allclose(search.scores("red"), [red, 0, 0])
    shirt = np.log(1 + 0.5 / 2.5) * np.array([2.2 / (1 + 1.2 * 0.85), 4.4 / (2 + 1.2 * 1.15), 0])
    np.testing.assert_allclose(search.scores("Shirt"), shirt)
    np.testing.assert_allclose(search.scores("red shirt"), shirt + np.array([red, 0, 0]))
    assert not search.scores("sandals").any()


def test_a_name_that_is_judged_by_is_not_searched(shop: BuiltCatalogue) -> None:
    """It would be found by itself."""
    names = np.array(ITEMS)[:, 2]
    name = Criterion(
        "productDisplayName",
        np.array(["Red shirt"]),
        names,
        equal_values,
        np.array([True]),
    )
    query = seen([("shirt", "red")], shop.manifest.encoder.dimension)
    ways = {one.way: one for one in measure_steered(shop, query, [name])}
    assert "BM25 on the names" not in ways
    assert ways["filter on the same words"].found["productDisplayName"].mean == 0.2


def test_a_query_moves_by_the_difference_of_the_means_of_directions() -> None:
    embeddings = np.array([[4, 0], [0, 1], [0, 9], [0, 0]], dtype=np.float32)
    means = ValueMeans(embeddings, np.array(["red", "red", "blue", "green"]))
    query = np.array([3, 0], dtype=np.float32)
    np.testing.assert_allclose(means.move(query, "red", "blue"), [0.5, 0.5])
    np.testing.assert_allclose(means.move(query, "red", "blue", [0, 3]), [1, 0])
    np.testing.assert_allclose(means.move(query, "blue", "red"), [1.5, -0.5])
