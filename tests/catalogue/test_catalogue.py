"""Catalogues open from every source that the README names, and say what is wrong with bad ones."""

from __future__ import annotations

import datetime
import hashlib
import io
from decimal import Decimal
from pathlib import Path

import datasets
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from pipeline.catalogue import open_catalogue
from pipeline.errors import CatalogueError, PictureError
from tests.conftest import draw_garment

COUNTING = pa.proxy_memory_pool(pa.default_memory_pool())
"""Tells how much was in use. It stays: what was taken of it is given back to it at any time."""


def hub_layout(folder: Path, columns: dict[str, list], features: datasets.Features) -> Path:
    """Write a dataset the way the hub lays it out."""
    path = folder / "data" / "train-00000-of-00001.parquet"
    path.parent.mkdir(parents=True)
    datasets.Dataset.from_dict(columns, features=features).to_parquet(path)
    return folder


def png(colour: str = "red") -> dict[str, object]:
    stream = io.BytesIO()
    Image.new("RGB", (32, 32), colour).save(stream, "PNG")
    return {"bytes": stream.getvalue(), "path": None}


def test_the_product_photos_open_with_their_columns(products: str) -> None:
    catalogue = open_catalogue(products)
    assert len(catalogue) == 8000
    assert catalogue.ids[0] == "10000"
    assert catalogue.attributes_of(0)["articleType"] == "Skirts"
    assert "image" not in catalogue.attribute_names
    assert catalogue.read_picture(0).size == (224, 224)


def test_class_labels_become_their_names(fashion_mnist: str) -> None:
    catalogue = open_catalogue(fashion_mnist, split="test")
    assert len(catalogue) == 10_000
    assert catalogue.attributes_of(0) == {"label": "Ankle boot"}


def test_one_parquet_file_is_a_catalogue(tmp_path: Path) -> None:
    features = datasets.Features({"sku": datasets.Value("string"), "image": datasets.Image()})
    folder = hub_layout(tmp_path / "shop", {"sku": ["a", "b"], "image": [png(), png()]}, features)
    (parquet,) = folder.rglob("*.parquet")
    assert open_catalogue(parquet).ids == open_catalogue(folder).ids == ["a", "b"]


def test_a_folder_of_pictures_has_paths_as_ids_and_subfolders_as_label(
    picture_folder: Path,
) -> None:
    catalogue = open_catalogue(picture_folder)
    assert sorted(catalogue.ids)[0] == "disc/black.png"
    row = catalogue.ids.index("square/red.png")
    assert catalogue.attributes_of(row) == {"label": "square"}


def test_a_flat_folder_of_pictures_has_no_attributes(tmp_path: Path) -> None:
    draw_garment(tmp_path / "one.png", "red", "disc")
    catalogue = open_catalogue(tmp_path)
    assert catalogue.ids == ["one.png"]
    assert catalogue.attributes_of(0) == {}


def test_metadata_names_the_items_of_a_folder(shop_folder: Path) -> None:
    catalogue = open_catalogue(shop_folder)
    row = catalogue.ids.index("sku-0-disc")
    assert catalogue.attributes_of(row)["productDisplayName"] == "Red disc"


