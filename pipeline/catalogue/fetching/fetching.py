"""Fetching: pictures by their addresses, several at once, with patience and within limits."""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpcore
import httpx
from tqdm import tqdm

from pipeline import __version__
from pipeline.catalogue.fetching.connecting import CheckedTransport, ending_in
from pipeline.catalogue.fetching.kept import KeptPicture, KeptPictures
from pipeline.catalogue.fetching.limits import LIMITS, Limits
from pipeline.catalogue.fetching.places import RefusedError
from pipeline.catalogue.pictures import open_picture
from pipeline.errors import PictureError

log = logging.getLogger(__name__)

HEADERS = {
    "User-Agent": f"Lookalike/{__version__}",
    "Accept": "image/*,*/*;q=0.1",
    "Accept-Encoding": "identity",
}
NOT_MODIFIED = 304
MAX_PORT = 65_535
PASSING = {408, 425, 429, 500, 502, 503, 504}
"""Answers of servers that may give another one later (RFC 9110, section 15; RFC 6585)."""
BUSY = {429, 503}
"""Those that a server gives whatever it is asked for."""
CHECKED_SIDE = 64
"""A picture is decoded once when it comes, as small as its format allows."""
_NETWORK_ERRORS = (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException)
_TIMEOUTS = (httpcore.TimeoutException, httpx.TimeoutException)


@dataclass(frozen=True)
class Fetched:
    """What became of one address.

    Attributes:
        path: The picture's file; None where there is none.
        sha256: Of its content; empty where there is none.
        reason: Why there is none, or why an older one is used: a sentence; else empty.
    """

    path: Path | None
    sha256: str = ""
    reason: str = ""


class _PassingError(Exception):
    """A failure after which another try may do."""

    def __init__(self, reason: str, pause: float | None = None, is_host: bool = False) -> None:
        super().__init__(reason)
        self.pause, self.is_host = pause, is_host


@dataclass
class _Host:
    """One host, which is asked a few things at a time, and nothing while it asks to wait."""

    places: threading.Semaphore
    waits_until: float = 0.0
    failures: int = 0


def fetch_pictures(
    addresses: Sequence[str], folder: Path, allow_private: bool, limits: Limits | None = None
) -> dict[str, Fetched]:
    """Fetch pictures, but for those that are kept from before and have not changed.

    Each is checked to be a picture by decoding it, whatever its server calls it.

    Args:
        addresses: Of http or https; any other has its reason.
        folder: Where fetched pictures are kept.
        allow_private: Whether this machine and its networks may be asked.
        limits: How much is asked at once, and how long is waited; None for `LIMITS`.

    Returns:
        What became of each address.

    Raises:
        OSError: If the folder cannot be written.
    """
    wanted = list(dict.fromkeys(addresses))
    found: dict[str, Fetched] = {}
    with _Fetcher(KeptPictures(folder), allow_private, limits or LIMITS) as fetcher:
        pool = ThreadPoolExecutor(fetcher.limits.at_once, "fetch")
        try:
            waiting = {pool.submit(fetcher.fetch, address): address for address in wanted}
            bar = tqdm(total=len(wanted), desc="Fetching", unit="picture", smoothing=0.1)
            with bar:
                for future in as_completed(waiting):
                    found[waiting[future]] = future.result()
                    bar.update()
        finally:
            # What is finished is kept; what is under way ends at its next bytes.
            fetcher.stopped.set()
            pool.shutdown(cancel_futures=True)
    return found


