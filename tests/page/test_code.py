"""The code on the API tab: it runs as it stands, and finds what is on screen."""

from __future__ import annotations

import contextlib
import functools
import io
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio_client
import httpx
import pytest

from tests.support.calls import API, upload
from tests.support.live import LiveApp

WORDS = """blue disc, it's "ADDRESS" $HOME `ls` 100 % wörds \\ </script>"""
ASKED: dict[str, dict[str, Any]] = {
    "a photo": {"k": 7, "fold": True, "box": None, "words": "", "where": {}},
    "a photo, steered": {
        "words": WORDS,
        "where": {"baseColour": ["red", "blue"], "articleType": "disc"},
        "variety": 0.3,
        "box": [0.1, 0.1, 0.9, 0.9],
        "less": ["sku-1-square"],
    },
    "a photo, in another colour": {"but": {"baseColour": "blue"}, "k": 3},
    "an item": {"items": ["sku-2-disc"], "k": 3, "fold": True},
    "words": {"words": WORDS, "more": ["sku-3-disc"], "colour_weight": 0.5},
}


@pytest.fixture
def run_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Runs Python here, since to start another would take longer than all the rest."""
    downloads = functools.partial(gradio_client.Client, download_files=tmp_path, verbose=False)
    monkeypatch.setattr(gradio_client, "Client", downloads)
    monkeypatch.chdir(tmp_path)

    def run(code: str) -> str:
        with contextlib.redirect_stdout(io.StringIO()) as said:
            exec(code, {})
        return said.getvalue()

    return run


@pytest.mark.parametrize("name", ASKED)
def test_the_code_finds_what_is_on_screen(
    name: str,
    app: LiveApp,
    http: httpx.Client,
    shop_folder: Path,
    tmp_path: Path,
    run_python: Callable[[str], str],
) -> None:
    photo = shop_folder / "red-disc.png"
    shutil.copy(photo, tmp_path / "photo.jpg")
    sent = {"path": upload(http, photo), "meta": {"_type": "gradio.FileData"}}
    data = [sent if "photo" in name else None, "cosine", ASKED[name]]
    told = http.post(f"{API}/run/page_ask", json={"data": data}).json()["data"][0]
    on_screen = [f"{n} {card['id']} {card['name']}" for n, card in enumerate(told["cards"], 1)]
    assert on_screen
    code = {language: app.url.join(parts) for language, parts in told["code"].items()}
    assert run_python(code["python"]).splitlines() == on_screen
    if shutil.which("node"):
        script = tmp_path / "ask.mjs"
        script.write_text(code["javascript"], encoding="utf-8")
        assert run("node", script, folder=tmp_path).splitlines() == on_screen
    if shutil.which("curl"):
        answer = httpx.Response(200, text=run("sh", "-c", code["curl"], folder=tmp_path)).json()
        found = [f"{m['rank']} {m['id']} {m['name']}" for m in answer["matches"]]
        assert found == on_screen


def run(*command: object, folder: Path) -> str:
    ended = subprocess.run(
        [*map(str, command)], cwd=folder, capture_output=True, encoding="utf-8", timeout=60
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout
