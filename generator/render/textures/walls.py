"""What houses are made of: brick, plaster, roof tiles, marble."""

from __future__ import annotations

from generator.render.nodes import Graph
from generator.render.textures import Pattern, Surface, texture, varied


@texture("brick", second=(0.52, 0.49, 0.44))
def brick(g: Graph, s: Surface) -> Pattern:
    """Rows one repeat high, bricks three repeats long in half bond, mortar in the second colour."""
    inputs = {"Vector": s.plane, "Scale": 1.0, "Mortar Size": 0.07, "Mortar Smooth": 0.2, "Brick Width": 3.0, "Row Height": 1.0}
    colors = {"Color1": (0.0, 0.0, 0.0), "Color2": (1.0, 1.0, 1.0), "Mortar": (0.5, 0.5, 0.5)}
    bricks = g.node("TexBrick", inputs | colors)
    grain = g.noise(s.point, 6.0, detail=1.0)
    shade = varied(g, s, g.xyz(bricks.outputs["Color"])[0], 1.6)
    weather = varied(g, s, g.noise(s.point, 0.06, detail=2.0), 1.2, varied(g, s, grain, 0.8, shade))
    joint = bricks.outputs["Factor"]
    height = g.math("SUBTRACT", g.math("MULTIPLY", grain, 0.04), g.math("MULTIPLY", joint, 0.12))
    return Pattern(g.mix_color(joint, weather, s.color2), g.math("MULTIPLY", joint, 0.15), height)


@texture("plaster", second=0.55)
def plaster(g: Graph, s: Surface) -> Pattern:
    """Fine grain, clouds, and stains in the second colour that run down the wall."""
    grain = g.noise(s.point, 50.0)
    clouds = g.noise(s.point, 0.8, detail=2.0)
    streaks = g.noise(g.vector_math("MULTIPLY", s.point, (2.5, 2.5, 0.18)), 1.0, detail=2.0)
    stained = g.math("MULTIPLY", g.ramp(streaks, 0.48, 0.75), s.variation)
    color = g.mix_color(stained, varied(g, s, clouds, 0.6), s.color2)
    return Pattern(color, 0.0, g.math("MULTIPLY", grain, 0.004))


@texture("roof_tiles", second=0.3)
def roof_tiles(g: Graph, s: Surface) -> Pattern:
    """Courses one repeat high of tiles, each bulging, overlapping and of its own shade; gaps in the second colour."""
    inputs = {"Vector": s.plane, "Scale": 1.0, "Mortar Size": 0.03, "Mortar Smooth": 0.5, "Brick Width": 0.7, "Row Height": 1.0}
    colors = {"Color1": (0.0, 0.0, 0.0), "Color2": (1.0, 1.0, 1.0), "Mortar": (0.5, 0.5, 0.5)}
    tiles = g.node("TexBrick", inputs | colors, {"offset": 0.0})
    across, up, _ = g.xyz(s.plane)
    course = g.math("FRACT", up)
    bulge = g.math("ABSOLUTE", g.math("SINE", g.math("MULTIPLY", across, 3.14159265 / 0.7)))
    shade = varied(g, s, g.xyz(tiles.outputs["Color"])[0], 1.5)
    mossy = varied(g, s, g.noise(s.point, 0.3, detail=2.0), 1.5, shade)
    shadow = g.math("MAXIMUM", g.ramp(course, 0.85, 1.0, 0.0, 0.6), g.math("MULTIPLY", tiles.outputs["Factor"], 0.8))
    height = g.math("SUBTRACT", g.math("MULTIPLY", bulge, 0.15), g.math("MULTIPLY", course, 0.2))
    return Pattern(g.mix_color(shadow, mossy, s.color2), 0.0, height)


@texture("marble", second=0.45)
def marble(g: Graph, s: Surface) -> Pattern:
    """Veins in the second colour through a cloudy stone."""
    warp = g.node("TexNoise", {"Vector": s.point, "Scale": 1.5, "Detail": 3.0}).outputs[1]
    along = g.vector_math("DOT_PRODUCT", g.vector_math("ADD", s.point, g.scaled(warp, 1.6)), (2.1, 1.3, 1.7))
    vein = g.ramp(g.math("ABSOLUTE", g.math("SINE", g.math("MULTIPLY", along, 3.0))), 0.0, 0.18, 1.0, 0.0)
    clouds = varied(g, s, g.noise(s.point, 1.0, detail=2.0), 0.5)
    strength = g.math("MINIMUM", g.math("MULTIPLY", s.variation, 3.0), 1.0)
    return Pattern(g.mix_color(g.math("MULTIPLY", vein, strength), clouds, s.color2))
