"""Draw a catalogue of garments: `python -m tools.draw_catalogue --out DIR`."""

from __future__ import annotations

import argparse
import io
import itertools
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import resvg_py
from datasets import Dataset, Features, Image, Value
from PIL import Image as Pillow
from tqdm import tqdm

from tools.drawing.canvas import Canvas
from tools.drawing.kinds import KINDS, Kind
from tools.drawing.palette import ACCENTS, COLOURS, vary
from tools.drawing.patterns import PATTERNS

FIRST_ID = 900_001
"""Clear of the product set's ids, which end below 60,000."""
SEASONS = ("Summer", "Winter", "Fall", "Spring")
TEXT = ("gender", "masterCategory", "subCategory", "articleType", "baseColour", "season")
FEATURES = Features(
    {"id": Value("int64")}
    | {name: Value("string") for name in TEXT}
    | {
        "year": Value("float64"),
        "usage": Value("string"),
        "productDisplayName": Value("string"),
        "image": Image(),
    }
)


def main() -> None:
    """Write the parquet file of a catalogue as the command line asks for it."""
    parser = argparse.ArgumentParser(description="Draw a catalogue of garments, seeded.")
    parser.add_argument("--out", type=Path, required=True, help="the dataset folder to write")
    parser.add_argument("--count", type=int, default=1015, help="how many items")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    rows = list(tqdm(draw_items(options.count, options.seed), total=options.count, unit="item"))
    data = options.out / "data"
    data.mkdir(parents=True, exist_ok=True)
    path = data / "train-00000-of-00001.parquet"
    Dataset.from_list(rows, features=FEATURES).to_parquet(path)
    print(f"{len(rows)} items in {path}, {path.stat().st_size / 1e6:.1f} MB")


def draw_items(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """Draw items of every kind in turn, each kind's colours and patterns in turn.

    Args:
        count: How many.
        seed: The same seed draws the same items to the byte.

    Yields:
        Rows with the columns of the product set.
    """
    rng = random.Random(seed)
    looks = {kind.article: _looks(kind, rng) for kind in KINDS}
    kinds = itertools.cycle(KINDS)
    for number in range(count):
        kind = next(kinds)
        yield draw_item(kind, *next(looks[kind.article]), rng, FIRST_ID + number)


def draw_item(
    kind: Kind, colour: str, pattern: str | None, rng: random.Random, item_id: int
) -> dict[str, Any]:
    """Draw one garment and describe it in the columns of the product set."""
    accent, second = rng.sample(ACCENTS[colour], 2)
    weave = PATTERNS[pattern](rng, accent, second) if pattern else ""
    canvas = Canvas(rng, vary(COLOURS[colour], rng), weave)
    cut = kind.draw(canvas)
    gender = rng.choice(kind.genders)
    words = [gender, colour, cut if cut != pattern else None, pattern, kind.noun]
    return {
        "id": item_id,
        "gender": gender,
        "masterCategory": kind.category[0],
        "subCategory": kind.category[1],
        "articleType": kind.article,
        "baseColour": colour,
        "season": rng.choice(SEASONS),
        "year": float(rng.randint(2011, 2018)),
        "usage": rng.choice(kind.usages),
        "productDisplayName": " ".join(word for word in words if word),
        "image": {"bytes": _jpeg(canvas.svg()), "path": None},
    }


def _looks(kind: Kind, rng: random.Random) -> Iterator[tuple[str, str | None]]:
    """Every colour plain and in one pattern, shuffled, for ever."""
    while True:
        round_: list[tuple[str, str | None]] = [(colour, None) for colour in kind.colours]
        if kind.patterns:
            round_ += [(colour, rng.choice(kind.patterns)) for colour in kind.colours]
        rng.shuffle(round_)
        yield from round_


def _jpeg(svg: str) -> bytes:
    png = resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True)
    stream = io.BytesIO()
    picture = Pillow.open(io.BytesIO(png)).convert("RGB")
    picture.save(stream, "JPEG", quality=90, subsampling=0, optimize=True)
    return stream.getvalue()


if __name__ == "__main__":
    main()
