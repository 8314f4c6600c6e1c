"""The catalogue: takes a hub id or files, gives items with ids, pictures and attributes."""

from pipeline.catalogue.attributes import (
    JOINED,
    Same,
    attribute_values,
    name_attributes,
)
from pipeline.catalogue.cards import FASHION_PRODUCTS, STARTER_CATALOGUE, CatalogueCard
from pipeline.catalogue.catalogue import AttributeValue, Catalogue, check_source, open_catalogue
from pipeline.catalogue.found import (
    BETWEEN,
    NO_PRODUCT,
    LeftOut,
    Why,
)
from pipeline.catalogue.pictures import MAX_BYTES, Picture, open_picture
from pipeline.catalogue.reading import plain_value, printable, stack_tables, stamp_source
from pipeline.catalogue.split import picture_digest, picture_digests, split_catalogue
from pipeline.catalogue.thumbnails import make_thumbnail

__all__ = [
    "BETWEEN",
    "FASHION_PRODUCTS",
    "JOINED",
    "MAX_BYTES",
    "NO_PRODUCT",
    "STARTER_CATALOGUE",
    "AttributeValue",
    "Catalogue",
    "CatalogueCard",
    "LeftOut",
    "Picture",
    "Same",
    "Why",
    "attribute_values",
    "check_source",
    "make_thumbnail",
    "name_attributes",
    "open_catalogue",
    "open_picture",
    "picture_digest",
    "picture_digests",
    "plain_value",
    "printable",
    "split_catalogue",
    "stack_tables",
    "stamp_source",
]
