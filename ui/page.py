"""The page: a photo and a metric on one side, the five matches on the other."""

from __future__ import annotations

import html
import logging
import tempfile
from pathlib import Path

import gradio as gr

from pipeline.errors import LookalikeError
from pipeline.recommender import Recommender
from ui.answers import caption, loaded_html, thumbnail_file
from ui.api import add_api
from ui.inputs import metric_input, picture_input

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
EMPTY = "Drop, paste or take a photo, or pick an example. The five closest items appear here."
FAILED = "Something went wrong on our side. Try again, or try another photo."
EXAMPLES = 8

Answer = tuple[list[tuple[str, str]], str]


def build_page(recommender: Recommender) -> gr.Blocks:
    """Lay out the page over a recommender, with its API."""
    pictures = Path(tempfile.mkdtemp(prefix="lookalike-"))
    gr.set_static_paths([pictures])
    examples = recommender.examples(EXAMPLES)
    example_files = [str(thumbnail_file(item.thumbnail, pictures)) for item in examples]

    def show(picture: str | None, metric: str, own_id: str | None) -> Answer:
        if picture is None:
            return [], _message("empty", EMPTY)
        try:
            matches = recommender.recommend(picture, metric, leave_out=own_id)
        except LookalikeError as error:
            return [], _message("error", str(error))
        except Exception:
            # A shopper gets a sentence; the stack goes to the log.
            log.exception("A query failed")
            return [], _message("error", FAILED)
        found = [(str(thumbnail_file(m.thumbnail, pictures)), caption(m, metric)) for m in matches]
        return found, _message("result", _result_text(len(found), own_id))

    def show_example(metric: str, chosen: gr.SelectData) -> tuple[str, str, list, str]:
        own_id = examples[chosen.index].id
        return (
            example_files[chosen.index],
            own_id,
            *show(example_files[chosen.index], metric, own_id),
        )

    with gr.Blocks(title="Lookalike", analytics_enabled=False) as page:
        gr.HTML(HEADER)
        own_id = gr.State(None)
        with gr.Row(elem_classes="desk"):
            with gr.Column(scale=2, min_width=300, elem_classes="query"):
                picture = picture_input(elem_id="photo", height=320)
                metric = metric_input(elem_id="metric")
                example_row = gr.Gallery(
                    value=example_files,
                    label="Examples from the catalogue",
                    columns=4,
                    allow_preview=False,
                    object_fit="contain",
                    height="auto",
                    interactive=False,
                    buttons=[],
                    elem_id="examples",
                )
            with gr.Column(scale=5, min_width=300, elem_classes="answer"):
                message = gr.HTML(_message("empty", EMPTY), elem_id="message")
                gallery = gr.Gallery(
                    label="Lookalikes",
                    columns=5,
                    height="auto",
                    object_fit="contain",
                    allow_preview=True,
                    interactive=False,
                    buttons=["fullscreen"],
                    elem_id="lookalikes",
                )
        gr.HTML(loaded_html(recommender.info()), elem_id="loaded")

        answer = [gallery, message]
        query = [picture, metric, own_id]
        gr.on(
            [picture.upload, picture.clear],
            lambda: None,
            outputs=own_id,
            api_visibility="private",
        ).then(show, query, answer, api_visibility="private", show_progress_on=gallery)
        metric.input(show, query, answer, api_visibility="private", show_progress_on=gallery)
        example_row.select(
            show_example,
            metric,
            [picture, own_id, *answer],
            api_visibility="private",
            show_progress_on=gallery,
        )
        add_api(recommender, picture, metric, pictures)
    return page


def _result_text(count: int, own_id: str | None) -> str:
    if own_id is not None:
        return f"The {count} items most like this one"
    return f"The {count} items most like your photo"


def _message(state: str, text: str) -> str:
    role = "alert" if state == "error" else "status"
    return f"<p class='message {state}' role='{role}'>{html.escape(text)}</p>"
