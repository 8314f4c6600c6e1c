"""The front: what the page looks like, to shoppers, to browsers and in shared links."""

from pipeline.page.front.head import Front
from pipeline.page.front.look import part
from pipeline.page.front.shared import ShareCards
from pipeline.page.front.shop import Shop

__all__ = ["Front", "ShareCards", "Shop", "part"]
