"""Whatever is done in whatever order, a built catalogue holds what a plain dictionary says."""

from __future__ import annotations

import csv
import os
import random
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image

from pipeline.artifacts import Version, open_built, roll_back, versions_of
from pipeline.building import add, build, remove, update
from pipeline.catalogue import open_catalogue
from pipeline.encoder import Encoder
from pipeline.index import Metric, open_index
from tests.support.killed import Updates

OPERATIONS = 300
"""As many as `make test` has time for; `pytest --operations N` tries any number."""
Colour = tuple[int, int, int]
Item = tuple[Colour, str]
"""Its picture, all of one colour, and its price."""
Items = dict[str, Item]

HAS_KILLS = hasattr(os, "pidfd_open")
"""Elsewhere nobody is killed; all else is done."""


@pytest.fixture
def updates(encoder_folder: Path) -> Iterator[Updates | None]:
    with Updates(encoder_folder) if HAS_KILLS else nullcontext() as running:
        yield running


def write_source(folder: Path, items: Items) -> Path:
    """A folder whose table names these items; its pictures are called anew every time."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    with (folder / "metadata.csv").open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(["file_name", "id", "price"])
        for number, (item_id, (colour, price)) in enumerate(items.items()):
            Image.new("RGB", (24, 24), colour).save(folder / f"{number}.png")
            table.writerow([f"{number}.png", item_id, price])
    return folder


def of(items: Items) -> list[Colour]:
    """The pictures of items."""
    return [colour for colour, _ in items.values()]


@dataclass
class Shop:
    """What is built of a source, beside the dictionaries that say what it must be."""

    root: Path
    encoder: Encoder
    updates: Updates | None
    chance: random.Random
    source: Items = field(default_factory=dict)
    now: int = 1
    versions: dict[int, Items] = field(default_factory=dict)
    forgotten: dict[int, Items] = field(default_factory=dict)
    killed: Counter[bool] = field(default_factory=Counter)
    made_from: dict[int, int] = field(default_factory=dict)
    seconds: float = 0.5

    def __post_init__(self) -> None:
        self.out = self.root / "built"
        for _ in range(6):
            self.draw()
        build(open_catalogue(self.folder()), self.encoder, self.out)
        self.versions[1] = dict(self.source)

    def folder(self) -> Path:
        return write_source(self.root / "source", self.source)

    @property
    def items(self) -> Items:
        return self.versions[self.now]

    def draw(self) -> None:
        """An item comes, or gets another picture, maybe that of another item or of old."""
        known = [colour for items in (self.source, *self.versions.values()) for colour in of(items)]
        is_known = known and self.chance.random() < 0.3
        colour = self.chance.choice(known) if is_known else self.colour()
        self.source[f"sku-{self.chance.randrange(12)}"] = (colour, self.price())

    def colour(self) -> Colour:
        red, green, blue = (self.chance.randrange(0, 250, 8) for _ in range(3))
        return red, green, blue

    def price(self) -> str:
        return f"{self.chance.randrange(100)} EUR"

    def reprice(self) -> None:
        item_id = self.chance.choice(list(self.source))
        self.source[item_id] = (self.source[item_id][0], self.price())

    def drop(self) -> None:
        if len(self.source) > 1:
            del self.source[self.chance.choice(list(self.source))]

    def shuffle(self) -> None:
        items = list(self.source.items())
        self.chance.shuffle(items)
        self.source = dict(items)

    def update(self) -> None:
        folder, new = self.folder(), self.new_pictures(self.source)
        done = update(self.out, open_catalogue(folder), self.encoder)
        assert done.embedded == new
        self.took(self.source)

    def add(self) -> None:
        more: Items = {}
        for _ in range(self.chance.randint(1, 3)):
            more[f"sku-{self.chance.randrange(16)}"] = (self.colour(), self.price())
        new = self.new_pictures(more)
        source = write_source(self.root / "more", more)
        assert add(self.out, open_catalogue(source), self.encoder).embedded == new
        self.took(self.items | more)

    def remove(self) -> None:
        gone = self.chance.sample(list(self.items), self.chance.randrange(len(self.items)))
        if gone:
            remove(self.out, gone, self.encoder)
            self.took({i: item for i, item in self.items.items() if i not in gone})

    def roll_back(self) -> None:
        number = self.chance.choice([None, *self.versions])
        if number is None:
            number = self.made_from.get(self.now)
            if number not in self.versions:
                return
            assert roll_back(self.out).number == number
        else:
            assert roll_back(self.out, number).number == number
        self.now = number

    def query(self) -> None:
        item_id = self.chance.choice(list(self.items))
        colour, _ = self.items[item_id]
        picture = Image.new("RGB", (24, 24), colour)
        built = open_built(self.out)
        index = open_index(built, Metric.EUCLIDEAN)
        rows, distances = index.search(self.encoder.encode([picture]), 1)
        assert distances[0, 0] == pytest.approx(0, abs=1e-3)
        assert self.items[built.ids[rows[0, 0]]][0] == colour

    def kill(self) -> None:
        """An update is killed, at any moment from its first to beyond its last."""
        if self.updates is None:
            return
        self.draw()
        after = self.chance.uniform(0, 1.2) * self.seconds
        has_ended, seconds = self.updates.run(self.out, self.folder(), after)
        if has_ended:
            self.seconds = seconds
        is_new = Version.read(self.out).number != self.now
        self.killed[is_new] += 1
        if is_new:
            self.took(self.source)
        for version in versions_of(self.out):
            # A kill may come before the oldest is removed; the next change does it.
            self.versions.setdefault(version.number, self.forgotten.get(version.number, {}))

    def new_pictures(self, wanted: Items) -> int:
        """How many pictures nobody has embedded for a version that is kept."""
        known = {colour for items in self.versions.values() for colour in of(items)}
        return len(set(of(wanted)) - known)

    def took(self, items: Items) -> None:
        """Note that these are the items now, in their order."""
        if list(items.items()) == list(self.items.items()):
            return
        number = max(self.versions) + 1
        self.made_from[number] = self.now
        self.versions[number] = dict(items)
        self.now = number
        while len(self.versions) > 5:
            oldest = min(self.versions.keys() - {number, self.made_from[number]})
            self.forgotten[oldest] = self.versions.pop(oldest)

    def check(self) -> None:
        """Whether what is on the disk is what the dictionaries say."""
        built = open_built(self.out)
        assert built.ids == list(self.items)
        prices = built.column("price").to_pylist()
        assert prices == [price for _, price in self.items.values()]
        assert Version.read(self.out).number == self.now
        assert [version.number for version in versions_of(self.out)] == sorted(self.versions)


CHANCES = {
    Shop.draw: 5,
    Shop.reprice: 2,
    Shop.drop: 2,
    Shop.shuffle: 1,
    Shop.update: 5,
    Shop.add: 2,
    Shop.remove: 2,
    Shop.roll_back: 2,
    Shop.query: 3,
    Shop.kill: 5,
}
"""What may be done, and how often."""


def test_operations_in_any_order_against_a_dictionary(
    encoder: Encoder, updates: Updates | None, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    number = pytestconfig.getoption("--operations")
    chosen = pytestconfig.getoption("--seed")
    seed = chosen if chosen is not None else (0 if number is None else random.randrange(10**9))
    print(f"\nrandom operations, --seed {seed}")
    chance = random.Random(seed)
    shop = Shop(tmp_path, encoder, updates, chance)
    done: list[str] = []
    try:
        for _ in range(number or OPERATIONS):
            (operation,) = chance.choices(list(CHANCES), list(CHANCES.values()))
            done.append(operation.__name__)
            operation(shop)
            shop.check()
    except Exception as error:
        raise AssertionError(f"--seed {seed}: after {', '.join(done)}: {error}") from error
    if updates is not None and len(done) >= OPERATIONS:
        assert sum(shop.killed.values()) >= 40
