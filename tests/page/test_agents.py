"""Agents list the tools and call them, by the protocol's own client."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import math
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from mcp import Client
from mcp.types import CallToolResult
from PIL import Image

from pipeline.artifacts import BuiltCatalogue
from pipeline.building import build
from pipeline.catalogue import open_catalogue
from pipeline.cli import main
from pipeline.encoder import Encoder
from tests.conftest import COLOURS, draw_garment
from tests.support.bad_queries import BAD_QUERIES, WITHOUT_ASKING
from tests.support.live import LiveApp

TOOLS = {
    "search",
    "similar",
    "facets",
    "compare",
    "explain",
    "item",
    "for_items",
    "also_liked",
    "complete_the_look",
    "info",
}


@pytest.fixture(scope="module")
def app(built: BuiltCatalogue) -> Iterator[LiveApp]:
    with LiveApp("--artifacts", built.folder, "--mcp") as app:
        yield app


def call(app: LiveApp, tool: str, **given: Any) -> CallToolResult:
    async def ask() -> CallToolResult:
        async with Client(f"{app.url}/mcp") as agent:
            return await agent.call_tool(tool, given)

    return asyncio.run(ask())


def told(app: LiveApp, tool: str, **given: Any) -> dict[str, Any]:
    result = call(app, tool, **given)
    assert not result.is_error, result.content
    assert result.structured_content is not None
    return result.structured_content


def refusal(app: LiveApp, tool: str, **given: Any) -> str:
    result = call(app, tool, **given)
    assert result.is_error
    return str(result.content[0].text)  # type: ignore[union-attr]


def test_the_tools_tell_what_they_take(app: LiveApp) -> None:
    async def ask() -> tuple[str | None, list[Any]]:
        async with Client(f"{app.url}/mcp") as agent:
            return agent.instructions, (await agent.list_tools()).tools

    instructions, listed = asyncio.run(ask())
    assert "Search by a photo" in str(instructions)
    assert {tool.name for tool in listed} == TOOLS
    for tool in listed:
        assert len(tool.description) > 40
        assert tool.annotations.read_only_hint
        described = tool.input_schema["properties"]
        assert all(about["description"] for about in described.values())
        for name in described.keys() - {*tool.input_schema.get("required", ())}:
            assert {"type": "null"} in described[name]["anyOf"], name


def test_a_photo_and_an_item_are_answered_as_the_api_answers_them(
    app: LiveApp, built: BuiltCatalogue, shop_folder: Path
) -> None:
    photo = base64.b64encode((shop_folder / "red-disc.png").read_bytes()).decode()
    first = told(app, "search", photo=photo, k=3)["matches"]
    assert len(first) == 3
    assert first == told(app, "search", photo=f"data:image/png;base64,{photo}", k=3)["matches"]
    assert httpx.get(first[0]["picture"]).headers["content-type"].startswith("image/")
    own = first[0]["id"]
    assert own == told(app, "item", item=own)["id"]
    similar = told(app, "similar", item=own, where={"baseColour": "blue"})["matches"]
    assert {match["attributes"]["baseColour"] for match in similar} == {"blue"}
    but = told(app, "similar", item=own, items="sku-1-disc", but={"baseColour": "blue"})
    assert {match["attributes"]["baseColour"] for match in but["matches"]} == {"blue"}
    assert own not in {match["id"] for match in told(app, "for_items", kept=[own])["matches"]}
    assert told(app, "info")["items"] == len(built)
    (colours,) = (f for f in told(app, "facets")["facets"] if f["attribute"] == "baseColour")
    assert {value["value"] for value in colours["values"]} == {"red", "green", "blue", "black"}


def test_both_metrics_are_compared_and_a_score_is_explained(app: LiveApp) -> None:
    compared = told(app, "compare", items=["sku-2-disc"], k=4)
    found = [
        [match["id"] for match in compared[metric]["matches"]] for metric in ("cosine", "euclidean")
    ]
    assert [len(ids) for ids in found] == [4, 4]
    assert compared["shared"] == [item for item in found[0] if item in found[1]]
    why = told(app, "explain", item="sku-2-disc", items=["sku-0-disc"])
    for places in (why["query_map"], why["item_map"]):
        assert sum(map(sum, places)) + why["colour"] == pytest.approx(why["score"], abs=1e-4)
    assert why["agree"] == {"articleType": "disc"}


@pytest.mark.parametrize(
    ("tool", "given", "sentence"),
    [
        ("nothing", {}, "There is no tool 'nothing'. There are: search"),
        ("search", {}, "Give a picture, the id of an item, or words."),
        ("search", {"wrods": "red"}, "'search' has no parameter 'wrods'. It takes: photo"),
        ("search", {"photo": "?"}, "The photo is no Base64."),
        ("search", {"photo": "aGVsbG8="}, "not a picture that can be read"),
        ("search", {"photo": "/etc/passwd"}, "no Base64|not a picture"),
        ("search", {"words": "red", "k": 99}, "ask for 1 to 50"),
        ("search", {"words": "r" * 5000}, "a text of more than 4,096 characters"),
        ("similar", {}, "Give 'similar' the parameter 'item'."),
        ("compare", {"items": ["sku-2-disc"], "metric": "cosine"}, "no parameter 'metric'"),
        ("explain", {"item": "sku-2-disc"}, "one picture or one item|to ask by"),
        ("for_items", {"kept": []}, "There is no kept item to go by."),
        ("item", {"item": "nobody"}, "The catalogue has no item 'nobody'."),
        ("info", {"k": 1}, "'info' has no parameter 'k'. It takes none."),
    ],
)
def test_what_an_agent_gets_wrong_is_one_sentence(
    app: LiveApp, tool: str, given: dict[str, Any], sentence: str
) -> None:
    said = refusal(app, tool, **given)
    assert any(part in said for part in sentence.split("|")), said


@pytest.mark.parametrize("kind", BAD_QUERIES)
def test_what_cannot_be_answered_gets_the_sentence_of_python(
    app: LiveApp, shop_folder: Path, kind: str
) -> None:
    bad = BAD_QUERIES[kind]
    photo = base64.b64encode((shop_folder / "red-disc.png").read_bytes()).decode()
    assert re.search(bad.sentence, refusal(app, "search", photo=photo, **bad.parameters))
    if kind in WITHOUT_ASKING:
        assert re.search(bad.sentence, refusal(app, "facets", **bad.parameters))


def test_the_guards_stand_before_agents_too(app: LiveApp) -> None:
    address = f"{app.url}/mcp"
    assert httpx.get(address).status_code == 405  # no stream to listen to
    assert httpx.post(address, json={}, headers={"host": "evil.example"}).status_code == 421
    large = httpx.post(address, json={"photo": "A" * 7 * 2**20})
    assert large.status_code == 413
    assert "Send a smaller picture" in large.text


@pytest.mark.parametrize("values", ["[" + "0," * 3_000_000 + "0]", "[" * 70_000 + "]" * 70_000])
def test_a_call_of_millions_of_values_is_refused_unread(app: LiveApp, values: str) -> None:
    kind = {"Content-Type": "application/json"}
    answer = httpx.post(f"{app.url}/mcp", content=values, headers=kind, timeout=60)
    assert answer.status_code == 413
    assert "more than 10,000 commas, colons and brackets" in answer.json()["detail"]


def test_a_photo_of_megabytes_is_searched_by(app: LiveApp, shop_folder: Path) -> None:
    stream = io.BytesIO()
    with Image.open(shop_folder / "red-disc.png") as image:
        image.convert("RGB").resize((1000, 1000)).save(stream, "PNG", compress_level=0)
    assert stream.tell() > 2 * 2**20
    photo = base64.b64encode(stream.getvalue()).decode()
    assert told(app, "search", photo=photo, k=1)["matches"][0]["id"] == "sku-0-disc"


def test_an_infinite_number_is_said_by_its_name(encoder: Encoder, tmp_path: Path) -> None:
    """JSON has no infinity: a browser reads nothing of an answer that holds one."""
    weights = [1.5, 1.5, math.inf, math.inf]
    columns: dict[str, list[Any]] = {"id": [], "weight": weights, "image": []}
    for colour in COLOURS:
        picture = tmp_path / f"{colour}.png"
        draw_garment(picture, colour, "disc")
        columns["id"].append(colour)
        columns["image"].append({"bytes": picture.read_bytes(), "path": None})
    (tmp_path / "shop").mkdir()
    pq.write_table(pa.table(columns), tmp_path / "shop" / "train.parquet")
    built = build(open_catalogue(tmp_path / "shop"), encoder, tmp_path / "built")
    with LiveApp("--artifacts", built.folder, "--mcp") as app:
        drawn = httpx.get(f"{app.url}/api/map", timeout=60).text
        facets = str(call(app, "facets").content[0].text)  # type: ignore[union-attr]

    def weights_of(text: str, listed: str) -> list[object]:
        said = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
        (weight,) = (one for one in said[listed] if one["attribute"] == "weight")
        return [value["value"] for value in weight["values"]]

    assert weights_of(drawn, "attributes") == [1.5, "inf"]
    assert weights_of(facets, "facets") == [1.5, "inf"]


def test_without_the_library_one_sentence_says_what_to_install(
    built: BuiltCatalogue, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "mcp.server", None)
    assert main(["serve", "--artifacts", str(built.folder), "--mcp"]) == 1
    assert "pip install -r requirements-agents.txt" in capsys.readouterr().err


def test_what_is_no_json_is_told_what_this_door_takes(app: LiveApp) -> None:
    answer = httpx.post(f"{app.url}/mcp", content="{", timeout=60)
    assert answer.status_code == 400
    told = answer.json()["detail"]
    assert told.startswith("The request is not JSON that can be read.")
    assert "Model Context Protocol" in told
