"""Garments for the upper body: T-shirts, shirts, tops, sweatshirts, sweaters and jackets."""

from __future__ import annotations

from tools.drawing.canvas import Canvas, mirrored
from tools.drawing.palette import shade

SLEEVES = {"short": 0.38, "three-quarter": 0.72, "long": 1.0}
STEEL = "#b9bcc2"


def _body(canvas: Canvas, waist: float, hem: float, shoulder: float = 52) -> str:
    flare = waist + canvas.rng.uniform(0, 4)
    return mirrored(
        (18, 44), ((34, 49), (shoulder, 60)), ((waist + 2, 96), (waist, 130)), (flare, hem),
        ((flare / 2, hem + 5), (0, hem + 4)),
    )  # fmt: skip


def _sleeves(canvas: Canvas, length: float, shoulder: float = 52, cuff: bool = False) -> None:
    """Both sleeves hang beside the body; ``length`` is the share of a long sleeve."""
    reach_x, reach_y = shoulder + 8 + 24 * length, 66 + 132 * length
    width = 27 - 11 * length
    for side in (1, -1):
        outer = f"{128 + side * reach_x:.1f} {reach_y:.1f}"
        inner = f"{128 + side * (reach_x - width):.1f} {reach_y + 4:.1f}"
        path = (
            f"M{128 + side * (shoulder - 12)} 54Q{128 + side * (shoulder + 12)} 58 {outer}"
            f"L{inner}L{128 + side * (shoulder - 10)} 104z"
        )
        canvas.cloth(path, tone=-0.05, folds=1, round=0.14)
        hem_y = reach_y - 5
        dash = "" if cuff else "2 2"
        canvas.line(
            f"M{128 + side * (reach_x - 0.5):.1f} {hem_y:.1f}"
            f"L{128 + side * (reach_x - width - 0.5):.1f} {hem_y + 4:.1f}",
            width=2.2 if cuff else 1.0,
            dash=dash,
        )


def _neck(canvas: Canvas, kind: str) -> None:
    """The opening shows the inside of the back, with a band around it."""
    depth = {"round": 66, "v": 84, "scoop": 80, "boat": 56}[kind]
    half = {"round": 18, "v": 17, "scoop": 22, "boat": 30}[kind]
    left, right = 128 - half, 128 + half
    front = f"Q{left + 2} {depth} 128 {depth}Q{right - 2} {depth} {right} 45"
    if kind == "v":
        front = f"L128 {depth}L{right} 45"
    inside = f"M{left} 45{front}Q128 54 {left} 45z"
    canvas.solid(inside, shade(canvas.colour, -0.42))
    canvas.line(f"M{left} 45{front}", tone=-0.22, width=3.6)
    canvas.line(f"M{left} 45Q128 54 {right} 45", tone=-0.15, width=2.4)


def tshirt(canvas: Canvas) -> str:
    """A T-shirt with a round or V neck, or a polo; gives the word for its cut."""
    cut = canvas.rng.choice(("Round Neck", "Round Neck", "V-Neck", "Polo"))
    hem = canvas.rng.uniform(206, 222)
    _sleeves(canvas, canvas.rng.uniform(0.3, 0.42))
    canvas.cloth(_body(canvas, canvas.rng.uniform(44, 50), hem), folds=4)
    canvas.line(f"M80 {hem - 7:.0f}Q128 {hem - 3:.0f} 176 {hem - 7:.0f}", width=0.9, dash="2 2")
    if cut == "Polo":
        _collar(canvas, spread=20)
        canvas.cloth("M122 62h12v34h-12z", tone=-0.06, woven=False)
        for y in (70, 82, 93):
            canvas.disc(128, y, 1.7, shade(canvas.colour, 0.6))
    else:
        _neck(canvas, "v" if cut == "V-Neck" else "round")
    return cut


