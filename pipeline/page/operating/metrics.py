"""Figures for Prometheus: https://prometheus.io/docs/practices/naming/ says how they are named."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import psutil
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from pipeline.page.answers import public_info
from pipeline.recommender import LiveRecommender
from pipeline.timing import Watched

# When each figure began, which the start of the process tells already.
disable_created_metrics()  # type: ignore[no-untyped-call]

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
"""Upper bounds of the buckets: from a stage of a query to the longest that one may take."""


class Metrics:
    """What has been asked and answered since the start, and how the process is.

    Args:
        recommender: What answers; its catalogue may be replaced while the page is served.
        waiting: How many queries wait for their turn.
    """

    def __init__(self, recommender: LiveRecommender, waiting: Callable[[], int]) -> None:
        self._registry = registry = CollectorRegistry()
        self._queries = Counter(
            "lookalike_queries", "Queries that were answered or failed", registry=registry
        )
        self._errors = Counter(
            "lookalike_errors", "Queries that failed", ["kind"], registry=registry
        )
        self._seconds = Histogram(
            "lookalike_query_seconds",
            "Time of a query, from when it was asked",
            buckets=SECONDS,
            registry=registry,
        )
        self._stages = Histogram(
            "lookalike_stage_seconds",
            "Time of a query by stage, without the stages within it",
            ["stage"],
            buckets=SECONDS,
            registry=registry,
        )
        self._responses = Counter(
            "lookalike_responses", "Responses over HTTP", ["status"], registry=registry
        )
        queue = Gauge("lookalike_queue", "Queries that wait for their turn", registry=registry)
        queue.set_function(waiting)
        # Under the name that dashboards look for; the library's own works on Linux only.
        process = psutil.Process()
        memory = Gauge("process_resident_memory_bytes", "Memory of the process", registry=registry)
        memory.set_function(lambda: process.memory_info().rss)
        started = Gauge(
            "process_start_time_seconds", "When the process began, since 1970", registry=registry
        )
        started.set(process.create_time())
        registry.register(_Catalogue(recommender))

    def note(self, query: Watched, seconds: float, kind: str | None) -> None:
        """Count a query.

        Args:
            query: The query.
            seconds: How long it took, from when it was asked.
            kind: What kind of error it ended with, if it did.
        """
        self._queries.inc()
        if kind is not None:
            self._errors.labels(kind).inc()
        self._seconds.observe(seconds)
        for stage, part in query.seconds.items():
            self._stages.labels(stage).observe(part)

    def responded(self, status: int) -> None:
        """Count a response, those of the guards included."""
        self._responses.labels(str(status)).inc()

    def text(self) -> bytes:
        """All of it, in the text format of Prometheus."""
        return generate_latest(self._registry)


class _Catalogue(Collector):
    """What is loaded when it is asked."""

    def __init__(self, recommender: LiveRecommender) -> None:
        self._recommender = recommender

    def collect(self) -> Iterable[Metric]:
        info = public_info(self._recommender.info())
        names = ("catalogue", "catalogue_version", "source", "encoder", "runtime", "precision")
        told = {name: str(info[name]) for name in names}
        yield InfoMetricFamily("lookalike_catalogue", "What is loaded", told)
        yield GaugeMetricFamily("lookalike_items", "Items of the catalogue", info["items"])

    def describe(self) -> Iterable[Metric]:
        return ()
