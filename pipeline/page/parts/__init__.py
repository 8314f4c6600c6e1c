"""The parts of the page: what a shopper sees, and what the page's script asks the server."""

from pipeline.page.parts.asking import Asking
from pipeline.page.parts.layout import lay_out

__all__ = ["Asking", "lay_out"]
