"""The page: takes a recommender, gives the web page and its API. Gradio is used here only."""

from pipeline.page.page import STYLE, THEME, build_page

__all__ = ["STYLE", "THEME", "build_page"]
