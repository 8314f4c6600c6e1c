"""`python app.py` as a person starts it: flags, errors, the public link, the starter set."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from gradio_client import Client, handle_file

from pipeline.artifacts import BuiltCatalogue
from pipeline.catalogue import open_catalogue
from pipeline.page.serving.address import reach_directly
from tests.recommender.test_opening import has_starter
from tests.support.forked import run_page
from tests.support.live import ROOT, LiveApp, StartedApp


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "app.py", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_help_names_the_flags() -> None:
    finished = run("--help")
    assert finished.returncode == 0
    for flag in ("--catalogue", "--encoder", "--artifacts", "--share", "--port"):
        assert flag in finished.stdout


@pytest.mark.parametrize(
    ("flag", "sentence"),
    [("--artifacts", "no built catalogue at"), ("--encoder", "no encoder folder at")],
)
def test_a_choice_that_cannot_be_had_is_one_line_and_exit_code_one(
    flag: str, sentence: str, shop_folder: Path, tmp_path: Path
) -> None:
    finished = run_page("--catalogue", shop_folder, flag, tmp_path / "nowhere")
    assert finished.returncode == 1
    assert sentence in finished.stderr
    assert "Traceback" not in finished.stderr


def test_a_taken_port_is_an_error_that_says_so(built: BuiltCatalogue) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        finished = run_page("--artifacts", built.folder, "--port", port)
    assert finished.returncode == 1
    assert f"port {port}" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_a_public_link_that_cannot_be_had_is_said_and_the_page_served(
    built: BuiltCatalogue,
) -> None:
    with LiveApp("--artifacts", built.folder, "--share") as app:
        app.wait_for(r"(No public link)")
        assert Client(app.url, verbose=False).predict(api_name="/info")["items"] == 8


def test_a_proxy_that_cannot_be_used_is_an_error_that_says_so(
    built: BuiltCatalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", "carrier://pigeon")
    finished = run("--artifacts", built.folder)
    assert finished.returncode == 1
    assert "proxy that this machine names cannot be used" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_the_page_reaches_itself_past_the_proxy_of_the_system(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # As Windows and macOS tell it where no variable does, and these tests run on neither.
    monkeypatch.setattr(urllib.request, "getproxies", lambda: {"http": "http://proxy.example:1"})
    for name in ("http_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("no_proxy", "shop.example")
    reach_directly("[2001:db8::7]")
    assert urllib.request.getproxies_environment()["http"] == "http://proxy.example:1"
    for host in ("localhost", "127.0.0.1", "2001:db8::7", "shop.example"):
        assert urllib.request.proxy_bypass(host)
    assert not urllib.request.proxy_bypass("hub.example")


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_it_cleanly(built: BuiltCatalogue, by: signal.Signals) -> None:
    # With a proxy for all there is, which is not asked for the page's own address.
    proxied = {"HTTP_PROXY": "http://127.0.0.1:9", "NO_PROXY": "", "no_proxy": ""}
    app = StartedApp(LOOKALIKE_ARTIFACTS=str(built.folder), **proxied)
    assert app.stop(by) == 0


@has_starter
def test_with_no_hub_the_page_serves_the_starter_set_and_says_so(starter_home: Path) -> None:
    nowhere = {"HF_HUB_OFFLINE": "0", "HF_ENDPOINT": "http://127.0.0.1:9"}
    # As people start it, with the quickest precision.
    home = {"LOOKALIKE_HOME": str(starter_home), "LOOKALIKE_PRECISION": "auto"}
    with StartedApp(**home, **nowhere) as app:
        assert any("hub cannot be reached" in line for line in app.output)
        assert not any("Embedding" in line for line in app.output)
        client = Client(app.url, verbose=False)
        info = client.predict(api_name="/info")
        assert (info["source"], info["encoder"]) == ("starter", "starter")
        assert "hub cannot be reached" in info["notice"]
        assert info["advice"].startswith("Cosine finds")


@has_starter
def test_real_photos_get_matches_of_their_kind(products: str, tmp_path: Path) -> None:
    from pipeline.building import build
    from pipeline.encoder import load_encoder

    catalogue = open_catalogue(products).select(list(range(0, 8000, 40)))
    encoder = load_encoder("starter", precision="bf16", home=tmp_path / "home")
    built = build(catalogue, encoder, tmp_path / "built")
    queries = open_catalogue(products).select([401, 2013, 5555, 7777])
    with LiveApp("--artifacts", built.folder) as app:
        client = Client(app.url, verbose=False)
        shares = []
        for row in range(len(queries)):
            photo = tmp_path / f"{row}.jpg"
            queries.read_picture(row).save(photo)
            matches = client.predict(handle_file(photo), "cosine", api_name="/recommend")
            own = queries.attributes_of(row)["masterCategory"]
            shares.append(sum(m["attributes"]["masterCategory"] == own for m in matches) / 5)
    assert sum(shares) / len(shares) >= 0.8
