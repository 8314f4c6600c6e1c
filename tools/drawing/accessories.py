"""Bags and what is worn besides: watches, sunglasses, caps, belts, ties, socks and wallets."""

from __future__ import annotations

import math

from tools.drawing.canvas import Canvas, mirrored
from tools.drawing.palette import luminance, shade

STEEL = "#c2c5ca"
GOLD = "#d4b060"


def handbag(canvas: Canvas) -> str:
    """A tote, a satchel or a hobo bag with handles."""
    cut = canvas.rng.choice(("Tote", "Satchel", "Hobo"))
    canvas.ground_shadow(128, 222, 170)
    handle = shade(canvas.colour, -0.3)
    rise = {"Tote": 22, "Satchel": 58, "Hobo": 26}[cut]
    for dx, colour in ((6, shade(handle, -0.3)), (0, handle)):
        canvas.stroke(
            f"M{86 + dx} 112C{84 + dx} {rise} {170 - dx} {rise} {170 - dx} 112", colour, 6.5
        )
    shapes = {
        "Tote": mirrored((66, 100), ((72, 150), (78, 214)), ((40, 224), (0, 224))),
        "Satchel": mirrored(
            (60, 104), ((82, 108), (84, 130)), ((86, 190), (80, 216)), ((40, 224), (0, 224))
        ),
        "Hobo": "M52 108Q128 150 204 108Q226 160 204 206Q128 236 52 206Q30 160 52 108z",
    }
    canvas.cloth(shapes[cut], round=0.24, folds=3 if cut == "Hobo" else 1)
    if cut == "Satchel":
        canvas.cloth(
            "M62 105L194 105Q206 108 204 140Q128 172 52 140Q50 108 62 105z", tone=-0.08, round=0.1
        )
        canvas.solid("M119 144h18v17h-18z", GOLD)
    elif cut == "Tote":
        canvas.line("M64 112Q128 118 192 112", width=1.6, dash="3 2")
        canvas.stroke("M86 100v24M170 100v24", handle, 8)
        canvas.disc(86, 124, 3, GOLD)
        canvas.disc(170, 124, 3, GOLD)
    else:
        canvas.stroke("M56 116Q128 156 200 116", shade(canvas.colour, -0.45), 3.5)
        canvas.stroke("M60 114Q128 153 196 114", GOLD, 1.6, dash="1.5 1.5")
    canvas.line("M54 208Q128 226 202 208", width=1.1, dash="3 2")
    return cut


def backpack(canvas: Canvas) -> str:
    """A backpack with two zipped compartments, side pockets and a grab loop."""
    cut = canvas.rng.choice(("Laptop", "School", "Hiking"))
    canvas.stroke("M112 36Q112 16 128 16Q144 16 144 36", shade(canvas.colour, -0.4), 6)
    canvas.stroke("M72 80Q46 120 58 200M184 80Q210 120 198 200", shade(canvas.colour, -0.5), 11)
    body = mirrored((34, 32), ((62, 34), (66, 78)), ((72, 150), (66, 214)), ((60, 230), (0, 230)))
    canvas.cloth(body, round=0.26, folds=2)
    canvas.cloth(
        "M58 150Q46 152 48 210L64 222L66 150zM198 150Q210 152 208 210L192 222L190 150z", tone=-0.16
    )
    canvas.line("M70 94Q72 50 128 46Q184 50 186 94", tone=-0.5, width=3)
    canvas.stroke("M70 94Q72 50 128 46Q184 50 186 94", STEEL, 0.9, dash="1.5 1.5")
    canvas.cloth(
        mirrored((50, 134), ((58, 150), (54, 212)), ((40, 220), (0, 220))), tone=-0.07, round=0.12
    )
    canvas.stroke("M80 142Q128 132 176 142", STEEL, 1.6, dash="1.6 1.6")
    canvas.solid("M114 100h28v13h-28z", shade(canvas.colour, 0.7))
    if cut == "Hiking":
        accent = "#e2752f"
        canvas.stroke("M84 150L172 196M172 150L84 196", accent, 2.4)
    if cut == "School":
        canvas.stroke("M76 172h104", shade(canvas.colour, 0.75), 5)
    return cut


