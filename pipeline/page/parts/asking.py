"""What the page's script asks the server, beside the public API: answers as shoppers see them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from pipeline.errors import LookalikeError, QueryError
from pipeline.page.answers import public_error, public_info
from pipeline.page.front import Shop
from pipeline.page.inputs import ASKED_ON_PAGE, plain_input
from pipeline.page.parts.cards import (
    answer_record,
    example_card,
    picture,
    refusal,
    suggestion_card,
)
from pipeline.page.parts.code import code_of
from pipeline.page.parts.controls import controls, steering_records
from pipeline.page.parts.reasons import reasons
from pipeline.recommender import (
    MAX_KEPT,
    Answer,
    LiveRecommender,
    Originals,
    Query,
    Recommender,
    read_ids,
)

log = logging.getLogger(__name__)

EXAMPLES = 8
ASKED = (
    "items",
    "words",
    "where",
    "but",
    "more",
    "less",
    "leave_out",
    "colour_weight",
    "variety",
    "k",
    "box",
    "fold",
)
"""Parts of a query that the page's script sends, under their own names."""
FOR_YOU = 10
ALSO_LIKED = 10
PIECES = 5
NOTHING_LEFT = "There is nothing left to suggest: you keep the rest, or it is not for you."
FAILED = "Something went wrong on our side. Try again, or try another photo."
BY_CUSTOM = "Put together by what is usually worn with it, not by what shoppers here chose."
Json = dict[str, Any]


class Asking:
    """Answers the page's script.

    Args:
        recommender: What answers.
        folder: Where the pictures that the page shows are kept.
        shop: What is shown of a product.
        notes_events: Whether the script is to tell what visitors do.
    """

    def __init__(
        self, recommender: LiveRecommender, folder: Path, shop: Shop, notes_events: bool = False
    ) -> None:
        self._live = recommender
        self._folder = folder
        self._shop = shop
        self._notes_events = notes_events
        self._originals: Originals | None = None

    def add(self, photo: gr.Image, metric: gr.Dropdown) -> None:
        """Add the endpoints to the page being laid out.

        Args:
            photo: The page's photo, so that it is known which upload the page shows.
            metric: The page's metric.
        """
        asked, item = plain_input(ASKED_ON_PAGE, None), plain_input("item", None)
        _endpoint("page_ask", self.ask, [photo, metric, asked])
        _endpoint("page_why", self.why, [photo, metric, asked, item])
        _endpoint("page_for_you", self.for_you, [asked])
        _endpoint("page_beside", self.beside, [item])
        _endpoint("page_picture", self.picture, [item])
        _endpoint("page_look", self.look, [])

    def look(self) -> Json:
        """What the page shows before anything is asked."""
        current = self._live.current
        return {
            "examples": [
                example_card(example, self._folder) for example in self._live.examples(EXAMPLES)
            ],
            "controls": controls(current),
            "about": public_info(self._live.info()),
            "building": self._live.is_building,
            "notes_events": self._notes_events,
        }

    def ask(self, photo: str | None, metric: str, asked: object) -> Json:
        """The items that answer what is asked, as cards, and the values to filter them by."""
        current = self._live.current
        try:
            record = self._answer(current, _query(photo, metric, asked), asked)
        except LookalikeError as error:
            record = refusal(_plainly(error))
        # An open page notices by it that another version answers.
        return record | {"version": [current.version.number, current.version.made]}

    def _answer(self, current: Recommender, query: Query, asked: object) -> Json:
        answer = current.ask(query, faceted=True)
        record = answer_record(answer, query.metric, self._folder, self._shop)
        record["facets"] = steering_records(answer.facets)
        record["code"] = code_of(query, _sent(asked))
        if query.pictures and query.leave_out:
            # The picture is that of an item in a frame, which the script leaves out itself.
            record["message"] = record["message"].replace("this photo", "this item")
        if query.items and not query.pictures:
            record["asked"] = example_card(current.item(query.items[0]), self._folder)
        return record

    def why(self, photo: str | None, metric: str, asked: object, item: object) -> Json:
        """Why an item is among the matches."""
        explanation = self._live.current.explain(_query(photo, metric, asked), str(item))
        return reasons(explanation, metric, self._folder)

    def for_you(self, asked: object) -> Json:
        """What may suit a person for what they keep, as cards, and what they keep of it still."""
        current = self._live.current
        sent, built = _listed(asked), current.built
        rows = {item: built.row_of(item) for ids in sent.values() for item in ids}
        own = {item: built.ids[row] for item, row in rows.items() if row is not None}
        if renamed := {item: now for item, now in own.items() if item != now}:
            # The page takes these over, and asks again.
            return {"renamed": renamed}
        known = {name: [item for item in ids if item in own] for name, ids in sent.items()}
        record: Json = {
            name: [example_card(current.item(item), self._folder) for item in ids]
            for name, ids in known.items()
        }
        record |= {"cards": [], "missing": len(sent["kept"]) - len(known["kept"])}
        if not known["kept"]:
            return record
        if len({*known["kept"], *known["disliked"]}) == len(built):
            return record | refusal(NOTHING_LEFT)
        try:
            answer = current.for_items(known["kept"], known["disliked"], FOR_YOU)
        except QueryError as error:
            return record | refusal(_plainly(error))
        return record | {"cards": self._suggestions(answer), "message": answer.unlike}

    def beside(self, item: object) -> Json:
        """Rows of what goes with an item, those that have anything in them."""
        current = self._live.current
        rows = {
            "Also liked": current.also_liked(str(item), ALSO_LIKED),
            "Complete the look": current.complete_the_look(str(item), PIECES),
        }
        return {
            "rows": [
                {
                    "title": title,
                    # All that is noted beside matches is that a rule has found some.
                    "notes": [BY_CUSTOM] if answer.notes else [],
                    "cards": self._suggestions(answer),
                }
                for title, answer in rows.items()
                if answer.matches
            ]
        }

    def _suggestions(self, answer: Answer) -> list[Json]:
        return [suggestion_card(match, self._folder, self._shop) for match in answer.matches]

    def picture(self, item: object) -> Json:
        """A larger picture of an item, where there is one."""
        originals = self._originals_of(self._live.current)
        row = originals.row_of(str(item))
        if row is None:
            raise QueryError("The catalogue has that item no longer. Ask again.")
        return {"picture": picture(originals.picture(row), self._folder)}

    def _originals_of(self, current: Recommender) -> Originals:
        """Those of the catalogue that answers now."""
        if self._originals is None or self._originals.built is not current.built:
            self._originals = Originals(current.built)
        return self._originals