@dataclass
class _Fetcher:
    """Fetches one picture at a time in each of several threads."""

    kept: KeptPictures
    allow_private: bool
    limits: Limits
    stopped: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._hosts: defaultdict[str, _Host] = defaultdict(
            lambda: _Host(threading.Semaphore(self.limits.per_host))
        )
        self._finding = threading.Lock()

    def __enter__(self) -> _Fetcher:
        self._client = httpx.Client(
            transport=CheckedTransport(self.allow_private),
            headers=HEADERS,
            timeout=self.limits.stall,
            follow_redirects=True,
            max_redirects=self.limits.redirects,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def fetch(self, address: str) -> Fetched:
        """Fetch one picture, or tell why it cannot be."""
        try:
            url = httpx.URL(f"https:{address}" if address.startswith("//") else address)
            is_one = "%" not in url.host and (url.port or 0) <= MAX_PORT
        except (httpx.InvalidURL, ValueError):  # a host may be read only when it is asked for
            is_one = False
        if not is_one:
            return Fetched(None, reason="It is no address.")
        if url.scheme not in ("http", "https") or not url.host:
            return Fetched(None, reason="Only addresses of http and https are fetched.")
        kept = self.kept.find(address)
        if kept is not None and 0 <= time.time() - kept.asked < self.limits.fresh:
            return Fetched(kept.path, kept.sha256)
        try:
            kept = self._patiently(address, url, kept)
        except (RefusedError, PictureError) as error:
            return Fetched(None, reason=str(error))
        except OSError:
            raise  # the folder cannot be written, for no picture
        except Exception as error:
            # What servers write makes libraries raise almost any class: one picture's loss.
            passes = isinstance(error, _PassingError)
            reason = str(error) if passes else f"Its server's answer makes no sense ({error})."
            if kept is None:
                return Fetched(None, reason=reason)
            return Fetched(kept.path, kept.sha256, f"{reason} The one fetched before is used.")
        return Fetched(kept.path, kept.sha256)

    def _patiently(self, address: str, url: httpx.URL, kept: KeptPicture | None) -> KeptPicture:
        with self._finding:
            host = self._hosts[url.host]
        with host.places:
            for number in range(1, self.limits.tries + 1):
                if host.failures >= self.limits.failures:
                    raise _PassingError(
                        f"'{url.host}' has failed {host.failures} times in a row and is not asked "
                        "again. Build again later."
                    )
                if self.stopped.wait(max(0.0, host.waits_until - time.monotonic())):
                    raise _PassingError("It was interrupted.")
                try:
                    answer = self._ask(address, url, kept)
                except _PassingError as error:
                    host.failures += error.is_host
                    pause = error.pause or self.limits.pause * 2 ** (number - 1)
                    is_last = number == self.limits.tries or pause > self.limits.most_pause
                    if is_last or self.stopped.is_set():
                        raise
                    host.waits_until = time.monotonic() + pause
                else:
                    host.failures = 0
                    return answer
        raise AssertionError("the last try gives a picture or an error")

    def _ask(self, address: str, url: httpx.URL, kept: KeptPicture | None) -> KeptPicture:
        questions = kept.questions if kept is not None else {}
        begun = False
        try:
            with (
                ending_in(self.limits.seconds),
                self._client.stream("GET", url, headers=questions) as answer,
            ):
                if kept is not None and answer.status_code == NOT_MODIFIED:
                    return self.kept.still(kept)
                _check_status(answer)
                begun = True
                content = self._read(answer)
                headers = {name.lower(): value for name, value in answer.headers.items()}
        except _TIMEOUTS as error:
            raise _PassingError("It did not come in time.", is_host=True) from error
        except (httpcore.ConnectError, httpx.ConnectError) as error:
            raise _PassingError(f"Its server cannot be reached ({error}).", is_host=True) from error
        except httpx.TooManyRedirects as error:
            raise RefusedError("It is redirected again and again.") from error
        except (httpx.HTTPError, httpx.InvalidURL, *_NETWORK_ERRORS) as error:
            nonsense = f"Its server's answer makes no sense ({error})."
            raise _PassingError("It ended in the middle." if begun else nonsense) from error
        try:
            open_picture(content, CHECKED_SIDE)
        except PictureError as error:
            raise _no_picture(error, content) from error
        return self.kept.keep(address, content, headers)

    def _read(self, answer: httpx.Response) -> bytes:
        too_large = RefusedError(
            f"It has more than {self.limits.bytes // 2**20:,} MB. Save it smaller."
        )
        declared = answer.headers.get("Content-Length", "")
        if declared.isdecimal() and int(declared) > self.limits.bytes:
            raise too_large
        content = bytearray()
        for part in answer.iter_bytes():
            content += part
            if len(content) > self.limits.bytes:
                raise too_large
            if self.stopped.is_set():
                raise _PassingError("It was interrupted.")
        return bytes(content)


def _check_status(answer: httpx.Response) -> None:
    status = answer.status_code
    if status in PASSING:
        reason = f"Its server answers {status} ({answer.reason_phrase})."
        raise _PassingError(reason, _asked_pause(answer), is_host=status in BUSY)
    if not answer.is_success:
        raise RefusedError(f"Its server answers {status} ({answer.reason_phrase}).")


def _asked_pause(answer: httpx.Response) -> float | None:
    """How long a server asks to be left alone, in seconds (RFC 9110, section 10.2.3)."""
    said = answer.headers.get("Retry-After", "")
    if said.isdecimal():
        return float(said)
    try:
        return max(0.0, parsedate_to_datetime(said).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None


def _no_picture(error: PictureError, content: bytes) -> PictureError:
    start = content[:200].lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<?xml")):
        return PictureError("A page lies there and no picture.")
    return PictureError(str(error))
