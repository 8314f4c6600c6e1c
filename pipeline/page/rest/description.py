"""The description of the door, as OpenAPI has it, made from the parameters of the API."""

from __future__ import annotations

from typing import Any

from pipeline.page.parameters import QUERY

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
    "price": _ANY,
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
_PROBLEM = {
    "title": {"type": "string"},
    "status": {"type": "integer"},
    "detail": {"type": "string", "description": "What is wrong and what to do about it."},
}


def _content(kind: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {"content": {kind: {"schema": {"type": "object", "properties": properties}}}}


def _problems(**about: str) -> dict[int | str, dict[str, Any]]:
    return {
        int(status.removeprefix("_")): {"description": text}
        | _content("application/problem+json", _PROBLEM)
        for status, text in about.items()
    }


_ASKED = {p.name: p.schema | {"description": p.about} for p in QUERY}
_ID = {"id": {"type": "string", "description": "The id of an item to ask by, as matches have it."}}
_FILE = {
    "file": {
        "type": "array",
        "items": {"type": "string", "format": "binary"},
        "description": "The photo, at most 40 MB, or several, which are asked by their mean.",
    }
}

SEARCH: dict[str, Any] = {
    "summary": "Find the items that look most like a photo, an item or words.",
    "response_model": None,
    "openapi_extra": {
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {
                    "schema": {"type": "object", "properties": _FILE | _ID | _ASKED},
                    "example": {"file": ["shirt.jpg"], "k": 3, "where": {"baseColour": "Red"}},
                },
                "application/json": {
                    "schema": {"type": "object", "properties": _ID | _ASKED},
                    "example": {"words": "red checked shirt for men", "k": 3},
                },
            },
        }
    },
    "responses": {200: {"description": "The matches."} | _content("application/json", _ANSWER)}
    | _problems(
        _400="The request cannot be read.",
        _401="The page has users: log in first.",
        _408="The request came too slowly.",
        _413="The request is too large.",
        _422="A picture cannot be used, or the query cannot be answered.",
        _429="Too many requests came from this address.",
        _503="The server has as much to do as it can, or the database that searches is away.",
        _500="A fault of the server, whose log tells it.",
    ),
}
ITEM: dict[str, Any] = {
    "summary": "Look an item up by its id.",
    "response_model": None,
    "responses": {200: {"description": "The item."} | _content("application/json", _ITEM)}
    | _problems(_401="The page has users: log in first.", _404="There is no such item."),
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
    | _problems(_401="The page has users: log in first.", _404="The catalogue has no map."),
}