def test_ids_that_look_like_numbers_stay_as_they_are(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        draw_garment(tmp_path / name, "red", "disc")
    (tmp_path / "metadata.csv").write_text("file_name,sku,price\na.png,007,9.5\nb.png,010,\n")
    catalogue = open_catalogue(tmp_path)
    assert catalogue.ids == ["007", "010"]
    assert catalogue.attributes_of(0) == {"price": 9.5}


def test_an_item_without_an_id_is_refused(tmp_path: Path) -> None:
    draw_garment(tmp_path / "a.png", "red", "disc")
    (tmp_path / "metadata.csv").write_text("file_name,id,kind\na.png,,shirt\n")
    with pytest.raises(CatalogueError, match="no 'id' in row 1"):
        open_catalogue(tmp_path)


def test_metadata_that_names_no_pictures_is_refused(tmp_path: Path) -> None:
    draw_garment(tmp_path / "a.png", "red", "disc")
    (tmp_path / "metadata.csv").write_text("colour,kind\nred,shirt\n")
    with pytest.raises(CatalogueError, match="no column 'file_name'"):
        open_catalogue(tmp_path)


def test_a_table_of_no_items_is_refused(tmp_path: Path) -> None:
    features = datasets.Features({"id": datasets.Value("int64"), "image": datasets.Image()})
    folder = hub_layout(tmp_path / "empty", {"id": [], "image": []}, features)
    with pytest.raises(CatalogueError, match="no items"):
        open_catalogue(folder)


def test_ids_stay_when_a_picture_is_added(tmp_path: Path) -> None:
    for name in ("b.png", "d.png"):
        draw_garment(tmp_path / name, "red", "disc")
    before = open_catalogue(tmp_path)
    draw_garment(tmp_path / "a.png", "blue", "disc")
    after = open_catalogue(tmp_path)
    assert set(before.ids) < set(after.ids)
    assert before.fingerprint != after.fingerprint


def test_the_fingerprint_is_what_it_was_when_earlier_catalogues_were_built(tmp_path: Path) -> None:
    features = datasets.Features({"id": datasets.Value("string"), "image": datasets.Image()})
    columns: dict[str, list] = {"id": ["b", "é", "a"], "image": [png()] * 3}
    (path,) = hub_layout(tmp_path / "shop", columns, features).rglob("*.parquet")
    told = f". {path.stat().st_size} {path.stat().st_mtime_ns}"
    text = "\n".join([f"train {hashlib.sha256(told.encode()).hexdigest()}", "b", "é", "a"])
    assert open_catalogue(path).fingerprint == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("rows_in_group", [50, 2000])
def test_a_parquet_file_is_read_in_little_memory(tmp_path: Path, rows_in_group: int) -> None:
    """However large it is, and however long its row groups are."""
    features = datasets.Features({"id": datasets.Value("string"), "image": datasets.Image()})
    pictures = np.random.default_rng(0).bytes(2000 * 50_000)
    cells = [{"bytes": pictures[n * 50_000 : (n + 1) * 50_000], "path": None} for n in range(2000)]
    rows = {"id": [str(number) for number in range(2000)], "image": cells}
    table = pa.table(rows, schema=features.arrow_schema)
    options = {"row_group_size": rows_in_group, "write_batch_size": 10, "use_dictionary": False}
    pq.write_table(table, tmp_path / "shop.parquet", **options)
    size = (tmp_path / "shop.parquet").stat().st_size
    before = pa.default_memory_pool()
    pa.set_memory_pool(COUNTING)
    try:
        catalogue = open_catalogue(tmp_path / "shop.parquet")
        assert COUNTING.max_memory() < size / 2
    finally:
        pa.set_memory_pool(before)
    for row in (0, 49, 50, 1234, 1999):
        assert catalogue.picture_source(row) == cells[row]["bytes"]


@pytest.mark.parametrize("folder", ["plain", "photos [2024]", "train"])
@pytest.mark.parametrize("with_metadata", [False, True])
def test_no_name_of_a_picture_or_folder_leaves_items_out(
    tmp_path: Path, folder: str, with_metadata: bool
) -> None:
    """To `datasets`, "train" and "test" in a name mean a split, and brackets a pattern."""
    names = {"tops/train-1.png", "test/b.png", "x [1].png", "50%#.png", "é?.avif"}
    for name in names:
        draw_garment(tmp_path / folder / name, "red", "disc")
    if with_metadata:
        lines = ["file_name,price", *(f"{name},3" for name in names)]
        (tmp_path / folder / "metadata.csv").write_text("\n".join(lines), encoding="utf-8")
    assert set(open_catalogue(tmp_path / folder).ids) == names


def test_hidden_files_are_no_items(tmp_path: Path) -> None:
    for name in ("a.png", "._a.png", ".thumbnails/a.png"):
        draw_garment(tmp_path / name, "red", "disc")
    assert open_catalogue(tmp_path).ids == ["a.png"]


def test_a_picture_beside_the_subfolders_has_no_label(tmp_path: Path) -> None:
    for name in ("tops/a.png", "b.png"):
        draw_garment(tmp_path / name, "red", "disc")
    catalogue = open_catalogue(tmp_path)
    labels = {item: catalogue.attributes_of(row) for row, item in enumerate(catalogue.ids)}
    assert labels == {"b.png": {"label": None}, "tops/a.png": {"label": "tops"}}


def test_a_link_to_a_folder_has_the_ids_of_the_folder(picture_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(picture_folder)
    assert open_catalogue(tmp_path / "link").ids == open_catalogue(picture_folder).ids


def test_attributes_are_what_json_can_carry(tmp_path: Path) -> None:
    columns: dict[str, list] = {
        "image": [png(), png()],
        "added": [datetime.date(2024, 5, 17), None],
        "price": [Decimal("9.90"), None],
        "stock": [3, None],
        "raw": [b"\xff", b""],
        "kind": [1, -1],
    }
    features = datasets.Features(
        {
            "image": datasets.Image(),
            "added": datasets.Value("date32"),
            "price": datasets.Value("decimal128(5, 2)"),
            "stock": datasets.Value("int64"),
            "raw": datasets.Value("binary"),
            "kind": datasets.ClassLabel(names=["top", "shoe"]),
        }
    )
    catalogue = open_catalogue(hub_layout(tmp_path / "shop", columns, features))
    first = {"added": "2024-05-17", "price": "9.90", "stock": 3, "kind": "shoe"}
    assert catalogue.attributes_of(0) == first
    assert set(catalogue.attributes_of(1).values()) == {None}


def test_an_item_without_a_picture_is_an_item_that_cannot_be_read(tmp_path: Path) -> None:
    features = datasets.Features({"id": datasets.Value("string"), "image": datasets.Image()})
    columns: dict[str, list] = {"id": ["a", "b"], "image": [None, png()]}
    catalogue = open_catalogue(hub_layout(tmp_path / "shop", columns, features))
    with pytest.raises(PictureError, match="empty"):
        catalogue.read_picture(0)
    assert catalogue.read_picture(1).size == (32, 32)


def test_a_catalogue_with_no_items_is_refused(tmp_path: Path) -> None:
    features = datasets.Features({"id": datasets.Value("string"), "image": datasets.Image()})
    folder = hub_layout(tmp_path / "none", {"id": [], "image": []}, features)
    with pytest.raises(CatalogueError, match="cannot be opened"):
        open_catalogue(folder)


def test_a_missing_folder_is_named_with_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"no catalogue at .*nowhere.*Give a folder"):
        open_catalogue(tmp_path / "nowhere")


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="holds no pictures"):
        open_catalogue(tmp_path)


