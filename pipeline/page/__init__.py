"""The page: takes a recommender, serves the web page and its API. Gradio is used here only."""

from pipeline.page.serving import Door, Shop, serving

__all__ = ["Door", "Shop", "serving"]
