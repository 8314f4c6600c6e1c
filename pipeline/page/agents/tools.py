"""The tools: their names, what they are for, what they take, and what answers them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import PictureError, QueryError
from pipeline.page.answers import answer_record, item_record, public_info
from pipeline.page.guards import check_texts
from pipeline.page.parameters import COMPARED, EXPLAINED_BY, ITEM, KEPT, QUERY, Parameter
from pipeline.recommender import Answer, LiveRecommender, Query, is_left_out, read_id, read_ids

Named = dict[str, Any]
PHOTO = Parameter(
    "photo",
    None,
    {"type": "string", "contentEncoding": "base64"},
    "A photo in Base64, at most 4 MB of it: JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or HEIC.",
    None,
)
MATCHES = (
    "Matches come best first, each with id, name, score, closeness (closer than what share "
    "of the catalogue's items have their nearest), alike (whether it looks like what was asked "
    "for at all: where none is, say that the catalogue has nothing like it), attributes, picture "
    "(an address that anybody can open for half an hour), url and price where the catalogue has "
    "them. Notes say what could not be done as it was asked."
)
NOT_BASE64 = "The photo is no Base64. Encode the bytes of the picture file, and send the text."


@dataclass(frozen=True)
class Tool:
    """One tool.

    Attributes:
        name: Its name.
        about: When to use it, and what it gives.
        parameters: What it takes.
        required: The names of those that it cannot do without.
        answer: Takes the values by name and the address of the page's files, gives JSON.
    """

    name: str
    about: str
    parameters: Sequence[Parameter]
    required: Sequence[str]
    answer: Callable[[Named, str], Named]

    def schema(self) -> dict[str, Any]:
        """What it takes, as JSON schema."""
        described = {p.name: p.described(required=p.name in self.required) for p in self.parameters}
        return {
            "type": "object",
            "properties": described,
            "required": list(self.required),
            "additionalProperties": False,
        }

    def __call__(self, given: Named, root: str) -> Named:
        """Answer a call.

        Args:
            given: The values by name.
            root: The address of the page's files.

        Raises:
            QueryError: If a parameter is not one of its own, is missing, or holds what it cannot.
            PictureError: If the photo is none.
        """
        names = [parameter.name for parameter in self.parameters]
        if odd := [name for name in given if name not in names]:
            takes = f"It takes: {', '.join(names)}." if names else "It takes none."
            raise QueryError(f"'{self.name}' has no parameter '{str(odd[0])[:60]}'. {takes}")
        # What is given and empty is told by what it is for.
        if missing := [name for name in self.required if given.get(name) is None]:
            raise QueryError(f"Give '{self.name}' the parameter '{missing[0]}'.")
        # Photos are the only texts that may be long.
        check_texts({name: value for name, value in given.items() if name != PHOTO.name})
        defaults = {p.name: p.default for p in self.parameters}
        return self.answer(defaults | given, root)


def tools(recommender: LiveRecommender, pictures: Path) -> list[Tool]:
    """All of them.

    Args:
        recommender: What answers.
        pictures: Where the pictures of matches are kept.
    """

    def told(answer: Answer, root: str) -> Named:
        return answer_record(answer, pictures, root)

    def search(named: Named, root: str) -> Named:
        return told(recommender.current.ask(Query(**_parts(named))), root)

    def similar(named: Named, root: str) -> Named:
        items = [_item(named), *read_ids(named.pop("items"), "items")]
        return told(recommender.current.ask(Query(**named, items=items)), root)

    def facets(named: Named, _root: str) -> Named:
        query = Query.if_asked(**_parts(named))
        return {"facets": [facet.record() for facet in recommender.current.facets(query)]}

    def compare(named: Named, root: str) -> Named:
        compared = recommender.current.compare(Query(**_parts(named)))
        return compared.record(lambda answer: told(answer, root))

    def explain(named: Named, _root: str) -> Named:
        item = _item(named)
        return recommender.current.explain(Query(**_parts(named)), item).record()

    def item(named: Named, root: str) -> Named:
        found = recommender.current.item(_item(named))
        return found.record() | item_record(found, pictures, root)

    def info(_named: Named, _root: str) -> Named:
        return public_info(recommender.info())

    return [
        Tool(
            "search",
            "Find garments of the catalogue that look like a photo, fit a description in words, or "
            f"both. Give at least one of photo, words and items. {MATCHES}",
            (PHOTO, *QUERY),
            (),
            search,
        ),
        Tool(
            "similar",
            f"Find garments that look like one of the catalogue. {MATCHES}",
            (ITEM, *(p for p in QUERY if p.name != "box")),
            ("item",),
            similar,
        ),
        Tool(
            "facets",
            "List the attributes that 'where' can filter by, with their values and how many items "
            "have each: in the whole catalogue, and among those nearest to a query where one is "
            "given. Ask this before you filter.",
            (PHOTO, *QUERY),
            (),
            facets,
        ),
        Tool(
            "compare",
            "Answer a query by both metrics, cosine and euclidean, and list in shared the ids of "
            "the items that both find: those are the surest.",
            (PHOTO, *COMPARED),
            (),
            compare,
        ),
        Tool(
            "explain",
            "Tell why an item has its score beside a photo, or beside one item in its place: what "
            "each place of the two pictures and the colours add to it (query_map, item_map, "
            "colour), and the attributes of two items that agree and differ.",
            (PHOTO, ITEM, *(p for p in QUERY if p.name in EXPLAINED_BY)),
            ("item",),
            explain,
        ),
        Tool(
            "item",
            "Look one item up by its id: its name, attributes, picture, url and price.",
            (ITEM,),
            ("item",),
            item,
        ),
        *_for_people(recommender, told),
        Tool("info", "Tell which catalogue is loaded and how many items it has.", (), (), info),
    ]


def _for_people(recommender: LiveRecommender, told: Callable[[Answer, str], Named]) -> list[Tool]:
    """Those that answer a person, not a photo."""

    def for_items(named: Named, root: str) -> Named:
        return told(recommender.current.for_items(**named), root)

    def also_liked(named: Named, root: str) -> Named:
        return told(recommender.current.also_liked(_item(named), **named), root)

    def complete_the_look(named: Named, root: str) -> Named:
        return told(recommender.current.complete_the_look(_item(named), **named), root)

    few = tuple(p for p in KEPT if p.name in ("k", "where"))
    return [
        Tool(
            "for_items",
            f"Suggest garments to somebody who keeps some, each with its reason. {MATCHES}",
            KEPT,
            ("kept",),
            for_items,
        ),
        Tool(
            "also_liked",
            "Give what people who chose an item chose too; nothing where no events were learnt.",
            (ITEM, *few),
            ("item",),
            also_liked,
        ),
        Tool(
            "complete_the_look",
            "Give garments of other kinds that go with an item, one of a kind.",
            (ITEM, *few),
            ("item",),
            complete_the_look,
        ),
    ]


def _item(named: Named) -> str:
    return read_id(named.pop("item"))


def _parts(named: Named) -> Named:
    """The parts of a query, the photo as one of its pictures."""
    photo = named.pop("photo")
    if is_left_out(photo):
        return named
    try:
        # Some send what a page would show, with the kind of picture before it.
        text = str(photo).partition("base64,")[2] or str(photo)
        data = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise PictureError(NOT_BASE64) from error
    return named | {"pictures": [data]}
