"""Footwear, seen from the side as product photos show it, the toe to the left."""

from __future__ import annotations

from tools.drawing.canvas import Canvas
from tools.drawing.palette import luminance, shade

RUBBER = "#efefec"
TAN = "#c79c6b"


def _sole_colour(canvas: Canvas) -> str:
    return "#3a3b3f" if luminance(canvas.colour) > 0.8 else RUBBER


def casual_shoe(canvas: Canvas) -> str:
    """A canvas sneaker, low or high, or a slip-on."""
    cut = canvas.rng.choice(("Low Top", "High Top", "Slip-On"))
    canvas.ground_shadow(126, 190, 200)
    ankle = 84 if cut == "High Top" else 118
    upper = (
        f"M26 168Q28 146 62 140Q96 134 126 {ankle + 8}Q134 {ankle - 2} 146 {ankle}L206 {ankle}"
        f"Q216 {ankle + 4} 216 126Q224 150 222 170z"
    )
    canvas.cloth(upper, folds=2, round=0.16)
    canvas.solid(
        f"M146 {ankle}L206 {ankle}Q200 {ankle + 12} 172 {ankle + 12}Q152 {ankle + 12} 146 {ankle}z",
        shade(canvas.colour, -0.5),
    )
    sole = _sole_colour(canvas)
    canvas.shaded(
        "M24 164Q60 172 120 170Q180 168 224 164L225 180Q222 188 210 188L44 188Q24 186 24 164z", sole
    )
    canvas.stroke("M26 174Q120 180 224 173", shade(sole, -0.25), 1.6)
    if cut == "Slip-On":
        canvas.cloth("M122 126L150 118L156 140L134 148z", tone=-0.3, woven=False)
    else:
        canvas.shaded("M25 166Q26 148 56 143Q66 152 66 168z", sole)
        rows = 6 if cut == "High Top" else 4
        for number in range(rows):
            y = ankle + 10 + number * 11
            x = 148 - number * 11 if cut == "Low Top" else 146 - max(0, number - 2) * 10
            canvas.stroke(f"M{x} {y:.0f}l20 9", "#fbfbfa", 3.4)
            canvas.stroke(f"M{x} {y + 2:.0f}l20 9", "#9a9a98", 0.8)
    canvas.line(
        "M190 122Q186 146 194 166M66 143Q98 150 110 169", tone=-0.3, width=1.2, dash="2.5 2"
    )
    return cut


def sports_shoe(canvas: Canvas) -> str:
    """A running shoe: a curved mesh upper, swooping overlays and a thick two-part sole."""
    cut = canvas.rng.choice(("Running", "Training", "Trail"))
    canvas.ground_shadow(126, 194, 210)
    upper = "M20 158Q30 138 66 130Q100 118 122 96Q132 86 142 94Q150 104 170 102Q192 98 204 84Q214 82 216 96Q218 120 228 140Q232 158 228 168z"
    canvas.cloth(upper, folds=1, round=0.16)
    for x in range(46, 122, 7):
        canvas.line(
            f"M{x} {164 - (x - 40) * 0.05:.0f}l5 -{18 + (x - 40) * 0.22:.0f}",
            tone=-0.16,
            width=0.8,
            dash="1 2",
        )
    accent = canvas.rng.choice(("#f5f5f3", "#2b2c30", "#f2742c", "#c6e03f", "#38a6d9", "#d22f3c"))
    canvas.solid("M100 166Q120 128 152 116Q138 144 142 168z", accent)
    canvas.solid("M158 168Q160 138 186 112Q178 144 184 168z", accent, 0.9)
    canvas.solid("M204 84Q214 82 216 96L224 132Q206 124 200 98z", shade(canvas.colour, -0.3))
    canvas.solid(
        "M122 96Q132 86 142 94Q150 104 170 102Q160 112 146 110Q134 108 122 96z",
        shade(canvas.colour, -0.5),
    )
    for number in range(5):
        x, y = 128 - number * 10, 106 + number * 8
        canvas.stroke(
            f"M{x} {y}l17 8", "#f7f7f5" if luminance(canvas.colour) < 0.7 else "#55565a", 2.8
        )
    canvas.shaded(
        "M16 156Q60 166 130 164Q190 162 230 150L236 176Q230 186 200 184L48 184Q18 182 16 156z",
        "#f3f3f1",
    )
    canvas.solid(
        "M18 174Q60 182 130 180Q190 180 235 172L234 184Q222 194 190 192L56 192Q26 190 18 174z",
        accent if cut != "Trail" else "#3a3a3c",
    )
    if cut == "Trail":
        for x in range(40, 220, 12):
            canvas.solid(f"M{x} 190h7l-2 6h-4z", "#2c2c2e")
    return cut


