"""The API through the real `gradio_client` against a live server."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from pipeline.artifacts import BuiltCatalogue
from tests.catalogue.test_pictures import bomb
from tests.support.live import LiveApp


@pytest.fixture(scope="module")
def app(built: BuiltCatalogue) -> Iterator[LiveApp]:
    with LiveApp("--artifacts", built.folder) as running:
        yield running


@pytest.fixture(scope="module")
def client(app: LiveApp, tmp_path_factory: pytest.TempPathFactory) -> Client:
    return Client(app.url, verbose=False, download_files=tmp_path_factory.mktemp("downloads"))


def recommend(client: Client, picture: Path, *metric: str) -> list[dict]:
    return client.predict(handle_file(picture), *metric, api_name="/recommend")


def test_the_api_is_what_is_listed_and_nothing_else(client: Client) -> None:
    endpoints = client.view_api(return_format="dict")["named_endpoints"]
    people = {"/for_items", "/also_liked", "/complete_the_look"}
    asking = {"/recommend", "/similar", "/facets", "/batch", "/compare", "/explain", "/info"}
    assert set(endpoints) == asking | people
    names = [p["parameter_name"] for p in endpoints["/recommend"]["parameters"]]
    assert names[:4] == ["image", "metric", "colour_weight", "box"]
    assert endpoints["/recommend"]["parameters"][1]["parameter_default"] == "cosine"
    assert endpoints["/recommend"]["parameters"][3]["parameter_default"] == "auto"


def test_five_matches_with_all_that_was_promised(client: Client, shop_folder: Path) -> None:
    matches = recommend(client, shop_folder / "blue-disc.png", "cosine")
    assert [match["rank"] for match in matches] == [1, 2, 3, 4, 5]
    promised = {"rank", "id", "score", "closeness", "alike", "attributes", "image"}
    promised |= {"box", "box_confidence", "boxes", "name", "doubles", "notes", "picture"}
    assert [set(match) for match in matches] == [promised] * 5
    assert (matches[0]["closeness"], matches[0]["alike"]) == (1, True)
    assert matches[0]["id"] == "sku-2-disc"
    assert matches[0]["score"] == pytest.approx(1, abs=1e-3)
    assert matches[0]["attributes"]["articleType"] == "disc"
    assert Image.open(matches[0]["image"]).size == (64, 64)
    scores = [match["score"] for match in matches]
    assert scores == sorted(scores, reverse=True)


def test_a_client_that_fetches_nothing_has_addresses(
    app: LiveApp, client: Client, shop_folder: Path, tmp_path: Path
) -> None:
    """As docs/http.md makes it, the quickest there is."""
    context = ssl.create_default_context()
    lean = Client(app.url, verbose=False, download_files=False, ssl_verify=context)
    picture = shop_folder / "blue-disc.png"
    matches, usual = recommend(lean, picture), recommend(client, picture)
    assert [match["id"] for match in matches] == [match["id"] for match in usual]
    shown = tmp_path / "shown"
    shown.write_bytes(httpx.get(matches[0]["picture"]).content)
    assert Image.open(shown).size == Image.open(usual[0]["image"]).size


def test_a_bare_path_is_told_to_be_a_file(client: Client, shop_folder: Path) -> None:
    with pytest.raises(AppError, match="handle_file"):
        client.predict(str(shop_folder / "red-disc.png"), api_name="/recommend")


def test_euclidean_gives_distances_from_near_to_far(client: Client, shop_folder: Path) -> None:
    scores = [m["score"] for m in recommend(client, shop_folder / "red-disc.png", "euclidean")]
    assert scores == sorted(scores)
    assert scores[0] == pytest.approx(0, abs=2e-3)


def test_cosine_is_the_default(client: Client, shop_folder: Path) -> None:
    picture = shop_folder / "red-square.png"
    by_default = [(m["id"], m["score"]) for m in recommend(client, picture)]
    assert by_default == [(m["id"], m["score"]) for m in recommend(client, picture, "cosine")]


def test_info_tells_what_is_loaded(client: Client) -> None:
    info = client.predict(api_name="/info")
    assert info["source"] == "folder"
    assert info["items"] == 8
    assert info["metrics"] == ["cosine", "euclidean"]


def test_an_unknown_metric_names_the_known(client: Client, shop_folder: Path) -> None:
    with pytest.raises(Exception, match=r"no metric 'dot'. Choose one of: cosine, euclidean"):
        recommend(client, shop_folder / "red-disc.png", "dot")


def test_by_colour_alone_a_garment_brings_its_colour(client: Client, shop_folder: Path) -> None:
    picture = handle_file(shop_folder / "red-disc.png")
    matches = client.predict(picture, colour_weight=1, api_name="/recommend")
    assert [match["attributes"]["baseColour"] for match in matches[:2]] == ["red", "red"]


@pytest.mark.parametrize(
    ("weight", "said"), [(-1, "-1"), ("1.01", r"1\.01"), ("nan", "nan"), ("much", "'much'")]
)
def test_a_colour_weight_out_of_range_gets_a_sentence(
    client: Client, shop_folder: Path, weight: object, said: str
) -> None:
    with pytest.raises(Exception, match=rf"colour weight cannot be {said}\. Give a number"):
        client.predict(
            handle_file(shop_folder / "red-disc.png"), "cosine", weight, api_name="/recommend"
        )


def test_a_call_of_before_there_was_a_weight_is_answered(app: LiveApp, shop_folder: Path) -> None:
    picture = (shop_folder / "red-disc.png").read_bytes()
    (path,) = httpx.post(f"{app.url}/gradio_api/upload", files={"files": ("a.png", picture)}).json()
    photo = {"path": path, "meta": {"_type": "gradio.FileData"}}
    route = f"{app.url}/gradio_api/call/recommend"
    event = httpx.post(route, json={"data": [photo, "cosine"]}).json()["event_id"]
    answer = httpx.get(f"{route}/{event}", timeout=60).text
    assert "event: complete" in answer
    assert "sku-0-disc" in answer


def truncated_png(shop: Path) -> bytes:
    data = (shop / "red-disc.png").read_bytes()
    return data[: len(data) // 2]


BAD: dict[str, tuple[Callable[[Path], bytes], str]] = {
    "text": (lambda _: b"no picture", "not a picture that can be read"),
    "empty": (lambda _: b"", "empty"),
    "truncated": (truncated_png, "damaged or cut short"),
    "bomb": (lambda _: bomb(30_000, 30_000), "megapixels"),
    "svg": (lambda _: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_picture_gets_a_sentence_and_the_server_lives_on(
    client: Client, shop_folder: Path, tmp_path: Path, kind: str
) -> None:
    make, sentence = BAD[kind]
    suffix = ".svg" if kind == "svg" else ".png"
    path = tmp_path / f"bad{suffix}"
    path.write_bytes(make(shop_folder))
    with pytest.raises(Exception, match=sentence):
        recommend(client, path)
    assert len(recommend(client, shop_folder / "red-disc.png")) == 5


@pytest.mark.parametrize("box", [[0.0, 0.0, 0.5, 1.0], "0,0,0.5,1", "whole", None])
def test_a_box_is_a_list_or_a_text(client: Client, shop_folder: Path, box: object) -> None:
    picture = handle_file(shop_folder / "red-disc.png")
    match = client.predict(picture, "cosine", box=box, api_name="/recommend")[0]
    if box in (None, "whole"):
        assert match["id"] == "sku-0-disc"
    else:
        assert match["box"] == [0, 0, 0.5, 1]
        assert match["box_confidence"] is None


@pytest.mark.parametrize(
    ("box", "sentence"),
    [
        ([0.5, 0, 0.5, 1], "has no size"),
        ([0, 0, 2, 1], "reaches outside the picture"),
        ({"left": 0}, "is not four numbers"),
        (7, "is not four numbers"),
    ],
)
def test_a_bad_box_gets_a_sentence(
    client: Client, shop_folder: Path, box: object, sentence: str
) -> None:
    with pytest.raises(Exception, match=sentence):
        client.predict(
            handle_file(shop_folder / "red-disc.png"), "cosine", box=box, api_name="/recommend"
        )


@pytest.mark.parametrize("rest", [[], ["euclidean"], ["euclidean", None, "whole"]])
def test_plain_http_may_leave_out_the_last_parameters(
    app: LiveApp, shop_folder: Path, rest: list[str | None]
) -> None:
    sent = {"files": ("photo.png", (shop_folder / "red-disc.png").read_bytes(), "image/png")}
    (path,) = httpx.post(f"{app.url}/gradio_api/upload", files=sent).json()
    payload = {"data": [{"path": path, "meta": {"_type": "gradio.FileData"}}, *rest]}
    event = httpx.post(f"{app.url}/gradio_api/call/recommend", json=payload).json()["event_id"]
    url = f"{app.url}/gradio_api/call/recommend/{event}"
    answer = httpx.get(url, timeout=30).text
    assert "event: complete" in answer
    assert "sku-0-disc" in answer


def test_no_picture_at_all_is_said(client: Client) -> None:
    with pytest.raises(Exception, match="There is no picture"):
        client.predict(None, "cosine", api_name="/recommend")


@pytest.mark.parametrize("target", ["/etc/passwd", "shop picture", "http://127.0.0.1:9/a.png"])
def test_a_caller_cannot_have_the_server_read_its_own_files(
    app: LiveApp, shop_folder: Path, target: str
) -> None:
    path = str(shop_folder / "red-disc.png") if target == "shop picture" else target
    payload = {"data": [{"path": path, "meta": {"_type": "gradio.FileData"}}, "cosine"]}
    call = httpx.post(f"{app.url}/gradio_api/call/recommend", json=payload)
    if call.status_code == 200:
        event = call.json()["event_id"]
        answer = httpx.get(f"{app.url}/gradio_api/call/recommend/{event}", timeout=30).text
        assert "event: error" in answer
        assert "sku-0-disc" not in answer


def test_the_server_hands_out_no_files_of_its_own(app: LiveApp, built: BuiltCatalogue) -> None:
    for path in ("/etc/passwd", built.folder / "manifest.json", "app.py"):
        answer = httpx.get(f"{app.url}/gradio_api/file={path}")
        assert answer.status_code in (403, 404)


def test_callers_at_once_all_get_their_own_answer(client: Client, shop_folder: Path) -> None:
    pictures = sorted(shop_folder.glob("*.png"))
    in_turn = [[m["id"] for m in recommend(client, picture)] for picture in pictures]
    with ThreadPoolExecutor(8) as pool:
        at_once = list(pool.map(lambda p: [m["id"] for m in recommend(client, p)], pictures))
    assert at_once == in_turn
