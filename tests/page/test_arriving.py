"""Uploads that stall: their room goes to others, whichever addresses they come from."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from pipeline.page.folder import PageFolder
from pipeline.page.guards import UploadLimits, Uploads, uploads
from pipeline.page.guards.arriving import body

UPLOAD = "/gradio_api/upload"
FORM = {"Content-Type": "multipart/form-data; boundary=a"}
PACE = 1.0


@pytest.fixture
def guarded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> UploadLimits:
    """Room for a little less than 19 uploads of 1,000 bytes, which must bring 100 a second."""
    monkeypatch.setattr(uploads, "MAX_KEPT", 18_900)
    monkeypatch.setattr(body, "PACE_SECONDS", PACE)
    monkeypatch.setattr(body, "LEAST", 100)

    async def keep(scope: Scope, receive: Receive, send: Send) -> None:
        """As Gradio's route does."""
        answer: Response = JSONResponse([])
        try:
            async for _ in Request(scope, receive).stream():
                pass
        except MultiPartException as error:
            answer = PlainTextResponse(error.message, 400)
        await answer(scope, receive, send)

    return UploadLimits(keep, Uploads(PageFolder(tmp_path)))


async def send(guarded: UploadLimits, address: str, chunks: AsyncIterator[bytes]) -> httpx.Response:
    transport = httpx.ASGITransport(app=guarded, client=(address, 1))
    headers = FORM | {"Content-Length": "1000"}
    async with httpx.AsyncClient(transport=transport, base_url="http://page") as http:
        return await http.post(UPLOAD, content=chunks, headers=headers)


async def a_byte_now_and_then() -> AsyncIterator[bytes]:
    yield bytes(1000)
    while True:
        await asyncio.sleep(PACE / 10)
        yield b"x"


async def bit_by_bit(size: int, steps: int) -> AsyncIterator[bytes]:
    for _ in range(steps):
        yield bytes(size // steps)
        await asyncio.sleep(PACE / 10)


def test_uploads_that_stall_give_their_room_back_and_are_told(guarded: UploadLimits) -> None:
    async def run() -> None:
        stalled = [
            asyncio.create_task(send(guarded, f"203.0.113.{address}", a_byte_now_and_then()))
            for address in range(3)
            for _ in range(uploads.AT_ONCE)
        ]
        await asyncio.sleep(PACE / 2)
        full = await send(guarded, "203.0.113.9", bit_by_bit(1000, 1))
        assert (full.status_code, full.json()["detail"]) == (503, body.FULL)
        for answer in await asyncio.wait_for(asyncio.gather(*stalled), 30 * PACE):
            assert (answer.status_code, answer.text) == (408, body.TOO_SLOW)
        assert (await send(guarded, "203.0.113.9", bit_by_bit(1000, 1))).status_code == 200

    asyncio.run(run())


def test_one_that_is_slow_and_goes_on_arrives(guarded: UploadLimits) -> None:
    answer = asyncio.run(send(guarded, "203.0.113.9", bit_by_bit(1000, 25)))
    assert answer.status_code == 200


def test_what_finds_no_room_on_the_way_is_told_so_by_its_status(guarded: UploadLimits) -> None:
    """It declares less than it brings."""
    answer = asyncio.run(send(guarded, "203.0.113.9", bit_by_bit(20_000, 2)))
    assert (answer.status_code, answer.text) == (503, body.FULL)
