"""Measures of retrieval, and the split that keeps them honest."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from pipeline.catalogue import open_catalogue, split_catalogue
from pipeline.evaluation.measures import precision_at_k
from tests.conftest import draw_garment


def test_precision_counts_the_nearest_that_share_the_value() -> None:
    angles = np.array([0.0, 0.01, 0.02, 1.0, 1.01])
    embeddings = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    values = {"kind": ["a", "a", "b", "b", None]}
    # Nearest two: 0 -> 1, 2; 1 -> 0, 2; 2 -> 1, 0; 3 -> 4, 2.
    expected = (0.5 + 0.5 + 0.0 + 0.5) / 4
    assert precision_at_k(embeddings, values, k=2)["kind"] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [("aabb", 1 / 3), ("aabbc", (4 * 1 / 4 + 0) / 5), ("aab", 1 / 3), ("a", float("nan"))],
)
def test_of_few_items_all_the_others_are_the_nearest(kinds: str, expected: float) -> None:
    found = precision_at_k(np.eye(len(kinds), dtype=np.float32), {"kind": list(kinds)})
    assert found["kind"] == pytest.approx(expected, nan_ok=True)


def test_the_split_is_the_same_every_time_and_parts_all_items(products: str) -> None:
    catalogue = open_catalogue(products).select(list(range(800)))
    kept, held = split_catalogue(catalogue)
    assert (kept, held) == split_catalogue(catalogue)
    assert sorted(kept + held) == list(range(800))
    assert 60 < len(held) < 140


def test_identical_pictures_stay_on_one_side(tmp_path: Path) -> None:
    draw_garment(tmp_path / "0.png", "red", "disc")
    for number in range(1, 60):
        shutil.copy(tmp_path / "0.png", tmp_path / f"{number}.png")
    kept, held = split_catalogue(open_catalogue(tmp_path), held_out=0.5)
    assert {len(kept), len(held)} == {0, 60}
