"""Run every benchmark and write the table and the plot: `python -m benchmarks`."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.building import measure_builds
from benchmarks.calling import measure_calls
from benchmarks.encoding import export_photos, full_size_encoder, measure_encoding
from benchmarks.engines import measure_engines
from benchmarks.garments import measure_garments
from benchmarks.growing import measure_growth
from benchmarks.learning import measure_learning
from benchmarks.load import bear
from benchmarks.mapping import measure_map
from benchmarks.memory import hold
from benchmarks.plotting import plot_growth
from benchmarks.report import (
    Row,
    build_rows,
    call_rows,
    encoding_rows,
    engine_rows,
    garment_rows,
    growth_rows,
    learning_rows,
    load_rows,
    map_rows,
    memory_rows,
    runtime_rows,
    search_rows,
    serving_rows,
    steering_rows,
    table,
    update_rows,
    worker_rows,
)
from benchmarks.runtimes import BATCH, measure_runtimes
from benchmarks.searching import measure_search, peak_memory, read_bandwidth
from benchmarks.serving import Serving, enlarge, serve, write_pickle
from benchmarks.steering import measure_steering
from benchmarks.timing import alternate
from benchmarks.updating import measure_updates
from benchmarks.workers import measure_workers
from pipeline.artifacts import EMBEDDINGS, map_embeddings
from pipeline.building import build
from pipeline.building.shipped import SHIPPED
from pipeline.catalogue import Catalogue, open_catalogue
from pipeline.encoder import STARTER_ENCODER, load_encoder, locate
from pipeline.recommender import open_recommender
from pipeline.settings import Settings
from tests.support.live import free_port

PHOTOS = "../shared/data/fashion-product-images-small"
PHONES = "../shared/data/clothing-photos"
SIZES = (10_000, 44_000, 200_000, 1_000_000)
SERVED = 44_000
LIVING = 50_000
"""Items up to which updates are measured."""
MODELLED = 2000
"""Photos that are embedded to learn the mean and the covariance of real embeddings."""
CALLED = 16
"""Items of the catalogue that is called: what a call costs hardly depends on them."""


def main() -> None:
    """Measure what the arguments name and write ``results.md``, ``.json`` and ``growth.png``."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--photos", default=PHOTOS, help="a catalogue of real photos")
    parser.add_argument("--phones", default=PHONES, help="photos taken at home")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results"))
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--seconds", type=float, default=600, help="how long the load lasts")
    parser.add_argument("--sizes", nargs="+", type=int, default=list(SIZES))
    parser.add_argument("--events", nargs="+", type=int, default=[1_000_000, 10_000_000])
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for part in options.only:
        with tempfile.TemporaryDirectory(prefix="lookalike-benchmark-") as work:
            rows, facts = PARTS[part](options, Path(work))
        written = {"rows": [asdict(row) for row in rows]} | facts
        (options.out / f"{part}.json").write_text(json.dumps(written, indent=1) + "\n")
        (options.out / f"{part}.md").write_text(table(rows) + "\n")
        print(table(rows), flush=True)


