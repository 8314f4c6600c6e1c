"""The tables and the plot of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from benchmarks.building import BuildRow
from benchmarks.calling import Calls
from benchmarks.encoding import ITEMS
from benchmarks.engines import EngineRow
from benchmarks.garments import GarmentsRow
from benchmarks.growing import Growth
from benchmarks.learning import LearningRow
from benchmarks.load import CALLERS, CROWD, Load
from benchmarks.mapping import MapRow
from benchmarks.memory import Held
from benchmarks.runtimes import BATCH, RuntimeRow
from benchmarks.searching import SearchRow
from benchmarks.serving import Serving
from benchmarks.steering import SteeringRow
from benchmarks.timing import Timing
from benchmarks.updating import CHANGES, UpdateRow
from benchmarks.workers import CORES, WANTED, WorkersRow

MEGABYTE = 2**20


@dataclass(frozen=True)
class Row:
    """One line: the usual project, Lookalike, and the ratio of the two.

    Attributes:
        what: What was measured.
        usual: The usual project's figure; a dash where it was not run.
        lookalike: Lookalike's.
        ratio: How many times better Lookalike is; None where there is nothing to divide.
        note: What else to know.
    """

    what: str
    usual: str
    lookalike: str
    ratio: float | None
    note: str = ""


def table(rows: list[Row]) -> str:
    """The rows as Markdown."""
    lines = ["| | usual project | Lookalike | ratio | |", "| --- | --- | --- | --- | --- |"]
    for row in rows:
        ratio = f"{row.ratio:.3g}x" if row.ratio is not None else ""
        lines.append(f"| {row.what} | {row.usual} | {row.lookalike} | {ratio} | {row.note} |")
    return "\n".join(lines)


def encoding_rows(found: dict[str, Any]) -> list[Row]:
    """What `measure_encoding` found."""
    guard = found["guard"]
    usual, lookalike = found["catalogue"]
    return [
        _timed("encode one photo, 224 x 224", *found["one"]),
        _timed("encode a phone's photo, 1800 x 2400", *found["phone"]),
        _timed(
            f"build a catalogue of {ITEMS:,}, a picture",
            usual,
            lookalike,
            f"{found['giga_operations']:.0f} billion operations a second; int8 against float32: "
            f"cosine {guard.mean_cosine:.4f}, same five {guard.agreement:.1%}",
        ),
    ]


def runtime_rows(found: list[RuntimeRow]) -> list[Row]:
    """What `measure_runtimes` found, onnxruntime's in the first column."""
    return [
        row
        for way in found
        for row in (
            _timed(
                f"{way.network}: one photo",
                *way.one,
                f"cosine of the two {way.alike:.4f}, or more",
            ),
            _timed(
                f"{way.network}: {BATCH} photos at once, a photo",
                way.batch[0].shared(BATCH),
                way.batch[1].shared(BATCH),
            ),
        )
    ]


def build_rows(found: list[BuildRow]) -> list[Row]:
    """What `measure_builds` found."""
    return [
        Row(
            f"peak memory, build of {build.items:,} pictures",
            "-",
            f"{build.memory / MEGABYTE:.0f} MB",
            None,
            f"{build.network}; with the pages of mapped files {build.resident / MEGABYTE:.0f} MB; "
            f"{build.seconds:.0f} s",
        )
        for build in found
    ]


def growth_rows(found: list[Growth]) -> list[Row]:
    """What `measure_growth` found."""
    return [
        Row(
            f"memory of a build of {growth.items:,} items, but for its encoder",
            "-",
            f"{growth.memory / MEGABYTE:.0f} MB",
            None,
            f"with the pages of mapped files {growth.resident / MEGABYTE:.0f} MB; "
            f"{growth.seconds:.0f} s",
        )
        for growth in found
    ]


def worker_rows(found: list[WorkersRow]) -> list[Row]:
    """What `measure_workers` found, and the hours of such machines that follow."""
    return [
        Row(
            f"embed {row.photos:,} phone photos: {row.what}",
            "-",
            f"{row.seconds:.0f} s",
            None,
            f"{row.cores:.0f} s of a core, and {row.starting:.0f} s to start; "
            f"{row.hourly:,.0f} pictures an hour and machine of {CORES} cores",
        )
        for row in found
    ] + [
        Row(
            f"embed {wanted:,} pictures by Ray, reckoned from the above",
            "-",
            f"{wanted / found[-1].hourly:,.0f} hours of such a machine",
            None,
        )
        for wanted in WANTED
    ]


def learning_rows(found: list[LearningRow]) -> list[Row]:
    """What `measure_learning` found."""
    return [
        Row(
            f"learn from {row.rows:,} made-up events",
            "-",
            f"{row.seconds:.0f} s",
            None,
            f"{row.cores:.0f} s of a core; {row.memory / MEGABYTE:.0f} MB at most; {row.events:,} "
            f"different ones of {row.people:,} people on {row.items:,} items; "
            f"{row.file / MEGABYTE:.0f} MB of CSV",
        )
        for row in found
    ]


def garment_rows(found: list[GarmentsRow], times: dict[str, Timing]) -> list[Row]:
    """What `measure_garments` found."""
    rows = []
    for row in found:
        offers = f"boxes offered in {row.offered} of {row.pictures} pictures"
        share = row.found / row.garments if row.garments else row.offered / row.pictures
        what = "found" if row.garments else "a second falsely offered"
        rows.append(Row(f"{row.what}: {what}", "-", f"{share:.1%}", None, offers))
    return rows + [Row(what, "-", str(timing), None) for what, timing in times.items()]


