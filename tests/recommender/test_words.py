"""Words, alone and beside a photo."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline.building import build
from pipeline.catalogue import open_catalogue
from pipeline.encoder import Encoder
from pipeline.errors import QueryError
from pipeline.recommender import Query, Recommender
from tests.conftest import draw_garment


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("words", ["red square", "BLUE disc", "black"])
def test_words_find_what_they_say(recommender: Recommender, metric: str, words: str) -> None:
    answer = recommender.ask(Query(words=words, metric=metric, colour_weight=0.5))
    first = answer.matches[0]
    assert set(words.lower().split()) <= {str(value).lower() for value in first.attributes.values()}
    assert answer.notes == ()
    assert (first.closeness, first.alike) == (None, None)


def test_words_beside_a_photo_move_it_by_their_weight(
    recommender: Recommender, shop_folder: Path
) -> None:
    def scores(**named: object) -> dict[str, float]:
        query = Query(
            pictures=[shop_folder / "red-disc.png"],
            k=8,
            colour_weight=0.5,
            **named,  # type: ignore[arg-type]
        )
        return {match.id: match.score for match in recommender.ask(query).matches}

    plain = scores()
    assert scores(words="blue", words_weight=0) == pytest.approx(plain, abs=1e-6)
    assert scores(words="blue")["sku-2-disc"] > plain["sku-2-disc"]
    assert next(iter(scores(words="blue square", words_weight=1))) == "sku-2-square"


@pytest.mark.parametrize("colour_weight", [0, 1])
def test_less_like_an_item_moves_words_that_are_alone(
    recommender: Recommender, colour_weight: float
) -> None:
    """At a colour weight of 1 the colours alone count."""

    def scores(less: tuple[str, ...]) -> dict[str, float]:
        query = Query(words="disc", less=less, k=8, colour_weight=colour_weight)
        return {match.id: match.score for match in recommender.ask(query).matches}

    plain, moved = scores(()), scores(("sku-0-disc",))
    assert moved["sku-0-square"] < plain["sku-0-square"]


def test_unknown_words_are_named(recommender: Recommender) -> None:
    answer = recommender.ask(Query(words="red xyzzy square"))
    assert answer.notes == ("The catalogue does not know the word 'xyzzy'.",)
    assert answer.records()[0]["notes"] == list(answer.notes)


def test_of_many_unknown_words_the_first_three_are_looked_near(
    recommender: Recommender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is compared with all that are known: a long query must not keep the processor."""
    looked: list[str] = []
    look = difflib.get_close_matches

    def noted(word: str, known: Sequence[str], most: int, least: float) -> list[str]:
        looked.append(word)
        return look(word, known, most, least)

    monkeypatch.setattr(difflib, "get_close_matches", noted)
    with pytest.raises(QueryError, match="Did you mean 'square black'"):
        recommender.ask(Query(words="sqare xyzzy blck blu " + " ".join("zz" + c for c in "abcdef")))
    assert looked == ["sqare", "xyzzy", "blck"]


def test_a_catalogue_without_texts_knows_no_words(encoder: Encoder, tmp_path: Path) -> None:
    draw_garment(tmp_path / "flat" / "a.png", "red", "disc")
    flat = build(open_catalogue(tmp_path / "flat"), encoder, tmp_path / "built")
    with pytest.raises(QueryError, match="no names or other texts"):
        Recommender(encoder, flat).ask(Query(words="red"))


@pytest.mark.parametrize(
    ("words", "item"),
    [
        ("シャツ", "0"),
        ("लाल", "1"),
        ("R\u00f6cke", "2"),
        ("ro\u0308cke", "2"),
    ],
)
def test_words_of_any_script_are_known(scripts: Recommender, words: str, item: str) -> None:
    answer = scripts.ask(Query(words=words, k=1))
    assert answer.notes == ()
    assert answer.matches[0].id == item


@pytest.mark.parametrize(
    ("words", "item"),
    [
        *((words, "0") for words in ("weiß", "weiss", "WEISS", "Weiße", "WEISSE Straße")),
        *(
            (words, "1")
            for words in (
                "k\u0131rm\u0131z\u0131 elbise",
                "KIRMIZI ELBİSE",
                "kirmizi",
                "ELBI\u0307SE",
            )
        ),
        *(
            (words, "2")
            for words in ("grün", "GRÜN", "gruen", "grun", "gru\u0308n", "kleid fuer grün")
        ),
        *(
            (words, "3")
            for words in (
                "デニム",
                "ﾃﾞﾆﾑ",
                "Ｔシャツ",
                "tシャツ",
                "Tｼｬﾂ",
                "\uff24\uff25\uff2e\uff29\uff2d",
            )
        ),
        *((words, "4") for words in ("pantalón", "pantalon", "PANTALÓN", "sommerkleid", "blaues")),
    ],
)
def test_a_word_is_known_however_it_is_typed(typed: Recommender, words: str, item: str) -> None:
    answer = typed.ask(Query(words=words, k=1))
    assert (answer.matches[0].id, answer.notes) == (item, ())


