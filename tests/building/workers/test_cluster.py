"""A build by a real cluster of two workers is the local one, byte for byte: `pytest --ray`."""

from __future__ import annotations

import contextlib
import hashlib
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.building import Workers, build, open_workers
from pipeline.building.embedding import embed_shards
from pipeline.catalogue import open_catalogue
from pipeline.encoder import Encoder
from pipeline.errors import WorkersError
from tests.conftest import draw_garment

ROOT = Path(__file__).resolve().parents[3]
PORT = 23_761


@pytest.fixture(scope="module", autouse=True)
def _wanted(request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("--ray"):
        pytest.skip("a cluster is tried with --ray")
    pytest.importorskip("ray")


class Machines:
    """A cluster on this machine: a head without a processor, and workers of one each."""

    def __init__(self) -> None:
        from ray.cluster_utils import Cluster

        quiet = {"include_dashboard": False, "object_store_memory": 150 * 2**20}
        head = {"num_cpus": 0, "ray_client_server_port": PORT}
        self.cluster = Cluster(initialize_head=True, head_node_args=head | quiet)
        self.workers: list[Any] = []
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", PORT), 1):
                break
            time.sleep(0.2)

    def add(self) -> None:
        self.workers.append(self.cluster.add_node(num_cpus=1, object_store_memory=150 * 2**20))

    def kill(self) -> None:
        self.cluster.remove_node(self.workers.pop(), allow_graceful=False)


@pytest.fixture(scope="module")
def machines() -> Iterator[Machines]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
        patch.setenv("OMP_NUM_THREADS", "1")
        running = Machines()
        yield running
        running.cluster.shutdown()


@pytest.fixture(scope="module")
def workers(machines: Machines) -> Iterator[Workers]:
    machines.add()
    machines.add()
    with open_workers(f"ray://127.0.0.1:{PORT}") as connected:
        yield connected


def contents(folder: Path) -> dict[str, str]:
    """The checksum of every file of a built catalogue."""
    files = (file for file in folder.rglob("*") if file.is_file())
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
    }


def test_a_cluster_without_a_processor_is_told(machines: Machines) -> None:
    with (
        pytest.raises(WorkersError, match="has no processor"),
        open_workers(f"ray://127.0.0.1:{PORT}"),
    ):
        pass


def test_2000_photos_are_the_local_build_whoever_is_lost(
    machines: Machines, workers: Workers, products: str, encoder: Encoder, tmp_path: Path
) -> None:
    catalogue = open_catalogue(products).select(list(range(2000)))
    lost: list[int] = []

    def lose_one(done: int, _: int) -> None:
        if not lost:
            lost.append(done)
            machines.kill()

    far = build(catalogue, encoder, tmp_path / "far", lose_one, workers=workers)
    assert 0 < lost[0] < 2000
    machines.add()
    near = build(catalogue, encoder, tmp_path / "near")
    assert contents(far.folder) == contents(near.folder)
    assert list(far.ids) == catalogue.ids


@pytest.fixture(scope="module")
def odd_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures of which some are damaged, some empty and one is not there."""
    folder = tmp_path_factory.mktemp("odd")
    for number in range(90):
        draw_garment(folder / f"{number:03}.png", "red", "disc", size=20 + number)
    for number in (3, 40, 41, 42, 89):
        (folder / f"{number:03}.png").write_bytes(b"" if number == 41 else b"no picture")
    names = [f"{number:03}.png" for number in range(90)] + ["gone.png"]
    (folder / "metadata.csv").write_text("file_name\n" + "\n".join(names) + "\n")
    return folder


def test_skipped_items_are_reported_alike_and_an_interrupted_build_goes_on(
    workers: Workers,
    odd_folder: Path,
    encoder: Encoder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys.modules["pipeline.building.embedding"], "SHARD_ROWS", 20)
    monkeypatch.chdir(odd_folder.parent)
    catalogue = open_catalogue(odd_folder.name)
    near = build(catalogue, encoder, tmp_path / "near")
    assert len(near.manifest.skipped) == 6

    def interrupt(*_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(catalogue, encoder, tmp_path / "far", interrupt, workers=workers)
    (kept,) = (tmp_path / "far.part").glob("items-*")
    written = kept.stat().st_ino
    far = build(catalogue, encoder, tmp_path / "far", workers=workers)
    assert (far.folder / kept.name).stat().st_ino == written
    assert contents(far.folder) == contents(near.folder)


def elsewhere(path: Path) -> str:
    """In place of a machine without the folder: what workers are sent lies nowhere."""
    return f"{path}.elsewhere"


def of_another_numpy() -> dict[str, str]:
    from pipeline.building.workers.work import versions

    return versions() | {"numpy": "1.0"}


@pytest.mark.parametrize(
    ("name", "other", "told"),
    [
        ("_sent", elsewhere, r"do not see the picture .*same folder under the same"),
        ("versions", of_another_numpy, r"has numpy .*, and this machine has 1\.0"),
    ],
)
def test_workers_that_would_embed_something_else_are_told(
    workers: Workers,
    odd_folder: Path,
    encoder: Encoder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    other: Callable[..., object],
    told: str,
) -> None:
    monkeypatch.setattr(sys.modules["pipeline.building.workers.sending"], name, other)
    with pytest.raises(WorkersError, match=told):
        embed_shards(tmp_path / "part", open_catalogue(odd_folder), encoder, None, workers)
