"""The products: what a shop shows of an item beyond its thumbnail and its attributes."""

from pipeline.recommender.products.originals import LARGE, Originals
from pipeline.recommender.products.product import Product, product_of

__all__ = ["LARGE", "Originals", "Product", "product_of"]