def formal_shoe(canvas: Canvas) -> str:
    """A polished leather shoe with a low heel: Oxford, Derby or loafer."""
    cut = canvas.rng.choice(("Oxford", "Derby", "Loafer"))
    canvas.ground_shadow(126, 190, 210)
    upper = "M14 172Q16 152 54 146Q92 142 118 124Q128 116 140 118Q170 124 200 108Q212 106 216 118Q224 146 226 174z"
    canvas.cloth(upper, woven=False, round=0.28)
    canvas.solid(
        "M118 124Q128 116 140 118Q170 124 200 108Q196 126 160 130Q132 132 118 124z",
        shade(canvas.colour, -0.55),
    )
    canvas.stroke("M34 158Q60 150 86 150", "#ffffff", 4.5, blur=True)
    canvas.line("M70 146Q78 160 74 174M150 126Q142 150 150 174", tone=-0.4, width=1.3)
    canvas.line("M74 146Q82 160 78 174", tone=-0.4, width=0.8, dash="1.5 1.5")
    if cut == "Loafer":
        canvas.cloth("M88 140Q112 130 122 124L136 140Q116 150 98 156z", tone=-0.12, woven=False)
        canvas.stroke("M98 146L126 134", "#c9a750", 3)
    else:
        for number in range(4):
            canvas.line(f"M{128 - number * 9} {126 + number * 5}l15 7", tone=-0.6, width=2)
    sole = shade(canvas.colour, -0.6) if luminance(canvas.colour) > 0.2 else "#1a1412"
    canvas.solid("M12 172L227 172L227 178L172 179L160 182L24 181Q12 180 12 172z", sole)
    canvas.solid("M176 178L227 178L225 194L178 194z", sole)
    return cut


def heel(canvas: Canvas) -> str:
    """A pump, a stiletto or a wedge."""
    cut = canvas.rng.choice(("Pumps", "Stiletto", "Wedge"))
    height = {"Pumps": 44, "Stiletto": 66, "Wedge": 48}[cut]
    floor = 206
    canvas.ground_shadow(66, floor + 1, 90)
    top = floor - height
    if cut == "Wedge":
        canvas.shaded(f"M28 {floor}Q24 196 40 194L120 {top + 24}L214 {top - 6}L216 {floor}z", TAN)
        for y in range(int(top), floor, 7):
            canvas.stroke(f"M150 {y}L216 {y}", shade(TAN, -0.25), 0.9)
    else:
        thick = 9 if cut == "Stiletto" else 17
        canvas.shaded(
            f"M{214 - thick * 1.7:.0f} {top - 6}L217 {top - 22}Q222 {top + 20} {212} {floor}"
            f"L{212 - thick * 0.55:.0f} {floor}Q208 {top + 30} {200 - thick} {top + 4}z",
            shade(canvas.colour, -0.2),
        )  # fmt: skip
    upper = (
        f"M20 {floor - 6}Q14 190 40 184Q66 184 92 190Q130 188 166 {top - 10}Q182 {top - 40} 204 {top - 46}"
        f"Q222 {top - 42} 220 {top - 10}Q214 {top + 6} 196 {top + 4}Q150 {floor - 22} 118 {floor - 4}Q70 {floor} 20 {floor - 6}z"
    )
    canvas.cloth(upper, woven=False, round=0.24)
    canvas.solid(
        f"M60 186Q80 186 92 190Q130 188 166 {top - 10}Q182 {top - 40} 204 {top - 46}"
        f"Q186 {top - 18} 170 {top - 2}Q130 196 92 197Q72 196 60 186z", "#d9b896",
    )  # fmt: skip
    canvas.solid(
        f"M18 {floor - 6}Q70 {floor} 118 {floor - 5}Q150 {floor - 24} 196 {top + 3}L190 {top + 9}Q154 {floor - 16} 122 {floor}L24 {floor}z",
        "#2a2220",
    )
    canvas.stroke(
        f"M34 192Q50 188 62 190M206 {top - 36}Q212 {top - 20} 210 {top - 8}",
        "#ffffff",
        3,
        blur=True,
    )
    if canvas.rng.random() < 0.3:
        canvas.disc(52, 188, 6, "#d9b25a")
    return cut


