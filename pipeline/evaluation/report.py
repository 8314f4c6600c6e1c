"""The report: one HTML file with everything in it, and the figures as JSON beside it."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jinja2 import Environment, FileSystemLoader, select_autoescape

from pipeline.catalogue import Catalogue, attribute_values
from pipeline.evaluation.measures import MEASURES, as_text
from pipeline.evaluation.run import Evaluation, Nearest, Score
from pipeline.index import Metric

WORST = 8
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
    attribute = evaluation.attributes[0]
    templates = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=select_autoescape()
    )
    page = templates.get_template("report.html").render(
        evaluation=evaluation,
        first=first,
        attribute=attribute,
        measures=MEASURES,
        table=_table(evaluation.scores),
        advice=which_metric(evaluation.scores, first),
        charts={
            "By value": charts.category_bars(evaluation, nearest, attribute),
            "What is taken for what": charts.confusion(evaluation, nearest, attribute),
            "Scores": charts.score_distribution(evaluation, nearest, attribute),
        },
        worst=_worst(evaluation, nearest, attribute),
    )
    path = out / "report.html"
    path.write_text(page, encoding="utf-8")
    return path


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


def _worst(
    evaluation: Evaluation, nearest: Nearest, attribute: str
) -> list[tuple[Shown, list[Shown]]]:
    """The queries with the fewest hits whose answers are nevertheless the most alike."""
    asked = as_text(attribute_values(evaluation.queries, attribute))
    held = as_text(attribute_values(evaluation.items, attribute))
    shared = held[nearest.rows] == asked[:, None]
    order = np.lexsort((-nearest.likenesses[:, 0], shared.sum(axis=1), asked == ""))
    return [
        (
            Shown(_thumbnail(evaluation.queries, query), str(asked[query])),
            [
                Shown(_thumbnail(evaluation.items, row), f"{held[row]} {alike:.2f}", bool(hit))
                for row, alike, hit in zip(
                    nearest.rows[query].tolist(),
                    nearest.likenesses[query].tolist(),
                    shared[query].tolist(),
                    strict=True,
                )
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
