"""The charts of the report, each an SVG that the page carries inside."""

from __future__ import annotations

import io
from collections import Counter

import matplotlib

matplotlib.use("Agg")  # no screen is needed to draw to a file

import numpy as np
from matplotlib import pyplot
from matplotlib.figure import Figure

from pipeline.evaluation.measures import share_right
from pipeline.evaluation.queries import Criterion
from pipeline.evaluation.run import Nearest

MOST_CLASSES = 18
INK, ACCENT, PALE = "#2b2a28", "#b4552d", "#d9d4cb"


def category_bars(criterion: Criterion, nearest: Nearest) -> str:
    """Precision@5 by value of an attribute, the commonest first."""
    asked = np.where(criterion.answerable, criterion.asked, "")
    hits = share_right(criterion.hits(nearest.rows), nearest.answered)
    names = _commonest(asked)
    shares = [hits[asked == name].mean() for name in names]
    counts = [int((asked == name).sum()) for name in names]
    figure, axes = pyplot.subplots(figsize=(7.5, 0.32 * len(names) + 1))
    axes.barh(range(len(names)), shares, color=ACCENT)
    axes.set_yticks(range(len(names)), [f"{n} ({c})" for n, c in zip(names, counts, strict=True)])
    axes.invert_yaxis()
    axes.set_xlim(0, 1)
    axes.set_xlabel("precision@5 (queries in brackets)")
    return _svg(figure)


def confusion(criterion: Criterion, nearest: Nearest) -> str:
    """Which values the five nearest have, for queries of each value."""
    asked = np.where(criterion.answerable, criterion.asked, "")
    names = _commonest(asked)
    answers = criterion.held[nearest.rows]
    answered = nearest.answered
    is_shared = set(names) <= set(criterion.held.tolist())
    others = names if is_shared else _commonest(answers[answered])
    table = np.zeros((len(names), len(others)))
    for row, name in enumerate(names):
        given = answers[(asked == name)[:, None] & answered]
        table[row] = [(given == other).mean() for other in others]
    size = (0.33 * len(others) + 2, 0.33 * len(names) + 2)
    figure, axes = pyplot.subplots(figsize=size)
    axes.imshow(table, cmap="Oranges", vmin=0, vmax=1)
    axes.set_xticks(range(len(others)), others, rotation=90)
    axes.set_yticks(range(len(names)), names)
    axes.set_xlabel("among the five nearest")
    axes.set_ylabel("asked for")
    for row, column in zip(*np.nonzero(table >= 0.1), strict=True):
        dark = table[row, column] > 0.6
        text = f"{table[row, column]:.1f}".lstrip("0")
        axes.text(column, row, text, ha="center", va="center", size=7, color="w" if dark else INK)
    return _svg(figure)


def score_distribution(criterion: Criterion, nearest: Nearest) -> str:
    """How alike the five nearest are, those that share the value against those that do not."""
    shared = criterion.hits(nearest.rows)[nearest.answered]
    scores = nearest.likenesses[nearest.answered]
    figure, axes = pyplot.subplots(figsize=(7.5, 2.8))
    bins = np.linspace(float(scores.min()), float(scores.max()) + 1e-9, 50).tolist()
    axes.hist(scores[shared], bins, color=ACCENT, alpha=0.8, label=f"same {criterion.name}")
    axes.hist(scores[~shared], bins, color=INK, alpha=0.6, label="another")
    axes.set_xlabel("cosine similarity of the five nearest")
    axes.set_ylabel("matches")
    axes.legend(frameon=False)
    return _svg(figure)


def _commonest(values: np.ndarray) -> list[str]:
    counts = Counter(value for value in values.tolist() if value)
    return [name for name, _ in counts.most_common(MOST_CLASSES)]


def _svg(figure: Figure) -> str:
    for axes in figure.axes:
        axes.spines[["top", "right"]].set_visible(False)
    stream = io.StringIO()
    figure.savefig(stream, format="svg", bbox_inches="tight", transparent=True)
    pyplot.close(figure)
    text = stream.getvalue()
    return text[text.index("<svg") :]
