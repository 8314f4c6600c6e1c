"""Garments from the waist or the shoulder down: trousers, skirts, dresses, kurtas and sarees."""

from __future__ import annotations

from tools.drawing.canvas import Canvas, mirrored
from tools.drawing.palette import shade

COPPER = "#b5793f"
GOLD = "#d9b25a"


def _legs(canvas: Canvas, hem: float, ankle: float, folds: int = 5) -> None:
    """Two legs from a waist; ``ankle`` is the width of a leg at the hem."""
    centre = 26
    inner, outer = centre - ankle / 2, centre + ankle / 2
    path = mirrored(
        (35, 24), ((44, 60), (45, 90)), ((44, 150), (outer, hem)), (inner, hem + 2),
        ((6, 150), (3, 98)), (0, 92),
    )  # fmt: skip
    canvas.cloth(path, folds=folds, round=0.22)
    canvas.line("M128 40L128 92", tone=-0.35, width=1.2)
    canvas.line("M100 96Q118 98 126 92M156 96Q138 98 130 92", tone=-0.3, width=2.2, blur=True)


def _waistband(canvas: Canvas, tone: float = -0.1) -> None:
    canvas.cloth("M92.5 23h71l1 13h-73z", tone=tone, woven=False, round=0.1)


def jeans(canvas: Canvas) -> str:
    """Jeans with copper stitches, rivets, pockets and a washed thigh."""
    cut = canvas.rng.choice(("Slim Fit", "Straight", "Bootcut"))
    ankle = {"Slim Fit": 25, "Straight": 33, "Bootcut": 41}[cut]
    _legs(canvas, 234, ankle)
    for x in (104, 152):
        canvas.stroke(f"M{x} 84q2 34 0 66", shade(canvas.colour, 0.35), 12, blur=True)
    _waistband(canvas)
    stitch = COPPER
    canvas.stroke("M93 33h70M93 26h70", stitch, 0.9, dash="2.4 1.6")
    canvas.stroke("M98 37Q102 58 88 60M158 37Q154 58 168 60", stitch, 1.1, dash="2.4 1.6")
    canvas.stroke("M132 38Q140 70 129 80", stitch, 1.1, dash="2.4 1.6")
    canvas.stroke("M86 70Q84 150 92 230M170 70Q172 150 164 230", stitch, 0.8, dash="2.4 1.6")
    for x in (102, 154, 120, 137):
        canvas.line(f"M{x} 22v15", tone=-0.3, width=2.6)
    canvas.disc(128, 30, 3, COPPER)
    return cut


def trousers(canvas: Canvas) -> str:
    """Formal trousers with a pressed crease and belt loops."""
    cut = canvas.rng.choice(("Flat Front", "Slim Fit", "Pleated"))
    _legs(canvas, 236, {"Flat Front": 32, "Slim Fit": 26, "Pleated": 35}[cut], folds=2)
    _waistband(canvas, tone=-0.05)
    canvas.line("M103 50Q98 150 100 234M153 50Q158 150 156 234", tone=-0.32, width=1.3)
    canvas.line("M106 50Q101 150 103 234M156 50Q161 150 159 234", tone=0.18, width=1.6, blur=True)
    canvas.line("M98 37L90 66M158 37L166 66", tone=-0.4, width=1.2)
    if cut == "Pleated":
        canvas.line("M110 37l-4 40M146 37l4 40", tone=-0.35, width=1.2)
    for x in (100, 156, 117, 139):
        canvas.line(f"M{x} 22v15", tone=-0.35, width=2.4)
    canvas.disc(131, 30, 1.8, shade(canvas.colour, 0.5))
    return cut


def track_pants(canvas: Canvas) -> str:
    """Track pants with an elastic waist, cords and stripes down the sides."""
    cut = canvas.rng.choice(("Regular", "Jogger"))
    _legs(canvas, 232, 37 if cut == "Regular" else 27)
    band = shade(canvas.colour, 0.85) if canvas.rng.random() < 0.8 else "#d23b3b"
    for dx in (0, 5.5):
        canvas.stroke(f"M{87.5 + dx} 44Q{81 + dx} 120 {91 + dx} 230", band, 2.2)
        canvas.stroke(f"M{168.5 - dx} 44Q{175 - dx} 120 {165 - dx} 230", band, 2.2)
    _waistband(canvas, tone=-0.14)
    for x in range(96, 162, 5):
        canvas.line(f"M{x} 25v9", tone=-0.35, width=1.1)
    canvas.stroke("M124 36q-6 14 -3 26M132 36q6 12 2 28", shade(canvas.colour, 0.8), 2)
    if cut == "Jogger":
        canvas.line("M88 226h28M140 226h28", tone=-0.35, width=5)
    return cut


