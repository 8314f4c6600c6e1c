"""What strangers are told: ids and values as they are, of a path of the server its last part."""

from __future__ import annotations

from urllib.parse import quote

import httpx
import pytest

from pipeline.errors import ArtifactError, LookalikeError, QueryError
from pipeline.page.answers import public_error


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ArtifactError("The folder '/srv/shop/built' is gone."), "The folder 'built' is gone."),
        (ArtifactError("'/srv/women's shop/a.png' is no picture."), "'a.png' is no picture."),
        (ArtifactError("'C:\\shop\\a.png' is no picture."), "'a.png' is no picture."),
        (QueryError("'/tmp/upload/list.csv' is a table."), "'list.csv' is a table."),
        (QueryError("The catalogue '/srv/shop' has none."), "The catalogue 'shop' has none."),
        (QueryError("There is no item '/srv/a.png'."), "There is no item '/srv/a.png'."),
        (QueryError("No item has a 'x', b/c 'y/z'."), "No item has a 'x', b/c 'y/z'."),
        (QueryError("There is no item 'A:12'."), "There is no item 'A:12'."),
    ],
)
def test_paths_are_cut_and_nothing_else_is(error: LookalikeError, told: str) -> None:
    assert public_error(error) == told


def test_an_id_made_of_a_path_is_said_as_it_was_asked(http: httpx.Client) -> None:
    for item in ("tops/red/x.png", "/etc/passwd", "~/x", "C:\\shop\\a.png"):
        whole = f"no item '{item}'"
        assert whole in http.post("/api/search", json={"id": item}).json()["detail"]
        assert whole in http.get(f"/api/items/{quote(item, safe='')}").json()["detail"]
