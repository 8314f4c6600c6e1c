"""Harmony: which colours go together, by their names."""

from __future__ import annotations

import re

NEUTRAL = {
    *("black", "white", "grey", "gray", "silver", "charcoal", "beige", "cream", "ivory", "navy"),
    *("brown", "tan", "khaki", "nude", "skin", "denim", "taupe", "offwhite", "steel", "multi"),
}
HUES = {
    **{"red": 0, "maroon": 0, "burgundy": 350, "rust": 25, "coral": 30, "orange": 60, "peach": 60},
    **{"copper": 60, "bronze": 75, "gold": 95, "mustard": 105, "yellow": 120, "olive": 145},
    **{"lime": 150, "fluorescent": 150, "green": 180, "mint": 190, "turquoise": 210, "teal": 210},
    **{"cyan": 215, "blue": 240, "indigo": 265, "purple": 300, "lavender": 300, "violet": 300},
    **{"mauve": 315, "magenta": 330, "rose": 345, "pink": 350},
}
"""Degrees on Itten's wheel, where yellow lies opposite to violet, and red to green."""
NEXT_TO, OPPOSITE = 45, 150
"""Degrees: colours that are nearer than the first are of a family, farther than the second lie
opposite."""


def go_together(one: object, other: object) -> bool | None:
    """Whether two colours are in harmony; None where one of them is not known by its name.

    A rule of Itten's (1961, *Kunst der Farbe*): neutral colours go with every other, and colours go
    together that are next to each other on the wheel, or opposite.
    """
    hues = []
    for colour in (one, other):
        words = re.findall(r"[a-z]+", str(colour or "").casefold())
        if set(words) & NEUTRAL or "".join(words) in NEUTRAL:
            return True if other and one else None
        known = [HUES[word] for word in words if word in HUES]
        if not known:
            return None
        hues.append(known[-1])
    apart = abs(hues[0] - hues[1]) % 360
    apart = min(apart, 360 - apart)
    return apart <= NEXT_TO or apart >= OPPOSITE
