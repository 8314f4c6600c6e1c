"""Suggestions for a person over the API, through the real `gradio_client`."""

from __future__ import annotations

from pathlib import Path

import pytest
from gradio_client import Client

from tests.support.live import LiveApp


@pytest.fixture(scope="module")
def client(app: LiveApp, tmp_path_factory: pytest.TempPathFactory) -> Client:
    return Client(app.url, verbose=False, download_files=tmp_path_factory.mktemp("downloads"))


def test_kept_items_are_answered_with_reasons(client: Client) -> None:
    found = client.predict(
        ["sku-0-disc", "sku-2-square"], ["sku-3-disc"], k=4, api_name="/for_items"
    )
    assert len(found) == 4
    assert not {"sku-0-disc", "sku-2-square", "sku-3-disc"} & {one["id"] for one in found}
    assert {one["because"] for one in found} <= {"sku-0-disc", "sku-2-square"}
    assert all(one["reason"].startswith("because you kept ") for one in found)
    assert all(Path(one["image"]).read_bytes() for one in found)
    with pytest.raises(Exception, match="There is no kept item to go by"):
        client.predict(api_name="/for_items")
