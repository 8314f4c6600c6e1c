"""The report: one HTML file with everything in it, and the figures as JSON beside it."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jinja2 import Environment, FileSystemLoader, select_autoescape

from pipeline.catalogue import Catalogue
from pipeline.evaluation.colour import which_weight
from pipeline.evaluation.measures import MEASURES, OVER_KINDS
from pipeline.evaluation.queries import Criterion
from pipeline.evaluation.run import Asked, Evaluation, Nearest, Score
from pipeline.index import Metric

WORST = 8
SUMMED = ("precision@5", "precision@5" + OVER_KINDS)
COMPOSED = 7
THUMBNAIL = 110


@dataclass(frozen=True)
class Shown:
    """A picture with a line under it."""

    picture: str
    text: str
    is_match: bool = False


def write_report(evaluation: Evaluation, out: Path) -> Path:
    """Write ``report.html`` and ``report.json`` into a folder.

    Returns:
        The path of the HTML file.
    """
    # Drawing is heavy to import, and only the report needs it.
    from pipeline.evaluation import charts

    out.mkdir(parents=True, exist_ok=True)
    evaluation.write_json(out / "report.json")
    first = evaluation.plan.encoders[0]
    nearest = evaluation.nearest[first, Metric.COSINE.value]
    criterion = evaluation.criteria[0]
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=select_autoescape()
    )
    page = templates.get_template("report.html").render(
        evaluation=evaluation,
        first=first,
        attribute=criterion.name,
        measures=MEASURES,
        over_kinds=OVER_KINDS,
        disturbed=_disturbed_table(evaluation),
        composed={name: _composed(asked) for name, asked in evaluation.disturbed.items()},
        table=_table(evaluation.scores),
        advice=[
            which_metric(evaluation.scores, first),
            which_weight(evaluation.weighed[first]),
        ],
        charts={
            "By value": charts.category_bars(criterion, nearest),
            "What is taken for what": charts.confusion(criterion, nearest),
            "Scores": charts.score_distribution(criterion, nearest),
        },
        worst=_worst(evaluation, nearest, criterion),
    )
    path = out / "report.html"
    path.write_text(page, encoding="utf-8")
    return path


def summary(evaluation: Evaluation) -> Iterator[str]:
    """Lines for people: precision@5 over queries and over kinds, and what was not asked."""
    asked = {"": evaluation.scores}
    asked |= {name: part.scores for name, part in evaluation.disturbed.items()}
    for name, scores in asked.items():
        for attribute, rows in _table(scores).items():
            for (contender, metric), found in rows.items():
                mean, kinds = (found[measure].estimate.mean for measure in SUMMED)
                figures = f"{mean:.3f} ({kinds:.3f} over kinds)"
                yield f"{contender:>28} {metric:>9}  {attribute:<24} {figures}  {name}".rstrip()
    for contender, ways in evaluation.steered.items():
        for way in ways:
            told = ", ".join(f"{what} {each.mean:.3f}" for what, each in way.found.items())
            yield f"{contender:>28} {Metric.COSINE:>9}  {way.way}: {told} ({way.queries} asked)"
    for criterion in evaluation.criteria:
        if criterion.unanswerable:
            values = (f"{value} ({count})" for value, count in criterion.unanswerable.items())
            yield f"No item shares {criterion.name} with queries of {', '.join(values)}: not asked."
    for name, part in evaluation.disturbed.items():
        if part.left_out:
            yield (
                f"{name}: {len(part.left_out)} of {len(evaluation.queries)} queries left out, "
                "since their garment could not be cut out of its ground."
            )


def which_metric(scores: list[Score], contender: str) -> str:
    """One sentence on which metric serves better, by mean precision@5 over the attributes."""
    means = {}
    for metric in Metric:
        found = [
            score.estimate.mean
            for score in scores
            if (score.contender, score.metric, score.measure)
            == (contender, metric.value, "precision@5")
        ]
        means[metric] = float(np.mean(found))
    better, other = sorted(Metric, key=lambda metric: -means[metric])
    return (
        f"{better.value.capitalize()} serves better here: over all attributes {means[better]:.3f} "
        f"of the five nearest match, against {means[other]:.3f} by {other.value}."
    )


def _table(scores: list[Score]) -> dict[str, dict[tuple[str, str], dict[str, Score]]]:
    """By attribute, then by contender and metric, then by measure."""
    table: dict[str, dict[tuple[str, str], dict[str, Score]]] = {}
    for score in scores:
        row = table.setdefault(score.attribute, {})
        row.setdefault((score.contender, score.metric), {})[score.measure] = score
    return table


def _disturbed_table(evaluation: Evaluation) -> dict[str, dict[tuple[str, str], list[list[Score]]]]:
    """By attribute, contender and metric, a cell for the queries as they are and each disturbance.

    Each cell holds precision@5 over queries and over kinds.
    """
    columns = [
        _table(scores)
        for scores in (evaluation.scores, *(a.scores for a in evaluation.disturbed.values()))
    ]
    return {
        attribute: {
            row: [[column[attribute][row][measure] for measure in SUMMED] for column in columns]
            for row in rows
        }
        for attribute, rows in columns[0].items()
    }


def _composed(asked: Asked) -> list[Shown]:
    """A few of the disturbed queries, to see what they look like."""
    rows = np.linspace(0, len(asked.queries) - 1, min(COMPOSED, len(asked.queries))).astype(int)
    return [Shown(_thumbnail(asked.queries, row), asked.queries.ids[row]) for row in rows.tolist()]


def _worst(
    evaluation: Evaluation, nearest: Nearest, criterion: Criterion
) -> list[tuple[Shown, list[Shown]]]:
    """The queries with the fewest hits whose answers are nevertheless the most alike."""
    asked, held = criterion.asked, criterion.held
    shared = criterion.hits(nearest.rows) & nearest.answered
    order = np.lexsort((-nearest.likenesses[:, 0], shared.sum(axis=1), ~criterion.answerable))
    return [
        (
            Shown(_thumbnail(evaluation.queries, query), str(asked[query])),
            [
                Shown(_thumbnail(evaluation.items, row), f"{held[row]} {alike:.2f}", bool(hit))
                for row, alike, hit, answered in zip(
                    nearest.rows[query].tolist(),
                    nearest.likenesses[query].tolist(),
                    shared[query].tolist(),
                    nearest.answered[query].tolist(),
                    strict=True,
                )
                if answered
            ],
        )
        for query in order[:WORST].tolist()
    ]


def _thumbnail(catalogue: Catalogue, row: int) -> str:
    picture = catalogue.read_picture(row)
    picture.thumbnail((THUMBNAIL, THUMBNAIL))
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=80)
    return "data:image/jpeg;base64," + base64.b64encode(stream.getvalue()).decode()