def wallet(canvas: Canvas) -> str:
    """A folded leather wallet, a little turned."""
    cut = canvas.rng.choice(("Bifold", "Zip", "Long"))
    top = 96 if cut == "Long" else 78
    canvas.ground_shadow(128, 190, 190)
    canvas.solid(f"M36 {top + 4}L224 {top - 6}L226 180L40 190z", shade(canvas.colour, -0.5))
    canvas.cloth(
        f"M32 {top}Q32 {top - 6} 40 {top - 6}L216 {top - 10}Q222 {top - 10} 222 {top}L222 178Q222 184 214 184L40 186Q32 186 32 178z",
        woven=True,
        round=0.16,
    )
    canvas.line(f"M40 {top + 2}L214 {top - 2}L214 176L40 178z", width=1.1, dash="3 2.4")
    if cut == "Zip":
        canvas.stroke(f"M34 {top + 1}L221 {top - 4}", STEEL, 3.4, dash="1.8 1.6")
        canvas.solid(f"M214 {top - 8}h9v22h-9z", STEEL)
    else:
        canvas.solid("M176 130h46v22h-46q-8 -11 0 -22z", shade(canvas.colour, -0.14))
        canvas.disc(186, 141, 5, GOLD)
    canvas.stroke("M52 160h34", shade(canvas.colour, 0.4), 2.2)
    return cut


def watch(canvas: Canvas) -> str:
    """A wristwatch on a strap of leather or of metal links, round or square."""
    cut = canvas.rng.choice(("Analogue", "Chronograph", "Square"))
    metal = canvas.rng.choice((STEEL, STEEL, GOLD, "#3a3c41"))
    for y, height in ((16, 64), (176, 64)):
        path = f"M{104 if y < 100 else 100} {y}L{152 if y < 100 else 156} {y}L158 {y + height}L98 {y + height}z"
        if y > 100:
            path = f"M98 {y}L158 {y}L152 {y + height}L104 {y + height}z"
        canvas.cloth(path, round=0.3, woven=False)
        for step in range(8, 64, 9):
            canvas.line(f"M103 {y + step}h50", tone=-0.3, width=1, dash="2 2")
    canvas.solid("M184 118h12v18h-12z", metal)
    face = "#f6f6f2" if luminance(canvas.colour) < 0.45 else shade(canvas.colour, -0.5)
    if canvas.rng.random() < 0.45:
        face = shade(canvas.colour, -0.15)
    ink = "#202124" if luminance(face) > 0.4 else "#f2f2ee"
    if cut == "Square":
        canvas.shaded(
            "M74 74h108q10 0 10 10v88q0 10 -10 10h-108q-10 0 -10 -10v-88q0 -10 10 -10z", metal
        )
        canvas.solid("M82 84h92v88h-92z", face)
    else:
        canvas.disc(128, 128, 62, shade(metal, -0.25))
        canvas.disc(128, 128, 58, metal)
        canvas.disc(128, 128, 48, face)
    for hour in range(12):
        angle = math.radians(30 * hour)
        near, far = (36, 44)
        canvas.stroke(
            f"M{128 + near * math.sin(angle):.1f} {128 - near * math.cos(angle):.1f}"
            f"L{128 + far * math.sin(angle):.1f} {128 - far * math.cos(angle):.1f}",
            ink, 3 if hour % 3 == 0 else 1.6,
        )  # fmt: skip
    if cut == "Chronograph":
        for x, y in ((108, 132), (148, 132), (128, 152)):
            canvas.disc(x, y, 11, shade(face, -0.12 if luminance(face) > 0.3 else 0.15))
            canvas.stroke(f"M{x} {y}l0 -8", ink, 1.2)
    canvas.stroke("M128 128L106 112", ink, 3.4)
    canvas.stroke("M128 128L146 98", ink, 2.4)
    canvas.disc(128, 128, 3, metal)
    return cut


