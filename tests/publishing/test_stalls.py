"""A hub that answers and then hangs keeps nobody waiting, and what nobody named is not pulled."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.artifacts import BuiltCatalogue
from pipeline.encoder import RESNET_50
from tests.support.hub_server import LocalHub
from tests.support.live import ROOT
from tests.support.publishing import Machine

HANGS = 40.0
"""Longer than anybody waits for a hub."""
GIVEN_UP = 39.0
"""Ten seconds of silence, and what a busy machine needs to start and to end a command."""


@pytest.fixture
def engineer(hub: LocalHub, tmp_path: Path) -> Machine:
    return Machine(hub, tmp_path / "engineer")


@pytest.fixture(scope="module")
def pushed(shop: Machine, built: BuiltCatalogue) -> str:
    shop.answer("push", "me/shop", "--artifacts", built.folder, "--licence", "mit")
    return "me/shop"


@pytest.mark.parametrize("call", ["GET .*train-0", "HEAD .*manifest"])
def test_a_hub_that_hangs_is_given_up_and_said(
    hub: LocalHub, engineer: Machine, pushed: str, call: str
) -> None:
    hub.fail(call, times=99, wait=HANGS)
    started = time.monotonic()
    refusal = engineer.refusal("pull", pushed)
    took = time.monotonic() - started
    hub.faults.clear()
    assert re.search("stopped answering|cannot be reached", refusal)
    assert took < GIVEN_UP


def test_a_build_goes_on_with_the_starter_encoder_where_the_hub_hangs(
    hub: LocalHub, engineer: Machine, shop_folder: Path, tmp_path: Path, encoder_folder: Path
) -> None:
    model = {file.name: file.read_bytes() for file in encoder_folder.iterdir()}
    hub.commit("model", RESNET_50.location, model, RESNET_50.revision)
    # The probe is answered; whatever comes after it is not.
    hub.fail(f"/{RESNET_50.revision}/", times=99, wait=HANGS)
    started = time.monotonic()
    finished = engineer.run("build", shop_folder, "--out", tmp_path / "built")
    took = time.monotonic() - started
    hub.faults.clear()
    assert finished.returncode == 0, finished.stderr
    assert "embedded by starter" in finished.stdout
    assert took < GIVEN_UP


def test_what_has_another_checksum_than_the_code_pins_is_not_used(
    hub: LocalHub, engineer: Machine, pushed: str
) -> None:
    program = (
        "import sys\nfrom pathlib import Path\n"
        "from pipeline.errors import LookalikeError\nfrom pipeline.publishing import pull\n"
        "for checksum in sys.argv[3:]:\n"
        "    try:\n"
        "        print(len(pull(sys.argv[1], Path(sys.argv[2]), manifest_sha256=checksum)))\n"
        "    except LookalikeError as error:\n"
        "        print(error)"
    )
    known = hashlib.sha256(hub.files("dataset", pushed)["manifest.json"]).hexdigest()
    finished = subprocess.run(
        [sys.executable, "-c", program, pushed, engineer.folder / "home", "0" * 64, known],
        cwd=ROOT,
        env=os.environ | engineer.environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    refused, items = finished.stdout.splitlines()
    assert "has another checksum. It is not used." in refused
    assert items == "8"
