"""The API that `gradio_client` calls: one endpoint for each thing that can be asked."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.route_utils import get_root_url
from starlette.requests import Request

from pipeline.errors import LookalikeError, PictureError, QueryError
from pipeline.page.answers import FAILED, match_record, public_error, public_info
from pipeline.page.guards.routes import FILE
from pipeline.page.inputs import fill_in_defaults
from pipeline.page.parameters import (
    BATCH,
    BUT,
    EXPLAINED_BY,
    IMAGE,
    ITEM,
    KEPT,
    MAX_BATCH,
    PICTURES,
    QUERY,
    Parameter,
    endpoint,
    uploaded,
)
from pipeline.recommender import Answer, LiveRecommender, Query, read_id

log = logging.getLogger(__name__)

MATCHES = (
    "Gives matches, best first, each with rank, id, name, score, closeness (closer than what "
    "share of the catalogue's items have their nearest, 0 to 1), alike (whether it looks like the "
    "picture at all; null for both beside words, or where the catalogue was built without), "
    "attributes, url and price where the catalogue has them, image, picture (its address), doubles "
    "(ids of what it stands for), box (what was asked about), box_confidence (null for a box that "
    "was said), boxes (one for each garment, where the photo shows several apart; else empty) and "
    "notes (sentences on what could not be done as it was asked)."
)
Named = dict[str, Any]


def add_api(page: gr.Blocks, recommender: LiveRecommender, folder: Path) -> None:
    """Add the public endpoints to the page being laid out.

    Args:
        page: The page.
        recommender: What answers.
        folder: Where the pictures of matches are kept for clients to download.
    """

    def records(answer: Answer, request: gr.Request) -> list[Named]:
        asked = request.request
        assert asked is not None, "every call comes by a request"
        root = files_address(page, asked)
        found = zip(answer.records(), answer.matches, strict=True)
        return [record | match_record(match, folder, root) for record, match in found]

    def recommend(named: Named, request: gr.Request) -> list[Named]:
        return records(recommender.current.ask(Query(**_parts(named))), request)

    def similar(named: Named, request: gr.Request) -> list[Named]:
        item = _item(named)
        query = Query(**named | {"items": [item]})
        return records(recommender.current.ask(query), request)

    def facets(named: Named, _request: gr.Request) -> list[Named]:
        query = Query.if_asked(**_parts(named))
        return [facet.record() for facet in recommender.current.facets(query)]

    def batch(named: Named, request: gr.Request) -> list[Named]:
        pictures = _photos(named)
        queries = [Query(**named, pictures=[picture]) for picture in pictures]
        answers = recommender.current.ask_each(queries)
        return [
            {"matches": records(answer, request), "error": None}
            if isinstance(answer, Answer)
            else {"matches": [], "error": public_error(answer)}
            for answer in answers
        ]

    def compare(named: Named, request: gr.Request) -> Named:
        compared = recommender.current.compare(Query(**_parts(named)))
        return compared.record(lambda answer: records(answer, request))

    def explain(named: Named, _request: gr.Request) -> Named:
        item = _item(named)
        query = Query(**_parts(named | {"pictures": []}))
        return recommender.current.explain(query, item).record()

    def info(_named: Named, _request: gr.Request) -> Named:
        return public_info(recommender.info())

    # Calls that name no parameters go on to mean what they did: what is new comes last.
    photo = (IMAGE, *(p for p in QUERY if p is not BUT), PICTURES, BUT)
    of_item = tuple(p for p in QUERY if p.name not in ("box", "items"))
    _add("recommend", recommend, photo, f"Find the items that look most like a photo. {MATCHES}")
    _add("similar", similar, (ITEM, *of_item), f"Find the items most like another. {MATCHES}")
    _add(
        "facets",
        facets,
        photo,
        "Count the values that attributes can be filtered by: in the whole catalogue, and among "
        "the 300 items nearest to a query where one is given. Gives one facet an attribute, with "
        "values (value, nearest, catalogue), how many are distinct, and min and max of numbers.",
    )
    _add(
        "batch",
        batch,
        (BATCH, *(p for p in QUERY if p.name not in ("box", "items"))),
        "Find the items most like each of up to 64 photos, all embedded as one batch. Gives for "
        "each photo, in their order, its matches, and an error where it could not be used, else "
        "null.",
    )
    _add(
        "compare",
        compare,
        tuple(p for p in photo if p.name != "metric"),
        "Answer a query by both metrics. Gives cosine and euclidean (the matches by each, as "
        "'/recommend' gives them), and shared (ids of the items that are in both).",
    )
    _add(
        "explain",
        explain,
        (IMAGE, ITEM, *(p for p in QUERY if p.name in EXPLAINED_BY)),
        "Tell why an item has its score beside a photo, or beside one item in its place. Gives the "
        "score, query_map and item_map (rows of numbers, what each place of the two pictures adds "
        "to it), colour (what the colours add; each map and it make up the score), agree and "
        "differ (attributes; empty for a photo).",
    )
    _add_people(recommender, records)
    _add("info", info, (), "Tell which encoder and catalogue are loaded, how many items it has.")
    fill_in_defaults(page)


def _add_people(
    recommender: LiveRecommender, records: Callable[[Answer, gr.Request], list[Named]]
) -> None:
    """Add what is answered to a person, not to a photo."""

    def for_items(named: Named, request: gr.Request) -> list[Named]:
        return records(recommender.current.for_items(**named), request)

    def also_liked(named: Named, request: gr.Request) -> list[Named]:
        return records(recommender.current.also_liked(_item(named), **named), request)

    def complete_the_look(named: Named, request: gr.Request) -> list[Named]:
        return records(recommender.current.complete_the_look(_item(named), **named), request)

    _add(
        "for_items",
        for_items,
        KEPT,
        "Suggest items to somebody who keeps some, none of them kept, disliked or a near duplicate "
        "of a kept one. Gives matches as '/recommend' does, those of each interest in turn, each "
        "with because (the id of the kept item that it is suggested for) and reason (half a "
        "sentence).",
    )
    _add(
        "also_liked",
        also_liked,
        (ITEM, *(p for p in KEPT if p.name in ("k", "where"))),
        "Give what the people who chose an item chose too: matches as '/for_items' gives them; "
        "none where no events were learnt of it.",
    )
    _add(
        "complete_the_look",
        complete_the_look,
        (ITEM, *(p for p in KEPT if p.name in ("k", "where"))),
        "Give pieces that go with an item, one of a kind: matches as '/for_items' gives them, "
        "whose reason says whether people chose them with it or a rule did; none where the "
        "catalogue does not say what kind of garment the item is.",
    )


def _add(
    name: str,
    answer: Callable[[Named, gr.Request], Any],
    parameters: Sequence[Parameter],
    about: str,
) -> None:
    def answer_or_say(named: Named, request: gr.Request) -> Any:  # noqa: ANN401 any JSON
        try:
            if "pictures" in named:
                named["pictures"] = uploaded(named["pictures"])
            return answer(named, request)
        except LookalikeError as error:
            raise gr.Error(public_error(error), print_exception=False) from error
        except Exception as error:
            log.exception("A query failed")
            raise gr.Error(FAILED, print_exception=False) from error

    gr.Button(visible=False).click(
        endpoint(answer_or_say, parameters, about),
        [parameter.component() for parameter in parameters],
        gr.JSON(visible=False, label="matches" if name in ("recommend", "similar") else name),
        api_name=name,
    )


def _item(named: Named) -> str:
    return read_id(named.pop("item"))


def _photos(named: Named) -> list[str]:
    """The photos of a batch."""
    pictures: list[str] = named.pop("pictures")
    if not pictures:
        raise PictureError("There is no picture. Give a list as the parameter 'pictures'.")
    if len(pictures) > MAX_BATCH:
        raise QueryError(f"One call takes at most {MAX_BATCH} pictures, not {len(pictures)}.")
    return pictures


def _parts(named: Named) -> Named:
    """The parts of a query, its first picture among the others."""
    image = named.pop("image")
    first = [] if image is None else [image]
    return named | {"pictures": [*first, *named["pictures"]]}


def files_address(page: gr.Blocks, request: Request) -> str:
    """The address of the page, as the caller reaches it, with the route of its files."""
    return get_root_url(request, request.url.path, page.root_path) + FILE