def top(canvas: Canvas) -> str:
    """A women's top: sleeveless, cap-sleeved or flared; fitted at the waist."""
    cut = canvas.rng.choice(("Sleeveless", "Cap Sleeve", "Peplum"))
    waist = canvas.rng.uniform(33, 37)
    hem = canvas.rng.uniform(182, 198)
    if cut == "Cap Sleeve":
        _sleeves(canvas, 0.16, shoulder=44)
    shoulder = 44 if cut == "Cap Sleeve" else 36
    hip = waist + (20 if cut == "Peplum" else 8)
    body = mirrored(
        (20, 45), ((26, 47), (shoulder, 54)), ((shoulder - 6, 86), (waist + 4, 98)),
        ((waist - 1, 126), (waist, 142)), ((waist + 5, 160), (hip, hem)), ((hip / 2, hem + 7), (0, hem + 6)),
    )  # fmt: skip
    canvas.cloth(body, folds=4)
    if cut == "Peplum":
        canvas.line(f"M{128 - waist:.0f} 143Q128 150 {128 + waist:.0f} 143", width=2)
        for dx in (-24, -8, 8, 24):
            canvas.line(f"M{128 + dx} 149L{128 + dx * 1.5:.0f} {hem:.0f}", tone=-0.2, width=1.2)
    _neck(canvas, canvas.rng.choice(("scoop", "v", "boat")))
    return cut


def _collar(canvas: Canvas, spread: float) -> None:
    canvas.solid("M110 46Q128 58 146 46L128 66z", shade(canvas.colour, -0.4))
    for side in (1, -1):
        x = [128 + side * dx for dx in (18, 0, 8, spread + 6)]
        canvas.cloth(
            f"M{x[0]} 42L{x[1]} 65L{x[2]} 78L{x[3]} 56Q{x[3] - side * 2} 48 {x[0]} 42z",
            tone=0.08, round=0.05,
        )  # fmt: skip


def shirt(canvas: Canvas) -> str:
    """A buttoned shirt with a collar, a placket and often a pocket."""
    cut = canvas.rng.choice(("Long Sleeve", "Long Sleeve", "Short Sleeve"))
    hem = canvas.rng.uniform(208, 220)
    _sleeves(canvas, 0.95 if cut == "Long Sleeve" else 0.4, shoulder=50, cuff=True)
    waist = canvas.rng.uniform(43, 49)
    body = mirrored(
        (18, 44), ((34, 48), (50, 60)), ((waist, 96), (waist, 135)), (waist + 3, hem - 14),
        ((waist - 4, hem + 8), (20, hem + 3)), (0, hem + 1),
    )  # fmt: skip
    canvas.cloth(body, folds=4)
    canvas.line(f"M122 66L122 {hem:.0f}M134 66L134 {hem:.0f}", tone=-0.3, width=0.9)
    button = shade(canvas.colour, 0.65)
    for y in range(78, int(hem) - 8, 21):
        canvas.disc(128, y, 1.9, button)
    if canvas.rng.random() < 0.7:
        canvas.cloth("M143 92h26v25l-13 7l-13 -7z", tone=-0.04, round=0.05)
        canvas.line("M143 97h26", width=0.9)
    canvas.line("M82 66Q104 74 122 72M174 66Q152 74 134 72", tone=-0.22, width=0.8)
    _collar(canvas, spread=14)
    return cut


def sweatshirt(canvas: Canvas) -> str:
    """A hooded sweatshirt with a pouch and cords, or one with a round neck."""
    cut = canvas.rng.choice(("Hooded", "Hooded", "Crew Neck"))
    hem = canvas.rng.uniform(198, 208)
    _sleeves(canvas, 0.93, shoulder=55, cuff=True)
    if cut == "Hooded":
        canvas.cloth("M96 62Q92 24 128 22Q164 24 160 62Q128 84 96 62z", tone=-0.12, round=0.3)
    canvas.cloth(_body(canvas, canvas.rng.uniform(50, 55), hem, shoulder=55), folds=5)
    canvas.cloth(mirrored((52, hem - 8), (50, hem + 6), (0, hem + 9)), tone=-0.12, woven=False)
    for x in range(82, 176, 6):
        canvas.line(f"M{x} {hem - 5:.0f}v10", tone=-0.28, width=0.8)
    if cut == "Hooded":
        canvas.solid(
            "M106 46Q128 34 150 46Q150 66 128 74Q106 66 106 46z", shade(canvas.colour, -0.5)
        )
        canvas.line("M106 46Q106 66 128 74Q150 66 150 46", tone=-0.2, width=3)
        canvas.stroke("M120 72q-4 18 -2 32M136 72q4 16 2 34", shade(canvas.colour, 0.7), 1.8)
        canvas.cloth("M94 150h68l10 40h-88z", tone=-0.06, round=0.08)
    else:
        _neck(canvas, "round")
    return cut


