"""What a trained encoder says of itself: learning curves as a picture, and a model card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")  # no screen is needed to draw to a file

from matplotlib import pyplot

CURVES = "learning-curves.png"
CARD = "README.md"


def write_curves(history: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Draw the loss by step and the retrieval of held-out items by epoch.

    Args:
        history: The trainer's log: entries with ``loss`` or with ``eval_*``, and ``epoch``.
        path: The PNG file to write.
    """
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 3.6))
    losses = [(entry["epoch"], float(entry["loss"])) for entry in history if "loss" in entry]
    if losses:
        left.plot(*zip(*losses, strict=True), color="#2b2a28")
    left.set(xlabel="epoch", ylabel="training loss")
    judged = [entry for entry in history if any(key.startswith("eval_") for key in entry)]
    names = [key for key in (judged[-1] if judged else {}) if key.startswith("eval_")]
    for name in names:
        points = [(entry["epoch"], entry[name]) for entry in judged if name in entry]
        right.plot(*zip(*points, strict=True), marker=".", label=name.removeprefix("eval_"))
    right.set(xlabel="epoch", ylabel="precision@5, held-out items", ylim=(0, 1))
    right.legend(frameon=False, fontsize=7)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=120, bbox_inches="tight")
    pyplot.close(figure)


def write_card(
    folder: Path, name: str, facts: Mapping[str, str], scores: Mapping[str, float]
) -> None:
    """Write the model card of an encoder folder.

    Args:
        folder: The encoder folder.
        name: What the folder will be called.
        facts: Lines of the section on how it was trained, by title.
        scores: Precision@5 on held-out items, by attribute.
    """
    rows = "\n".join(f"| {attribute} | {share:.3f} |" for attribute, share in scores.items())
    lines = "\n".join(f"- **{title}**: {fact}" for title, fact in facts.items())
    (folder / CARD).write_text(
        f"""---
library_name: transformers
pipeline_tag: image-feature-extraction
tags:
- image-similarity
- fashion
- lookalike
---
# An encoder for Lookalike

A ResNet whose pooled output places alike garments near each other.

```python
from pipeline.encoder import load_encoder

embeddings = load_encoder("{name}").encode(["shirt.jpg"])  # (1, dimension) float32
```

## Training

{lines}

![Learning curves]({CURVES})

## Figures

Share of each held-out item's five nearest other held-out items that have its value (cosine):

| attribute | precision@5 |
| --- | --- |
{rows}

## Limits

It has learned the garments, grounds and labels of its training catalogue. Values with fewer than
five items, and photos unlike those of the catalogue, are embedded less well. It knows nothing of
size, price, fabric or fit.
""",
        encoding="utf-8",
    )
