"""What a table says that cannot be used is told in a sentence, with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.catalogue import open_catalogue
from pipeline.errors import CatalogueError
from tests.catalogue.reading.test_called import opened, reasons
from tests.catalogue.reading.test_folder import draw

ADDRESSES = "Handle,Title,Image Src\nhat,Hat,https://cdn.example/hat.png\n"
MAGENTO = "code,name,base_image\n1,Hat,/m/h/hat.jpg\n2,Cap,/m/h/cap.jpg\n"
DATA = "data:image/png;base64,iVBORw0KGgo/" + "A/" * 400


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (ADDRESSES, "'Image Src' names pictures.* none is here: build 'shop.csv' itself"),
        (MAGENTO, "'base_image' names pictures, as '/m/h/hat.jpg', of which none is here: copy"),
    ],
)
def test_a_folder_of_a_table_alone_tells_of_the_pictures_that_it_names(
    tmp_path: Path, text: str, says: str
) -> None:
    with pytest.raises(CatalogueError, match=says):
        opened(tmp_path, text, "shop.csv")


def test_a_table_whose_pictures_are_not_there_says_so(tmp_path: Path) -> None:
    (tmp_path / "shop.csv").write_text(MAGENTO, encoding="utf-8")
    draw(tmp_path, "logo.png")
    with pytest.raises(CatalogueError, match=r"'base_image' names pictures.* none is here") as told:
        open_catalogue(tmp_path / "shop.csv")
    assert "file_name" not in str(told.value)


@pytest.mark.parametrize("text", [ADDRESSES, MAGENTO])
def test_a_picture_beside_a_table_that_does_not_name_it_is_told_so(
    tmp_path: Path, text: str
) -> None:
    catalogue = opened(draw(tmp_path, "logo.png"), text, "shop.csv")
    assert list(catalogue.ids) == ["logo.png"]
    assert "none is here" in reasons(catalogue)["shop.csv"]
    assert any("'shop.csv'" in note and "none is here" in note for note in catalogue.notes)


def test_of_pictures_that_are_here_in_part_the_number_is_told(tmp_path: Path) -> None:
    rows = "".join(f"{number},Hat,x{number}.png\n" for number in range(4))
    catalogue = opened(draw(tmp_path, "x0.png", "b.png"), f"code,name,view\n{rows}", "shop.csv")
    assert "1 of 4 are here" in reasons(catalogue)["shop.csv"]


@pytest.mark.parametrize("size", [1, 200])
def test_a_picture_that_is_written_into_a_cell_is_told_in_a_few_letters(
    tmp_path: Path, size: int
) -> None:
    draw(tmp_path, "a.png")
    catalogue = opened(tmp_path, f'sku,image\n1,a.png\n2,"{DATA * size}"\n', "shop.csv")
    assert list(catalogue.ids) == ["1"]
    reason = reasons(catalogue)["shop.csv, line 3"]
    assert "holds its picture itself, as 'data:image/png;base64,iVBOR" in reason
    assert len(reason) < 200


def test_of_many_columns_the_first_are_told(tmp_path: Path) -> None:
    draw(tmp_path, "a.png")
    header = ",".join(f"attribute{number}" for number in range(785))
    with pytest.raises(CatalogueError, match="attribute19 and 765 more") as told:
        opened(tmp_path, f"{header}\n{'x,' * 784}x\n", "metadata.csv")
    assert "attribute20" not in str(told.value)
