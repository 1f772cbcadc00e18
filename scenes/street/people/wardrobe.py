"""What people wear: names of clothes, their cuts, and plausible choices by age, sex and variant. Linear RGB."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generator.colors import linear_from_srgb
from generator.mesh import Material, Rgb
from generator.streams import Stream
from scenes.street.people.garments import Bottom, Top
from scenes.street.people.hair import HairStyle
from scenes.street.people.skirts import Skirt

TopName = Literal["t_shirt", "shirt", "sweater", "blouse", "vest_top"]
OuterName = Literal["none", "hoodie", "jacket", "open_jacket", "puffer", "suit_jacket", "coat", "raincoat"]
BottomName = Literal["jeans", "trousers", "wide_trousers", "leggings", "shorts", "skirt", "long_skirt", "dress"]
ShoeName = Literal["sneakers", "shoes", "boots"]
BagName = Literal["none", "backpack", "handbag", "shopping_bag", "shoulder_bag", "suitcase"]
HatName = Literal["none", "cap", "beanie", "sun_hat", "hood", "helmet", "full_helmet", "hard_hat", "headscarf"]

TOPS: dict[str, Top] = {
    "t_shirt": Top(hem=-0.005, sleeve=0.62, ease_m=0.013, hang=8),
    "shirt": Top(hem=-0.015, sleeve=1.96, neck="high", ease_m=0.014, hang=8),
    "sweater": Top(hem=0.0, sleeve=1.96, ease_m=0.014, sleeve_ease_m=0.009, hang=10),
    "blouse": Top(hem=0.03, sleeve=1.4, neck="v", ease_m=0.010, hang=4),
    "vest_top": Top(hem=0.02, sleeve=0.06, neck="v", ease_m=0.008, hang=4),
}
OUTERS: dict[str, Top] = {
    "hoodie": Top(hem=-0.02, sleeve=2.0, neck="high", ease_m=0.015, sleeve_ease_m=0.010, hang=10),
    "jacket": Top(hem=-0.01, sleeve=2.0, neck="high", ease_m=0.015, sleeve_ease_m=0.010, hang=12),
    "open_jacket": Top(hem=-0.02, sleeve=2.0, neck="open", ease_m=0.010, sleeve_ease_m=0.006, hang=8, opening_m=0.05),
    "puffer": Top(hem=0.0, sleeve=2.0, neck="high", ease_m=0.032, sleeve_ease_m=0.024, hang=12),
    "suit_jacket": Top(hem=-0.035, sleeve=1.97, neck="v", ease_m=0.009, sleeve_ease_m=0.004, hang=6, opening_m=0.018),
    "coat": Top(hem=0.0, sleeve=2.0, neck="high", ease_m=0.018, sleeve_ease_m=0.012, hang=12),
    "raincoat": Top(hem=0.0, sleeve=2.02, neck="high", ease_m=0.022, sleeve_ease_m=0.016, hang=12),
}
BOTTOMS: dict[str, Bottom] = {
    "jeans": Bottom(hem=1.97, ease_m=0.007, hem_ease_m=0.020),
    "trousers": Bottom(hem=1.98, ease_m=0.010, hem_ease_m=0.030, hang=6),
    "wide_trousers": Bottom(hem=1.99, ease_m=0.014, hem_ease_m=0.055, hang=8),
    "leggings": Bottom(hem=1.90, ease_m=0.003, hem_ease_m=0.003, hang=2),
    "skirt": Bottom(hem=0.16, ease_m=0.006, hem_ease_m=0.006),
    "long_skirt": Bottom(hem=0.16, ease_m=0.006, hem_ease_m=0.006),
    "dress": Bottom(hem=0.16, ease_m=0.004, hem_ease_m=0.006),
    "shorts": Bottom(hem=0.92, ease_m=0.012, hem_ease_m=0.034, hang=6),
}
SKIRTS: dict[str, Skirt] = {
    "skirt": Skirt(hem=0.85, flare_m=0.05),
    "long_skirt": Skirt(hem=1.75, flare_m=0.10, pleats=9),
    "dress": Skirt(hem=1.0, flare_m=0.09, pleats=8),
    "coat": Skirt(hem=0.95, flare_m=0.022, pleats=2),
    "raincoat": Skirt(hem=0.72, flare_m=0.035, pleats=3),
}

DRESS_TOP = Top(hem=0.0, sleeve=0.34, neck="v", ease_m=0.008, sleeve_ease_m=0.006, hang=5)
HI_VIS_VEST = Top(hem=0.0, sleeve=0.12, neck="v", ease_m=0.010, hang=8)
FASTENED = ("jacket", "puffer", "coat", "raincoat")  # by a zip or buttons that show
OPEN_OUTERS = ("open_jacket", "suit_jacket")  # what is under them shows

_BRIGHT = ("#b5322f", "#2f6db5", "#d9a33a", "#3f8f5f", "#d46a8b", "#7a4fa0", "#e0752d", "#2aa0a4", "#f0e9dc", "#c9d5e6")
_PLAIN = (
    "#1c1d20",
    "#2a2f3b",
    "#55595f",
    "#8b8d8f",
    "#e6e5e0",
    "#cdbfa8",
    "#26334f",
    "#5c2a31",
    "#4a5340",
    "#7d93ad",
    "#f2f2f0",
    "#6b5848",
)
_DENIM = ("#2b3a55", "#3b4f72", "#5f7898", "#1d2230", "#23262b", "#8ba0b8")
_CLOTH = ("#1e1f22", "#2c3038", "#4a4c50", "#75706a", "#8f7f66", "#2b3348", "#3e4437")
_COATS = ("#1b1c1f", "#2b2e35", "#3a4050", "#6e5a45", "#a48c6c", "#4b4f42", "#6a2630", "#8b8d90", "#203a5c")
_SHOES = ("#18181a", "#2a2320", "#4a3524", "#e8e8e6", "#6f7074", "#1d2740")


@dataclass(frozen=True)
class Clothes:
    """What is worn, as far as it gives a person's outline."""

    top: TopName
    outer: OuterName
    bottom: BottomName
    hair: HairStyle


