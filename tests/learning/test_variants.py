"""A log that names the rows of a feed which were folded into one item is learnt from as well."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.building import build
from pipeline.catalogue import open_catalogue
from pipeline.cli import main
from pipeline.encoder import Encoder
from tests.support.shop_server import ShopServer

ITEMS = ["red", "green", "blue"]


@pytest.mark.parametrize("command", ["learn", "evaluate"])
def test_events_of_variants_count_for_their_items(
    command: str, encoder: Encoder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = ["id,item_group_id,image_link"]
    rows += [f"{item}-{size},{item},@{item}-disc.png" for item in ITEMS for size in "sm"]
    with ShopServer().serving() as server:
        feed = tmp_path / "feed.csv"
        feed.write_text("\n".join(rows).replace("@", server.address("ok/")), encoding="utf-8")
        catalogue = open_catalogue(feed, allow_private=True, home=tmp_path / "home")
        built = build(catalogue, encoder, tmp_path / "built")
    assert list(built.ids) == ITEMS
    events = ["user,item,time"]
    events += [
        f"u{person},{item}-{'sm'[person % 2]},2024-01-{1 + person:02}"
        for person in range(20)
        for item in ITEMS
    ]
    (tmp_path / "events.csv").write_text("\n".join(events), encoding="utf-8")
    log, place = str(tmp_path / "events.csv"), str(built.folder)
    asked = [command, log] if command == "learn" else [command, "--events", log]
    out = ["--out", str(tmp_path / "report")] if command == "evaluate" else []
    assert main([*asked, "--artifacts", place, *out]) == 0
    assert "60 events name variants, and count for their items" in capsys.readouterr().err
