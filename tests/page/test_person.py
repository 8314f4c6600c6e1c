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


def test_what_others_liked_is_absent_and_what_goes_with_it_is_not_made_up(client: Client) -> None:
    """No events were learnt here, and discs and squares are nothing that is worn."""
    assert client.predict("sku-0-disc", api_name="/also_liked") == []
    assert client.predict("sku-0-disc", k=3, api_name="/complete_the_look") == []
    for name in ("/also_liked", "/complete_the_look"):
        with pytest.raises(Exception, match="has no item 'nothing'"):
            client.predict("nothing", api_name=name)
