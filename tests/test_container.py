"""The Dockerfile and the compose file: what they promise, as far as it shows without a daemon."""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sysconfig
from fnmatch import fnmatch
from pathlib import Path

import crossplane
import pytest
import yaml
from compose_spec import PyCompose

from pipeline.cli import _parser

ROOT = Path(__file__).resolve().parents[1]
DOCKERFILE = re.sub(r"\\\n", "", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
FINAL = DOCKERFILE.rpartition("\nFROM ")[2]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
LOOKALIKE = COMPOSE["services"]["lookalike"]


def parse(command: list[str]) -> argparse.Namespace:
    return _parser().parse_args(command)


def test_the_compose_file_is_as_its_specification_asks() -> None:
    """Which has a word for every key and value: a misspelt one is refused."""
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    assert PyCompose.from_yaml(text).service_names() == ["lookalike", "proxy"]
    for right, wrong in [("read_only", "read_olny"), ("mem_limit: 3g", "mem_limit: much")]:
        with pytest.raises(ValueError, match="lookalike"):
            PyCompose.from_yaml(text.replace(right, wrong))


@pytest.mark.parametrize(
    ("right", "wrong", "error"),
    [
        ("", "", None),
        ("proxy_buffering", "proxy_bufering", "unknown directive"),
        ("buffering off", "buffering of", "invalid value"),
        ("600s;", "600s", "invalid number of arguments"),
    ],
)
def test_the_settings_of_nginx_are_ones_that_it_takes(
    right: str, wrong: str, error: str | None, tmp_path: Path
) -> None:
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    (location,) = re.findall(r"```nginx\n(.*?)```", page, re.S)
    settings = tmp_path / "nginx.conf"
    settings.write_text(
        "events {}\nhttp { server { listen 80;\n" + location.replace(right, wrong) + "}}\n"
    )
    read = crossplane.parse(str(settings), strict=True, check_ctx=True, check_args=True)
    told = " ".join(found["error"] for found in read["errors"])
    assert error in told if error else told == ""


def test_the_dockerfile_is_well_formed() -> None:
    program = Path(sysconfig.get_path("scripts")) / "hadolint"
    if not program.is_file():
        pytest.skip("hadolint has no wheel for this system")
    judged = subprocess.run(
        [program, "--no-color", ROOT / "Dockerfile"], capture_output=True, text=True
    )
    assert (judged.returncode, judged.stdout) == (0, "")


def test_the_image_serves_to_the_outside_of_its_container() -> None:
    entry = json.loads(re.findall(r"^ENTRYPOINT (.*)$", FINAL, re.M)[0])
    command = json.loads(re.findall(r"^CMD (.*)$", FINAL, re.M)[0])
    assert entry == ["lookalike"]
    options = parse(command)
    assert (options.host, options.port) == ("0.0.0.0", 7860)
    assert f"EXPOSE {options.port}" in FINAL


def test_it_runs_as_nobody_in_particular_and_offline() -> None:
    assert int(re.findall(r"^USER (.*)$", FINAL, re.M)[-1]) >= 1000
    assert "HF_HUB_OFFLINE=1" in FINAL
    for name in ("LOOKALIKE_HOME", "HF_HOME"):
        assert re.search(rf"{name}=/var/lib/lookalike", FINAL)
    assert re.search(r"^VOLUME /var/lib/lookalike$", FINAL, re.M)


def test_its_health_is_asked_for_where_it_is_served() -> None:
    (check,) = re.findall(r"^HEALTHCHECK .*? CMD (.*)$", FINAL, re.M)
    assert "http://127.0.0.1:7860/healthz" in json.loads(check)[2]
    compile(json.loads(check)[2], "health check", "exec")


@pytest.mark.parametrize("name", ["artifacts", "pipeline", "requirements.lock", "pyproject.toml"])
def test_what_it_is_made_from_is_not_ignored(name: str) -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    kept = [line[1:] for line in lines if line.startswith("!")]
    assert any(fnmatch(name, pattern) for pattern in kept)
    assert all(list(ROOT.glob(pattern)) for pattern in kept)
    for copied in re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.M):
        assert all((ROOT / source).exists() for source in copied.split())


def test_the_service_writes_nowhere_else_and_may_nothing_more() -> None:
    assert LOOKALIKE["read_only"] is True
    assert LOOKALIKE["cap_drop"] == ["ALL"]
    assert "ports" not in LOOKALIKE
    assert {mount.partition(":")[0] for mount in LOOKALIKE["tmpfs"]} == {"/tmp"}
    assert [mount.partition(":")[2] for mount in LOOKALIKE["volumes"]] == ["/var/lib/lookalike"]
    assert all(COMPOSE["networks"][name]["internal"] for name in LOOKALIKE["networks"])


def test_the_proxy_serves_under_the_name_that_the_page_answers_to() -> None:
    options = parse(LOOKALIKE["command"])
    proxy = COMPOSE["services"]["proxy"]["command"]
    assert proxy[proxy.index("--from") + 1] == options.allowed_host[0] == "${SITE:-localhost}"
    assert proxy[proxy.index("--to") + 1] == f"lookalike:{options.port}"
