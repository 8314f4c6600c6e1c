"""The layout: Gradio's components in their order, and the bridge between them and the script."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from pipeline.page.front import Shop, part
from pipeline.page.inputs import metric_input, picture_input
from pipeline.page.parts.asking import Asking
from pipeline.recommender import LiveRecommender

PLACEHOLDER = "Drop a photo here\nor click to choose one"
SHOWS = "lookalike.bridge(trigger, ['show_photo', 'show_matches', 'show_metric', 'store_kept'])"
"""Gradio reads the names of events here."""
KEPT = "lookalike"
"""Where the browser stores what a person keeps, and by what Gradio scrambles it: that hides it
from nobody who has the browser, and one made up at each start would lose it at the next."""


def lay_out(recommender: LiveRecommender, pictures: Path, shop: Shop, notes_events: bool) -> None:
    """Lay out the page being made: photo, answer, then everything else.

    Args:
        recommender: What answers.
        pictures: The folder for the pictures that the page shows.
        shop: What it looks like.
        notes_events: Whether its script tells what visitors do.
    """
    # Pages with a state of their own tell Gradio when they are closed, and their uploads go.
    gr.State()
    _html("shop", shop)
    with gr.Column(elem_id="search"):
        with gr.Column(elem_id="ask"):
            photo = picture_input(elem_id="photo", placeholder=PLACEHOLDER, buttons=[])
            _html("photo", shop, "photo-tools")
        with gr.Column(elem_id="answer"):
            _html("answer", shop, "message")
            gallery = _gallery()
            _html("with-item", shop)
            _html("for-you", shop)
            _html("examples", shop, "examples-part")
            _html("map", shop)
        with gr.Column(elem_id="more"):
            _html("steering", shop)
            metric = metric_input(elem_id="metric")
            _html("about", shop)
    with gr.Column(elem_id="developers"):
        _html("code", shop)
    _html("dialogs", shop)
    _join(photo, metric, gallery, gr.BrowserState({}, storage_key=KEPT, secret=KEPT))
    asking = Asking(recommender, pictures, shop, notes_events)
    asking.add(photo, metric)
    asking.look()  # its pictures are there before the first caller is


def _html(name: str, shop: Shop, elem_id: str | None = None) -> gr.HTML:
    place = elem_id or name
    return gr.HTML(
        part(name, shop),
        elem_id=place,
        js_on_load=f"lookalike.mount('{place}')",
        apply_default_css=False,
    )


def _gallery() -> gr.Gallery:
    return gr.Gallery(
        label="Lookalikes",
        show_label=False,
        columns=5,
        height="auto",
        object_fit="contain",
        container=False,
        allow_preview=False,
        interactive=False,
        buttons=[],
        elem_id="lookalikes",
    )


def _join(photo: gr.Image, metric: gr.Dropdown, gallery: gr.Gallery, kept: gr.BrowserState) -> None:
    """What a person does to Gradio's components goes to the script, and its answers to them."""
    own: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
    # Not given the photo: of one that was not uploaded by Gradio, it tells that it is still there.
    photo.clear(None, js="() => lookalike.photoIsGone()", **own)
    metric.input(None, metric, js="(metric) => lookalike.metricIs(metric)", **own)
    bridge = gr.HTML("", js_on_load=SHOWS, elem_id="bridge", apply_default_css=False)
    bridge.show_photo(None, None, photo, js="() => [lookalike.photo]", **own)
    bridge.show_matches(None, None, gallery, js="() => [lookalike.matches]", **own)
    bridge.show_metric(None, None, metric, js="() => [lookalike.metric]", **own)
    kept.change(None, kept, None, js="(stored) => lookalike.keptIs(stored)", **own)
    bridge.store_kept(None, None, kept, js="() => [lookalike.stored]", **own)
