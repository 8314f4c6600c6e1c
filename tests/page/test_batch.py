"""How many pictures one call of `/batch` takes, and how often the encoder is asked for them."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from gradio_client import Client, handle_file

from pipeline.artifacts import BuiltCatalogue
from pipeline.catalogue import Picture
from pipeline.encoder import Encoder
from pipeline.page import Door, serving
from pipeline.recommender import LiveRecommender, Recommender
from tests.support.live import free_port

# What Gradio's own count of refusals brings up, which a page in this process would end by.
pytestmark = pytest.mark.filterwarnings("ignore:'future.no_silent_downcasting'")


@pytest.fixture(scope="module")
def client(built: BuiltCatalogue, encoder: Encoder) -> Iterator[Client]:
    """Of a page in this process, whose encoder can be watched."""
    live = LiveRecommender(Recommender(encoder, built))
    with serving(live, Door(port=free_port())) as (url, _):
        yield Client(url, verbose=False, download_files=False)


@pytest.fixture
def embedded(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many pictures each call of the encoder was about."""
    counts: list[int] = []
    encode = encoder.encode

    def count(pictures: Sequence[Picture]) -> np.ndarray:
        if threading.current_thread().name != "readiness":  # by which the page asks itself
            counts.append(len(pictures))
        return encode(pictures)

    monkeypatch.setattr(encoder, "encode", count)
    return counts


def test_64_pictures_are_answered_as_one_batch(
    client: Client, shop_folder: Path, embedded: list[int]
) -> None:
    names = ["red-disc", "blue-square"] * 32
    photos = [handle_file(shop_folder / f"{name}.png") for name in names]
    answers = client.predict(photos, k=1, api_name="/batch")
    first = [answer["matches"][0]["id"] for answer in answers]
    assert first == ["sku-0-disc", "sku-2-square"] * 32
    assert embedded == [64]


def test_65_are_refused_before_any_is_embedded(
    client: Client, shop_folder: Path, embedded: list[int]
) -> None:
    photos = [handle_file(shop_folder / "red-disc.png")] * 65
    with pytest.raises(Exception, match=r"One call takes at most 64 pictures, not 65\."):
        client.predict(photos, api_name="/batch")
    with pytest.raises(Exception, match="One query takes at most 16 pictures and items, not 65"):
        client.predict(pictures=photos, api_name="/recommend")
    assert embedded == []
