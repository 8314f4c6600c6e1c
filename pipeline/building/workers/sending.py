"""Sending: the shards of a catalogue to the workers of a cluster, and back, a bounded number."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import ray
from ray.exceptions import RayError, RayTaskError

from pipeline.building.rows import Embedded
from pipeline.building.workers.work import embed_unit, versions
from pipeline.catalogue import Catalogue, picture_digest, printable
from pipeline.encoder import Encoder
from pipeline.errors import LookalikeError, WorkersError, lines_of

SPARE = 2
"""Shards that wait at the cluster for a free processor, so that none waits for this machine."""
TRIES = 4
"""Workers that may be lost over one shard: a picture that kills four would kill all."""
LOOK_SECONDS = 5
AWAY_SECONDS = 60
"""How long a cluster may be without a processor before it is given up."""
GO_ON = "Run the same again; it goes on from what is finished."


class RayWorkers:
    """The workers of a cluster that this process is connected to; see `pipeline.building.Workers`.

    Args:
        address: What people call the cluster.
    """

    def __init__(self, address: str) -> None:
        self._address = address

    def embed(
        self, catalogue: Catalogue, encoder: Encoder, shards: Iterable[tuple[int, range]]
    ) -> Iterator[tuple[int, range, Embedded]]:
        """Embed the rows of shards; gives each with its number as it is finished, in any order.

        Pictures in files are read by the workers, all others by this machine, which sends them.

        Args:
            catalogue: The items.
            encoder: What embeds them, which every worker is sent.
            shards: The number and the rows of each shard.

        Raises:
            WorkersError: If the cluster has no processor, a worker would not embed as this machine
                or does not see the pictures' files, or the cluster goes away.
        """
        gpus = 1 if encoder.runtime.uses_gpu else 0
        expected, precision = versions(), str(encoder.runtime.precision)
        with self._explained():
            send = ray.remote(num_cpus=1, num_gpus=gpus, max_retries=TRIES - 1)(embed_unit)
            held = ray.put(encoder)
        waiting: dict[ray.ObjectRef, tuple[int, range, bool]] = {}
        left = iter(shards)
        away = 0.0
        while True:
            processors = self.processors()
            away = 0.0 if processors else away or time.monotonic()
            if away and time.monotonic() - away > AWAY_SECONDS:
                raise WorkersError(f"The cluster '{self._address}' lost all its workers. {GO_ON}")
            for number, rows in islice(left, max(0, processors + SPARE - len(waiting))):
                pictures = [_sent(catalogue.picture_source(row)) for row in rows]
                with self._explained():
                    # Put, since Ray's client is slow with what is part of a call.
                    put = ray.put(pictures)
                    sent = send.remote([held], expected, precision, rows.start, put)
                are_files = any(isinstance(picture, str) for picture in pictures)
                waiting[sent] = (number, rows, are_files)
            if not waiting:
                return
            with self._explained():
                ready, _ = ray.wait(list(waiting), num_returns=1, timeout=LOOK_SECONDS)
                done = [(waiting.pop(one), ray.get(one)) for one in ready]
            for (number, rows, are_files), (embedded, unopened) in done:
                if are_files:
                    self._check(catalogue, embedded, unopened)
                yield number, rows, _as_here(catalogue, embedded)

    def processors(self) -> int:
        """How many processors the cluster has now.

        Raises:
            WorkersError: If it does not say.
        """
        with self._explained():
            return int(ray.cluster_resources().get("CPU", 0))

    def _check(self, catalogue: Catalogue, embedded: Embedded, unopened: tuple[int, ...]) -> None:
        """Whether a worker has seen the same pictures; told by one of a shard and by the missing.

        Raises:
            WorkersError: If it has not.
        """
        first = embedded.rows[:1].tolist()
        for row in (*unopened, *first):
            source = catalogue.picture_source(row)
            if not isinstance(source, Path):
                continue
            with contextlib.suppress(OSError):  # what is missing here too is no item
                seen = row not in unopened and embedded.digests[0].tobytes()
                if picture_digest(source) != seen:
                    raise WorkersError(
                        f"The workers of '{self._address}' do not see the picture "
                        f"'{printable(str(source))}' as this machine does. Give all machines the "
                        "same folder under the same path, or keep the pictures in parquet files."
                    )

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """A call of Ray, whose errors are said in a sentence."""
        try:
            yield
        except RayTaskError as error:
            if isinstance(error.cause, LookalikeError):
                raise WorkersError(str(error.cause)) from None
            reason = lines_of(error)[-1]
            raise WorkersError(
                f"A worker of '{self._address}' failed ({reason.strip()}). Install this version of "
                "Lookalike and its requirements on all machines."
            ) from error
        except (RayError, OSError, RuntimeError) as error:
            reason = lines_of(error)[0]
            raise WorkersError(
                f"The cluster '{self._address}' does not answer any longer ({reason}). {GO_ON}"
            ) from error


def _sent(source: bytes | Path) -> bytes | str:
    return os.path.abspath(source) if isinstance(source, Path) else source  # noqa: PTH100 links stay


def _as_here(catalogue: Catalogue, embedded: Embedded) -> Embedded:
    """The same, with files named as this machine names them in the reasons of what is skipped."""
    skipped = []
    for row, reason in embedded.skipped:
        source = catalogue.picture_source(row)
        names = (_sent(source), source) if isinstance(source, Path) else ("", "")
        sent, here = (printable(str(name)) for name in names)
        skipped.append((row, reason.replace(sent, here)))
    return replace(embedded, skipped=tuple(skipped))
