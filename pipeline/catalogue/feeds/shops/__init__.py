"""Shops: the exports of programs that many shops use, each read as that program means it."""

from pipeline.catalogue.feeds.shops.bigcommerce import item_columns, rules_left, with_whole_products
from pipeline.catalogue.feeds.shops.shopify import Shopify
from pipeline.catalogue.feeds.shops.wix import with_whole_addresses
from pipeline.catalogue.feeds.shops.woocommerce import WooCommerce

__all__ = [
    "Shopify",
    "WooCommerce",
    "item_columns",
    "rules_left",
    "with_whole_addresses",
    "with_whole_products",
]
