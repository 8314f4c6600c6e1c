"""The parameters of the API: their names, defaults, types, limits and examples, in one table."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from pipeline.errors import PictureError
from pipeline.page.inputs import EXAMPLE_PHOTO, metric_input, picture_input, plain_input
from pipeline.recommender import MAX_K

ID = {"anyOf": [{"type": "string"}, {"type": "integer"}]}
IDS = {"type": "array", "items": ID}
UPLOAD = {
    "type": "object",
    "title": "handle_file(...)",
    "properties": {
        "path": {"type": "string", "description": "What the upload of it has answered."},
        "meta": {"type": "object", "default": {"_type": "gradio.FileData"}},
    },
}
"""A file that was uploaded, in the form by which Gradio's clients know one."""
FILES = {"type": "array", "items": UPLOAD}
SHARE = {"type": "number", "minimum": 0, "maximum": 1}
EDGES = {"type": "array", "items": SHARE, "minItems": 4, "maxItems": 4}
MAX_BATCH = 64
NOT_HANDED_OVER = (
    "The pictures are not ones that were uploaded here. Upload them (in Python: a list of "
    "gradio_client.handle_file), then ask again."
)


@dataclass(frozen=True)
class Parameter:
    """One parameter of the API.

    Attributes:
        name: Its name.
        default: What it is where it is left out.
        schema: Its type, as JSON schema.
        about: What it means and its limits, in one line.
        example: A value to try.
    """

    name: str
    default: Any
    schema: dict[str, Any]
    about: str
    example: Any

    def described(self, *, required: bool = False) -> dict[str, Any]:
        """Its type as JSON takes it, with what it means; null is what leaves it out.

        Args:
            required: Whether it cannot be left out.
        """
        kind = self.schema if required else {"anyOf": [self.schema, {"type": "null"}]}
        default = {} if self.default is None else {"default": self.default}
        return kind | {"description": self.about} | default

    def component(self) -> gr.components.Component:
        """The invisible input through which it comes."""
        shown: gr.components.Component
        if self.name == "image":
            shown = picture_input(visible=False)
        elif self.name == "metric":
            shown = metric_input(visible=False)
        else:
            shown = plain_input(self.name, self.default)
        schema = self.schema | {"description": self.about, "additional_description": self.about}
        shown.api_info = lambda: schema  # type: ignore[method-assign]
        shown.example_payload = lambda: self.example  # type: ignore[method-assign]
        return shown


