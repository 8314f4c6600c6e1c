"""Ids of a log and of a catalogue: the same item, however a program has written its id."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline.errors import EventsError
from pipeline.events import Events, read_events


def read(
    folder: Path,
    named: Sequence[str],
    items: Sequence[str] | None = None,
    variants: Sequence[tuple[str, str]] = (),
) -> Events:
    """Events of one person, an hour apart, of items as they are named."""
    rows = [f"u1\t{item}\t2024-01-01T{hour:02}:00" for hour, item in enumerate(named)]
    path = folder / "events.tsv"
    path.write_text("\n".join(("user\titem\ttime", *rows)), encoding="utf-8")
    return read_events(path, None, items, variants)


CAFE = "café-1"
WRITTEN = {
    "a float's": (["123.0", "124.0"], ["123", "124"]),
    "a float's beside another text": (["123.0", "A124"], ["123", "A124"]),
    "as Excel is told": (['"=""0123"""', '"=""0124"""'], ["0123", "0124"]),
    "with a blank of no width": (["\u200bA1", "A2\u200b"], ["A1", "A2"]),
    "with one within": (["A\u200b1", "A2"], ["A1", "A2"]),
    "with one in the catalogue": (["A1", "A2"], ["A\u200b1", "\ufeffA2"]),
    "decomposed": ([unicodedata.normalize("NFD", CAFE), "b"], [CAFE, "b"]),
    "decomposed in the catalogue": ([CAFE, "b"], [unicodedata.normalize("NFD", CAFE), "b"]),
    "without the zeros before it": (["7", "108775015"], ["007", "0108775015"]),
    "with zeros that the catalogue lost": (["007", "0108775015"], ["7", "108775015"]),
}


@pytest.mark.parametrize("how", WRITTEN)
def test_ids_are_matched_however_they_are_written(how: str, tmp_path: Path) -> None:
    named, items = WRITTEN[how]
    events = read(tmp_path, named, items)
    assert events.item.tolist() == [0, 1]
    assert events.ids == items
    assert ("zeros before" in "\n".join(events.counts.lines())) == ("zeros" in how)


def test_ids_that_look_alike_are_one_without_a_catalogue(tmp_path: Path) -> None:
    named = [
        CAFE,
        unicodedata.normalize("NFD", CAFE),
        f"\u200b{CAFE}",
        "0123",
        '"=""0123"""',
        "123",
    ]
    assert read(tmp_path, named).ids == [CAFE, "0123", "123"]


def test_parts_of_numbers_stay(tmp_path: Path) -> None:
    assert read(tmp_path, ["10.0", "10.5"]).ids == ["10.0", "10.5"]


def test_numbers_that_may_mean_several_items_mean_none(tmp_path: Path) -> None:
    with pytest.raises(EventsError, match="it has '7' where"):
        read(tmp_path, ["7"], ["007", "07"])
    events = read(tmp_path, ["7", "007", "8"], ["007", "08"])
    assert events.item.tolist() == [0, 1], "what the log has with other zeros is another item"
    assert (events.counts.unknown_items, events.counts.unknown_example) == (1, "7")
    assert (events.counts.zeros, events.counts.zeros_example) == (1, ("8", "08"))


def test_an_id_of_a_variant_stands_for_its_item(tmp_path: Path) -> None:
    variants = [("tee-s", "tee"), ("tee-m", "tee"), ("x", "tee"), ("x", "hat"), ("hat", "tee")]
    events = read(tmp_path, ["tee-s", "tee-m", "hat", "x", "tee", "none"], ["tee", "hat"], variants)
    assert events.item.tolist() == [0, 0, 1, 0]
    assert (events.counts.variants, events.counts.unknown_items) == (2, 2)
    assert events.counts.rows == events.counts.kept + events.counts.unknown_items
    assert "2 events name variants, and count for their items" in list(events.counts.lines())
