"""Complete the look: pieces of other kinds, by what is worn together, for whom, and in harmony."""

from __future__ import annotations

import copy
import shutil
from pathlib import Path

import pytest

from pipeline.artifacts import open_built
from pipeline.building import build
from pipeline.catalogue import open_catalogue
from pipeline.cli import main
from pipeline.encoder import Encoder
from pipeline.errors import QueryError
from pipeline.learning.outfits import piece_of, pieces_with
from pipeline.recommender import Recommender
from pipeline.recommender.person.harmony import go_together
from tests.conftest import SHARED_DATA, draw_garment
from tools.count_outfits import hits, hits_learnt, learn_baskets, read_kinds, read_outfits

ITEMS = {
    "shirt": ("Shirts", "Men", "Blue", "Casual", "Summer"),
    "jeans": ("Jeans", "Men", "Blue", "Casual", "Summer"),
    "jeans-women": ("Jeans", "Women", "White", "Casual", "Summer"),
    "trousers": ("Trousers", "Men", "Black", "Formal", "Summer"),
    "shoes-yellow": ("Casual Shoes", "Men", "Yellow", "Casual", "Summer"),
    "shoes-brown": ("Casual Shoes", "Unisex", "Brown", "Casual", "Summer"),
    "shoes-winter": ("Casual Shoes", "Men", "Brown", "Casual", "Winter"),
    "dress": ("Dresses", "Women", "Red", "Casual", "Summer"),
    "backpack": ("Backpacks", "Unisex", "Black", "Casual", "Summer"),
    "vest": ("Innerwear Vests", "Men", "White", "Casual", "Summer"),
    "polish": ("Nail Polish", "Women", "Red", "Casual", "Summer"),
}