def map_rows(found: MapRow) -> list[Row]:
    """What `measure_map` found."""
    settled = f"{1e3 * found.settled:.0f} ms" if found.settled else "under 50 ms"
    return [
        Row(f"open the map of {found.items:,} items", "-", str(found.opened), None),
        Row("a frame while it zooms", "-", str(found.frame), None),
        Row("the longest task once it stands still", "-", settled, None),
    ]


def call_rows(found: Calls) -> list[Row]:
    """What `measure_calls` found."""
    shares = f"{found.plain.median / found.encoder.median:.2f} times the encoder alone"
    return [
        Row(f"{found.network}: the encoder alone", "-", str(found.encoder), None),
        Row("`POST /api/search`", "-", str(found.plain), None, shares),
    ] + [
        Row(way, "-", str(timing), None, f"{1e3 * (timing.median - found.plain.median):+.0f} ms")
        for way, timing in found.ways.items()
    ]


def load_rows(found: Load) -> list[Row]:
    """What `bear` found."""
    errors = ", ".join(f"{count} x {text}" for text, count in found.errors.items()) or "no error"
    crowd = ", ".join(f"{count} x {text}" for text, count in found.crowd.items())
    return [
        Row(
            f"{CALLERS} callers for {found.seconds:.0f} s: p99 over p50",
            "-",
            f"{found.most / found.median:.2f}",
            None,
            f"{found.answers} answers, {errors}; p50 {found.median:.3f} s",
        ),
        Row(
            "memory at their end over once settled",
            "-",
            f"{found.ended / found.settled:.3f}",
            None,
            f"{found.settled / MEGABYTE:.0f} MB once settled",
        ),
        Row(
            f"{CROWD} at once: until the last was told", "-", f"{found.longest:.1f} s", None, crowd
        ),
    ]


def memory_rows(found: list[Held]) -> list[Row]:
    """What `hold` found."""
    return [
        Row(
            f"{held.what}, limit of {held.limit / MEGABYTE:.0f} MB",
            "-",
            f"{held.resident / MEGABYTE:.0f} MB resident",
            None,
            f"{held.own / MEGABYTE:.0f} MB of it its own; the limit was "
            + ("enforced" if held.is_enforced else "only watched: no control group could be made"),
        )
        for held in found
    ]


def engine_rows(found: list[EngineRow]) -> list[Row]:
    """What `measure_engines` found: each engine's query beside Lookalike's."""
    return [
        Row(
            f"{row.items:,} items: {row.engine}",
            str(row.query),
            str(row.lookalike),
            row.query.median / row.lookalike.median,
            f"made in {row.made:.1f} s; recall@5 {row.recall:.3f}"
            + ("" if row.width is None else f" with {row.width} candidates"),
        )
        for row in found
    ]


def steering_rows(found: list[SteeringRow]) -> list[Row]:
    """What `measure_steering` found."""
    return [Row(row.what, "-", str(row.time), None, row.note) for row in found]


def search_rows(found: list[SearchRow], bandwidth: float) -> list[Row]:
    """What `measure_search` found."""
    rows = []
    for size in found:
        scan = size.embeddings_bytes / size.exact.median / bandwidth
        note = f"{size.engine}; recall@5 {size.recall:.3f}"
        if size.index_bytes:
            note += (
                f"; index {size.index_bytes / MEGABYTE:.0f} MB, "
                f"{size.index_bytes / size.embeddings_bytes:.1%} of the embeddings, made in "
                f"{size.build_seconds:.0f} s"
            )
        note += f"; an exact scan takes {size.exact}, {scan:.0%} of the memory's bandwidth"
        what = f"search {size.items:,} items"
        if size.usual is None:
            rows.append(Row(what, "-", str(size.lookalike), None, note))
        else:
            rows.append(_timed(what, size.usual, size.lookalike, note))
    return rows


def serving_rows(theirs: Serving, mine: Serving) -> list[Row]:
    """What `serve` found of the two pages, with 44,000 items."""
    start = theirs.start_seconds / mine.start_seconds
    rows = [
        Row(
            "start to the first answer",
            f"{theirs.start_seconds:.1f} s",
            f"{mine.start_seconds:.1f} s",
            start,
        ),
        Row(
            "peak memory",
            f"{theirs.memory / MEGABYTE:.0f} MB",
            f"{mine.memory / MEGABYTE:.0f} MB",
            theirs.memory / mine.memory,
        ),
        _timed("one query over HTTP", theirs.query, mine.query),
        _timed("one query through gradio_client", theirs.client, mine.client),
        _timed("the same without downloads", theirs.light, mine.light),
    ]
    for callers, rate in mine.rates.items():
        usual = theirs.rates[callers]
        what = f"answers a second, {callers} at once"
        rows.append(Row(what, f"{usual:.1f}", f"{rate:.1f}", rate / usual))
    return rows


def update_rows(found: list[UpdateRow]) -> list[Row]:
    """What `measure_updates` found; a usual project embeds all of it again."""
    return [
        Row(
            f"update {row.items:,} items after {CHANGES} changes: {row.what}",
            "-",
            f"{row.seconds:.1f} s",
            None,
            f"{row.cores:.1f} s of a core; {row.embedded} pictures embedded; the version before "
            f"takes {row.stored / MEGABYTE:.0f} MB",
        )
        for row in found
    ]


def _timed(what: str, usual: Timing, lookalike: Timing, note: str = "") -> Row:
    return Row(what, str(usual), str(lookalike), usual.median / lookalike.median, note)
