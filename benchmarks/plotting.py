"""The plot of how a search grows."""

from __future__ import annotations

from pathlib import Path

from benchmarks.searching import SearchRow
from benchmarks.timing import Timing


def plot_growth(found: list[SearchRow], path: Path) -> None:
    """How the time of a search grows with the catalogue."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 4))
    axes = figure.subplots()
    lines: list[tuple[str, list[tuple[int, Timing]]]] = [
        ("scikit-learn", [(row.items, row.usual) for row in found if row.usual is not None]),
        ("exact scan", [(row.items, row.exact) for row in found]),
        ("Lookalike", [(row.items, row.lookalike) for row in found]),
    ]
    for label, points in lines:
        times = [timing.median * 1e3 for _, timing in points]
        axes.plot([items for items, _ in points], times, marker="o", label=label)
    axes.set(xscale="log", yscale="log", xlabel="items", ylabel="milliseconds a query")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(path, dpi=120, bbox_inches="tight")
