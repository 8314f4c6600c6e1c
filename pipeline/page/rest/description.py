"""The description of the door, as OpenAPI has it, made from the parameters of the API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipeline.page.parameters import COMPARED, ID, IDS, QUERY, Parameter

TITLE = "Lookalike"
ABOUT = (
    "Find the items of a catalogue that look most like a photo, an item or words. Errors have the "
    "form of RFC 9457, with a sentence as `detail`."
)
_ANY = {"type": ["string", "number", "boolean"]}
_COUNT = {"type": "integer"}
_ITEM = {
    "id": {"type": "string"},
    "name": {"type": "string"},
    "attributes": {"type": "object", "additionalProperties": _ANY},
    "url": {**_ANY, "description": "Where the catalogue has it, as `price`."},
    "price": {**_ANY, "description": "What is to be paid: in a sale the sale's."},
    "picture": {"type": "string", "format": "uri", "description": "Its address, for half an hour."},
}
_MATCH = _ITEM | {
    "rank": {"type": "integer"},
    "score": {
        "type": "number",
        "description": "Similarity, at most 1, or distance, from 0 up, by the metric.",
    },
    "closeness": {
        "type": ["number", "null"],
        "description": "Closer than what share of the catalogue's items have their nearest.",
    },
    "alike": {
        "type": ["boolean", "null"],
        "description": "Whether it looks like the picture at all.",
    },
    "doubles": {
        "type": "array",
        "items": {"type": "string"},
        "description": "Ids of near duplicates and variants that it stands for.",
    },
    "box": {
        "type": "array",
        "items": {"type": "number"},
        "description": "The part of the picture that was asked about: left, top, right, bottom.",
    },
    "box_confidence": {
        "type": ["number", "null"],
        "description": "How sure a guessed box is; null for one that was said.",
    },
    "boxes": {
        "type": "array",
        "items": {"type": "array", "items": {"type": "number"}},
        "description": "Where the picture shows several garments apart, a box for each, the "
        "largest garment's first.",
    },
}
_ANSWER = {
    "matches": {
        "type": "array",
        "description": "Best first.",
        "items": {"type": "object", "properties": _MATCH},
    },
    "notes": {
        "type": "array",
        "items": {"type": "string"},
        "description": "Sentences on what could not be done as it was asked.",
    },
}
_COMPARISON = {
    "cosine": {"type": "object", "properties": _ANSWER},
    "euclidean": {"type": "object", "properties": _ANSWER},
    "shared": {
        "type": "array",
        "items": {"type": "string"},
        "description": "Ids of the items that are in both.",
    },
}
_PROBLEM = {
    "title": {"type": "string"},
    "status": {"type": "integer"},
    "detail": {"type": "string", "description": "What is wrong and what to do about it."},
    "error": {"type": "string", "description": "The same, where Gradio's clients look for it."},
}
_FOREIGN = "Another site's page asks."
_LOG_IN = "The page has users: log in first."
_OTHER_NAME = "The page does not answer to the name that was asked for."
_TOO_OFTEN = "Too many requests came from this address."
_FAULT = "A fault of the server, whose log tells it."
_BUSY = "The server has as much to do as it can."
_OF_ANY_LOOK = {
    "_401": _LOG_IN,
    "_403": _FOREIGN,
    "_421": _OTHER_NAME,
    "_429": _TOO_OFTEN,
    "_500": _FAULT,
    "_503": _BUSY,
}


def _content(kind: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {"content": {kind: {"schema": {"type": "object", "properties": properties}}}}


def _problems(**about: str) -> dict[int | str, dict[str, Any]]:
    return {
        int(status.removeprefix("_")): {"description": text}
        | _content("application/problem+json", _PROBLEM)
        for status, text in about.items()
    }


_ID = Parameter("id", None, ID, "The id of an item to ask by, as matches have it.", "900001")
_FILE = {
    "file": {
        "type": "array",
        "items": {"type": "string", "format": "binary", "default": ""},
        "description": "The photo, at most 40 MB, or several, which are asked by their mean.",
    }
}


def _field(parameter: Parameter) -> dict[str, Any]:
    """A parameter as the field of a form, where it is a text and an empty one leaves it out."""
    if parameter.schema == IDS:
        each = {"type": "string", "default": ""}
        kind: dict[str, Any] = {"type": "array", "items": each, "default": []}
    elif parameter.schema.get("type") == "object":
        kind = {"type": "object", "default": {}}
    else:
        own = parameter.schema if "type" in parameter.schema else {"type": "string"}
        kind = own | {"default": parameter.default or ""}
    return kind | {"description": parameter.about}


def _asking(
    summary: str, parameters: Sequence[Parameter], about: str, answer: dict[str, Any]
) -> dict[str, Any]:
    """What is said of a route that takes a query, as a form or in JSON."""
    asked = (_ID, *parameters)
    form = {
        "schema": {"type": "object", "properties": _FILE | {p.name: _field(p) for p in asked}},
        # Each id in a field of its own.
        "encoding": {p.name: {"style": "form", "explode": True} for p in asked if p.schema == IDS},
    }
    body = {
        "schema": {"type": "object", "properties": {p.name: p.described() for p in asked}},
        "example": {"words": "red checked shirt for men", "k": 3},
    }
    content = {"multipart/form-data": form, "application/json": body}
    return {
        "summary": summary,
        "response_model": None,
        "openapi_extra": {"requestBody": {"required": True, "content": content}},
        "responses": {200: {"description": about} | _content("application/json", answer)}
        | _problems(
            _400="The request cannot be read.",
            _401=_LOG_IN,
            _403=_FOREIGN,
            _408="The request came too slowly.",
            _413="The request is too large.",
            _421=_OTHER_NAME,
            _422="A picture cannot be used, or the query cannot be answered.",
            _429=_TOO_OFTEN,
            _503=f"{_BUSY[:-1]}, or the database that searches is away.",
            _500=_FAULT,
        ),
    }


SEARCH = _asking(
    "Find the items that look most like a photo, an item or words.",
    QUERY,
    "The matches.",
    _ANSWER,
)
COMPARE = _asking(
    "Find them by both metrics, and what both find.",
    COMPARED,
    "The matches by each metric, and those of both.",
    _COMPARISON,
)
ITEM: dict[str, Any] = {
    "summary": "Look an item up by its id.",
    "response_model": None,
    "openapi_extra": {
        "parameters": [
            {
                "name": "item",
                "in": "path",
                "required": True,
                "schema": {"type": "string"},
                "description": "Its id, as matches have it.",
            }
        ]
    },
    "responses": {200: {"description": "The item."} | _content("application/json", _ITEM)}
    | _problems(_404="There is no such item.", **_OF_ANY_LOOK),
}
_MAP = {
    "items": {"type": "integer"},
    "ids": {"type": "array", "items": {"type": "string"}},
    "places": {
        "type": "string",
        "description": "Base64 of two little-endian uint16 an item, x and y, each of 65,535.",
    },
    "attributes": {
        "type": "array",
        "description": "What the map can be coloured by.",
        "items": {
            "type": "object",
            "properties": {
                "attribute": {"type": "string"},
                "values": {
                    "type": "array",
                    "description": "The ten commonest, and how many items have each.",
                    "items": {"type": "object", "properties": {"value": _ANY, "items": _COUNT}},
                },
                "codes": {
                    "type": "string",
                    "description": "Base64 of a byte an item: which of the values it has; their "
                    "number for another, 255 for none.",
                },
            },
        },
    },
}
MAP: dict[str, Any] = {
    "summary": "Get the place of every item on the map of the catalogue.",
    "response_model": None,
    "responses": {200: {"description": "The map."} | _content("application/json", _MAP)}
    | {304: {"description": "The caller has it already."}}
    | _problems(_404="The catalogue has no map.", **_OF_ANY_LOOK),
}