def test_a_word_that_is_known_as_it_is_stays_so(typed: Recommender) -> None:
    """An umlaut is looked for only where a word is not known: *blaue* has none."""
    assert typed.ask(Query(words="fur", k=1)).matches[0].id == "4"
    with pytest.raises(QueryError, match="knows no word of 'gr\u00fcnlich'"):
        typed.ask(Query(words="grünlich"))


@pytest.mark.parametrize(
    ("asked", "item"),
    [
        *(
            ("weiss", "0"),
            ("WEISS", "0"),
            ("weiß", "0"),
            ("k\u0131rm\u0131z\u0131", "1"),
            ("Kirmizi", "1"),
        ),
        *(
            ("KIRMIZI", "1"),
            ("gru\u0308n", "2"),
            ("ﾃﾞﾆﾑ", "3"),
            ("デニム", "3"),
            ("MARINE  blau", "4"),
        ),
    ],
)
def test_a_filter_folds_what_words_do(typed: Recommender, asked: str, item: str) -> None:
    answer = typed.ask(Query(items=["5"], where={"farbe": asked}))
    assert [match.id for match in answer.matches] == [item]


def test_a_part_of_what_is_written_without_blanks_is_known(scripts: Recommender) -> None:
    for words in ("赤", "เสื้อ", "เสื้อ 赤いシャツ"):
        assert scripts.ask(Query(words=words, k=1)).notes == ()
    with pytest.raises(QueryError, match="knows no word of 'kurt'"):
        scripts.ask(Query(words="kurt"))


def test_a_letter_alone_is_a_word_or_is_named(necks: Recommender) -> None:
    for words, item in (("v", "0"), ("V-neck", "0"), ("t shirt", "1"), ("T-SHIRT", "1")):
        answer = necks.ask(Query(words=words, k=1))
        assert (answer.matches[0].id, answer.notes) == (item, ())
    answer = necks.ask(Query(words="x large neck", k=1))
    assert answer.notes == (
        "The catalogue does not know the word 'x'.",
        "The catalogue does not know the word 'large'.",
    )
    with pytest.raises(QueryError, match="Did you mean 'neck'"):
        necks.ask(Query(words="a b c nekc"))
    assert necks.ask(Query(words="men's neck d'or", k=1)).notes == (
        "The catalogue does not know the word 'men'.",
        "The catalogue does not know the word 'or'.",
    )
    with pytest.raises(QueryError, match="Did you mean 'neck'"):
        necks.ask(Query(words="v nekc"))


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("blue jeans for women", {"Women Blue Jeans"}),
        ("jeans, men's", {"Men Blue Jeans", "Men Black Jeans"}),
        ("womens jeans", {"Women Blue Jeans", "Women Black Jeans"}),
        ("eine schwarze woman mit black handbag", {"Women Black Handbags"}),
    ],
)
def test_what_says_the_words_comes_first(shop: Recommender, words: str, names: set[str]) -> None:
    """Pictures alone do not tell them apart: those of the women's are those of the men's."""
    answer = shop.ask(Query(words=words))
    assert {match.name for match in answer.matches[: len(names)]} == names
    assert len(answer.matches) == 5


def test_small_words_are_left_out_without_a_note(shop: Recommender) -> None:
    for words in ("jeans for the women", "jeans für die women", "des jeans pour women"):
        assert shop.ask(Query(words=words)).notes == ()
    assert shop.ask(Query(words="jeans for xyzzy")).notes == (
        "The catalogue does not know the word 'xyzzy'.",
    )
    with pytest.raises(QueryError, match="knows no word of 'for the'"):
        shop.ask(Query(words="for the"))
    # Where the catalogue says one beside the same word, it is a part of a name.
    assert shop.ask(Query(words="fit and flare", k=1)).matches[0].name == "Fit and Flare Dresses"


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("handbag", "Women Black Handbags"),
        ("hand bag", "Women Black Handbags"),
        ("hand bags", "Women Black Handbags"),
        ("tshirt", "Men Tshirts"),
        ("t shirt", "Men Tshirts"),
        ("dress", "Fit and Flare Dresses"),
        ("trackpant", "Men Track Pants"),
    ],
)
def test_one_and_several_joined_and_parted_are_one(
    shop: Recommender, words: str, name: str
) -> None:
    answer = shop.ask(Query(words=words, k=1))
    assert (answer.matches[0].name, answer.notes) == (name, ())


