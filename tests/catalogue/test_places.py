"""A catalogue's table may name pictures of its own folder, and nothing else on this machine."""

from __future__ import annotations

import os
from pathlib import Path

import datasets
import pytest

from pipeline.catalogue import open_catalogue
from pipeline.errors import CatalogueError
from tests.conftest import draw_garment
from tests.support.growth import grows_in_step


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    draw_garment(tmp_path / "secret.png", "red", "disc")
    draw_garment(tmp_path / "shop" / "tops" / "a.png", "red", "disc")
    (tmp_path / "shop-2").mkdir()
    draw_garment(tmp_path / "shop-2" / "b.png", "red", "disc")
    return tmp_path / "shop"


def name(shop: Path, picture: object) -> None:
    (shop / "metadata.csv").write_text(f"id,file_name\n7,{picture}\n", encoding="utf-8")


@pytest.mark.parametrize(
    "picture",
    ["../secret.png", "tops/../../secret.png", "{root}/secret.png", "../shop-2/b.png", "../none"],
)
def test_a_table_names_no_picture_outside_of_its_folder(shop: Path, picture: str) -> None:
    name(shop, picture.format(root=shop.parent))
    with pytest.raises(CatalogueError, match=r"lies outside of its folder.*--allow-outside"):
        open_catalogue(shop)
    assert len(open_catalogue(shop, allow_outside=True)) == 1


@pytest.mark.skipif(os.name == "nt", reason="links need a right of their own there")
@pytest.mark.parametrize("is_folder", [True, False])
def test_nor_one_behind_a_link(shop: Path, is_folder: bool) -> None:
    (shop / "link").symlink_to(shop.parent if is_folder else shop.parent / "secret.png")
    name(shop, "link/secret.png" if is_folder else "link")
    with pytest.raises(CatalogueError, match="lies outside of its folder"):
        open_catalogue(shop)


@pytest.mark.parametrize("picture", ["tops/a.png", "./tops/a.png", "tops/../tops/a.png", "none"])
def test_what_lies_inside_may_be_named_in_any_way(shop: Path, picture: str) -> None:
    name(shop, picture)
    assert len(open_catalogue(shop)) == 1


def test_a_parquet_file_names_no_picture_outside_of_its_folder(shop: Path) -> None:
    cells = [{"bytes": None, "path": str(shop.parent / "secret.png")}]
    features = datasets.Features(
        {"image": {"bytes": datasets.Value("binary"), "path": datasets.Value("string")}}
    )
    table = datasets.Dataset.from_dict({"image": cells}, features=features)
    (shop / "data").mkdir()
    table.cast_column("image", datasets.Image()).to_parquet(shop / "data" / "train.parquet")
    for source in (shop, shop / "data" / "train.parquet"):
        with pytest.raises(CatalogueError, match="lies outside of its folder"):
            open_catalogue(source)


def test_four_hundred_columns_open_at_once(shop: Path) -> None:
    def read(count: int) -> None:
        columns = ",".join(f"column{number}" for number in range(count))
        row = ",".join(str(number) for number in range(count))
        lines = [f"file_name,{columns}", *[f"tops/a.png,{row}"] * 50]
        (shop / "metadata.csv").write_text("\n".join(lines), encoding="utf-8")
        assert len(open_catalogue(shop).attribute_names) == count

    assert grows_in_step(read, 50)
