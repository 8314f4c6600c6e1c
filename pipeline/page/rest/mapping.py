"""The map of the catalogue that answers now, in JSON that is made once and kept by browsers."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import threading

import numpy as np
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from pipeline.artifacts import BuiltCatalogue
from pipeline.catalogue import plain_value
from pipeline.recommender import CatalogueMap, LiveRecommender, map_of

STEPS = 2**16 - 1
"""Into which each side of the map is divided: far finer than any screen."""
NO_MAP = (
    "This catalogue has no map: it was built before there were maps, or has more than 200,000 "
    "items. Build it again: python -m pipeline build"
)


class MapAnswer:
    """Answers with the map.

    Args:
        recommender: What answers.
    """

    def __init__(self, recommender: LiveRecommender) -> None:
        self._live = recommender
        self._made_of: BuiltCatalogue | None = None
        self._packed: bytes | None = None
        self._tag = ""
        self._making = threading.Lock()

    def answer(self, request: Request) -> Response:
        """The map, or that the caller has it already.

        Raises:
            HTTPException: 404, if the catalogue has none.
        """
        packed, tag = self._current()
        if packed is None:
            raise HTTPException(404, NO_MAP) from LookupError()
        # Asked for anew each time it is opened, and sent where it has changed.
        headers = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
        else:
            packed = gzip.decompress(packed)
        return Response(packed, media_type="application/json", headers=headers)

    def _current(self) -> tuple[bytes | None, str]:
        """The map of the catalogue that answers now, packed, and what tells it from others."""
        with self._making:
            built = self._live.current.built
            if built is not self._made_of:
                drawn = map_of(built)
                self._packed = None if drawn is None else _packed(drawn)
                self._tag = f'"{hashlib.sha256(self._packed or b"").hexdigest()[:24]}"'
                self._made_of = built
            return self._packed, self._tag


def _packed(drawn: CatalogueMap) -> bytes:
    places = np.rint(drawn.places.astype(np.float64) * STEPS).astype("<u2")
    told = {
        "items": len(drawn.ids),
        "ids": list(drawn.ids),
        "places": _text(places),
        "attributes": [
            {
                "attribute": one.attribute,
                "values": [
                    {"value": plain_value(value), "items": count}
                    for value, count in zip(one.values, one.counts, strict=True)
                ],
                "codes": _text(one.codes),
            }
            for one in drawn.colourings
        ],
    }
    # The same map, the same bytes.
    return gzip.compress(json.dumps(told, ensure_ascii=False).encode(), 6, mtime=0)


def _text(numbers: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(numbers).tobytes()).decode()
