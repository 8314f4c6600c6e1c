"""Queries that cannot be answered, and what every interface says of them.

They are asked of the catalogue of eight drawn garments in `tests/conftest.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pipeline.recommender.query.query import ASKED_BY


@dataclass(frozen=True)
class BadQuery:
    """A query's parameters beside its picture, and a part of the sentence that they get."""

    parameters: dict[str, Any]
    sentence: str
    flags: tuple[str, ...] = field(default=())
    """How the command line says the same; none where it cannot."""


BAD_QUERIES = {
    "k of none": BadQuery({"k": 0}, "Cannot give 0 matches: ask for 1 to 50", ("-k", "0")),
    "k beyond the limit": BadQuery(
        {"k": 51}, "Cannot give 51 matches: ask for 1 to 50", ("-k", "51")
    ),
    "k as a text": BadQuery({"k": "51"}, "Cannot give 51 matches: ask for 1 to 50", ("-k", "51")),
    "k of a part": BadQuery({"k": 2.5}, "Cannot give 2.5 matches", ("-k", "2.5")),
    "k of no number": BadQuery({"k": "few"}, "Cannot give 'few' matches", ("-k", "few")),
    "metric": BadQuery({"metric": "dot"}, "no metric 'dot'. Choose one of", ("--metric", "dot")),
    "attribute": BadQuery(
        {"where": {"weight": "1"}},
        "There is no attribute 'weight'. The catalogue has: productDisplayName, articleType",
        ("--where", "weight=1"),
    ),
    "value": BadQuery(
        {"where": {"baseColour": "gren"}},
        "No item has baseColour 'gren'. Did you mean 'green'?",
        ("--where", "baseColour=gren"),
    ),
    "one value of several": BadQuery(
        {"where": {"baseColour": ["red", "mauve"]}},
        "No item has baseColour 'mauve'",
        ("--where", "baseColour=red", "baseColour=mauve"),
    ),
    "values that none has together": BadQuery(
        {"where": {"baseColour": "red", "productDisplayName": "Blue disc"}},
        "No item has baseColour 'red', productDisplayName 'Blue disc'. Ask for less",
        ("--where", "baseColour=red", "productDisplayName=Blue disc"),
    ),
    "no values": BadQuery({"where": {"baseColour": []}}, "names no value of 'baseColour'"),
    "a value of nothing": BadQuery({"where": {"baseColour": None}}, "'baseColour' cannot be None"),
    "a filter that is none": BadQuery({"where": "red"}, "The filter cannot be 'red'. Give names"),
    "a range upside down": BadQuery(
        {"where": {"baseColour": {"min": 5, "max": 2}}},
        "from 5 to 2 is upside down",
        ("--where", "baseColour>=5", "baseColour<=2"),
    ),
    "a range without ends": BadQuery({"where": {"baseColour": {}}}, "range of 'baseColour' cannot"),
    "a range of no numbers": BadQuery(
        {"where": {"baseColour": {"min": "a"}}}, "range of 'baseColour' cannot be"
    ),
    "a range of words": BadQuery(
        {"where": {"baseColour": {"min": 1}}},
        "'baseColour' is no number, so it has no range",
        ("--where", "baseColour>=1"),
    ),
    "another value that there is none of": BadQuery(
        {"but": {"baseColour": "gren"}},
        "No item has baseColour 'gren'. Did you mean 'green'?",
        ("--but", "baseColour=gren"),
    ),
    "another value and its filter": BadQuery(
        {"but": {"baseColour": "red"}, "where": {"baseColour": "blue"}},
        "The attribute 'baseColour' is in 'where' and in 'but'. Name it in one of them.",
        ("--but", "baseColour=red", "--where", "baseColour=blue"),
    ),
    "item": BadQuery({"items": ["sku-9"]}, "has no item 'sku-9'", ("--item", "sku-9")),
    "more of an unknown item": BadQuery(
        {"more": ["sku-9"]}, "has no item 'sku-9'", ("--more", "sku-9")
    ),
    "less of an unknown item": BadQuery(
        {"less": "sku-9"}, "has no item 'sku-9'", ("--less", "sku-9")
    ),
    "an item of too long a name": BadQuery(
        {"items": ["x" * 500]}, f"has no item '{'x' * 60}…'. Give ids", ("--item", "x" * 500)
    ),
    "an item that is a list": BadQuery({"items": [["sku-1-disc"]]}, "'items' takes the ids of"),
    "marks that are no ids": BadQuery({"more": [{"id": 1}]}, "'more' takes the ids of items"),
    "marks that contradict": BadQuery(
        {"more": ["sku-0-disc"], "less": ["sku-0-disc"]},
        "'sku-0-disc' is asked for more and for less",
        ("--more", "sku-0-disc", "--less", "sku-0-disc"),
    ),
    "colour weight": BadQuery(
        {"colour_weight": 2}, r"colour weight cannot be 2\. Give", ("--colour-weight", "2")
    ),
    "colour weight of no number": BadQuery(
        {"colour_weight": "0,5"}, "colour weight cannot be '0,5'", ("--colour-weight", "0,5")
    ),
    "words": BadQuery({"words": 5}, "words cannot be 5"),
    "words that are too many": BadQuery(
        {"words": "red " * 90}, "more than 300 characters", ("--words", "red " * 90)
    ),
    "unknown words": BadQuery(
        {"words": "Squere xyzzy"},
        "knows no word of 'Squere xyzzy'. Did you mean 'square'?",
        ("--words", "Squere xyzzy"),
    ),
    "words weight": BadQuery(
        {"words": "red", "words_weight": -1},
        r"words weight cannot be -1\. Give a number",
        ("--words", "red", "--words-weight=-1"),
    ),
    "variety": BadQuery(
        {"variety": 1.5}, r"variety cannot be 1\.5\. Give a number", ("--variety", "1.5")
    ),
    "fold": BadQuery({"fold": "maybe"}, "'fold' is either true or false, not 'maybe'"),
    "box": BadQuery({"box": "0,0,2,1"}, "reaches outside the picture", ("--box", "0,0,2,1")),
}
WITHOUT_ASKING = [kind for kind, bad in BAD_QUERIES.items() if not {*bad.parameters} & {*ASKED_BY}]
"""Those of parts that only say how to answer, which may come where nothing is asked by."""
