"""A catalogue in a bucket has the items that the same folder has, and is fetched as it is read."""

from __future__ import annotations

import socket
from pathlib import Path

import datasets
import pytest

from pipeline.catalogue import Catalogue, open_catalogue
from pipeline.errors import CatalogueError, LookalikeError, PictureError, StoreError
from tests.support.bucket_server import Bucket


def upload(bucket: Bucket, folder: Path, prefix: str) -> str:
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        bucket.objects[f"{prefix}/{file.relative_to(folder).as_posix()}"] = file.read_bytes()
    return f"s3://bucket/{prefix}"


def contents(catalogue: Catalogue) -> list[tuple[str, dict, bytes]]:
    rows = []
    for row, item in enumerate(catalogue.ids):
        source = catalogue.picture_source(row)
        data = source.read_bytes() if isinstance(source, Path) else source
        rows.append((item, catalogue.attributes_of(row), data))
    return rows


def parquet(folder: Path, names: dict[str, Path]) -> Path:
    features = {"sku": datasets.Value("string"), "image": datasets.Image()}
    features |= {"kind": datasets.ClassLabel(names=["hat", "shoe"])}
    rows = [{"bytes": path.read_bytes(), "path": None} for path in names.values()]
    kinds = [number % 2 for number in range(len(rows))]
    data = {"sku": list(names), "image": rows, "kind": kinds}
    (folder / "data").mkdir(parents=True)
    for split in ("train", "test"):
        named = datasets.Dataset.from_dict(data, features=datasets.Features(features))
        named.to_parquet(folder / "data" / f"{split}-00000-of-00001.parquet", batch_size=3)
    return folder


def test_pictures_and_their_table_are_what_they_are_in_a_folder(
    bucket: Bucket, shop_folder: Path, picture_folder: Path
) -> None:
    for folder in (shop_folder, picture_folder):
        stored = open_catalogue(upload(bucket, folder, folder.name))
        here = open_catalogue(folder)
        assert contents(stored) == contents(here)
        assert (stored.files, stored.left_out, stored.notes) == (here.files, (), here.notes)
        some = stored.select([5, 2])
        assert contents(some) == [contents(here)[5], contents(here)[2]]
    named = open_catalogue(f"s3://bucket/{shop_folder.name}/metadata.csv")
    assert contents(named) == contents(open_catalogue(shop_folder))


def test_a_set_in_parquet_is_what_it_is_in_a_folder(
    bucket: Bucket, shop_folder: Path, tmp_path: Path
) -> None:
    names = {path.stem: path for path in sorted(shop_folder.glob("*.png"))}
    folder = parquet(tmp_path / "set", names)
    address = upload(bucket, folder, "set")
    assert contents(open_catalogue(address)) == contents(open_catalogue(folder))
    tested = open_catalogue(f"{address}/data/test-00000-of-00001.parquet").select([7, 0])
    assert [item for item, _, _ in contents(tested)] == [*reversed([*names][::7])]
    with pytest.raises(CatalogueError, match="has no split 'validation'"):
        open_catalogue(address, split="validation")


def test_nothing_of_a_picture_is_fetched_before_it_is_asked_for(
    bucket: Bucket, shop_folder: Path
) -> None:
    data = (shop_folder / "red-disc.png").read_bytes()
    bucket.objects |= {f"many/{number:03}.png": data for number in range(120)}
    catalogue = open_catalogue("s3://bucket/many")
    assert (len(catalogue), bucket.fetched()) == (120, [])
    assert catalogue.read_picture(0).size == (64, 64)
    assert 1 <= len(set(bucket.fetched())) < 40
    assert [catalogue.picture_source(row) for row in range(120)] == [data] * 120
    assert len(bucket.fetched()) == 121  # the first one again


def test_what_is_no_item_is_listed(bucket: Bucket, shop_folder: Path) -> None:
    upload(bucket, shop_folder, "shop")
    bucket.objects |= dict.fromkeys(
        ("shop/a.psd", "shop/.DS_Store", "shop/b.txt", "shop/c.docx", "shop/x//y.png"), b"x"
    )
    bucket.objects["shop/metadata.csv"] += b"gone.png,sku-9,Gone,disc,red\n../out.png,x,y,z,red\n"
    with pytest.raises(CatalogueError, match=r"'s3://bucket/shop' names the picture .* outside"):
        open_catalogue("s3://bucket/shop")
    table = bucket.objects["shop/metadata.csv"]
    bucket.objects["shop/metadata.csv"] = table[: table.index(b"../out")]
    catalogue = open_catalogue("s3://bucket/shop")
    left = {one.name: one.why.value for one in catalogue.left_out}
    assert left == {
        "a.psd": "skipped",
        ".DS_Store": "system",
        "b.txt": "other",
        "c.docx": "other",
        "x//y.png": "other",
    }
    with pytest.raises(PictureError, match="no picture file"):
        catalogue.read_picture(catalogue.ids.index("sku-9"))


def test_the_fingerprint_changes_with_an_object(bucket: Bucket, shop_folder: Path) -> None:
    address = upload(bucket, shop_folder, "shop")
    before = open_catalogue(address).fingerprint
    assert open_catalogue(address).fingerprint == before
    bucket.objects["shop/red-disc.png"] += b"x"
    assert open_catalogue(address).fingerprint != before


REFUSED = {
    "s3://elsewhere/photos": "There is no bucket 'elsewhere'",
    "s3://bucket/nothing": "There is nothing at 's3://bucket/nothing'",
    "s3://": "names no bucket",
    "s3://key:secret@bucket/photos": "given with a secret in it",
    "s3://bucket/shop.csv": "There is nothing|no 'shop.csv'",
    "s3://bucket/none/shop.parquet": "There is nothing",
    "s4://bucket/photos": "is an address",
}


@pytest.mark.parametrize("address", REFUSED)
def test_an_address_that_cannot_be_read_is_refused_in_one_sentence(
    bucket: Bucket, address: str
) -> None:
    with pytest.raises(LookalikeError, match=REFUSED[address]) as caught:
        open_catalogue(address)
    assert "\n" not in str(caught.value)
    assert "secret@" not in str(caught.value)


def test_without_keys_it_says_so(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    with pytest.raises(StoreError, match="Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"):
        open_catalogue("s3://bucket/photos")


@pytest.mark.parametrize("kind", ["closed", "silent"])
def test_a_store_that_does_not_answer_ends_in_bounded_time(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr("pipeline.store.opening.READ_SECONDS", 1)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        if kind == "silent":
            listening.listen()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{listening.getsockname()[1]}")
        with pytest.raises(StoreError, match=r"does not answer .* run this again"):
            open_catalogue("s3://bucket/photos")
