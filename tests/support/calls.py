"""The API as a stranger calls it: by plain requests, not through `gradio_client`."""

from __future__ import annotations

from pathlib import Path

import httpx

API = "/gradio_api"


def upload(http: httpx.Client, picture: Path) -> str:
    """Upload a picture and give the path that the server names it by."""
    answer = http.post(f"{API}/upload", files={"files": (picture.name, picture.read_bytes())})
    path: str = answer.raise_for_status().json()[0]
    return path


def call(http: httpx.Client, *data: object) -> str:
    """Ask `/recommend` and give the events of the answer as text."""
    asked = http.post(f"{API}/call/recommend", json={"data": data})
    event = asked.raise_for_status().json()["event_id"]
    return http.get(f"{API}/call/recommend/{event}").text