def sunglasses(canvas: Canvas) -> str:
    """Sunglasses from the front: aviator, wayfarer or round, with tinted lenses."""
    cut = canvas.rng.choice(("Aviator", "Wayfarer", "Round"))
    lens = canvas.rng.choice(("#2e3034", "#4b3a2c", "#3d4a3f", shade(canvas.colour, -0.5)))
    for side in (1, -1):
        x = 128 + side * 53
        canvas.stroke(
            f"M{128 + side * 98} 102Q{128 + side * 108} 92 {128 + side * 90} 84", canvas.colour, 6
        )
        shapes = {
            "Aviator": f"M{x - side * 44} 100Q{x} 90 {x + side * 42} 98Q{x + side * 46} 140 {x + side * 14} 162Q{x - side * 22} 164 {x - side * 38} 132z",
            "Wayfarer": f"M{x - side * 42} 98L{x + side * 48} 92Q{x + side * 46} 136 {x + side * 32} 152Q{x} 162 {x - side * 30} 148Q{x - side * 42} 128 {x - side * 42} 98z",
            "Round": f"M{x - 38} 126a38 38 0 1 0 76 0a38 38 0 1 0 -76 0z",
        }
        canvas.shaded(shapes[cut], lens)
        canvas.stroke(shapes[cut], shade(canvas.colour, -0.35), 5.4 if cut == "Aviator" else 8.5)
        canvas.stroke(shapes[cut], canvas.colour, 4 if cut == "Aviator" else 7.5)
        canvas.stroke(
            f"M{x - 18} 112L{x - 26} 134M{x - 8} 110L{x - 20} 142", "#ffffff", 3, blur=True
        )
    canvas.stroke("M114 112Q128 102 142 112", canvas.colour, 4 if cut == "Aviator" else 8)
    if cut == "Aviator":
        canvas.stroke("M104 99Q128 92 152 99", canvas.colour, 3.4)
    return cut


def cap(canvas: Canvas) -> str:
    """A baseball cap from the side, the peak to the left."""
    cut = canvas.rng.choice(("Baseball", "Snapback", "Trucker"))
    canvas.ground_shadow(132, 188, 180)
    canvas.cloth("M78 176Q70 88 148 78Q226 82 222 176Q150 190 78 176z", folds=2, round=0.26)
    if cut == "Trucker":
        canvas.solid("M140 79Q226 82 222 176L158 183Q168 120 140 79z", "#f3f3f0", 0.9)
        for x in range(158, 222, 7):
            canvas.stroke(f"M{x} {88 + abs(x - 160) * 0.5:.0f}L{x} 180", "#c9c9c5", 0.8)
    canvas.line("M148 78Q112 112 112 180M148 78Q184 112 182 181", tone=-0.35, width=1.2)
    canvas.cloth(
        "M80 160Q20 162 14 182Q18 192 40 188Q90 176 140 186Q108 172 80 160z", tone=-0.1, round=0.2
    )
    canvas.line("M22 183Q60 170 118 178M30 187Q64 176 120 182", tone=-0.3, width=0.9, dash="3 2")
    canvas.disc(148, 78, 6, shade(canvas.colour, -0.25))
    if canvas.rng.random() < 0.65:
        badge = shade(canvas.colour, 0.8) if luminance(canvas.colour) < 0.6 else "#2c2d31"
        canvas.stroke("M88 146l10 -26l9 17l9 -19l8 26", badge, 5)
    return cut


