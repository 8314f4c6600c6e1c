"""Pieces: which part of an outfit a kind of garment is, and which are worn together."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

TABLE = Path(__file__).parent / "worn_together.csv"
WORDS: dict[str, str] = {
    "shoes": "shoe sneaker heel pump sandal boot bootie flat loafer moccasin oxford flop slipper "
    "clog mule trainer espadrille footwear",
    "bag": "bag handbag clutch tote backpack rucksack purse satchel hobo",
    "outerwear": "coat jacket blazer outerwear parka waistcoat cardigan vest poncho cape",
    "dress": "dress gown romper jumpsuit saree playsuit",
    "bottom": "jean pant trouser skirt short legging capri churidar jegging patiala salwar "
    "chino culotte bottomwear",
    "top": "top tshirt shirt blouse sweater sweatshirt hoodie kurta kurti tunic tee polo jumper "
    "pullover tank camisole topwear longsleeve",
    "eyewear": "sunglass sunglasses eyeglass eyeglasses eyewear",
    "watch": "watch",
    "jewellery": "earring necklace bracelet bangle ring brooch jewelry jewellery pendant charm "
    "chain",
    "headwear": "hat cap beanie headband headwear",
    "belt": "belt",
    "scarf": "scarf stole muffler dupatta shawl",
    "tie": "tie cufflink",
    "hosiery": "sock tight stocking",
    "gloves": "glove",
}
"""The words by which each piece is known, in the singular; the last word of a kind that is one of
them decides, so that a *shirt dress* is a dress. What is none, such as innerwear, goes with
nothing."""
_PIECES = {word: piece for piece, words in WORDS.items() for word in words.split()}
_NOT_WORN = {
    *("lounge", "inner", "innerwear", "bra", "brief", "trunk", "boxer", "night", "nightdress"),
    *("swim", "shoelace", "accessories", "care"),
}


def piece_of(kind: str) -> str | None:
    """Which piece of an outfit a kind is; None where it is none, or not known."""
    # Two words for one, and hyphens within: T-Shirts, Flip Flops.
    words = [_singular(w) for w in re.findall(r"[a-z]+", kind.casefold().replace("t-s", "ts"))]
    if _NOT_WORN & set(words):
        return None
    known = [_PIECES[word] for word in words if word in _PIECES]
    return known[-1] if known else None


def place_of(kind: str) -> str | None:
    """Which place of an outfit a kind takes: its piece, or its own where its words are not known.

    None for nothing, and for what is known not to be worn with anything.
    """
    is_worn = kind and not _NOT_WORN & set(re.findall(r"[a-z]+", kind.casefold()))
    return (piece_of(kind) or kind) if is_worn else None


@cache
def worn_together() -> dict[str, dict[str, float]]:
    """How often each piece is worn with each other, as a share of the other's outfits.

    Counted in 16,983 outfits that people put together on Polyvore, of which the kinds of garments
    alone are used, by `python -m tools.count_outfits`.
    """
    shares: dict[str, dict[str, float]] = {}
    with TABLE.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            shares.setdefault(row["piece"], {})[row["other"]] = float(row["share"])
    return shares


def pieces_with(worn: list[str]) -> list[tuple[str, float]]:
    """The pieces that are missing beside some, the likeliest first, by the mean of their shares."""
    table = worn_together()
    shares = {
        piece: sum(table.get(one, {}).get(piece, 0.0) for one in worn) / len(worn)
        for piece in WORDS
        if not covers_the_same(piece, worn)
    }
    return sorted(shares.items(), key=lambda pair: (-pair[1], pair[0]))


def covers_the_same(piece: str, worn: list[str]) -> bool:
    """Whether a piece covers what another does: a dress makes up for a top and a bottom."""
    halves = {"top", "bottom"}
    is_twice = "dress" in worn if piece in halves else piece == "dress" and bool(halves & {*worn})
    return piece in worn or is_twice


def _singular(word: str) -> str:
    if word in _PIECES:
        return word
    for ending in ("es", "s"):
        if word.endswith(ending) and word.removesuffix(ending) in _PIECES:
            return word.removesuffix(ending)
    return "scarf" if word == "scarves" else word
