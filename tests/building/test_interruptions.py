"""An interrupted build, by a kill or a full disk, is gone on from and is never half there."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pipeline.artifacts import MANIFEST, open_built
from pipeline.building import build
from pipeline.catalogue import open_catalogue
from pipeline.encoder import Encoder
from pipeline.errors import ArtifactError
from tests.conftest import draw_garment

ROOT = Path(__file__).resolve().parents[2]


def build_command(catalogue: Path, encoder: Path, out: Path) -> list[str]:
    arguments = ["build", str(catalogue), "--encoder", str(encoder), "--out", str(out)]
    return [sys.executable, "-m", "pipeline", *arguments]


@pytest.fixture(scope="module")
def large_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Enough pictures for three shards, the last of them small."""
    folder = tmp_path_factory.mktemp("large")
    for number in range(1040):
        colour = ("red", "green", "blue", "black")[number % 4]
        draw_garment(folder / f"{number:04d}.png", colour, "disc", size=24 + number % 40)
    return folder


def test_a_killed_build_goes_on_from_its_finished_shards(
    large_folder: Path,
    encoder_folder: Path,
    encoder: Encoder,
    tmp_path: Path,
) -> None:
    command = build_command(large_folder, encoder_folder, tmp_path / "built")
    first_shard = tmp_path / "built.part" / "shard-00000.json"
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 90
    while not first_shard.exists() and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert first_shard.exists()
    assert not (tmp_path / "built").exists()
    kept = tmp_path / "built.part" / "items-00000.parquet"
    written = (kept.stat().st_ino, kept.stat().st_mtime_ns)

    resumed = build(open_catalogue(large_folder), encoder, tmp_path / "built")
    kept = resumed.folder / kept.name
    assert (kept.stat().st_ino, kept.stat().st_mtime_ns) == written
    uninterrupted = build(open_catalogue(large_folder), encoder, tmp_path / "whole")
    assert resumed.ids == uninterrupted.ids
    np.testing.assert_array_equal(resumed.embeddings, uninterrupted.embeddings)


def test_shards_of_another_encoder_are_not_gone_on_from(
    shop_folder: Path, encoder: Encoder, tmp_path: Path
) -> None:
    part = tmp_path / "built.part"
    part.mkdir()
    (part / "plan.json").write_text('{"encoder": "another"}')
    (part / "shard-00000.json").write_text("{}")
    assert len(build(open_catalogue(shop_folder), encoder, tmp_path / "built")) == 8


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own that only root can make; see the test below for everybody else."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", str(disk)]
    if os.geteuid() or not shutil.which("mount") or subprocess.run(mount).returncode:
        pytest.skip("a disk can be mounted by root only")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def test_a_build_goes_on_from_a_full_disk_once_there_is_space(
    shop_folder: Path, encoder: Encoder, small_disk: Path
) -> None:
    catalogue = open_catalogue(shop_folder)
    errors = 0
    # One page more each time, so that it is full at every file that a build writes.
    for pages in range(1, 41):
        size = f"remount,size={4 * pages}k"
        subprocess.run(["mount", "-o", size, str(small_disk)], check=True)
        with contextlib.suppress(ArtifactError):
            build(catalogue, encoder, small_disk / "built")
        if (small_disk / "built").exists():
            break
        errors += 1
    assert errors >= 3
    assert open_built(small_disk / "built").ids == catalogue.ids


@pytest.mark.parametrize("cut", ["items-00000.parquet", "shard-00000.json", "plan.json"])
@pytest.mark.parametrize("left", [b"", b"PAR1", b"[1]"])
def test_what_a_crash_or_a_loss_of_power_has_cut_is_made_again(
    shop_folder: Path, encoder: Encoder, tmp_path: Path, cut: str, left: bytes
) -> None:
    out = tmp_path / "built"

    def put_letter(*_: int) -> None:
        (out / "inner").mkdir(parents=True)

    with pytest.raises(ArtifactError, match="something other"):
        build(open_catalogue(shop_folder), encoder, out, put_letter)
    shutil.rmtree(out)
    (tmp_path / "built.part" / cut).write_bytes(left)
    assert len(build(open_catalogue(shop_folder), encoder, out)) == 8


def test_a_full_disk_is_an_error_and_leaves_no_half_built_catalogue(
    large_folder: Path, encoder_folder: Path, tmp_path: Path
) -> None:
    def small_files_only() -> None:
        # A file that cannot grow fails a write the way a full disk does, without a disk to fill.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))

    finished = subprocess.run(
        build_command(large_folder, encoder_folder, tmp_path / "built"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        preexec_fn=small_files_only,
        env=os.environ | {"HF_DATASETS_CACHE": str(tmp_path / "cache")},
    )
    assert finished.returncode == 1
    assert "Traceback" not in finished.stderr
    assert "Error: " in finished.stderr
    assert not (tmp_path / "built" / MANIFEST).exists()