def belt(canvas: Canvas) -> str:
    """A coiled belt with its buckle in front."""
    cut = canvas.rng.choice(("Formal", "Casual", "Braided"))
    metal = canvas.rng.choice((STEEL, GOLD, "#55585d"))
    canvas.cloth("M52 96Q128 66 206 96L206 128Q128 96 52 128z", tone=-0.35, round=0.3, woven=False)
    canvas.cloth(
        "M22 112Q22 98 52 96L54 128Q48 130 52 140L226 140Q238 140 238 152L238 160Q238 174 226 174L52 174Q22 172 22 112z",
        round=0.12,
        woven=False,
    )
    canvas.cloth("M206 96Q234 100 236 130L214 140Q214 130 206 128z", tone=-0.15, woven=False)
    canvas.line("M56 145H228M56 169H228", width=1.1, dash="3 2.2")
    if cut == "Braided":
        for x in range(110, 226, 9):
            canvas.line(f"M{x} 144l7 12l-7 13M{x + 7} 144l-7 12l7 13", tone=-0.4, width=1.5)
    else:
        for x in (150, 168, 186, 204):
            canvas.disc(x, 157, 2.6, shade(canvas.colour, -0.65))
    canvas.stroke("M44 134h50v46h-50z", shade(metal, -0.3), 9)
    canvas.stroke("M44 134h50v46h-50z", metal, 6.5)
    canvas.stroke("M46 157h56", metal, 5)
    canvas.cloth("M112 137h15v40h-15z", tone=-0.2, woven=False, round=0.1)
    return cut


def tie(canvas: Canvas) -> str:
    """A necktie, knotted, its blade hanging down."""
    cut = canvas.rng.choice(("Slim", "Classic"))
    half = 20 if cut == "Slim" else 31
    canvas.cloth(
        f"M128 58L{128 - 11} 70L{128 - half} 206L128 240L{128 + half} 206L{128 + 11} 70z", round=0.3
    )
    canvas.line(f"M{128 - half + 4} 204L128 234L{128 + half - 4} 204", tone=-0.25, width=0.9)
    canvas.cloth("M106 18L150 18L144 62Q128 72 112 62z", tone=-0.12, round=0.34)
    canvas.line("M112 62Q128 72 144 62", tone=-0.5, width=2.4)
    canvas.line("M122 24Q126 44 122 62", tone=-0.3, width=2.2, blur=True)
    return cut


def socks(canvas: Canvas) -> str:
    """A pair of socks, one behind the other."""
    cut = canvas.rng.choice(("Ankle", "Crew"))
    top = 92 if cut == "Ankle" else 36
    for dx, dy, tone in ((34, -8, -0.14), (-14, 6, 0.0)):
        x, y = 112 + dx, top + dy
        canvas.cloth(
            f"M{x} {y}L{x + 52} {y}L{x + 50} {166 + dy}Q{x + 50} {206 + dy} {x + 12} {212 + dy}"
            f"L{x - 44} {222 + dy}Q{x - 70} {222 + dy} {x - 64} {198 + dy}Q{x - 54} {184 + dy} {x - 24} {180 + dy}Q{x} {172 + dy} {x} {148 + dy}z",
            tone=tone, folds=2, round=0.24,
        )  # fmt: skip
        canvas.cloth(f"M{x - 1} {y - 2}h54v16h-54z", tone=tone - 0.14, woven=False)
        for rib in range(x + 3, x + 52, 5):
            canvas.line(f"M{rib} {y}v12", tone=-0.3, width=0.9)
        canvas.line(f"M{x + 4} {172 + dy}Q{x + 22} {178 + dy} {x + 48} {160 + dy}", width=1.4)
        canvas.solid(
            f"M{x - 46} {190 + dy}Q{x - 62} {198 + dy} {x - 60} {212 + dy}Q{x - 56} {222 + dy} {x - 42} {221 + dy}Q{x - 32} {204 + dy} {x - 46} {190 + dy}z",
            shade(canvas.colour, -0.3), 0.55,
        )  # fmt: skip
    return cut