def sweater(canvas: Canvas) -> str:
    """A knitted sweater, ribbed at the hem and the cuffs; its knit shows."""
    cut = canvas.rng.choice(("V-Neck", "Round Neck", "Cardigan"))
    hem = canvas.rng.uniform(204, 214)
    _sleeves(canvas, 0.95, shoulder=51, cuff=True)
    canvas.cloth(_body(canvas, canvas.rng.uniform(46, 50), hem, shoulder=51), folds=3)
    for y in range(74, int(hem) - 14, 7):
        knit = "".join("q3.5 4 7 0" for _ in range(12))
        canvas.line(f"M86 {y}{knit}", tone=-0.16, width=0.9)
    for x in range(82, 176, 5):
        canvas.line(f"M{x} {hem - 11:.0f}v13", tone=-0.3, width=1.1)
    if cut == "Cardigan":
        canvas.solid("M110 45L128 112L146 45Q128 54 110 45z", shade(canvas.colour, -0.5))
        canvas.line(f"M110 45L128 112L128 {hem:.0f}M146 45L128 112", tone=-0.3, width=3.5)
        for y in range(124, int(hem) - 8, 19):
            canvas.disc(128, y, 2.6, shade(canvas.colour, 0.4))
    else:
        _neck(canvas, "v" if cut == "V-Neck" else "round")
    return cut


def jacket(canvas: Canvas) -> str:
    """A zipped jacket with a stand collar, or a quilted one; metal zip and side pockets."""
    cut = canvas.rng.choice(("Bomber", "Quilted", "Biker"))
    hem = canvas.rng.uniform(196, 206)
    _sleeves(canvas, 0.96, shoulder=57, cuff=True)
    canvas.cloth(_body(canvas, canvas.rng.uniform(52, 56), hem, shoulder=57), folds=4, round=0.28)
    if cut == "Quilted":
        for y in range(76, int(hem) - 4, 17):
            canvas.line(f"M74 {y}Q128 {y + 6} 182 {y}", tone=-0.4, width=1.6)
            canvas.line(f"M76 {y + 4}Q128 {y + 10} 180 {y + 4}", tone=0.2, width=2.4, blur=True)
    canvas.cloth("M104 54Q104 36 112 34Q128 42 144 34Q152 36 152 54Q128 66 104 54z", tone=-0.14)
    canvas.solid("M114 40Q128 48 142 40L128 60z", shade(canvas.colour, -0.5))
    if cut == "Biker":
        canvas.cloth("M112 50L92 72L104 100L128 74z", tone=0.1)
        canvas.cloth("M144 50L164 72L152 100L128 74z", tone=0.1)
    slant = 14 if cut == "Biker" else 0
    zip_path = f"M{128 + slant} 62L{128 + slant / 2:.0f} {hem + 2:.0f}"
    canvas.stroke(zip_path, shade(canvas.colour, -0.45), 5)
    canvas.stroke(zip_path, STEEL, 2.2, dash="1.6 1.6")
    canvas.stroke("M88 150l14 22M168 150l-14 22", STEEL, 1.8)
    canvas.line(f"M74 {hem - 9:.0f}Q128 {hem - 4:.0f} 182 {hem - 9:.0f}", width=1.8)
    return cut