@dataclass(frozen=True)
class Outfit:
    """Everything that is worn, resolved."""

    clothes: Clothes
    shoes: ShoeName
    top_color: Rgb
    outer_color: Rgb
    bottom_color: Rgb
    shoe_color: Rgb


def tops(clothes: Clothes, hi_vis: bool) -> list[Top]:
    """The layers on the trunk from the inside out; a closed outer garment hides the top."""
    top = DRESS_TOP if clothes.bottom == "dress" else TOPS[clothes.top]
    layers = [top] if clothes.outer == "none" or clothes.outer in OPEN_OUTERS else []
    if clothes.outer != "none":
        layers.append(OUTERS[clothes.outer])
    return [*layers, HI_VIS_VEST] if hi_vis else layers


def skirts(clothes: Clothes) -> list[Skirt]:
    """Skirt and coat tail from the inside out; a coat's tail has room for a skirt."""
    inner = SKIRTS.get(clothes.bottom)
    tail = SKIRTS.get(clothes.outer)
    if inner and tail:
        tail = Skirt(tail.hem, tail.ease_m, max(tail.flare_m, inner.flare_m + 0.045), tail.pleats)
    return [one for one in (inner, tail) if one]


def rgb(code: str) -> Rgb:
    """Linear RGB of a #rrggbb colour."""
    r, g, b = (int(code[k : k + 2], 16) / 255 for k in (1, 3, 5))
    return linear_from_srgb((r, g, b))


def pick[T](stream: Stream, *choices: T) -> T:
    """One of the choices, all as likely."""
    return choices[stream.integer(len(choices))]


def usual_top(stream: Stream, age_years: float, sex: float) -> TopName:
    if sex < 0.5 and age_years > 12:
        return pick(stream, "t_shirt", "blouse", "sweater", "shirt", "vest_top" if age_years < 45 else "blouse")
    return pick(stream, "t_shirt", "t_shirt", "shirt", "sweater") if age_years > 12 else pick(stream, "t_shirt", "sweater")


