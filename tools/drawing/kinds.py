"""The kinds of garment there are to draw, described by data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tools.drawing import accessories, full_length, shoes, tops
from tools.drawing.canvas import Canvas
from tools.drawing.palette import COLOURS

ALL = tuple(COLOURS)
LEATHER = ("Black", "Brown", "Beige", "Maroon", "Navy Blue", "Grey", "White", "Red")
FORMAL = ("Black", "Grey", "Navy Blue", "Brown", "Beige", "White", "Blue", "Maroon")
DENIM = ("Blue", "Navy Blue", "Black", "Grey", "White", "Brown")
WEAVES = ("Striped", "Checked", "Polka Dot", "Floral")
WOMEN, MEN, BOTH, UNISEX = ("Women",), ("Men",), ("Men", "Women"), ("Unisex", "Men", "Women")


@dataclass(frozen=True)
class Kind:
    """One kind of garment.

    Attributes:
        article: Its `articleType` in the product set's words.
        noun: What its display name calls it.
        category: `masterCategory` and `subCategory`.
        draw: Draws it and gives the word for its cut.
        genders, usages, colours, patterns: What it comes in; plain always besides.
    """

    article: str
    noun: str
    category: tuple[str, str]
    draw: Callable[[Canvas], str]
    genders: tuple[str, ...]
    usages: tuple[str, ...] = ("Casual",)
    colours: tuple[str, ...] = ALL
    patterns: tuple[str, ...] = ()


TOPWEAR, BOTTOMWEAR = ("Apparel", "Topwear"), ("Apparel", "Bottomwear")
SHOES = ("Footwear", "Shoes")

KINDS: tuple[Kind, ...] = (
    Kind("Tshirts", "T-shirt", TOPWEAR, tops.tshirt, BOTH, patterns=("Printed", "Striped", "Printed")),
    Kind("Shirts", "Shirt", TOPWEAR, tops.shirt, BOTH, ("Casual", "Formal"), patterns=WEAVES),
    Kind("Tops", "Top", TOPWEAR, tops.top, WOMEN, patterns=("Floral", "Polka Dot", "Striped")),
    Kind("Sweatshirts", "Sweatshirt", TOPWEAR, tops.sweatshirt, BOTH, ("Casual", "Sports"), patterns=("Printed", "Striped")),
    Kind("Sweaters", "Sweater", TOPWEAR, tops.sweater, BOTH, patterns=("Striped", "Checked")),
    Kind("Jackets", "Jacket", TOPWEAR, tops.jacket, BOTH),
    Kind("Kurtas", "Kurta", TOPWEAR, full_length.kurta, BOTH, ("Ethnic",), patterns=("Floral", "Striped", "Polka Dot")),
    Kind("Jeans", "Jeans", BOTTOMWEAR, full_length.jeans, BOTH, colours=DENIM),
    Kind("Trousers", "Trousers", BOTTOMWEAR, full_length.trousers, BOTH, ("Formal",), FORMAL, ("Checked", "Striped")),
    Kind("Track Pants", "Track Pants", BOTTOMWEAR, full_length.track_pants, BOTH, ("Sports",)),
    Kind("Shorts", "Shorts", BOTTOMWEAR, full_length.shorts, BOTH, ("Casual", "Sports"), patterns=("Checked", "Floral", "Striped")),
    Kind("Skirts", "Skirt", BOTTOMWEAR, full_length.skirt, WOMEN, patterns=WEAVES),
    Kind("Dresses", "Dress", ("Apparel", "Dress"), full_length.dress, WOMEN, patterns=WEAVES),
    Kind("Sarees", "Saree", ("Apparel", "Saree"), full_length.saree, WOMEN, ("Ethnic",), patterns=("Floral", "Polka Dot", "Checked")),
    Kind("Casual Shoes", "Casual Shoes", SHOES, shoes.casual_shoe, BOTH, patterns=("Checked", "Floral")),
    Kind("Sports Shoes", "Sports Shoes", SHOES, shoes.sports_shoe, BOTH, ("Sports",)),
    Kind("Formal Shoes", "Formal Shoes", SHOES, shoes.formal_shoe, MEN, ("Formal",), LEATHER),
    Kind("Heels", "Heels", SHOES, shoes.heel, WOMEN),
    Kind("Sandals", "Sandals", ("Footwear", "Sandal"), shoes.sandal, BOTH, colours=(*LEATHER, "Pink", "Orange", "Yellow", "Blue")),
    Kind("Flip Flops", "Flip Flops", ("Footwear", "Flip Flops"), shoes.flip_flop, BOTH, patterns=("Floral",)),
    Kind("Handbags", "Handbag", ("Accessories", "Bags"), accessories.handbag, WOMEN, patterns=("Polka Dot", "Floral", "Checked")),
    Kind("Backpacks", "Backpack", ("Accessories", "Bags"), accessories.backpack, UNISEX, patterns=("Checked", "Polka Dot")),
    Kind("Wallets", "Wallet", ("Accessories", "Wallets"), accessories.wallet, BOTH, patterns=("Checked", "Polka Dot")),
    Kind("Watches", "Watch", ("Accessories", "Watches"), accessories.watch, BOTH),
    Kind("Sunglasses", "Sunglasses", ("Accessories", "Eyewear"), accessories.sunglasses, UNISEX),
    Kind("Caps", "Cap", ("Accessories", "Headwear"), accessories.cap, UNISEX, patterns=("Checked", "Striped")),
    Kind("Belts", "Belt", ("Accessories", "Belts"), accessories.belt, BOTH, ("Casual", "Formal")),
    Kind("Ties", "Tie", ("Accessories", "Ties"), accessories.tie, MEN, ("Formal",), patterns=WEAVES[:3]),
    Kind("Socks", "Socks", ("Accessories", "Socks"), accessories.socks, BOTH, patterns=("Striped", "Polka Dot")),
)  # fmt: skip