def _photos(options: argparse.Namespace, count: int = MODELLED) -> Catalogue:
    opened = open_catalogue(options.photos)
    return opened.select(list(range(0, len(opened), max(1, len(opened) // count))))


def _encoding(options: argparse.Namespace, work: Path) -> tuple[list[Row], dict[str, Any]]:
    found = measure_encoding(options.photos, work)
    guard = found["guard"]
    facts = {"guard": asdict(guard), "giga_operations": found["giga_operations"]}
    return encoding_rows(found), facts | {"peak_memory": peak_memory()}


def _runtimes(options: argparse.Namespace, work: Path) -> tuple[list[Row], dict[str, Any]]:
    photos = export_photos(options.photos, work / "photos", BATCH)
    folders = {
        "starter encoder": Path(locate(STARTER_ENCODER)),
        "ResNet-50": full_size_encoder(work),
    }
    return runtime_rows(measure_runtimes(folders, photos, work)), {}


def _building(options: argparse.Namespace, work: Path) -> tuple[list[Row], dict[str, Any]]:
    return build_rows(measure_builds(options.photos, work)), {}


def _searching(options: argparse.Namespace, work: Path) -> tuple[list[Row], dict[str, Any]]:
    encoder = load_encoder("starter", home=work / "home")
    built = build(_photos(options), encoder, work / "built")
    found = measure_search(built.embeddings, options.sizes, work)
    plot_growth(found, options.out / "growth.png")
    bandwidth = read_bandwidth()
    return search_rows(found, bandwidth), {"bandwidth": bandwidth}


def _engines(options: argparse.Namespace, work: Path) -> tuple[list[Row], dict[str, Any]]:
    real = map_embeddings(SHIPPED / EMBEDDINGS)
    return engine_rows(measure_engines(real, options.sizes)), {}


def _steering(_options: argparse.Namespace, work: Path) -> tuple[list[Row], dict[str, Any]]:
    return steering_rows(measure_steering(SERVED, work)), {}


def _serving(options: argparse.Namespace, work: Path) -> tuple[list[Row], dict[str, Any]]:
    folder = full_size_encoder(work)
    home = work / "home"
    encoder = load_encoder(folder, precision="int8", home=home)
    opened = _photos(options)
    built = build(opened, encoder, work / "built")
    large = enlarge(built, SERVED, work / "large")
    picture = work / "photo.jpg"
    opened.read_picture(0).save(picture, quality=95)
    write_pickle(large, work / "usual.pickle")
    port = str(free_port())
    usual = ["-m", "benchmarks.usual_app", str(folder), str(work / "usual.pickle"), port]
    lookalike = ["app.py", "--artifacts", str(large), "--encoder", str(folder), "--home", str(home)]
    theirs = serve(usual, f"http://127.0.0.1:{port}", picture, ())
    # The second start is the usual one: the first compiles what is kept from then on.
    mine: Serving | None = None
    for _ in range(2):
        port = str(free_port())
        url = f"http://127.0.0.1:{port}"
        mine = serve([*lookalike, "--port", port], url, picture, ("cosine",))
    assert mine is not None
    bare = [encoder.prepare(opened.read_picture(0))]
    encoding = alternate(
        {"network": lambda: encoder.embed(bare), "encoder": lambda: encoder.encode([picture])}, 40
    )
    facts = {
        f"query_over_{name}": mine.query.median / timing.median for name, timing in encoding.items()
    }
    return serving_rows(theirs, mine), facts


def _calling(options: argparse.Namespace, work: Path) -> tuple[list[Row], dict[str, Any]]:
    opened, home = _photos(options, CALLED), work / "home"
    picture = work / "photo.jpg"
    opened.read_picture(0).save(picture, quality=95)
    full = full_size_encoder(work)
    build(opened, load_encoder(full, home=home), work / "built")
    rows: list[Row] = []
    for network, encoder, catalogue in (
        ("starter encoder", "starter", ["--catalogue", "starter"]),
        ("ResNet-50", str(full), ["--artifacts", str(work / "built")]),
    ):
        port = str(free_port())
        page = ["app.py", *catalogue, "--encoder", encoder, "--home", str(home), "--port", port]
        alone, url = load_encoder(encoder, home=home), f"http://127.0.0.1:{port}"
        rows += call_rows(measure_calls(network, alone, page, url, picture))
    return rows, {}


def _updating(options: argparse.Namespace, work: Path) -> tuple[list[Row], dict[str, Any]]:
    found = measure_updates(
        options.photos, [size for size in options.sizes if size <= LIVING], work
    )
    return update_rows(found), {}


def _learning(options: argparse.Namespace, work: Path) -> tuple[list[Row], dict[str, Any]]:
    return learning_rows(measure_learning(options.events, work)), {}


def _load(options: argparse.Namespace, work: Path) -> tuple[list[Row], dict[str, Any]]:
    picture = work / "photo.jpg"
    open_catalogue(options.photos).read_picture(0).save(picture, quality=95)
    port = str(free_port())
    starter = ["app.py", "--catalogue", "starter", "--encoder", "starter", "--port", port]
    found = bear(starter, f"http://127.0.0.1:{port}", picture, options.seconds)
    return load_rows(found), {}


def _memory(options: argparse.Namespace, work: Path) -> tuple[list[Row], dict[str, Any]]:
    home, picture = work / "home", work / "photo.jpg"
    open_catalogue(options.photos).read_picture(0).save(picture, quality=95)
    starter = open_recommender(Settings(catalogue="starter", encoder="starter", home=home))
    large = enlarge(starter.built, SERVED, work / "large")
    found = []
    for what, catalogue, limit in (
        ("the starter set", ["--catalogue", "starter"], 1000),
        (f"{SERVED:,} items", ["--artifacts", str(large)], 1200),
    ):
        port = str(free_port())
        page = ["app.py", *catalogue, "--encoder", "starter", "--home", str(home), "--port", port]
        url = f"http://127.0.0.1:{port}"
        found.append(hold(what, page, url, picture, limit * 2**20))
    return memory_rows(found), {}


def _map(options: argparse.Namespace, work: Path) -> tuple[list[Row], dict[str, Any]]:
    home, port = work / "home", str(free_port())
    starter = open_recommender(Settings(catalogue="starter", encoder="starter", home=home))
    large = enlarge(starter.built, SERVED, work / "large")
    page = ["app.py", "--artifacts", str(large), "--encoder", "starter", "--home", str(home)]
    return map_rows(measure_map(large, [*page, "--port", port], f"http://127.0.0.1:{port}")), {}


def _garments(options: argparse.Namespace, _work: Path) -> tuple[list[Row], dict[str, Any]]:
    found = measure_garments(open_catalogue(options.photos), open_catalogue(options.phones))
    return garment_rows(*found), {}


def _workers(options: argparse.Namespace, work: Path) -> tuple[list[Row], dict[str, Any]]:
    return worker_rows(measure_workers(options.phones, work)), {}


def _growing(options: argparse.Namespace, work: Path) -> tuple[list[Row], dict[str, Any]]:
    return growth_rows(measure_growth(options.sizes, work)), {}


PARTS: dict[str, Callable[[argparse.Namespace, Path], tuple[list[Row], dict[str, Any]]]] = {
    "encoding": _encoding,
    "runtimes": _runtimes,
    "building": _building,
    "searching": _searching,
    "engines": _engines,
    "steering": _steering,
    "serving": _serving,
    "calling": _calling,
    "updating": _updating,
    "learning": _learning,
    "load": _load,
    "memory": _memory,
    "garments": _garments,
    "map": _map,
    "growing": _growing,
    "workers": _workers,
}

if __name__ == "__main__":
    main()
