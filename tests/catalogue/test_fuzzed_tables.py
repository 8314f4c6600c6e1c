"""Whatever stands in a catalogue's table, the catalogue opens or is refused with one sentence."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.catalogue import open_catalogue
from pipeline.errors import CatalogueError, PictureError
from tests.catalogue.test_laws import DAMAGES, Damage, damaged
from tests.conftest import draw_garment
from tests.support.fuzzing import corpus, tries

WHOLE = "file_name,id,name,price,label\n" + "".join(
    f'{number}.png,sku-{number},"Shirt, ""red""",{number}.5,top\n' for number in range(3)
)
CELLS = st.one_of(
    st.text(max_size=6),
    st.sampled_from(["0.png", "../0.png", "/etc/passwd", "NaN", "1e999", "=1+1", '"', "\0", "id"]),
)
LINES = st.lists(st.lists(CELLS, max_size=6), max_size=6)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "latin-1"])


def use(table: bytes) -> None:
    """Open a folder with such a table, and read all of it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(3):
            draw_garment(folder / f"{number}.png", "red", "disc", 16)
        (folder / "metadata.csv").write_bytes(table)
        try:
            catalogue = open_catalogue(folder)
        except CatalogueError as error:
            assert "Traceback" not in str(error)  # noqa: PT017
            return
        assert len(set(catalogue.ids)) == len(catalogue)
        for row in range(len(catalogue)):
            assert isinstance(catalogue.attributes_of(row), dict)
            with contextlib.suppress(PictureError):
                catalogue.read_picture(row)


@tries(30)
@given(damages=DAMAGES, in_head=st.booleans())
def test_however_a_table_is_damaged_it_opens_or_is_refused(
    damages: list[Damage], in_head: bool
) -> None:
    use(damaged(WHOLE.encode(), damages, in_head))


@tries(20)
@given(head=st.booleans(), lines=LINES, separator=st.sampled_from(",;\t|"), encoding=ENCODINGS)
@example(head=True, lines=[["../0.png"]], separator=",", encoding="utf-8")
def test_a_table_of_anything_opens_or_is_refused(
    head: bool, lines: list[list[str]], separator: str, encoding: str
) -> None:
    first = [["file_name", "id", "name"]] if head else []
    text = "\n".join(separator.join(line) for line in (*first, *lines))
    use(text.encode(encoding, errors="replace"))


@pytest.mark.parametrize("path", corpus("tables"), ids=lambda path: path.name)
def test_what_was_found_stays_mended(path: Path) -> None:
    use(path.read_bytes())
