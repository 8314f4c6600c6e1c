"""The page: a photo and a metric on one side, the five matches on the other."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import gradio as gr

from pipeline.errors import LookalikeError
from pipeline.page.answers import (
    caption,
    loaded_html,
    message,
    public_text,
    result_message,
    thumbnail_file,
)
from pipeline.page.api import add_api
from pipeline.page.inputs import metric_input, picture_input
from pipeline.recommender import Example, LiveRecommender

log = logging.getLogger(__name__)

STYLE = (Path(__file__).parent / "style.css").read_text(encoding="utf-8")
THEME = gr.themes.Base(
    primary_hue="neutral",
    neutral_hue="stone",
    # No font from elsewhere: the page makes no request to another host.
    font=["ui-sans-serif", "system-ui", "sans-serif"],
    font_mono=["ui-monospace", "monospace"],
)
HEADER = """
<header class="masthead">
  <h1>Lookalike</h1>
  <p>Give a photo of a garment and get the five items that look most like it.</p>
</header>
"""
PLACEHOLDER = "Drop a photo here\nor click to choose one"
EMPTY = "Drop, paste or take a photo, or pick an example. The five closest items appear here."
FAILED = "Something went wrong on our side. Try again, or try another photo."
NO_EXAMPLE = "This example is shown no longer. Load the page again, or take a photo of your own."
PRIVACY = (
    "Your photo is kept on the server while this page shows it, at most half an hour after its "
    "last use, and then removed; nothing else of it is stored."
)
EXAMPLES = 8
REFRESH_SECONDS = 10
QUERIES_AT_ONCE = 2
"""Each query keeps the cores busy; more at once would only make each of them slower."""

Answer = tuple[list[tuple[str, str]] | None, str]


def build_page(recommender: LiveRecommender, pictures: Path) -> gr.Blocks:
    """Lay out the page over a recommender, with its API.

    Args:
        recommender: What answers.
        pictures: The folder for the pictures that the page shows.
    """
    gr.set_static_paths([pictures])
    examples: dict[str, Example] = {}

    def look() -> tuple[str, list[str]]:
        """What is loaded by now, and its examples."""
        shown = recommender.examples(EXAMPLES)
        files = [thumbnail_file(item.thumbnail, pictures) for item in shown]
        examples.update((f.name, item) for f, item in zip(files, shown, strict=True))
        return HEADER + loaded_html(recommender.info()), [str(file) for file in files]

    def show(picture: str | None, metric: str, own_id: str | None) -> Answer:
        if picture is None:
            return None, message("empty", EMPTY)
        try:
            matches = recommender.recommend(picture, metric, leave_out=own_id)
        except LookalikeError as error:
            return None, message("error", public_text(str(error)))
        except Exception:
            # A shopper gets a sentence; the stack goes to the log.
            log.exception("A query failed")
            return None, message("error", FAILED)
        found = [(str(thumbnail_file(m.thumbnail, pictures)), caption(m, metric)) for m in matches]
        return found, result_message(matches, metric)

    def show_example(metric: str, chosen: gr.SelectData) -> tuple[str | None, str | None, *Answer]:
        name = Path(chosen.value["image"]["path"]).name
        if (example := examples.get(name)) is None:
            return None, None, None, message("error", NO_EXAMPLE)
        file = str(thumbnail_file(example.thumbnail, pictures))
        return file, example.id, *show(file, metric, example.id)

    with gr.Blocks(title="Lookalike", analytics_enabled=False) as page:
        header, example_files = look()
        head = gr.HTML(header, elem_id="loaded")
        own_id = gr.State(None)
        with gr.Row():
            with gr.Column(scale=2, min_width=300):
                picture = picture_input(elem_id="photo", height=300, placeholder=PLACEHOLDER)
                metric = metric_input(elem_id="metric")
                gr.HTML("<h2 class='section-title'>Or try one from the catalogue</h2>")
                example_row = _picture_row(example_files, "Examples", columns=4, elem_id="examples")
                gr.HTML(f"<p class='privacy'>{PRIVACY}</p>")
            with gr.Column(scale=5, min_width=300):
                answer_text = gr.HTML(message("empty", EMPTY), elem_id="message")
                gallery = _picture_row(None, "Lookalikes", columns=5, elem_id="lookalikes")

        answer = [gallery, answer_text]
        query = [picture, metric, own_id]
        gr.on(
            [picture.upload, picture.clear],
            lambda: None,
            outputs=own_id,
            queue=False,
            api_visibility="private",
        ).then(show, query, answer, **_private(gallery))
        metric.input(show, query, answer, **_private(gallery))
        example_row.select(show_example, metric, [picture, own_id, *answer], **_private(gallery))
        page.load(look, None, [head, example_row], api_visibility="private", show_progress="hidden")
        if recommender.is_building:
            gr.Timer(REFRESH_SECONDS).tick(
                look, None, [head, example_row], api_visibility="private", show_progress="hidden"
            )
        add_api(page, recommender, pictures)
    queued: gr.Blocks = page.queue(default_concurrency_limit=QUERIES_AT_ONCE)
    return queued


def _picture_row(value: list[str] | None, label: str, columns: int, elem_id: str) -> gr.Gallery:
    return gr.Gallery(
        value=value,
        label=label,
        show_label=False,
        columns=columns,
        height="auto",
        object_fit="contain",
        container=False,
        allow_preview=elem_id == "lookalikes",
        interactive=False,
        buttons=[],
        elem_id=elem_id,
    )


def _private(gallery: gr.Gallery) -> dict[str, Any]:
    """What the page's own events have in common: not in the API, progress on the gallery."""
    return {"api_visibility": "private", "show_progress_on": gallery, "trigger_mode": "always_last"}
