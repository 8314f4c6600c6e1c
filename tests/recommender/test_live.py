"""A catalogue that takes long to build does not keep anybody waiting."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from http.server import ThreadingHTTPServer
from pathlib import Path

from gradio_client import Client

from pipeline.artifacts import BuiltCatalogue
from pipeline.building import Progress, build
from pipeline.catalogue import open_catalogue
from pipeline.encoder import Encoder
from pipeline.errors import CatalogueError
from pipeline.recommender import LiveRecommender, Recommender
from tests.recommender.test_opening import has_starter
from tests.support.live import LiveApp
from tests.test_hub import AnsweringHub


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_the_first_answers_until_the_better_one_is_built(
    built: BuiltCatalogue, encoder: Encoder, picture_folder: Path, shop_folder: Path, tmp_path: Path
) -> None:
    may_finish = threading.Event()

    def better(tell: Progress) -> Recommender:
        catalogue = build(open_catalogue(picture_folder), encoder, tmp_path / "built", tell)
        may_finish.wait(30)
        return Recommender(encoder, catalogue)

    live = LiveRecommender(Recommender(encoder, built), better)
    wait_until(lambda: "8 of 8 items" in live.info()["notice"])
    assert live.recommend(shop_folder / "red-disc.png")[0].id == "sku-0-disc"
    may_finish.set()
    wait_until(lambda: not live.is_building)
    assert live.recommend(shop_folder / "red-disc.png")[0].id == "disc/red.png"
    assert live.info()["notice"] == ""


def test_a_build_that_fails_is_said_and_the_first_goes_on(
    built: BuiltCatalogue, encoder: Encoder, shop_folder: Path
) -> None:
    def better(_: Progress) -> Recommender:
        raise CatalogueError("The set is damaged.")

    live = LiveRecommender(Recommender(encoder, built), better)
    wait_until(lambda: not live.is_building)
    assert "could not be built: The set is damaged." in live.info()["notice"]
    assert live.recommend(shop_folder / "red-disc.png")[0].id == "sku-0-disc"


@has_starter
def test_a_hub_that_answers_but_does_not_give_its_files_leaves_the_starter_answering(
    starter_home: Path,
) -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), AnsweringHub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    endpoint = f"http://127.0.0.1:{server.server_port}"
    # A process of its own: the hub's libraries read these when they are imported.
    environment = {
        "HF_ENDPOINT": endpoint,
        "HF_HUB_OFFLINE": "0",
        "LOOKALIKE_PRECISION": "auto",
    }
    with LiveApp("--home", starter_home, **environment) as app:
        client = Client(app.url, verbose=False)
        assert client.predict(api_name="/info")["source"] == "starter"

        def notice() -> str:
            return client.predict(api_name="/info")["notice"]

        wait_until(lambda: "did not give its model and catalogue" in notice())
    server.shutdown()
    server.server_close()
