"""`python app.py` as a person starts it: flags, errors, the public link, the starter set."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from gradio_client import Client, handle_file

from pipeline.artifacts import BuiltCatalogue
from pipeline.catalogue import open_catalogue
from tests.recommender.test_opening import has_starter
from tests.support.live import ROOT, StartedApp


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
    finished = run("--catalogue", shop_folder, flag, tmp_path / "nowhere")
    assert finished.returncode == 1
    assert sentence in finished.stderr
    assert "Traceback" not in finished.stderr


def test_a_taken_port_is_an_error_that_says_so(built: BuiltCatalogue) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        finished = run("--artifacts", built.folder, "--port", port)
    assert finished.returncode == 1
    assert f"port {port}" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_a_public_link_that_cannot_be_had_is_said_and_the_page_served(
    built: BuiltCatalogue,
) -> None:
    with StartedApp("--artifacts", built.folder, "--share") as app:
        app.wait_for(r"(No public link)")
        assert Client(app.url, verbose=False).predict(api_name="/info")["items"] == 8


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_it_cleanly(built: BuiltCatalogue, by: signal.Signals) -> None:
    app = StartedApp(LOOKALIKE_ARTIFACTS=str(built.folder))
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
    with StartedApp("--artifacts", built.folder) as app:
        client = Client(app.url, verbose=False)
        shares = []
        for row in range(len(queries)):
            photo = tmp_path / f"{row}.jpg"
            queries.read_picture(row).save(photo)
            matches = client.predict(handle_file(photo), "cosine", api_name="/recommend")
            own = queries.attributes_of(row)["masterCategory"]
            shares.append(sum(m["attributes"]["masterCategory"] == own for m in matches) / 5)
    assert sum(shares) / len(shares) >= 0.8
