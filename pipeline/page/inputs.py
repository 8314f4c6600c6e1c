"""Gradio inputs that leave the checking to the core, so that every interface says the same."""

from __future__ import annotations

from typing import Any, TypeVar

import gradio as gr
from gradio.block_function import BlockFunction
from gradio.blocks import Block
from gradio.data_classes import ImageData

from pipeline.index import Metric

Payload = TypeVar("Payload")
FILTERS = ("where", "but")
"""The parameter whose keys are names of attributes, which may be called as a file's parts are."""
ASKED_ON_PAGE = "asked"
"""All that the page's script asks, a filter among it."""
EXAMPLE_PHOTO = {"path": "shirt.jpg", "url": "shirt.jpg", "meta": {"_type": "gradio.FileData"}}
"""What the description of the API shows as a photo."""

SEND_FEWER = "Leave out the last, or give them by name."
LOAD_AGAIN = "Load the page again: only a page of another version asks so."


def picture_input(**options: Any) -> gr.Image:
    """An image input that hands over the path of the upload, undecoded.

    Gradio's own preprocessing would open the file first, with other limits and other texts.
    """
    image = gr.Image(label="Photo of a garment", sources=["upload"], **options)
    # A subclass would make Gradio write a stub file beside its source.
    image.preprocess = _path_of  # type: ignore[method-assign]
    image.example_payload = lambda: EXAMPLE_PHOTO  # type: ignore[method-assign]
    return image


def metric_input(**options: Any) -> gr.Dropdown:
    """A dropdown of the metrics that hands over what was sent; the core knows which there are."""
    dropdown = gr.Dropdown(
        choices=[(metric.value.capitalize(), metric.value) for metric in Metric],
        value=Metric.COSINE.value,
        label="Metric",
        filterable=False,
        **options,
    )
    dropdown.preprocess = _unchanged  # type: ignore[method-assign]
    return dropdown


def plain_input(name: str, default: str | None) -> gr.Textbox:
    """An input of the API that hands over what was sent, whatever JSON it is."""
    plain = gr.Textbox(value=default, label=name, visible=False)
    plain.preprocess = _unwrapped if is_filter(plain) else _unchanged  # type: ignore[method-assign, assignment]
    return plain


def is_filter(block: Block) -> bool:
    """Whether an input is a filter, in which no file is looked for."""
    return getattr(block, "label", None) in (*FILTERS, ASKED_ON_PAGE)


def fill_in_defaults(page: gr.Blocks) -> None:
    """Answer calls over plain HTTP that leave out the last parameters, as older clients do.

    `gradio_client` sends the defaults itself. Gradio's own check would write all that was sent
    into the log where there is too little of it, and would not mind too much.
    """

    def fill_in(block_fn: BlockFunction, inputs: list[Any]) -> None:
        most, is_public = len(block_fn.inputs), block_fn.api_visibility == "public"
        takes, advice = ("takes at most", SEND_FEWER) if is_public else ("takes", LOAD_AGAIN)
        if len(inputs) > most or (len(inputs) < most and not is_public):
            raise gr.Error(
                f"'/{block_fn.api_name}' {takes} {most} values, not {len(inputs)}. {advice}",
                print_exception=False,
            )
        inputs += [getattr(block, "value", None) for block in block_fn.inputs[len(inputs) :]]
        for number, block in enumerate(block_fn.inputs):
            if is_filter(block):
                inputs[number] = _Wrapped(inputs[number])

    page.validate_inputs = fill_in  # type: ignore[method-assign]


class _Wrapped:
    """What Gradio looks for no files in."""

    def __init__(self, value: object) -> None:
        self.value = value


def _unwrapped(payload: _Wrapped) -> object:
    return payload.value


def _path_of(payload: ImageData | None) -> str | None:
    return payload.path if payload is not None else None


def _unchanged(payload: Payload) -> Payload:
    return payload
