"""What lies in a folder is an item, or is listed with its reason; nothing is left out silently."""

from __future__ import annotations

import io
import os
import socket
from pathlib import Path

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from pipeline.catalogue import Catalogue, Why, open_catalogue
from pipeline.errors import CatalogueError
from tests.conftest import draw_garment

links = pytest.mark.skipif(os.name == "nt", reason="links need a right of their own there")


def draw(folder: Path, *names: str) -> Path:
    for name in names:
        draw_garment(folder / name, "red", "disc")
    return folder


def encoded(file_format: str = "PNG") -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (32, 32), "red").save(stream, file_format)
    return stream.getvalue()


def put(path: Path, data: bytes = b"anything") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def left(catalogue: Catalogue, why: Why | None = None) -> dict[str, str]:
    """What is left out, by name, with the reason."""
    return {one.name: one.reason for one in catalogue.left_out if why in (None, one.why)}


def write_set(path: Path, ids: list[str], **columns: list) -> None:
    """Write a parquet file of pictures, as the hub's library does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    cells = [{"bytes": encoded(), "path": None} for _ in ids]
    features = {"id": datasets.Value("string"), "image": datasets.Image()}
    table = datasets.Dataset.from_dict(
        {"id": ids, "image": cells}, features=datasets.Features(features)
    )
    for name, column in columns.items():
        table = table.add_column(name, column)
    table.to_parquet(path)


@pytest.mark.parametrize("name", ["sales.parquet", ".cache/x.parquet", "old/train.parquet"])
def test_a_parquet_file_of_no_pictures_changes_nothing(tmp_path: Path, name: str) -> None:
    draw(tmp_path, "a.png", "b.png", "tops/c.png", "tops/d.png")
    (tmp_path / name).parent.mkdir(exist_ok=True)
    pq.write_table(pa.table({"day": ["monday"], "sold": [3]}), tmp_path / name)
    catalogue = open_catalogue(tmp_path)
    assert catalogue.ids == ["a.png", "b.png", "tops/c.png", "tops/d.png"]
    assert any(name.startswith(listed.rstrip("/")) for listed in left(catalogue))


def test_whichever_are_more_are_the_catalogue_and_the_others_are_listed(tmp_path: Path) -> None:
    draw(tmp_path, "a.png", "b.png", "c.png")
    write_set(tmp_path / "export.parquet", ["1", "2"])
    catalogue = open_catalogue(tmp_path)
    assert catalogue.ids == ["a.png", "b.png", "c.png"]
    assert "export.parquet" in left(catalogue, Why.OTHER)
    write_set(tmp_path / "export.parquet", ["1", "2", "3", "4"])
    catalogue = open_catalogue(tmp_path)
    assert catalogue.ids == ["1", "2", "3", "4"]
    assert {"a.png", "b.png", "c.png"} <= set(left(catalogue, Why.OTHER))


@pytest.mark.parametrize(
    "names",
    [
        ["my-test-shop.parquet"],
        ["train-shoes.parquet", "summer.parquet", "test-shop.parquet"],
        ["test.parquet", "winter [2024].parquet"],
        ["data/validation.parquet", "more/all.parquet"],
        ["test-00000-of-00001.parquet"],
    ],
)
def test_what_a_parquet_file_is_called_leaves_no_item_out(tmp_path: Path, names: list[str]) -> None:
    for number, name in enumerate(names):
        write_set(tmp_path / name, [f"{number}-a", f"{number}-b"])
    expected = {f"{number}-{item}" for number in range(len(names)) for item in "ab"}
    assert set(open_catalogue(tmp_path).ids) == expected


@pytest.mark.parametrize("layout", ["data/{}-00000-of-00001.parquet", "{}.parquet", "{}/0.parquet"])
def test_files_that_are_all_named_as_splits_are_splits(tmp_path: Path, layout: str) -> None:
    write_set(tmp_path / layout.format("train"), ["a"])
    write_set(tmp_path / layout.format("test"), ["b", "c"])
    catalogue = open_catalogue(tmp_path)
    assert catalogue.ids == ["a"]
    assert "of the split 'test'" in left(catalogue)[layout.format("test")]
    assert open_catalogue(tmp_path, split="test").ids == ["b", "c"]
    with pytest.raises(CatalogueError, match=r"no split 'validation'.*test, train"):
        open_catalogue(tmp_path, split="validation")


def test_parquet_files_of_other_columns_are_read_together(tmp_path: Path) -> None:
    write_set(tmp_path / "shoes.parquet", ["a"], price=[3], size=["08"])
    write_set(tmp_path / "hats.parquet", ["b"], price=["4 EUR"])
    catalogue = open_catalogue(tmp_path)
    items = {i: catalogue.attributes_of(row) for row, i in enumerate(catalogue.ids)}
    assert items == {
        "a": {"price": "3", "size": "08"},
        "b": {"price": "4 EUR", "size": None},
    }


def test_pictures_in_parquet_are_known_by_what_they_are(tmp_path: Path) -> None:
    bare = pa.table({"sku": ["x"], "photo": [encoded("JPEG")], "note": [b"bytes"]})
    pq.write_table(bare, tmp_path / "bare.parquet")
    catalogue = open_catalogue(tmp_path)
    assert (list(catalogue.ids), catalogue.read_picture(0).size) == (["x"], (32, 32))
    assert any("'note'" in note for note in catalogue.notes)
    kinds = pa.array(["top"]).dictionary_encode()
    cells = pa.array([{"bytes": encoded(), "path": None}])
    pq.write_table(pa.table({"image": cells, "kind": kinds}), tmp_path / "bare.parquet")
    catalogue = open_catalogue(tmp_path)
    assert catalogue.attributes_of(0) == {"kind": "top"}
    assert catalogue.read_picture(0).size == (32, 32)


def test_a_table_in_one_subfolder_leaves_the_others_alone(tmp_path: Path) -> None:
    draw(tmp_path, "tops/a.png", "tops/b.png", "hats/c.png", "d.png")
    (tmp_path / "tops" / "metadata.csv").write_text("file_name,id,price\na.png,7,3\n")
    catalogue = open_catalogue(tmp_path)
    items = {i: catalogue.attributes_of(row) for row, i in enumerate(catalogue.ids)}
    assert items == {
        "7": {"price": 3, "label": None},
        "d.png": {"price": None, "label": None},
        "hats/c.png": {"price": None, "label": "hats"},
    }
    assert list(left(catalogue, Why.WITHOUT_ROW)) == ["tops/b.png"]


@pytest.mark.parametrize(
    "name",
    ["a.jfif", "a.jpe", "a", "a.HEIC", "a.txt", "a.dat", "a.JPG", "a.b.c", "metadata.csv"],
)
def test_a_picture_is_one_whatever_its_name(tmp_path: Path, name: str) -> None:
    put(tmp_path / name, encoded("JPEG"))
    catalogue = open_catalogue(tmp_path)
    assert catalogue.ids == [name]
    assert catalogue.read_picture(0).size == (32, 32)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
def test_every_format_that_is_read_is_told_by_its_content(tmp_path: Path, file_format: str) -> None:
    put(tmp_path / "picture", encoded(file_format))
    assert open_catalogue(tmp_path).ids == ["picture"]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.psd", b"8BPS\0\1", "Photoshop"),
        ("a.svg", b"<svg></svg>", "drawing"),
        ("a.CR2", b"II*\0\x10\0\0\0CR", "raw file"),
        ("a.mov", b"\0\0\0\x14ftypqt  \0\0\0\0", "film"),
        ("a.pdf", b"%PDF-1.7", "PDF"),
        ("a.jxl", b"\xff\x0a\0", "JPEG XL"),
        ("a.jpg", b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        (".a.jpg.icloud", b"bplist", "iCloud"),
    ],
)
def test_a_picture_that_is_not_read_is_skipped_with_its_reason(
    tmp_path: Path, name: str, data: bytes, reason: str
) -> None:
    put(draw(tmp_path, "b.png") / name, data)
    catalogue = open_catalogue(tmp_path)
    assert catalogue.ids == ["b.png"]
    assert reason in left(catalogue, Why.SKIPPED)[name]


@pytest.mark.parametrize(
    "name",
    [
        *(".DS_Store", "._a.png", "Thumbs.db", "thumbs.db", "desktop.ini", "Icon\r"),
        *("__MACOSX/._a.png", "@eaDir/a.png/SYNOPHOTO_THUMB_M.jpg", "#recycle/a.png"),
        *("$RECYCLE.BIN/a.png", "System Volume Information/x", "MVI_1.THM", "Picasa.ini"),
        *(".AppleDouble/a.png", ".thumbnails/a.png", "shop.lrdata/0/a.jpg", "~$prices.xlsx"),
        *("AlbumArtSmall.jpg", ".@__thumb/a.png", ".git/a.png", "lost+found/a.png"),
    ],
)
def test_what_systems_leave_is_no_item(tmp_path: Path, name: str) -> None:
    put(draw(tmp_path, "a.png") / name, encoded("JPEG"))
    catalogue = open_catalogue(tmp_path)
    assert catalogue.ids == ["a.png"]
    (listed,) = left(catalogue, Why.SYSTEM)
    assert name.startswith(listed)


def test_other_files_are_listed(tmp_path: Path) -> None:
    draw(tmp_path, "a.png")
    for name in ("notes.txt", "prices.xlsx", "all.zip", "bad.parquet"):
        put(tmp_path / name)
    listed = left(open_catalogue(tmp_path), Why.OTHER)
    assert set(listed) == {"notes.txt", "prices.xlsx", "all.zip", "bad.parquet"}
    assert "save it as CSV" in listed["prices.xlsx"]
    assert "unpack" in listed["all.zip"]


@links
def test_links_are_followed_inside_and_every_file_is_there_once(tmp_path: Path) -> None:
    root = draw(tmp_path / "shop", "tops/a.png", ".store/hats/b.png", "c.png")
    (root / "hats").symlink_to(".store/hats")
    (root / "again").symlink_to("tops")
    (root / "tops" / "up").symlink_to("..")
    (root / "loop").symlink_to("loop")
    (root / "d.png").symlink_to("c.png")
    (root / "gone").symlink_to("nowhere.png")
    catalogue = open_catalogue(root)
    assert set(catalogue.ids) == {"tops/a.png", "hats/b.png", "c.png"}
    assert set(left(catalogue, Why.OTHER)) == {"again", "tops/up", "loop", "d.png", "gone"}


@links
def test_links_to_the_outside_are_followed_only_where_that_is_allowed(tmp_path: Path) -> None:
    draw(tmp_path, "secret/x.png", "y.png")
    root = draw(tmp_path / "shop", "a.png")
    (root / "elsewhere").symlink_to(tmp_path / "secret")
    (root / "y.png").symlink_to(tmp_path / "y.png")
    (root / "up").symlink_to(tmp_path)
    catalogue = open_catalogue(root)
    assert catalogue.ids == ["a.png"]
    assert all("--allow-outside" in reason for reason in left(catalogue).values())
    assert len(left(catalogue)) == 3
    allowed = open_catalogue(root, allow_outside=True)
    assert {"a.png", "elsewhere/x.png", "y.png"} == set(allowed.ids)


@links
def test_a_snapshot_in_the_cache_of_the_hub_opens(tmp_path: Path) -> None:
    write_set(tmp_path / "blobs" / "0f", ["a"])
    snapshot = tmp_path / "snapshots" / "3859c7"
    snapshot.mkdir(parents=True)
    (snapshot / "train.parquet").symlink_to("../../blobs/0f")
    assert open_catalogue(snapshot).ids == ["a"]


@pytest.mark.skipif(os.name == "nt", reason="there are no such files there")
def test_a_pipe_or_socket_is_no_picture(tmp_path: Path) -> None:
    draw(tmp_path, "a.png")
    os.mkfifo(tmp_path / "pipe.jpg")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s"))
        catalogue = open_catalogue(tmp_path)
    assert (list(catalogue.ids), set(left(catalogue))) == (["a.png"], {"pipe.jpg", "s"})


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
def test_names_that_are_no_utf8_are_items(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.png")
    draw(tmp_path, "a.png")
    put(tmp_path / name, encoded())
    put(tmp_path / os.fsdecode(b"\xff.doc"))
    catalogue = open_catalogue(tmp_path)
    assert set(catalogue.ids) == {"a.png", r"caf\xe9.png"}
    assert r"\xff.doc" in left(catalogue)
    assert catalogue.read_picture(catalogue.ids.index(r"caf\xe9.png")).size == (32, 32)
    assert len(catalogue.fingerprint) == 64


def test_the_files_and_rows_add_up(tmp_path: Path) -> None:
    draw(tmp_path, *(f"{number}.png" for number in range(20)))
    put(tmp_path / "notes.txt")
    put(tmp_path / ".DS_Store")
    rows = [f"{number}.png,{number}" for number in range(15)]
    rows += ["3.png,again", "gone.png,g", ",no name", "a,b,c,d"]
    (tmp_path / "metadata.csv").write_text("\n".join(["file_name,id", *rows]))
    catalogue = open_catalogue(tmp_path)
    assert len(catalogue) == 17
    assert (catalogue.files, len(catalogue.left_out)) == (22, 2 + 5 + 2)
    assert len(catalogue) + len(catalogue.left_out) - catalogue.files == 4
    lines = left(catalogue, Why.SKIPPED)
    assert list(lines) == ["metadata.csv, line 20", "metadata.csv, line 19"]


@pytest.mark.parametrize("name", ["train.parquet", "old/shop.parquet"])
def test_a_damaged_parquet_file_is_called_one(tmp_path: Path, name: str) -> None:
    """As a download that was cut short leaves it."""
    write_set(tmp_path / name, ["a", "b"])
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(whole[: len(whole) // 2])
    for source in (tmp_path, tmp_path / name):
        with pytest.raises(CatalogueError, match="damaged or cut short"):
            open_catalogue(source)
    draw(tmp_path, "a.png")
    beside = open_catalogue(tmp_path)
    assert list(beside.ids) == ["a.png"]
    assert "damaged or cut short" in left(beside, Why.SKIPPED)[name]
    write_set(tmp_path / "other.parquet", ["c", "d"])
    among = open_catalogue(tmp_path)
    assert list(among.ids) == ["c", "d"]
    assert "damaged or cut short" in left(among, Why.SKIPPED)[name]
