"""Serving the page: the address, Gradio's server and the guards around it."""

from pipeline.page.front import Shop
from pipeline.page.serving.serve import Door, serving

__all__ = ["Door", "Shop", "serving"]