def shorts(canvas: Canvas) -> str:
    """Shorts to the knee with pockets and turned hems."""
    cut = canvas.rng.choice(("Cargo", "Chino", "Sports"))
    wide = canvas.rng.uniform(58, 64)
    path = mirrored(
        (40, 56), ((50, 90), (54, 120)), (wide, 196), (8, 202), ((4, 160), (3, 138)), (0, 130),
    )  # fmt: skip
    canvas.cloth(path, folds=4, round=0.22)
    canvas.cloth("M87.5 55h81l1 14h-83z", tone=-0.1, woven=False)
    canvas.line("M128 70v60", width=1.4)
    canvas.line(
        f"M{128 - wide + 2:.0f} 187L120 193M{128 + wide - 2:.0f} 187L136 193", width=1.2, dash="3 2"
    )
    canvas.line("M94 70Q94 92 80 96M162 70Q162 92 176 96", width=1.3)
    if cut == "Cargo":
        canvas.cloth("M74 140h26v32h-28z", tone=-0.07, round=0.05)
        canvas.cloth("M156 140h26l2 32h-28z", tone=-0.07, round=0.05)
        canvas.line("M73 149h27M156 149h27", width=1.6)
    if cut == "Sports":
        canvas.stroke("M84 72Q76 130 72 190M172 72Q180 130 184 190", shade(canvas.colour, 0.8), 4)
        canvas.stroke("M124 70q-5 12 -3 22M132 70q5 12 3 22", shade(canvas.colour, 0.8), 1.8)
    return cut


def skirt(canvas: Canvas) -> str:
    """A pencil, A-line or pleated skirt."""
    cut = canvas.rng.choice(("A-Line", "Pencil", "Pleated"))
    hem = {"A-Line": 206, "Pencil": 216, "Pleated": 190}[cut] + canvas.rng.uniform(-8, 6)
    wide = {"A-Line": 78, "Pencil": 41, "Pleated": 70}[cut]
    path = mirrored(
        (32, 50), ((50, 84), (wide if cut == "Pencil" else wide - 12, 140)), (wide, hem),
        ((wide / 2, hem + 10), (0, hem + 9)),
    )  # fmt: skip
    canvas.cloth(path, folds=5, round=0.24)
    if cut != "Pencil":
        for share in (-0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75):
            bottom = hem + 8 - 6 * abs(share)
            canvas.line(
                f"M{128 + 30 * share:.0f} 66L{128 + wide * share:.0f} {bottom:.0f}", tone=-0.28,
                width=1.8 if cut == "Pleated" else 3, blur=cut == "A-Line",
            )  # fmt: skip
    else:
        canvas.line(f"M128 {hem - 26:.0f}v34", width=1.4)
    canvas.cloth("M96 46Q128 52 160 46L160 60Q128 66 96 60z", tone=-0.14, woven=False)
    return cut


def dress(canvas: Canvas) -> str:
    """A dress: shift, fit and flare, or maxi; sleeveless or with small sleeves."""
    cut = canvas.rng.choice(("Shift", "Fit and Flare", "Maxi"))
    hem = {"Shift": 206, "Fit and Flare": 202, "Maxi": 240}[cut] + canvas.rng.uniform(-5, 4)
    waist = 32 if cut == "Shift" else 25
    wide = {"Shift": 40, "Fit and Flare": 66, "Maxi": 56}[cut]
    if canvas.rng.random() < 0.5:
        for side in (1, -1):
            canvas.cloth(
                f"M{128 + side * 26} 32Q{128 + side * 42} 34 {128 + side * 50} 58"
                f"L{128 + side * 33} 68z", tone=-0.05, round=0.1,
            )  # fmt: skip
    path = mirrored(
        (15, 24), ((22, 27), (31, 33)), ((27, 58), (32, 70)), ((waist - 2, 96), (waist, 110)),
        ((waist + 10, 140), (wide, hem)), ((wide / 2, hem + 9), (0, hem + 8)),
    )  # fmt: skip
    canvas.cloth(path, folds=6, round=0.24)
    canvas.solid("M113 24Q116 54 128 54Q140 54 143 24Q128 34 113 24z", shade(canvas.colour, -0.42))
    canvas.line("M113 24Q116 54 128 54Q140 54 143 24", tone=-0.2, width=2.2)
    if cut != "Shift":
        canvas.line(f"M{128 - waist} 110Q128 116 {128 + waist} 110", tone=-0.4, width=3)
        for share in (-0.7, -0.4, -0.1, 0.2, 0.5, 0.8):
            canvas.line(
                f"M{128 + waist * share:.0f} 114Q{128 + wide * share * 0.7:.0f} 160 "
                f"{128 + wide * share:.0f} {hem:.0f}", tone=-0.26, width=2.6, blur=True,
            )  # fmt: skip
    return cut


