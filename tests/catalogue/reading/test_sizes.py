"""The sizes that programs put beside a picture are that picture, where their pixels say so too."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from pipeline.catalogue import open_catalogue
from tests.catalogue.reading.test_called import opened, reasons
from tests.catalogue.reading.test_several import shown


def save(folder: Path, **sizes: tuple[int, int]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, size in sizes.items():
        Image.new("RGB", size, "red").save(folder / f"{name.replace('__', '-')}.jpg")
    return folder


@pytest.mark.parametrize(
    ("sizes", "kept"),
    [
        ({"dress": (900, 600), "dress__150x150": (150, 150)}, ["dress.jpg"]),
        ({"dress": (900, 600), "dress__300x200": (300, 200)}, ["dress.jpg"]),
        ({"dress": (900, 600), "dress_300x300": (300, 200)}, ["dress.jpg"]),
        ({"dress": (900, 600), "dress__scaled": (450, 300)}, ["dress.jpg"]),
        ({"dress": (600, 900), "dress__300x200": (300, 200)}, ["dress.jpg"]),
        ({"dress__scaled": (900, 600), "dress__150x150": (150, 150)}, ["dress-scaled.jpg"]),
        # Called so, and something else.
        ({"dress": (900, 600), "dress__150x150": (64, 64)}, ["dress-150x150.jpg", "dress.jpg"]),
        ({"rug": (60, 60), "rug__150x150": (150, 150)}, ["rug-150x150.jpg", "rug.jpg"]),
        (
            {"rug__150x150": (150, 150), "rug__90x90": (90, 90)},
            ["rug-150x150.jpg", "rug-90x90.jpg"],
        ),
        ({"dress": (900, 600), "dress__scaled": (90, 90)}, ["dress-scaled.jpg", "dress.jpg"]),
    ],
)
def test_a_size_of_a_picture_is_no_item_and_is_listed(
    tmp_path: Path, sizes: dict[str, tuple[int, int]], kept: list[str]
) -> None:
    catalogue = open_catalogue(save(tmp_path, **sizes))
    assert list(catalogue.ids) == kept
    assert catalogue.files == len(sizes)
    told = f"the picture '{kept[0]}' in another size"
    assert list(reasons(catalogue).values()) == [told] * (len(sizes) - len(kept))


def test_a_size_that_a_row_names_is_an_item(tmp_path: Path) -> None:
    save(tmp_path, a=(300, 300), a__150x150=(150, 150), b=(300, 300))
    catalogue = opened(tmp_path, "sku,image\n1,a-150x150.jpg\n2,b.jpg\n", "shop.csv")
    assert shown(catalogue) == {"1": "a-150x150", "2": "b"}


def test_sizes_in_a_folder_of_a_product_are_no_further_pictures(tmp_path: Path) -> None:
    for folder in ("P1", "P2"):
        save(tmp_path / folder, front=(300, 300), front__150x150=(150, 150), back=(300, 300))
    catalogue = opened(tmp_path, "sku,title\nP1,Hat\nP2,Cap\n", "list.csv")
    assert shown(catalogue) == {"P1": "frontback", "P2": "frontback"}
    assert reasons(catalogue)["P1/front-150x150.jpg"] == "the picture 'front.jpg' in another size"
