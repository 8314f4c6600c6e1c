"""The lock holds what is required, every file by its hash; and its audit says what it saw."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import audit_libraries
from tools.audit_libraries import AuditError, summarise

ROOT = Path(__file__).resolve().parents[1]
PINNED = re.compile(r"^([\w.-]+)==([\w.]+)")
LOCKED = re.findall(
    r"^([\w.-]+)==([\w.]+)[^\n]*\\\n((?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)",
    (ROOT / "requirements.lock").read_text(encoding="utf-8"),
    re.M,
)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-fast.txt"])
def test_the_lock_holds_every_requirement_in_its_version(name: str) -> None:
    locked = {library.lower().replace("_", "-"): version for library, version, _ in LOCKED}
    pinned = [PINNED.match(line) for line in (ROOT / name).read_text("utf-8").splitlines()]
    wanted = {m[1].lower().replace("_", "-"): m[2] for m in pinned if m}
    assert wanted
    assert {name: locked.get(name) for name in wanted} == wanted, "run make lock"


def test_nothing_is_locked_without_a_hash() -> None:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    libraries = [line for line in lines if PINNED.match(line)]
    assert len(libraries) == len(LOCKED) > 80
    assert not [line for line in lines if "://" in line]


@contextlib.contextmanager
def service(answer: bytes | None) -> Iterator[str]:
    """The address of what answers one request with these bytes, or accepts it and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with contextlib.suppress(OSError), listening.accept()[0] as connection:
                connection.recv(65536)
                if answer is None:
                    connection.recv(1)
                else:
                    connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"


def http_answer(status: str, body: str) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return (head + body).encode()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (None, "did not answer within 0.3 s"),
        (b"", "cannot be reached (RemoteProtocolError)"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", "cannot be reached"),
        (http_answer("503 Busy", "{}"), "answered with status 503"),
        (http_answer("302 Found", ""), "answered with status 302"),
        (http_answer("200 OK", "<p>Log in</p>"), "answers nothing that PyPI would"),
        (http_answer("200 OK", "null"), "answers nothing that PyPI would"),
        (http_answer("200 OK", '["vulnerabilities"]'), "answers nothing that PyPI would"),
    ],
)
def test_an_audit_is_skipped_with_a_reason_where_pypi_is_out_of_reach(
    answer: bytes | None,
    why: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(audit_libraries, "REACHED_SECONDS", 0.3 if answer is None else 5.0)
    monkeypatch.setattr(audit_libraries, "ask", lambda: pytest.fail("it went on"))
    started = time.perf_counter()
    with service(answer) as address:
        monkeypatch.setattr(audit_libraries, "SERVICE", address)
        assert audit_libraries.main() == 0
    assert time.perf_counter() - started < 5
    told = capsys.readouterr().out
    assert told.startswith("Skipped: ")
    assert why in told


def test_an_audit_fails_where_a_fault_is_known_or_no_report_comes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The reports are made up: PyPI is not asked by tests."""

    def fail() -> None:
        raise AuditError("pip-audit wrote no report.")

    sound: dict = {"name": "sound", "version": "1.0", "vulns": []}
    faulty = sound | {"vulns": [{"id": "PYSEC-1", "fix_versions": []}]}
    reached = http_answer("200 OK", '{"vulnerabilities": []}')
    for ask, status, says in [
        (lambda: {"dependencies": [sound]}, 0, "1 of 1 libraries"),
        (lambda: {"dependencies": [sound, faulty]}, 1, "PYSEC-1, mended in no version yet"),
        (fail, 1, "The audit for known faults failed: pip-audit wrote no report."),
    ]:
        monkeypatch.setattr(audit_libraries, "ask", ask)
        with service(reached) as address:
            monkeypatch.setattr(audit_libraries, "SERVICE", address)
            assert audit_libraries.main() == status
        assert says in capsys.readouterr().out


def test_an_audit_says_what_it_found_and_what_it_could_not_ask() -> None:
    fault = {"id": "PYSEC-1", "fix_versions": ["2.0"]}
    report = {
        "dependencies": [
            {"name": "sound", "version": "1.0", "vulns": []},
            {"name": "faulty", "version": "1.0", "vulns": [fault]},
            {"name": "unknown", "skip_reason": "Dependency not found on PyPI"},
        ]
    }
    text, is_clean = summarise(report)
    assert "faulty 1.0: PYSEC-1, mended in 2.0" in text
    assert "2 of 3 libraries were audited" in text
    assert not is_clean
    del report["dependencies"][1]
    assert summarise(report)[1]
    del report["dependencies"][0]
    text, is_clean = summarise(report)
    assert text.startswith("Skipped: ")
    assert "Dependency not found on PyPI" in text
    assert is_clean
