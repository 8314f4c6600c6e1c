"""The plan of an evaluation: which items are searched, what is asked, and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import QueryError
from pipeline.evaluation.queries.disturbances import DISTURBANCES


@dataclass(frozen=True)
class EvaluationPlan:
    """What to evaluate.

    Attributes:
        catalogue: The source whose items are searched.
        encoders: Names, hub ids or folders, side by side.
        queries: A split of the same source to ask with; None holds an eighth of the items out.
        attributes: The columns that a match must share; empty takes the usual ones there are.
        max_items: Search at most so many items, spread evenly; None for all.
        max_queries: Ask at most so many queries, spread evenly; None for all.
        home: Where embeddings are kept for the next run.
        precision: What the encoders compute in.
        queries_from: Another source to ask with: its held-out eighth, among the items that are
            not held out here.
        leave_one_out: Ask each held-out item among the other held-out ones.
        whole: Hold nothing out: ask every item, each among all the others.
        same: A CSV file that says which value of a query means the same as which of an item.
        disturb: What to do to the queries besides: names of `DISTURBANCES`.
    """

    catalogue: str
    encoders: tuple[str, ...]
    queries: str | None = None
    attributes: tuple[str, ...] = ()
    max_items: int | None = None
    max_queries: int | None = None
    home: Path = Path("~/.cache/lookalike")
    precision: str = "auto"
    queries_from: str | None = None
    leave_one_out: bool = False
    whole: bool = False
    same: Path | None = None
    disturb: tuple[str, ...] = ()

    def check(self) -> None:
        """Find out before anything is embedded.

        Raises:
            QueryError: If the plan contradicts itself, leaves nothing to measure, or names a
                disturbance that there is not.
        """
        if self.queries is not None and (self.queries_from or self.leave_one_out or self.whole):
            raise QueryError(
                f"The split '{self.queries}' is asked whole, among all the items of the catalogue: "
                "leave out queries_from, leave_one_out and whole, or the split."
            )
        if self.queries_from is not None and self.leave_one_out:
            raise QueryError(
                "Queries from another catalogue are not among the items, so none can be left out: "
                "give either queries_from or leave_one_out."
            )
        check_limits(self.max_items, self.max_queries)
        for name in self.disturb:
            if name not in DISTURBANCES:
                raise QueryError(
                    f"There is no disturbance '{name}'. Choose among: {', '.join(DISTURBANCES)}."
                )


def check_limits(*limits: int | None) -> None:
    """Whether limits on items and queries, None for none, leave any.

    Raises:
        QueryError: If one leaves nothing to measure.
    """
    for limit in limits:
        if limit is not None and limit < 1:
            raise QueryError(
                f"At most {limit} items or queries leave nothing to measure. Give a limit of at "
                "least 1, or none."
            )
