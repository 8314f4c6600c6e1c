"""Evaluating a log: split at one moment, what contenders would have given people, measured."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from pipeline.artifacts import BuiltCatalogue
from pipeline.errors import EventsError
from pipeline.estimate import Estimate
from pipeline.evaluation.people.contenders import BLEND, Known, recommend_all
from pipeline.evaluation.people.figures import (
    EVERYBODY,
    LITTLE_KNOWN,
    WELL_KNOWN,
    Figure,
    groups_of,
    measure_groups,
    spread_of,
)
from pipeline.events import Events
from pipeline.learning import (
    NDCG,
    Chosen,
    choose_blend,
    measure_lists,
    new_items,
    split_events,
    unit_rows,
)

NEW, ANY = "new", "any"
POPULAR = "popularity"


@dataclass(frozen=True)
class PeopleEvaluation:
    """Everything that the report shows.

    Attributes:
        events: How many events the log has.
        people: How many people it is of.
        items: How many items are ranked: the catalogue's, or all of the log.
        before: How many events were known at the split.
        asked: How many people were asked for: all who chose something after it, or those drawn.
        moment: The split in seconds since 1970; None where each person's last event was held out.
        has_pictures: Whether pictures took part.
        chosen: What was chosen in the window before the split.
        figures: The figures.
        spread: By contender, how far lists of new items reach.
        gain: By group, what the blend gains over what is popular, in NDCG@10 on new items.
    """

    events: int
    people: int
    items: int
    before: int
    asked: int
    moment: int | None
    has_pictures: bool
    chosen: Chosen
    figures: list[Figure]
    spread: dict[str, dict[str, float]]
    gain: dict[str, Estimate]

    def as_json(self) -> dict[str, Any]:
        """The figures, as plain JSON values."""
        return asdict(self)


def evaluate_people(events: Events, built: BuiltCatalogue | None = None) -> PeopleEvaluation:
    """Evaluate what can be recommended from a log, and from pictures beside it.

    Args:
        events: The log, read with the catalogue's ids where there is one.
        built: The catalogue with its pictures; None for the log alone.

    Raises:
        EventsError: If the log is too short to be split twice.
    """
    directions = unit_rows(built.embeddings) if built is not None else None
    split = split_events(events)
    try:
        chosen = choose_blend(events, split.known, directions)
    except EventsError as error:
        raise EventsError(
            "The log is too short to choose weights before its last tenth. Give a longer one."
        ) from error
    known = Known(events, split, chosen, directions)
    truth = new_items(split)
    lists = recommend_all(known, bars_own=True)
    figures = measure_groups(NEW, lists, split, truth)
    again = recommend_all(known, bars_own=False)
    figures += measure_groups(ANY, again, split, split.after[split.people])
    popular = {name: found for name, found in lists.items() if name.startswith(POPULAR)}
    values = {name: measure_lists(found, truth)[NDCG] for name, found in lists.items()}
    best = max(popular, key=lambda name: float(np.nansum(values[name])))
    who = groups_of(split, truth)
    gain = {
        group: Estimate.of((values[BLEND] - values[best])[who[group][0]])
        for group in (EVERYBODY, LITTLE_KNOWN, WELL_KNOWN)
        if who[group][0].any()
    }
    return PeopleEvaluation(
        events=len(events),
        people=events.users,
        items=len(events.ids),
        before=int(split.known.sum()),
        asked=len(split.people),
        moment=split.moment,
        has_pictures=directions is not None,
        chosen=chosen,
        figures=figures,
        spread={name: spread_of(found, len(events.ids)) for name, found in lists.items()},
        gain=gain,
    )