@pytest.fixture(scope="module")
def outfits(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Recommender:
    folder = tmp_path_factory.mktemp("outfits")
    lines = ["file_name,id,articleType,gender,baseColour,usage,season"]
    for number, (name, values) in enumerate(ITEMS.items()):
        draw_garment(folder / f"{name}.png", "red", "disc", 48 + 4 * number)
        lines.append(f"{name}.png,{name},{','.join(values)}")
    (folder / "metadata.csv").write_text("\n".join(lines), encoding="utf-8")
    out = tmp_path_factory.mktemp("built") / "outfits"
    return Recommender(encoder, build(open_catalogue(folder), encoder, out))


def ids(recommender: Recommender, item: str, **more: object) -> list[str]:
    return [m.id for m in recommender.complete_the_look(item, **more).matches]  # type: ignore[arg-type]


def test_one_of_each_other_piece_that_fits(outfits: Recommender) -> None:
    answer = outfits.complete_the_look("shirt")
    assert ids(outfits, "shirt") == ["shoes-brown", "jeans", "backpack"]
    assert {one["because"] for one in answer.records()} == {"shirt"}
    assert all("by a rule" in one["reason"] for one in answer.records())
    assert answer.notes == ("3 of 3 go with shirt by a rule, not by what people chose.",)
    assert ids(outfits, "trousers")[1:2] == ["shirt"]
    assert ids(outfits, "shirt", k=1, where={"articleType": "Backpacks"}) == ["backpack"]


@pytest.mark.parametrize(
    "columns",
    [
        "Article Type,Gender,Base Colour,Usage,Season",
        "PRODUCT_TYPE,GENDER,COLOR,USAGE,SEASON",
        "Category,Geschlecht,Colour,Usage,Season",
    ],
)
def test_columns_are_known_however_a_shop_writes_them(
    outfits: Recommender, encoder: Encoder, columns: str
) -> None:
    built = copy.copy(outfits.built)
    built._attributes = built._attributes.rename_columns(columns.split(","))
    written = Recommender(encoder, built)
    for item in ("shirt", "dress", "trousers"):
        assert ids(written, item) == ids(outfits, item) != []
    assert "jeans-women" not in ids(written, "shirt")


@pytest.fixture(scope="module")
def learnt(
    outfits: Recommender, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory
) -> Recommender:
    """The same after it learnt from baskets in which shoes are with everything."""
    folder = tmp_path_factory.mktemp("learnt")
    held = {
        "a": ("shirt", "backpack", "shoes-yellow"),
        "b": ("dress", "polish", "shoes-brown"),
        "c": ("trousers", "shoes-brown"),
        "d": ("jeans", "shoes-yellow"),
    }
    lines = [
        f"{group}{person},{item},2024-03-{1 + person:02d}"
        for group, items in held.items()
        for person in range(12)
        for item in items
    ]
    (folder / "events.csv").write_text("\n".join(["user,item,time", *lines]), encoding="utf-8")
    place = shutil.copytree(outfits.built.folder, folder / "shop")
    assert main(["learn", str(folder / "events.csv"), "--artifacts", str(place)]) == 0
    return Recommender(encoder, open_built(place))


def test_baskets_tell_which_kinds_go_together_and_the_rule_the_rest(learnt: Recommender) -> None:
    assert ids(learnt, "shirt")[:2] == ["backpack", "shoes-yellow"], "shoes go with everything"
    answer = learnt.complete_the_look("shirt")
    reasons = [one["reason"] for one in answer.records()]
    assert [reason.endswith("chose it too") for reason in reasons] == [True, True, False]
    assert answer.matches[2].id == "jeans"
    assert reasons[2] == "goes with shirt, by a rule"
    assert answer.notes == ("1 of 3 go with shirt by a rule, not by what people chose.",)
    # Nobody chose these themselves, but others of their kind, with shoes that are for women too.
    of_kind = learnt.complete_the_look("jeans-women").records()
    assert (of_kind[0]["id"], of_kind[0]["reason"]) == (
        "shoes-brown",
        "goes with jeans-women, learnt from baskets",
    )
    assert ids(learnt, "dress")[:2] == ["polish", "shoes-brown"], "by no rule, but by baskets"
    assert not learnt.complete_the_look("vest").matches, "not worn with anything"


def test_a_dress_takes_the_place_of_top_and_bottom(outfits: Recommender) -> None:
    assert not {"shirt", "jeans-women"} & set(ids(outfits, "dress"))
    of_bag = ids(outfits, "backpack")
    assert "dress" not in of_bag or not {"shirt", "jeans", "trousers"} & set(of_bag)


def test_what_is_not_worn_with_anything_says_so(outfits: Recommender) -> None:
    for item in ("vest", "polish"):
        answer = outfits.complete_the_look(item)
        assert not answer.matches
        assert answer.notes == ("Nothing in the catalogue is known to be worn with this item.",)
    with pytest.raises(QueryError, match="has no item 'nothing'"):
        outfits.complete_the_look("nothing")


@pytest.mark.parametrize(
    ("kind", "piece"),
    [
        *(("Tshirts", "top"), ("T-Shirts", "top"), ("Flip Flops", "shoes"), ("Watches", "watch")),
        *(("Shirt Dress", "dress"), ("Track Pants", "bottom"), ("Sunglasses", "eyewear")),
        *(
            ("Scarves", "scarf"),
            ("Ankle Booties", "shoes"),
            ("Clutches", "bag"),
            ("pants", "bottom"),
        ),
        *(("Innerwear Vests", None), ("Lounge Shorts", None), ("Perfume", None), ("", None)),
    ],
)
def test_kinds_are_known_by_their_words(kind: str, piece: str | None) -> None:
    assert piece_of(kind) == piece


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        *(("Black", "Red", True), ("Navy Blue", "Pink", True), ("Blue", "Orange", True)),
        *(("Red", "Maroon", True), ("Red", "Yellow", False), ("Yellow", "Purple", True)),
        *(("Off White", "Green", True), ("", "Red", None), ("plaid", "Red", None)),
    ],
)
def test_colours_in_harmony(one: str, other: str, together: bool | None) -> None:
    assert go_together(one, other) is together
    assert go_together(other, one) is together


def test_a_missing_piece_of_real_outfits_is_mostly_among_the_first_three() -> None:
    path = SHARED_DATA / "outfits" / "test.parquet"
    if not Path(path).is_file():
        pytest.skip(f"the shared outfits are not here ({path})")
    found, frequent, total = hits(read_outfits(path))
    kinds = read_kinds(path)
    # Learnt on half of the shorter file, that the test be quick.
    baskets = learn_baskets(kinds[::2])
    assert hits_learnt(baskets.pieces_with, kinds[1::2]) > 0.85
    assert total > 10_000
    assert found > 0.85 > frequent
    assert pieces_with(["top"])[0][1] > 0.9