def usual_outer(stream: Stream, age_years: float) -> OuterName:
    if age_years < 14:
        return pick(stream, "none", "none", "hoodie", "jacket", "puffer")
    if age_years < 30:
        return pick(stream, "none", "none", "hoodie", "open_jacket", "jacket", "puffer")
    return pick(stream, "none", "none", "jacket", "open_jacket", "suit_jacket", "coat", "raincoat")


def usual_bottom(stream: Stream, age_years: float, sex: float, *, upright: bool) -> BottomName:
    if sex < 0.5 and upright and stream.child("skirt").uniform() < 0.34:
        return pick(stream, "skirt", "dress", "long_skirt" if age_years > 16 else "skirt")
    if age_years < 14:
        return pick(stream, "jeans", "shorts", "leggings" if sex < 0.5 else "trousers")
    if sex < 0.5:
        return pick(stream, "jeans", "jeans", "leggings" if age_years < 50 else "trousers", "wide_trousers", "trousers")
    return pick(stream, "jeans", "jeans", "trousers", "trousers", "shorts" if age_years < 60 else "trousers")


def usual_shoes(stream: Stream) -> ShoeName:
    return pick(stream, "sneakers", "sneakers", "shoes", "boots")


def usual_hair(stream: Stream, age_years: float, sex: float, african: float) -> HairStyle:
    if african > 0.5 and stream.child("curls").uniform() < 0.4:
        return pick(stream, "afro", "buzz", "buzz")
    if sex < 0.5:
        return pick(stream, "long", "bob", "bun", "ponytail", "long", "short" if age_years > 50 else "ponytail")
    if age_years > 45:
        return pick(stream, "short", "receding", "bald", "buzz", "side")
    return pick(stream, "short", "short", "side", "buzz")


def usual_color(stream: Stream, what: str, name: str, age_years: float) -> Rgb:
    """A colour for a top, outer, bottom or shoe called `name`."""
    if what == "shoe":
        return rgb(pick(stream, *_SHOES))
    if what == "bottom":
        if name in ("skirt", "dress", "long_skirt"):
            return rgb(pick(stream, *_BRIGHT, *_PLAIN))
        return rgb(pick(stream, *(_DENIM if name in ("jeans", "shorts") else _CLOTH)))
    if what == "outer" and age_years > 20 and name not in ("hoodie", "puffer"):
        return rgb(pick(stream, *_COATS))
    return rgb(pick(stream, *_BRIGHT, *_PLAIN)) if age_years < 16 else rgb(pick(stream, *_PLAIN, *_PLAIN, *_BRIGHT))


def cloth_material(color: Rgb, name: str) -> Material:
    """Cloth by the name of the garment."""
    if name in ("raincoat", "puffer"):
        return Material(color=color, texture="fabric", texture_scale_m=0.05, variation=0.1, roughness=0.4, bump=0.1)
    scale = 0.004 if name in ("sweater", "hoodie", "coat") else 0.002
    return Material(color=color, texture="fabric", texture_scale_m=scale, variation=0.18, roughness=0.9, bump=0.25)


def leather_material(color: Rgb) -> Material:
    """Shoes and bags."""
    return Material(color=color, roughness=0.45, variation=0.2)


def bag_material(color: Rgb, name: str) -> Material:
    """Leather, cloth or paper, by the name of the bag."""
    if name == "handbag":
        return leather_material(color)
    if name == "suitcase":
        return Material(color=color, roughness=0.35, variation=0.1)
    return Material(color=color, texture="fabric", texture_scale_m=0.004, variation=0.15, roughness=0.8)


RUBBER = Material(color=(0.55, 0.54, 0.52), roughness=0.8)
DARK_RUBBER = Material(color=(0.02, 0.02, 0.02), roughness=0.8)
HI_VIS_YELLOW = Material(color=(0.60, 0.85, 0.02), texture="fabric", texture_scale_m=0.003, roughness=0.8)
REFLEX = Material(color=(0.62, 0.63, 0.65), roughness=0.3, metallic=0.4)
