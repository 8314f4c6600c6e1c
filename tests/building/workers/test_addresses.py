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


def test_a_missing_ray_is_named_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    told = r"pip install -r requirements-scale\.txt"
    with pytest.raises(WorkersError, match=told), open_workers("ray"):
        pass
