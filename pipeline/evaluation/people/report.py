"""The report of a log: one sentence, the tables, and the same as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from pipeline.estimate import Estimate
from pipeline.evaluation.people.figures import EVERYBODY, LITTLE_KNOWN, WELL_KNOWN
from pipeline.evaluation.people.run import ANY, NEW, PeopleEvaluation
from pipeline.learning import MAP, MAX_PEOPLE, NDCG, RECALL

TARGETS = {
    NEW: "Items that are new to a person",
    ANY: "Any items, those had before too",
}


def sentence(evaluation: PeopleEvaluation) -> str:
    """Whether the log helps, and for whom, and by which model it speaks."""
    whole = evaluation.gain.get(EVERYBODY)
    helped = [
        group
        for group in (LITTLE_KNOWN, WELL_KNOWN)
        if group in evaluation.gain and evaluation.gain[group].low > 0
    ]
    if whole is None or not helped:
        return (
            "This log does not help: no blend with it does surely better than what is popular "
            f"anyway, for any group of people. {evaluation.chosen.why_model}"
        )
    groups = " and for ".join(f"{group} ({evaluation.gain[group]})" for group in helped)
    return (
        f"This log helps: beside what is popular, a blend with it gains in NDCG@10 for {groups}; "
        f"over everybody {whole}. {evaluation.chosen.why_model}"
    )


def write_people_report(evaluation: PeopleEvaluation, name: str, folder: Path) -> Path:
    """Write ``people.md`` and ``people.json``.

    Args:
        evaluation: What to report.
        name: What to call the log.
        folder: The folder to write into.

    Returns:
        The Markdown file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    record = {"log": name, "sentence": sentence(evaluation)} | evaluation.as_json()
    text = json.dumps(record, indent=1, ensure_ascii=False)
    (folder / "people.json").write_text(text + "\n", encoding="utf-8")
    page = folder / "people.md"
    page.write_text("\n".join(_lines(evaluation, name)) + "\n", encoding="utf-8")
    return page


def _lines(evaluation: PeopleEvaluation, name: str) -> Iterator[str]:
    yield f"# What was learnt from {name}"
    yield f"\n{sentence(evaluation)}\n"
    yield (
        f"{evaluation.events:,} events of {evaluation.people:,} people on {evaluation.items:,} "
        f"items, all of which are ranked. {_split(evaluation)} {evaluation.asked:,} people who "
        f"chose something after it were asked for{_drawn(evaluation)}."
    )
    chosen = evaluation.chosen
    weights = ", ".join(f"{part} {share:.0%}" for part, share in vars(chosen.weights).items())
    days = "all of the log" if chosen.days is None else f"the last {chosen.days} days"
    yield f"\nChosen in the window before, never on this one: {weights}; popularity of {days}."
    if not evaluation.has_pictures:
        yield "There are no pictures of these items, so nothing here is of pictures."
    for target, title in TARGETS.items():
        yield from _table(evaluation, target, title)
    yield "\n## How far ten recommendations reach\n"
    yield "| | coverage@10 | gini@10 |\n| --- | --- | --- |"
    for contender, spread in evaluation.spread.items():
        yield f"| {contender} | {spread['coverage@10']:.3f} | {spread['gini@10']:.3f} |"


def _table(evaluation: PeopleEvaluation, target: str, title: str) -> Iterator[str]:
    yield f"\n## {title}\n\nMeans over people, with 95 % bootstrap intervals."
    figures = [one for one in evaluation.figures if one.target == target]
    for group in dict.fromkeys(one.group for one in figures):
        of_group = [one for one in figures if one.group == group]
        yield f"\n{group[0].upper()}{group[1:]} ({of_group[0].people:,} people):\n"
        yield f"| | {NDCG} | {RECALL} | {MAP} |\n| --- | --- | --- | --- |"
        for contender in dict.fromkeys(one.contender for one in of_group):
            cells = {o.measure: o.estimate for o in of_group if o.contender == contender}
            row = " | ".join(_cell(cells[name]) for name in (NDCG, RECALL, MAP))
            yield f"| {contender} | {row} |"


def _split(evaluation: PeopleEvaluation) -> str:
    if evaluation.moment is None:
        return (
            "The log has an order and no times, so each person's last event is held out, and what "
            "others chose later than a person is known: the figures are too good, for all that "
            "goes by the log."
        )
    day = datetime.fromtimestamp(evaluation.moment, UTC).date().isoformat()
    return f"It is split at one moment, {day}, with {evaluation.before:,} events before."


def _drawn(evaluation: PeopleEvaluation) -> str:
    return ", drawn from all of them" if evaluation.asked == MAX_PEOPLE else ""


def _cell(estimate: Estimate) -> str:
    return f"{estimate.mean:.4f} ({estimate.low:.4f} to {estimate.high:.4f})"
