"""The plain HTTP door beside Gradio's: takes one request, gives its answer in JSON."""

from pipeline.page.rest.door import rest_door

__all__ = ["rest_door"]