IMAGE = Parameter(
    "image",
    None,
    UPLOAD,
    "The photo: JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or HEIC, at most 40 MB, uploaded (in Python: "
    "handle_file of gradio_client and a path); a bare path or an address is refused.",
    EXAMPLE_PHOTO,
)
# The items of the examples are the starter catalogue's.
ITEM = Parameter("item", None, ID, "The id of an item, as matches have it.", "900001")
PICTURES = Parameter(
    "pictures",
    None,
    FILES,
    "Further photos, asked by their mean: 16 at most, all together.",
    [EXAMPLE_PHOTO],
)
BATCH = replace(PICTURES, about=f"The photos, 1 to {MAX_BATCH}; each is a query of its own.")
BUT = Parameter(
    "but",
    None,
    {"type": "object"},
    "What every match must have in place of what the photo shows, in the form of 'where': the "
    "same garment in another colour.",
    {"baseColour": "Red"},
)
QUERY = (
    Parameter(
        "metric",
        "cosine",
        {"type": "string", "enum": ["cosine", "euclidean"]},
        "'cosine' (similarity, higher is more alike) or 'euclidean' (distance, lower is).",
        "cosine",
    ),
    Parameter(
        "colour_weight",
        None,
        SHARE,
        "How much colour counts, from 0, shape alone, to 1, colour alone; left out, as much as "
        "serves the encoder best.",
        0.2,
    ),
    Parameter(
        "box",
        "auto",
        {"anyOf": [{"type": "string"}, EDGES]},
        "'auto' (the garment where it is surely told from its ground, else the whole picture), "
        "'whole', or left, top, right and bottom as shares of the upright picture's width and "
        "height, such as [0.1, 0.2, 0.9, 0.8].",
        "auto",
    ),
    Parameter(
        "k",
        None,
        {"type": "integer", "minimum": 1, "maximum": MAX_K},
        f"How many matches, 1 to {MAX_K}; left out, five.",
        5,
    ),
    Parameter(
        "where",
        None,
        {"type": "object"},
        "What every match must have: a value, a list of values of which it has one, or a range "
        "of numbers, by the names of attributes, as matches have them.",
        {"baseColour": ["Red", "Blue"], "year": {"min": 2011, "max": 2013}},
    ),
    Parameter(
        "leave_out", None, IDS, "Ids of items that must not be among the matches.", ["900015"]
    ),
    Parameter(
        "words",
        None,
        {"type": "string"},
        "What the items are like, in the catalogue's own words, alone or beside the photo.",
        "red checked shirt for men",
    ),
    Parameter(
        "words_weight",
        None,
        SHARE,
        "How much the words count beside the rest, from 0 to 1; left out, 0.5.",
        0.5,
    ),
    Parameter("items", None, IDS, "Ids of items to ask by as if they were pictures.", ["900001"]),
    Parameter(
        "more", None, IDS, "Ids of items to come nearer to; they are no matches.", ["900002"]
    ),
    Parameter("less", None, IDS, "Ids of items to get away from; they are no matches.", ["900003"]),
    Parameter(
        "variety",
        None,
        SHARE,
        "How different the matches are to be from each other, from 0, not at all, to 1.",
        0.3,
    ),
    Parameter(
        "fold",
        None,
        {"type": "boolean"},
        "Whether near duplicates, and variants of one product, become one match.",
        True,
    ),
    BUT,
)
COMPARED = tuple(parameter for parameter in QUERY if parameter.name != "metric")
"""Those of a query that is answered by both metrics."""
EXPLAINED_BY = ("metric", "colour_weight", "box", "items")
"""The parts of a query that an explanation takes."""
KEPT = (
    Parameter("kept", None, IDS, "Ids of the items that somebody keeps, 1 to 500.", ["900001"]),
    Parameter(
        "disliked", None, IDS, "Ids of items that are not for them, at most 100.", ["900003"]
    ),
    *(p for p in QUERY if p.name in ("metric", "k", "where")),
)


def endpoint(
    answer: Callable[[dict[str, Any], gr.Request], Any],
    parameters: Sequence[Parameter],
    about: str,
) -> Callable[..., Any]:
    """A function that Gradio describes by the table above.

    Args:
        answer: Takes the values by name, and the request.
        parameters: The parameters in their order.
        about: What the endpoint does and what it gives.
    """

    def call(*values: Any) -> Any:  # noqa: ANN401 whatever JSON can carry
        *sent, request = values
        named = dict(zip((p.name for p in parameters), sent, strict=True))
        return answer(named, request)

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    own = [inspect.Parameter(p.name, kind, default=p.default) for p in parameters]
    last = inspect.Parameter("request", kind, default=None, annotation=gr.Request)
    call.__signature__ = inspect.Signature([*own, last])  # type: ignore[attr-defined]
    call.__annotations__ = {"request": gr.Request}
    lines = [f"    {p.name}: {p.about}" for p in parameters]
    call.__doc__ = "\n".join([about, "", "Args:", *lines])
    return call


def uploaded(pictures: object) -> list[str]:
    """The paths of uploads, which the guards have let through; never a path that is just named.

    Raises:
        PictureError: If one is anything else.
    """
    if pictures is None:
        return []
    given = pictures if isinstance(pictures, list) else [pictures]
    paths = [picture.get("path") if isinstance(picture, dict) else None for picture in given]
    if not all(isinstance(path, str) for path in paths):
        raise PictureError(NOT_HANDED_OVER)
    return [str(path) for path in paths]
