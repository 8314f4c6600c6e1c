"""Encoding: one picture, a phone's photo, and a whole catalogue."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from transformers import ResNetConfig, ResNetModel

from benchmarks.timing import Timing, alternate
from benchmarks.usual import UsualProject
from pipeline.building import build
from pipeline.catalogue import open_catalogue
from pipeline.encoder import Encoder, calibrate, load_encoder
from pipeline.encoder.lite import imagenet_processor

ROUNDS = 40
USUAL_ITEMS, ITEMS = 300, 4000
"""The usual way costs every picture the same; Lookalike calibrates once a build."""
FLOPS = 8.2e9
"""Of ResNet-50 at 224 x 224: 4.1 billion multiply-adds (He et al. 2015, table 1)."""


def full_size_encoder(folder: Path) -> Path:
    """A ResNet-50 that costs what the hub's costs; its weights are random."""
    torch.manual_seed(0)
    model = ResNetModel(ResNetConfig())
    model.save_pretrained(folder / "full-size")
    imagenet_processor(224).save_pretrained(folder / "full-size")
    settings_file = folder / "full-size" / "preprocessor_config.json"
    settings = json.loads(settings_file.read_text())
    settings_file.write_text(json.dumps(settings | {"crop_pct": 0.875}))
    return folder / "full-size"


def export_photos(catalogue: str, folder: Path, count: int) -> list[Path]:
    """Photos of a catalogue as the files that a shop has."""
    opened = open_catalogue(catalogue)
    folder.mkdir()
    paths = []
    for row in range(min(count, len(opened))):
        path = folder / f"{row:05d}.jpg"
        source = opened.picture_source(row)
        path.write_bytes(source if isinstance(source, bytes) else source.read_bytes())
        paths.append(path)
    return paths


def measure_encoding(catalogue: str, work: Path) -> dict[str, Any]:
    """Encode one photo, a phone's photo, and a catalogue, both ways.

    Returns:
        By row of the table, the timings of both sides and what they mean.
    """
    folder = full_size_encoder(work)
    photos = export_photos(catalogue, work / "photos", ITEMS)
    phone = work / "phone.jpg"
    Image.open(photos[0]).resize((1800, 2400), Image.Resampling.BICUBIC).save(phone, quality=92)

    usual = UsualProject(folder)
    encoder = load_encoder(folder, precision="int8", home=work / "home")
    opened = open_catalogue(work / "photos")
    guard = calibrate(encoder, opened)
    one = alternate(
        {
            "usual": lambda: usual.encode(photos[1]),
            "lookalike": lambda: encoder.encode([photos[1]]),
            "usual, phone": lambda: usual.encode(phone),
            "lookalike, phone": lambda: encoder.encode([phone]),
        },
        ROUNDS,
    )
    rates = _build_rates(usual, encoder, photos, work)
    return {
        "guard": guard,
        "one": (one["usual"], one["lookalike"]),
        "phone": (one["usual, phone"], one["lookalike, phone"]),
        "catalogue": rates,
        "giga_operations": FLOPS / rates[1].median / 1e9,
    }


def _build_rates(
    usual: UsualProject, encoder: Encoder, photos: list[Path], work: Path
) -> tuple[Timing, Timing]:
    """Seconds a picture, whole builds, alternating."""
    mine, theirs = [], []
    for turn in range(3):
        started = time.perf_counter()
        usual.build(photos[:USUAL_ITEMS], work / "usual.pickle")
        theirs.append((time.perf_counter() - started) / USUAL_ITEMS)
        started = time.perf_counter()
        build(open_catalogue(work / "photos"), encoder, work / f"built-{turn}")
        mine.append((time.perf_counter() - started) / len(photos))
    return Timing.of(theirs), Timing.of(mine)