def test_an_id_that_comes_twice_is_refused(tmp_path: Path) -> None:
    features = datasets.Features({"id": datasets.Value("int64"), "image": datasets.Image()})
    folder = hub_layout(tmp_path / "twice", {"id": [7, 7], "image": [png(), png()]}, features)
    with pytest.raises(CatalogueError, match="'7' more than once"):
        open_catalogue(folder)


def test_a_table_without_pictures_is_refused(tmp_path: Path) -> None:
    features = datasets.Features({"id": datasets.Value("int64")})
    folder = hub_layout(tmp_path / "table", {"id": [1]}, features)
    with pytest.raises(CatalogueError, match="no column of pictures"):
        open_catalogue(folder)


def test_a_damaged_parquet_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 is not enough")
    with pytest.raises(CatalogueError, match="damaged or cut short"):
        open_catalogue(tmp_path / "bad.parquet")


def test_a_hub_set_is_known_by_the_commit_it_came_from(monkeypatch: pytest.MonkeyPatch) -> None:
    commit = "3859c76db2f6f3d3b9a3863345e3ccdbff75879d"

    def download(name: str, split: str, revision: str | None) -> datasets.Dataset:
        # Stands in for the hub, which no test can reach; the record is what `datasets` keeps.
        features = datasets.Features({"id": datasets.Value("int64"), "image": datasets.Image()})
        loaded = datasets.Dataset.from_dict({"id": [1], "image": [png()]}, features=features)
        address = f"hf://datasets/{name}@{commit}/data/train-00000-of-00001.parquet"
        loaded.info.download_checksums = {address: {"num_bytes": 1, "checksum": None}}
        return loaded

    monkeypatch.setattr("pipeline.catalogue.reading.stored.load_set", download)
    assert open_catalogue("owner/name").revision == commit


def test_a_hub_id_without_a_hub_is_an_error_and_no_wait() -> None:
    with pytest.raises(CatalogueError, match="cannot be loaded from the hub"):
        open_catalogue("nobody/no-such-set")
