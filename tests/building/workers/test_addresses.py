"""Workers that cannot be had are named in a sentence, before anything is embedded."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from pipeline.building import open_workers
from pipeline.cli import main
from pipeline.errors import WorkersError


@pytest.mark.parametrize(
    "address",
    [
        "",
        "dask",
        "ray:",
        "ray://",
        "ray://host",
        "ray://host:0",
        "ray://host:99999",
        "http://host:1",
    ],
)
def test_what_is_no_address_of_workers_is_refused(address: str) -> None:
    with pytest.raises(WorkersError, match="names no workers"), open_workers(address):
        pass


def test_an_address_where_nothing_listens_is_told_at_once(
    shop_folder: Path, encoder_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("ray")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    command = ["build", str(shop_folder), "--encoder", str(encoder_folder)]
    command += ["--out", str(tmp_path / "built"), "--workers", f"ray://127.0.0.1:{port}"]
    assert main(command) == 1
    told = capsys.readouterr().err
    assert f"No cluster answers at 'ray://127.0.0.1:{port}'" in told
    assert "ray start --head" in told
    assert not list(tmp_path.glob("built*"))


@pytest.mark.parametrize("failures", [0, 2, 9])
def test_a_cluster_that_has_just_been_started_is_tried_again(
    failures: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stands in for the first seconds of a cluster, in which nobody can make it fail at will."""
    ray = pytest.importorskip("ray")
    tries: list[str] = []

    def start(address: str, **_: object) -> None:
        tries.append(address)
        if len(tries) <= failures:
            raise ConnectionAbortedError("Initialization failure from server:\n...")

    monkeypatch.setattr(ray, "init", start)
    monkeypatch.setattr(ray, "cluster_resources", lambda: {"CPU": 2.0})
    monkeypatch.setattr(sys.modules["pipeline.building.workers.cluster"], "PAUSE_SECONDS", 0.01)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"ray://127.0.0.1:{listening.getsockname()[1]}"
        if failures < 3:
            with open_workers(address) as workers:
                assert workers.processors() == 2
        else:
            told = r"cannot be used \(Initialization failure from server:\)"
            with pytest.raises(WorkersError, match=told), open_workers(address):
                pass
    assert tries == [address] * min(failures + 1, 3)


def test_a_missing_ray_is_named_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    told = r"pip install -r requirements-scale\.txt"
    with pytest.raises(WorkersError, match=told), open_workers("ray"):
        pass
