"""What was learned of words is kept with a build, and believed only where it fits."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.artifacts import BuiltCatalogue, FileRecord, open_built, write_embeddings
from pipeline.words import Words, keeping, learn_words, open_words
from pipeline.words.learning import READING

WORDS = "blue square"


def test_a_build_keeps_what_a_query_in_words_needs(
    built: BuiltCatalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = Words(learn_words(built), built.manifest.encoder.dimension).meant(WORDS)
    monkeypatch.setattr(keeping, "learn_words", lambda _: pytest.fail("learned again"))
    kept = open_words(open_built(built.folder)).meant(WORDS)
    np.testing.assert_allclose(kept.embedding, fresh.embedding, atol=1e-6)
    assert kept.colours is not None
    assert fresh.colours is not None
    np.testing.assert_allclose(kept.colours, fresh.colours, atol=1e-6)


def change(name: str, value: object) -> Callable[[dict[str, Any]], object]:
    return lambda told: told.update({name: value})


HOSTILE: dict[str, Callable[[dict[str, Any]], object]] = {
    "no words": change("known", []),
    "words that are none": change("known", ["?"]),
    "a term twice": lambda told: told["terms"].update(words=["red"] * len(told["terms"]["words"])),
    "terms of no list": change("terms", {"words": 5, "parts": 5}),
    "fewer weights": lambda told: told["weights"].pop(),
    "weights of texts": lambda told: told["weights"].__setitem__(0, "a"),
    "an infinite weight": lambda told: told["weights"].__setitem__(0, float("inf")),
    "no length": lambda told: told.pop("length"),
    "a length that is none": change("length", float("nan")),
}


@pytest.fixture
def copy(built: BuiltCatalogue, tmp_path: Path) -> Path:
    return shutil.copytree(built.folder, tmp_path / "copy")


def learned_again(built: BuiltCatalogue, caplog: pytest.LogCaptureFixture) -> str:
    with caplog.at_level(logging.WARNING):
        assert open_words(built).meant(WORDS).unknown == ()
    return caplog.text


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_cannot_have_been_learned_is_learned_again(
    copy: Path, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    """Whoever writes the file writes its checksum too."""
    file = copy / keeping.TERMS
    told = json.loads(file.read_text(encoding="utf-8"))
    HOSTILE[kind](told)
    file.write_text(json.dumps(told), encoding="utf-8")
    built = open_built(copy)
    assert built.manifest.words is not None
    record = replace(built.manifest.words, terms=FileRecord.of(file))
    built.manifest = replace(built.manifest, words=record)
    assert "are learned again" in learned_again(built, caplog)


def test_what_was_learned_of_other_words_is_learned_again(
    built: BuiltCatalogue, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a version of the program took no letter alone for a word."""
    monkeypatch.setattr(keeping, "READING", READING + 1)
    assert "read in another way" in learned_again(built, caplog)


@pytest.mark.parametrize("damage", ["cut", "missing", "nested", "of other rows", "of other items"])
def test_what_is_damaged_or_of_other_items_is_learned_again(
    copy: Path, caplog: pytest.LogCaptureFixture, damage: str
) -> None:
    built = open_built(copy)
    record, terms, rows = built.manifest.words, copy / keeping.TERMS, copy / keeping.ROWS
    assert record is not None
    if damage == "cut":
        rows.write_bytes(rows.read_bytes()[:-4])
    elif damage == "missing":
        rows.unlink()
    elif damage == "nested":
        terms.write_text("[" * 100_000, encoding="utf-8")
        record = replace(record, terms=FileRecord.of(terms))
    elif damage == "of other rows":
        record = replace(record, rows=write_embeddings(rows, [np.ones((2, 3))], 2, 3))
    else:
        record = replace(record, made_of="0" * 64)
    built.manifest = replace(built.manifest, words=record)
    assert "are learned again" in learned_again(built, caplog)
