"""An id that is a whole number means the same item over every door."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from gradio_client import Client
from mcp import Client as Agent
from mcp.types import CallToolResult

from pipeline.artifacts import BuiltCatalogue
from pipeline.building import build
from pipeline.catalogue import open_catalogue
from pipeline.encoder import Encoder
from pipeline.errors import QueryError
from pipeline.recommender import Query, Recommender
from tests.conftest import COLOURS, draw_garment
from tests.support.live import LiveApp

NO_ID: list[tuple[object, str]] = [
    (["1"], "takes the id of one item, not ['1']."),
    ({"id": 1}, "takes the id of one item, not {'id': 1}."),
    (1.5, "takes the id of one item, not 1.5."),
    (True, "takes the id of one item, not True."),
]


@pytest.fixture(scope="module")
def numbered(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> BuiltCatalogue:
    """Four discs whose ids are 0 to 3."""
    folder = tmp_path_factory.mktemp("numbered")
    lines = ["file_name,id,colour"]
    for number, colour in enumerate(COLOURS):
        draw_garment(folder / f"{colour}.png", colour, "disc")
        lines.append(f"{colour}.png,{number},{colour}")
    (folder / "metadata.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return build(open_catalogue(folder), encoder, tmp_path_factory.mktemp("built") / "numbered")


@pytest.fixture(scope="module")
def app(numbered: BuiltCatalogue) -> Iterator[LiveApp]:
    with LiveApp("--artifacts", numbered.folder, "--mcp") as running:
        yield running


@pytest.fixture(scope="module")
def client(app: LiveApp) -> Client:
    return Client(app.url, verbose=False, download_files=False)


def call(app: LiveApp, tool: str, **given: Any) -> CallToolResult:
    async def ask() -> CallToolResult:
        async with Agent(f"{app.url}/mcp") as agent:
            return await agent.call_tool(tool, given)

    return asyncio.run(ask())


@pytest.mark.parametrize("item", [0, 2, "2"])
def test_a_number_names_an_item_as_its_text_does(
    app: LiveApp, client: Client, numbered: BuiltCatalogue, encoder: Encoder, item: str | int
) -> None:
    recommender = Recommender(encoder, numbered)
    others = {"0", "1", "2", "3"} - {str(item)}
    assert recommender.item(item).id == str(item)
    assert {match.id for match in recommender.similar(item)} == others
    score = recommender.explain(Query(items=["1"]), item).score
    assert {match["id"] for match in client.predict(item, api_name="/similar")} == others
    by_api = client.predict(None, item, items=["1"], api_name="/explain")
    assert by_api["score"] == pytest.approx(score, abs=1e-5)
    for name in ("id", "items"):
        found = httpx.post(f"{app.url}/api/search", json={name: item}, timeout=60).json()
        assert {match["id"] for match in found["matches"]} == others
    told = call(app, "similar", item=item).structured_content
    assert told is not None
    assert {match["id"] for match in told["matches"]} == others
    told = call(app, "item", item=item).structured_content
    assert told is not None
    assert told["id"] == str(item)


@pytest.mark.parametrize(("item", "sentence"), NO_ID)
def test_what_is_no_id_gets_one_sentence_over_every_door(
    app: LiveApp,
    client: Client,
    numbered: BuiltCatalogue,
    encoder: Encoder,
    item: Any,
    sentence: str,
) -> None:
    recommender = Recommender(encoder, numbered)
    for ask in (recommender.item, recommender.similar, recommender.complete_the_look):
        with pytest.raises(QueryError) as raised:
            ask(item)
        assert str(raised.value) == f"'item' {sentence}"
    with pytest.raises(Exception, match="takes the id of one item") as by_api:
        client.predict(item, api_name="/similar")
    assert str(by_api.value).endswith(f"'item' {sentence}")
    answer = httpx.post(f"{app.url}/api/search", json={"id": item}, timeout=60)
    assert answer.json()["detail"] == f"'id' {sentence}"
    for tool in ("item", "similar"):
        refused = call(app, tool, item=item)
        assert refused.is_error
        assert str(refused.content[0].text) == f"'item' {sentence}"  # type: ignore[union-attr]


@pytest.mark.parametrize("item", [None, ""])
def test_no_id_at_all_is_said(app: LiveApp, client: Client, item: str | None) -> None:
    with pytest.raises(Exception, match=r"There is no item\. Give its id as the parameter 'item'"):
        client.predict(item, api_name="/similar")
    refused = call(app, "item", item=item)
    said = str(refused.content[0].text)  # type: ignore[union-attr]
    assert said.startswith(
        "Give 'item' the parameter" if item is None else "There is no item. Give"
    )
