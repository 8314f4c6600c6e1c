"""A build loses nothing: bad pictures are listed, what it would replace is kept."""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

import datasets
import numpy as np
import pytest
from PIL import Image

from pipeline.building import build
from pipeline.catalogue import open_catalogue
from pipeline.encoder import Encoder
from pipeline.errors import ArtifactError, CatalogueError
from tests.catalogue.test_pictures import encoded


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


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_what_is_no_built_catalogue_is_not_replaced_and_nothing_embedded(
    shop_folder: Path, encoder: Encoder, tmp_path: Path, kind: str
) -> None:
    out = tmp_path / "precious"
    letter = out / "letter.txt" if kind == "folder" else out
    letter.parent.mkdir(exist_ok=True)
    letter.write_text("keep me")
    progress: list[int] = []
    with pytest.raises(ArtifactError, match="something other than a built catalogue"):
        build(open_catalogue(shop_folder), encoder, out, lambda *done: progress.append(done[0]))
    assert letter.read_text() == "keep me"
    assert progress == []


def test_what_is_put_there_during_a_build_stays_and_so_does_the_work(
    shop_folder: Path, encoder: Encoder, tmp_path: Path
) -> None:
    out = tmp_path / "built"

    def put_letter(*_: int) -> None:
        out.mkdir()
        (out / "letter.txt").write_text("keep me")

    with pytest.raises(ArtifactError, match="something other than a built catalogue"):
        build(open_catalogue(shop_folder), encoder, out, put_letter)
    assert (out / "letter.txt").read_text() == "keep me"
    shutil.rmtree(out)
    embedded = (tmp_path / "built.part" / "items-00000.parquet").stat().st_ino
    built = build(open_catalogue(shop_folder), encoder, out)
    assert (built.folder / "items-00000.parquet").stat().st_ino == embedded


def test_every_item_has_its_own_thumbnail_and_embedding_across_shards(
    encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A smaller constant, so that four shards of several row groups need few pictures.
    # By its name the package hands on the function, not the file.
    monkeypatch.setattr(sys.modules["pipeline.building.embedding"], "SHARD_ROWS", 80)
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(250):
        path = folder / f"{number:03}.png"
        if 80 <= number < 160:
            path.write_bytes(b"a whole shard of these")
        else:
            Image.new("RGB", (16, 16), (number, 255 - number, 60)).save(path)
    built = build(open_catalogue(folder), encoder, tmp_path / "built")
    assert len(built) == 170
    assert len(built.manifest.skipped) == 80
    for row, item_id in enumerate(built.ids):
        number = int(item_id.removesuffix(".png"))
        with Image.open(io.BytesIO(built.thumbnail(row))) as thumbnail:
            shown = np.asarray(thumbnail.convert("RGB"))[8, 8]
        np.testing.assert_allclose(shown, (number, 255 - number, 60), atol=5)
    row = built.ids.index("200.png")
    expected = encoder.encode([folder / "200.png"])[0]
    np.testing.assert_allclose(built.embeddings[row], expected, rtol=1e-4, atol=1e-5)


def test_thumbnails_are_upright_opaque_and_small(encoder: Encoder, tmp_path: Path) -> None:
    turned = Image.Exif()
    turned[274] = 6
    pictures = [
        encoded(Image.new("RGB", (60, 40)), "JPEG", exif=turned),
        encoded(Image.new("RGBA", (40, 60))),
        encoded(Image.new("LA", (40, 60))),
        encoded(Image.new("I;16", (40, 60), 65535)),
        encoded(Image.new("RGB", (800, 1200)), "JPEG"),
        encoded(Image.new("RGB", (40, 60)), "TIFF"),
    ]
    features = datasets.Features({"image": datasets.Image()})
    cells: list[dict] = [{"bytes": data, "path": None} for data in pictures]
    table = datasets.Dataset.from_dict({"image": cells}, features=features)
    table.to_parquet(tmp_path / "shop.parquet")
    built = build(open_catalogue(tmp_path / "shop.parquet"), encoder, tmp_path / "built")
    for row in range(6):
        with Image.open(io.BytesIO(built.thumbnail(row))) as thumbnail:
            assert thumbnail.format in ("JPEG", "PNG")
            assert thumbnail.mode in ("RGB", "L")
            assert thumbnail.width * 3 == pytest.approx(thumbnail.height * 2, abs=2)
            assert thumbnail.height <= 256
            brightness = thumbnail.convert("L").getpixel((20, 30))
        assert brightness == (255 if row in (1, 2, 3) else 0)


def test_artifacts_inside_their_own_catalogue_are_refused(
    shop_folder: Path, encoder: Encoder
) -> None:
    with pytest.raises(ArtifactError, match="lies inside the catalogue"):
        build(open_catalogue(shop_folder), encoder, shop_folder / "built")
    assert not list(shop_folder.glob("built*"))


def test_two_builds_of_the_same_are_equal_to_the_byte(
    shop_folder: Path, encoder: Encoder, tmp_path: Path
) -> None:
    first = build(open_catalogue(shop_folder), encoder, tmp_path / "a")
    second = build(open_catalogue(shop_folder), encoder, tmp_path / "b")
    assert first.manifest == second.manifest
