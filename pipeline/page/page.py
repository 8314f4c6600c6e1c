"""The page: what shoppers see, and the API beside it."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

from pipeline.page.api import add_api
from pipeline.page.front import Shop
from pipeline.page.parts import lay_out
from pipeline.recommender import LiveRecommender

THEME = gr.themes.Base(
    primary_hue="neutral",
    neutral_hue="stone",
    # No font from elsewhere: the page makes no request to another host.
    font=["ui-sans-serif", "system-ui", "sans-serif"],
    font_mono=["ui-monospace", "monospace"],
)
QUERIES_AT_ONCE = 2
"""Each query keeps the cores busy; more at once would only make each of them slower."""


def build_page(
    recommender: LiveRecommender, pictures: Path, shop: Shop, notes_events: bool = False
) -> gr.Blocks:
    """Lay out the page over a recommender, with its API.

    Args:
        recommender: What answers.
        pictures: The folder for the pictures that the page shows.
        shop: What the page looks like.
        notes_events: Whether the page's script tells what visitors do, as events.
    """
    gr.set_static_paths([pictures])
    with gr.Blocks(title=shop.title, analytics_enabled=False, fill_width=True) as page:
        lay_out(recommender, pictures, shop, notes_events)
        add_api(page, recommender, pictures)
    # The script asks without the queue, on a Space too; `Events` has it wait its turn.
    queued: gr.Blocks = page.queue(api_open=True, default_concurrency_limit=QUERIES_AT_ONCE)
    return queued
