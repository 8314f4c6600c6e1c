"""A build loses nothing: bad pictures are listed, a kill or a full disk is gone on from."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import datasets
import numpy as np
import pytest

from pipeline.artifacts import open_built
from pipeline.build import build
from pipeline.catalogue import open_catalogue
from pipeline.encoder import Encoder
from pipeline.errors import ArtifactError, CatalogueError
from pipeline.manifest import MANIFEST
from tests.conftest import draw_garment

ROOT = Path(__file__).resolve().parents[1]


def build_command(catalogue: Path, encoder: Path, out: Path) -> list[str]:
    arguments = ["build", str(catalogue), "--encoder", str(encoder), "--out", str(out)]
    return [sys.executable, "-m", "pipeline", *arguments]


@pytest.fixture(scope="module")
def large_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Enough pictures for three shards."""
    folder = tmp_path_factory.mktemp("large")
    for number in range(1200):
        colour = ("red", "green", "blue", "black")[number % 4]
        draw_garment(folder / f"{number:04d}.png", colour, "disc", size=24 + number % 40)
    return folder


def test_an_unreadable_picture_is_skipped_and_listed_with_its_reason(
    shop_folder: Path, encoder: Encoder, tmp_path: Path
) -> None:
    folder = shutil.copytree(shop_folder, tmp_path / "shop")
    (folder / "red-disc.png").write_bytes(b"no picture")
    (folder / "blue-square.png").write_bytes(b"")
    built = build(open_catalogue(folder), encoder, tmp_path / "built")
    assert len(built) == 6
    skipped = {item.id: item.reason for item in built.manifest.skipped}
    assert set(skipped) == {"sku-0-disc", "sku-2-square"}
    assert "empty" in skipped["sku-2-square"]
    row = built.ids.index("sku-3-square")
    np.testing.assert_allclose(
        built.embeddings[row],
        encoder.encode([folder / "black-square.png"])[0],
        rtol=1e-4,
        atol=1e-5,
    )


def test_a_catalogue_of_unreadable_pictures_is_refused(encoder: Encoder, tmp_path: Path) -> None:
    folder = tmp_path / "bad"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(b"no picture")
    with pytest.raises(CatalogueError, match="no readable picture among its 1 items"):
        build(open_catalogue(folder), encoder, tmp_path / "built")
    assert not (tmp_path / "built").exists()


def test_a_built_catalogue_opens_as_a_dataset(
    shop_folder: Path, encoder: Encoder, tmp_path: Path
) -> None:
    built = build(open_catalogue(shop_folder), encoder, tmp_path / "built")
    opened = datasets.load_dataset(
        str(built.folder),
        data_files="items-*.parquet",
        split="train",
        cache_dir=str(tmp_path / "c"),
    )
    assert opened.column_names == ["id", "productDisplayName", "articleType", "baseColour", "image"]
    assert opened[0]["image"].size == (64, 64)


def test_building_again_replaces_the_old_one_whole(
    shop_folder: Path, picture_folder: Path, encoder: Encoder, tmp_path: Path
) -> None:
    out = tmp_path / "built"
    build(open_catalogue(shop_folder), encoder, out)
    built = build(open_catalogue(picture_folder), encoder, out)
    assert built.ids[0].endswith(".png")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["built", "built.lock"]


def test_a_folder_of_other_things_is_not_replaced(
    shop_folder: Path, encoder: Encoder, tmp_path: Path
) -> None:
    out = tmp_path / "precious"
    out.mkdir()
    (out / "letter.txt").write_text("keep me")
    with pytest.raises(ArtifactError, match="something other than a built catalogue"):
        build(open_catalogue(shop_folder), encoder, out)
    assert (out / "letter.txt").read_text() == "keep me"


def test_two_builds_of_the_same_are_equal_to_the_byte(
    shop_folder: Path, encoder: Encoder, tmp_path: Path
) -> None:
    first = build(open_catalogue(shop_folder), encoder, tmp_path / "a")
    second = build(open_catalogue(shop_folder), encoder, tmp_path / "b")
    assert first.manifest == second.manifest


def test_a_killed_build_goes_on_from_its_finished_shards(
    large_folder: Path, encoder_folder: Path, tmp_path: Path
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
    kept = tmp_path / "built.part" / "embeddings-00000.safetensors"
    written = (kept.stat().st_ino, kept.stat().st_mtime_ns)

    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    resumed = open_built(tmp_path / "built")
    kept = resumed.folder / kept.name
    assert (kept.stat().st_ino, kept.stat().st_mtime_ns) == written
    whole = build_command(large_folder, encoder_folder, tmp_path / "whole")
    subprocess.run(whole, cwd=ROOT, check=True, capture_output=True)
    uninterrupted = open_built(tmp_path / "whole")
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
