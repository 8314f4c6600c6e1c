"""Publishing: takes built catalogues to the Hugging Face hub and gives them back; deploys the page.

Built catalogues lie in object storage too: `stored`. What only `push` and `deploy` need is imported
where it is used.
"""

from pipeline.publishing.pull import pull
from pipeline.publishing.stored import get_built, put_built, version_of

__all__ = ["get_built", "pull", "put_built", "version_of"]