def sandal(canvas: Canvas) -> str:
    """A flat open sandal: straps over a leather sole."""
    cut = canvas.rng.choice(("Strappy", "Buckled", "Gladiator"))
    canvas.ground_shadow(126, 196, 210)
    canvas.shaded(
        "M16 182Q20 172 60 174Q120 178 160 170Q196 160 226 168Q236 176 230 190L28 192Q14 192 16 182z",
        TAN,
    )
    canvas.solid("M16 186Q120 190 232 182L230 196Q120 200 26 197Q14 196 16 186z", "#4a3526")
    strap = canvas.cloth
    strap("M40 176Q44 144 76 140Q92 142 96 176L82 177Q78 156 68 154Q58 158 56 177z", woven=False)
    strap(
        "M84 176Q88 142 120 134Q134 136 136 174L122 176Q118 150 110 150Q100 156 100 177z",
        woven=False,
    )
    strap(
        "M148 172Q150 124 190 116Q214 116 224 168L210 168Q202 134 188 132Q166 138 164 171z",
        woven=False,
    )
    strap("M128 140Q150 120 184 118L188 130Q156 134 134 152z", woven=False, tone=-0.08)
    if cut == "Gladiator":
        strap("M150 98Q180 82 210 92L212 104Q182 94 154 110z", woven=False)
        strap("M160 104L170 102L182 134L172 136z", woven=False, tone=-0.1)
        strap("M196 98L206 98L210 132L200 132z", woven=False, tone=-0.1)
    if cut == "Buckled":
        canvas.stroke("M186 117h13v15h-13zM192 124h10", "#d9c27a", 2.6)
        canvas.stroke("M70 140h12v13h-12z", "#d9c27a", 2.4)
    return cut


def flip_flop(canvas: Canvas) -> str:
    """A pair of flip flops from above."""
    cut = canvas.rng.choice(("Rubber", "Printed", "Striped"))
    strap = canvas.rng.choice(("#2c2d31", "#f4f4f2", "#d23b3b", shade(canvas.colour, -0.45)))
    for side in (1, -1):
        x = 128 + side * 46
        sole = (
            f"M{x - 26} 76Q{x - 30} 26 {x + side * 2} 24Q{x + 34} 28 {x + 28} 84"
            f"Q{x + 20} 130 {x + 24} 180Q{x + 26} 230 {x} 232Q{x - 26} 230 {x - 24} 180Q{x - 18} 130 {x - 26} 76z"
        )
        canvas.solid(sole.replace("M", "M", 1), shade(canvas.colour, -0.4))
        canvas.cloth(sole, round=0.1, woven=cut == "Printed")
        if cut == "Striped":
            for y in (140, 156, 172, 188):
                canvas.stroke(f"M{x - 17} {y}Q{x} {y + 5} {x + 17} {y}", strap, 4.5)
        toe = x - side * 5
        for end in (x - 24, x + 24):
            canvas.stroke(f"M{toe} 64Q{(toe + end) / 2:.0f} 72 {end} 128", shade(strap, -0.35), 9)
            canvas.stroke(f"M{toe} 63Q{(toe + end) / 2:.0f} 71 {end} 127", strap, 7)
        canvas.disc(toe, 62, 5.5, strap)
    return cut