def _endpoint(
    name: str, answer: Callable[..., Json], inputs: Sequence[gr.components.Component]
) -> None:
    def answer_or_say(*values: Any) -> Json:
        try:
            return answer(*values)
        except LookalikeError as error:
            return refusal(_plainly(error))
        except Exception:
            # A shopper gets a sentence; the stack goes to the log.
            log.exception("A query failed")
            return refusal(FAILED)

    gr.Button(visible=False).click(
        answer_or_say,
        list(inputs),
        gr.JSON(visible=False),
        api_name=name,
        # The page calls it by its name; nobody else need know it.
        api_visibility="undocumented",
    )


def _plainly(error: LookalikeError) -> str:
    """What a shopper is told, who knows neither ids nor names of attributes."""
    return str(getattr(error, "plainly", "")) or public_error(error)


def _query(photo: str | None, metric: str, asked: object) -> Query:
    return Query(**_sent(asked), pictures=[] if photo is None else [photo], metric=metric)


def _listed(asked: object) -> dict[str, list[str]]:
    """The ids of the items that the script says are kept, and of those that are disliked."""
    told = asked if isinstance(asked, Mapping) else {}
    lists = {name: told.get(name) for name in ("kept", "disliked")}
    if not all(isinstance(ids, list) for ids in lists.values()):
        raise QueryError("The page asked for nothing. Load it again.")
    kept = read_ids(lists["kept"], "kept", MAX_KEPT)
    return {"kept": [*kept], "disliked": [*read_ids(lists["disliked"], "disliked")]}


def _sent(asked: object) -> Json:
    """The parts of a query among what the script has sent."""
    if not isinstance(asked, Mapping):
        raise QueryError("The page asked for nothing. Load it again.")
    return {name: asked[name] for name in ASKED if asked.get(name) is not None}
