"""Publishing: takes built catalogues to the Hugging Face hub and gives them back; deploys the page.

Only `pull` is needed to open a recommender; `push` and `space` are imported where they are used.
"""

from pipeline.publishing.pull import pull

__all__ = ["pull"]