def kurta(canvas: Canvas) -> str:
    """A long tunic with a stand collar, a short placket and side slits; sometimes embroidered."""
    cut = canvas.rng.choice(("Mandarin Collar", "Embroidered", "Straight"))
    hem = canvas.rng.uniform(226, 238)
    for side in (1, -1):
        canvas.cloth(
            f"M{128 + side * 33} 34Q{128 + side * 50} 38 {128 + side * 66} 132"
            f"L{128 + side * 50} 137L{128 + side * 36} 80z", tone=-0.06, folds=1, round=0.12,
        )  # fmt: skip
        canvas.stroke(
            f"M{128 + side * 65} 126L{128 + side * 49} 131",
            GOLD if cut == "Embroidered" else shade(canvas.colour, -0.3), 2.6,
        )  # fmt: skip
    path = mirrored(
        (14, 26), ((30, 29), (42, 40)), ((38, 80), (37, 108)), ((41, 150), (48, hem)),
        (0, hem + 3),
    )  # fmt: skip
    canvas.cloth(path, folds=5, round=0.2)
    canvas.line(f"M88 158L82 {hem - 2:.0f}M168 158L174 {hem - 2:.0f}", tone=-0.4, width=1.6)
    canvas.cloth(
        "M113 30Q112 18 118 17Q128 23 138 17Q144 18 143 30Q128 40 113 30z", tone=-0.12, woven=False
    )
    canvas.cloth("M122 34h12v62l-6 6l-6 -6z", tone=-0.08, woven=False, round=0.05)
    for y in (46, 60, 74, 88):
        canvas.disc(128, y, 1.8, GOLD)
    if cut == "Embroidered":
        canvas.stroke(
            f"M116 34V104M140 34V104M81 {hem - 7:.0f}Q128 {hem - 2:.0f} 175 {hem - 7:.0f}",
            GOLD,
            2.6,
            dash="0.5 3.5",
        )
        canvas.stroke(f"M80 {hem - 3:.0f}Q128 {hem + 1:.0f} 176 {hem - 3:.0f}", GOLD, 1.4)
    return cut


def saree(canvas: Canvas) -> str:
    """A draped saree: blouse, pleats from the waist, and the end falling over a shoulder."""
    cut = canvas.rng.choice(("Silk", "Cotton", "Georgette"))
    border = GOLD if cut != "Georgette" else shade(canvas.colour, -0.4)
    blouse = shade(canvas.colour, -0.35)
    canvas.shaded(
        "M104 30Q128 44 152 30L166 40L168 66L154 66L152 88Q128 94 104 88L102 66L88 66L90 40z",
        blouse,
    )
    canvas.solid("M114 30Q128 58 142 30Q128 40 114 30z", "#d8b394")
    canvas.cloth(
        "M102 96Q128 104 154 96Q164 140 178 238Q128 250 78 238Q92 140 102 96z", folds=4, round=0.26
    )
    for dx in (-14, -8, -2, 4, 10, 16):
        canvas.line(f"M{124 + dx * 0.5:.0f} 106L{122 + dx * 2:.0f} 240", tone=-0.26, width=2)
    canvas.stroke("M79 231Q128 243 177 231", border, 6)
    canvas.stroke("M79 231Q128 243 177 231", shade(border, -0.3), 1, dash="2 3")
    drape = "M148 28Q160 26 164 36Q156 80 104 112L98 134Q120 140 140 116Q166 96 176 74L182 190Q190 196 202 188Q196 90 178 34Q166 20 148 28z"
    canvas.cloth(drape, tone=0.06, folds=4, round=0.2)
    canvas.stroke("M149 30Q146 76 100 110M200 186Q194 92 176 36", border, 4)
    canvas.stroke("M182 186Q190 192 201 184", border, 5)
    return cut
