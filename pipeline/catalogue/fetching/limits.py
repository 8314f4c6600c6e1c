"""Limits of fetching: how much is asked of a server, and how long it is waited for."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.catalogue.pictures import MAX_BYTES


@dataclass(frozen=True)
class Limits:
    """How much is asked of a server, and how long it is waited for.

    Attributes:
        at_once: Pictures that are fetched at once.
        per_host: The same of one host.
        seconds: For one try of one picture, redirects included.
        stall: Without a byte.
        tries: Of one picture, where a later one may do.
        pause: Seconds before the second try, twice as many before the third.
        most_pause: A server that asks for a longer one gets no further try.
        redirects: That are followed.
        bytes: Of one picture.
        fresh: Seconds within which a kept picture is not asked about again.
        failures: Of a host in a row, after which it is not asked again; 0 asks none at all.
    """

    at_once: int = 16
    per_host: int = 4
    seconds: float = 60.0
    stall: float = 15.0
    tries: int = 3
    pause: float = 1.0
    most_pause: float = 60.0
    redirects: int = 5
    bytes: int = MAX_BYTES
    fresh: float = 3600.0
    failures: int = 20


LIMITS = Limits()
NOBODY_ASKED = Limits(failures=0)
