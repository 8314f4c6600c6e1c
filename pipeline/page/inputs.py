"""Gradio inputs that leave the checking to the core, so that every interface says the same."""

from __future__ import annotations

from typing import Any, TypeVar

import gradio as gr
from gradio.block_function import BlockFunction
from gradio.data_classes import ImageData

from pipeline.index import Metric
from pipeline.recommender import AUTO

Payload = TypeVar("Payload")


def picture_input(**options: Any) -> gr.Image:
    """An image input that hands over the path of the upload, undecoded.

    Gradio's own preprocessing would open the file first, with other limits and other texts.
    """
    image = gr.Image(
        label="Photo of a garment", sources=["upload", "clipboard", "webcam"], **options
    )
    # A subclass would make Gradio write a stub file beside its source.
    image.preprocess = _path_of  # type: ignore[method-assign]
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


def weight_input(**options: Any) -> gr.Number:
    """The colour weight, handed over as it was sent; empty for the encoder's own."""
    weight = gr.Number(value=None, label="Colour weight", **options)
    weight.preprocess = _unchanged  # type: ignore[method-assign]
    return weight


def box_input(**options: Any) -> gr.Textbox:
    """A text input of the API that hands over what was sent, a text or a list of numbers."""
    box = gr.Textbox(value=AUTO, label="Box", **options)
    box.preprocess = _unchanged  # type: ignore[method-assign]
    return box


def fill_in_defaults(page: gr.Blocks) -> None:
    """Answer calls over plain HTTP that leave out the last parameters, as older clients do.

    `gradio_client` sends the defaults itself; Gradio turns away a call with fewer values.
    """
    checked = page.validate_inputs

    def fill_in(block_fn: BlockFunction, inputs: list[Any]) -> None:
        if block_fn.api_visibility == "public":
            inputs += [getattr(block, "value", None) for block in block_fn.inputs[len(inputs) :]]
        checked(block_fn, inputs)

    page.validate_inputs = fill_in  # type: ignore[method-assign]


def _path_of(payload: ImageData | None) -> str | None:
    return payload.path if payload is not None else None


def _unchanged(payload: Payload) -> Payload:
    return payload
