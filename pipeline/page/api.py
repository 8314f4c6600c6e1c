"""The API that `gradio_client` calls: `/recommend` and `/info`."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import gradio as gr

from pipeline.errors import LookalikeError, PictureError
from pipeline.page.answers import match_record, public_info, public_text
from pipeline.page.inputs import box_input, fill_in_defaults, weight_input
from pipeline.recommender import LiveRecommender

log = logging.getLogger(__name__)


def add_api(
    page: gr.Blocks,
    recommender: LiveRecommender,
    picture: gr.Image,
    metric: gr.Dropdown,
    folder: Path,
) -> None:
    """Add the public endpoints to the page being laid out.

    Args:
        page: The page.
        recommender: What answers.
        picture: The page's image input, which describes the parameter ``image``.
        metric: The page's dropdown, which describes the parameter ``metric``.
        folder: Where the pictures of matches are kept for clients to download.
    """

    def recommend(
        image: str,
        metric: str = "cosine",
        colour_weight: float | None = None,
        box: str | list[float] = "auto",
    ) -> list[dict[str, Any]]:
        """Find the five items of the catalogue that look most like a picture.

        Args:
            image: The photo: JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or HEIC, at most 40 MB.
            metric: "cosine" (similarity, higher is more alike) or "euclidean" (distance, lower
                is more alike).
            colour_weight: How much colour counts, from 0 (shape alone) to 1 (colour alone); None
                for what serves the encoder best.
            box: "auto" (the garment where it is surely told from its ground, else the whole
                picture), "whole", or left, top, right and bottom as shares of the upright
                picture's width and height, such as [0.1, 0.2, 0.9, 0.8].

        Returns:
            Matches, most alike first, each with rank, id, score, closeness (closer than what share
            of the catalogue's items have their nearest, 0 to 1), alike (whether it looks like the
            picture at all; null for both where the catalogue was built without), attributes,
            image, box (what was asked about) and box_confidence (null for a box that was said).
        """
        try:
            if image is None:
                raise PictureError("There is no picture. Give one as the parameter 'image'.")
            matches = recommender.recommend(image, metric, colour_weight=colour_weight, box=box)
            return [match_record(match, folder) for match in matches]
        except LookalikeError as error:
            raise gr.Error(public_text(str(error)), print_exception=False) from error
        except Exception as error:
            log.exception("A query failed")
            raise gr.Error("The query failed on the server.", print_exception=False) from error

    def info() -> dict[str, Any]:
        """Tell which encoder and catalogue are loaded, and how many items it has."""
        return public_info(recommender.info())

    recommend_event = gr.Button(visible=False)
    recommend_event.click(
        recommend,
        [picture, metric, weight_input(visible=False), box_input(visible=False)],
        gr.JSON(visible=False, label="matches"),
        api_name="recommend",
    )
    info_event = gr.Button(visible=False)
    info_event.click(info, None, gr.JSON(visible=False, label="info"), api_name="info")
    fill_in_defaults(page)
