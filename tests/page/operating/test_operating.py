"""`python app.py` as a service: settings from a file, users, a token, the log in JSON."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from pipeline.artifacts import BuiltCatalogue
from tests.page.operating.conftest import TOKEN
from tests.support.calls import API, call, upload
from tests.support.forked import run_page
from tests.support.live import ROOT, LiveApp

NAME, PASSWORD = "anna", "correct horse"


def make_line(name: str, password: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline", "user", name],
        cwd=ROOT,
        input=password + "\n",
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture(scope="module")
def service(built: BuiltCatalogue, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveApp]:
    folder = tmp_path_factory.mktemp("service")
    (folder / "users").write_text(make_line(NAME, PASSWORD).stdout)
    (folder / "token").write_text(f"{TOKEN}\n")
    settings = {
        "artifacts": str(built.folder),
        "auth": str(folder / "users"),
        "operator_token": str(folder / "token"),
        "log_format": "json",
        "log_addresses": True,
        "queries_a_minute": 7,
    }
    lines = (f"{key} = {json.dumps(value)}" for key, value in settings.items())
    (folder / "lookalike.toml").write_text("\n".join(lines), encoding="utf-8")
    with LiveApp("--settings", folder / "lookalike.toml") as running:
        yield running


def test_a_query_leaves_one_line_of_json_without_its_picture(
    service: LiveApp, shop_folder: Path
) -> None:
    with httpx.Client(base_url=service.url, timeout=60) as http:
        assert http.get("/config").status_code == 401
        http.post("/login", data={"username": NAME, "password": PASSWORD})
        picture = upload(http, shop_folder / "red-disc.png")
        assert "event: complete" in call(http, {"path": picture}, "cosine")
        secret = "a-metric-that-nobody-should-read"
        picture = upload(http, shop_folder / "red-disc.png")
        assert "event: error" in call(http, {"path": picture}, secret)
        # What came from elsewhere, as a proxy on this machine tells.
        abroad = {"X-Forwarded-For": "203.0.113.7"}
        picture = upload(http, shop_folder / "red-disc.png")
        body = {"data": [{"path": picture}, "euclidean"]}
        assert http.post(f"{API}/run/recommend", json=body, headers=abroad).status_code == 200
        metrics = http.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert "lookalike_queries_total 3.0" in metrics.text
    found: list[dict] = []
    while len(found) < 3:
        found.append(json.loads(service.wait_for(r'^(\{.*"query".*\})$')))
    assert [line["matches"] for line in found] == [5, None, 5]
    assert [line["error"] for line in found] == [None, "query", None]
    assert [line["address"] for line in found] == ["127.0.0.1", "127.0.0.1", "203.0.113.7"]
    assert {line["query"] for line in found} == {"recommend"}
    for line in found:
        ago = datetime.now(UTC) - datetime.fromisoformat(line["time"])
        assert 0 <= ago.total_seconds() < 60
        assert sum(line["stages"].values()) == pytest.approx(line["seconds"], abs=0.005)
        assert {"queue", "answer"} <= line["stages"].keys()
        assert line["error"] or {"decode", "encode", "search"} <= line["stages"].keys()
        assert not {picture, secret, NAME} & set(re.findall(r'[^"]+', json.dumps(line)))
    logged = [line for line in service.output if not line.startswith("Lookalike is at")]
    # Progress of a start is not there; every other line can be read by a machine.
    assert all(json.loads(line)["level"] for line in logged)


def test_by_default_a_line_is_for_people_and_tells_no_address(
    built: BuiltCatalogue, shop_folder: Path
) -> None:
    with (
        LiveApp("--artifacts", built.folder) as running,
        httpx.Client(base_url=running.url, timeout=60) as http,
    ):
        call(http, {"path": upload(http, shop_folder / "red-disc.png")}, "cosine")
        line = running.wait_for(r"^(Query by recommend.*)$")
    assert re.match(r"Query by recommend: 5 matches in \d+\.\d+ s \(.*encode \d+\.\d+", line)
    assert "127.0.0.1" not in line


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["--auth", "nowhere"], "users' file 'nowhere' cannot be read"),
        (["--operator-token", "nowhere"], "token's file 'nowhere' cannot be read"),
        (["--settings", "nowhere"], "file of settings 'nowhere' cannot be read"),
        (["--log-format", "xml"], "There is no log format 'xml'"),
        (["--root-path", "shop"], "'shop' is no path of the page"),
    ],
)
def test_a_wrong_flag_is_one_line_before_anything_is_loaded(
    flags: list[str], sentence: str
) -> None:
    finished = run_page("--catalogue", "/no/such/folder", *flags)
    assert finished.returncode == 1
    assert sentence in finished.stderr
    assert finished.stderr.count("\n") == 1


def test_an_error_of_the_start_is_json_too() -> None:
    finished = run_page("--artifacts", "/no/such/folder", "--log-format", "json")
    assert finished.returncode == 1
    told = json.loads(finished.stderr)
    assert (told["level"], "no built catalogue" in told["message"]) == ("ERROR", True)


@pytest.mark.parametrize(
    ("name", "password", "sentence"),
    [
        ("an na", PASSWORD, "A name has"),
        (NAME, "short", "A password has"),
        (NAME, "", "A password"),
    ],
)
def test_a_user_who_cannot_be_is_one_line(name: str, password: str, sentence: str) -> None:
    finished = make_line(name, password)
    assert (finished.returncode, finished.stdout) == (1, "")
    assert sentence in finished.stderr
    assert os.linesep not in finished.stderr.rstrip()