@pytest.mark.parametrize("words", ["hand", "trainer", "boot", "clack"])
def test_a_word_of_another_kind_is_not_suggested(shop: Recommender, words: str) -> None:
    with pytest.raises(QueryError, match=f"knows no word of '{words}'. Use words of its names"):
        shop.ask(Query(words=words))


@pytest.fixture(scope="module")
def shop(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Recommender:
    folder = tmp_path_factory.mktemp("shop")
    lines = ["file_name,id,title"]
    names = {
        "Men Blue Jeans": ("blue", "square"),
        "Women Blue Jeans": ("blue", "square"),
        "Men Black Jeans": ("black", "square"),
        "Women Black Jeans": ("black", "square"),
        "Women Black Handbags": ("black", "disc"),
        "Men Tshirts": ("red", "square"),
        "Fit and Flare Dresses": ("red", "disc"),
        "Men Track Pants": ("green", "disc"),
    }
    for number, (name, (colour, shape)) in enumerate(names.items()):
        draw_garment(folder / f"{number}.png", colour, shape)
        lines.append(f"{number}.png,{number},{name}")
    (folder / "metadata.csv").write_text("\n".join(lines), encoding="utf-8")
    out = tmp_path_factory.mktemp("built") / "shop"
    return Recommender(encoder, build(open_catalogue(folder), encoder, out))


@pytest.fixture(scope="module")
def necks(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Recommender:
    folder = tmp_path_factory.mktemp("necks")
    lines = ["file_name,id,title"]
    names = ["V-neck pullover", "T-shirt", "Shirt", "Round neck pullover"]
    garments = [("red", "disc"), ("blue", "square"), ("green", "disc"), ("black", "square")]
    for number, (name, (colour, shape)) in enumerate(zip(names, garments, strict=True)):
        draw_garment(folder / f"{number}.png", colour, shape)
        lines.append(f"{number}.png,{number},{name}")
    (folder / "metadata.csv").write_text("\n".join(lines), encoding="utf-8")
    out = tmp_path_factory.mktemp("built") / "necks"
    return Recommender(encoder, build(open_catalogue(folder), encoder, out))


@pytest.fixture(scope="module")
def typed(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Recommender:
    folder = tmp_path_factory.mktemp("typed")
    rows = {
        "weiß weiße straße": ("Weiß", "black", "disc"),
        "k\u0131rm\u0131z\u0131 elbise": ("KIRMIZI", "red", "disc"),
        "grün kleid": ("Grün", "green", "disc"),
        "ﾃﾞﾆﾑ Ｔシャツ denim": ("デニム", "black", "square"),
        "Pantalón Sommer\u00adkleid blaues fur": ("Marine\u00a0Blau", "blue", "square"),
        "other": ("other", "red", "square"),
    }
    lines = ["file_name,id,title,farbe"]
    for number, (title, (colour, drawn, shape)) in enumerate(rows.items()):
        draw_garment(folder / f"{number}.png", drawn, shape)
        lines.append(f"{number}.png,{number},{title},{colour}")
    (folder / "metadata.csv").write_text("\n".join(lines), encoding="utf-8")
    out = tmp_path_factory.mktemp("built") / "typed"
    return Recommender(encoder, build(open_catalogue(folder), encoder, out))


@pytest.fixture(scope="module")
def scripts(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Recommender:
    folder = tmp_path_factory.mktemp("scripts")
    names = ["赤いシャツ", "लाल कमीज", "Ro\u0308cke", "เสื้อสีแดง"]
    garments = [("red", "disc"), ("blue", "square"), ("green", "disc"), ("black", "square")]
    lines = ["file_name,id,title"]
    for number, (name, (colour, shape)) in enumerate(zip(names, garments, strict=True)):
        draw_garment(folder / f"{number}.png", colour, shape)
        lines.append(f"{number}.png,{number},{name}")
    (folder / "metadata.csv").write_text("\n".join(lines), encoding="utf-8")
    out = tmp_path_factory.mktemp("built") / "scripts"
    return Recommender(encoder, build(open_catalogue(folder), encoder, out))
