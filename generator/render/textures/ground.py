"""What people and cars stand on: asphalt, concrete, paving, soil, grass, dirt."""

from __future__ import annotations

from generator.render.nodes import Graph
from generator.render.textures import Pattern, Surface, texture, varied


@texture("asphalt", second=0.35)
def asphalt(g: Graph, s: Surface) -> Pattern:
    """Stones of about a hundredth of a repeat in bitumen, worn and mended patches, thin cracks in the second colour."""
    stones = g.cells(s.plane, 80.0, dimensions="2D")
    speckle = g.xyz(stones.outputs["Color"])[0]
    patches = g.noise(s.plane, 0.35, detail=2.0)
    worn = varied(g, s, patches, 1.6)
    stony = varied(g, s, speckle, 1.5, worn)
    bent = g.vector_math("ADD", s.plane, g.scaled(g.node("TexNoise", {"Vector": s.plane, "Scale": 1.5, "Detail": 1.0}).outputs[1], 0.5))
    edges = g.cells(bent, 0.22, "DISTANCE_TO_EDGE", "2D").outputs["Distance"]
    where = g.ramp(g.noise(s.plane, 0.15), 0.5, 0.6)
    crack = g.math(
        "MULTIPLY",
        g.ramp(edges, 0.0, 0.006, 1.0, 0.0),
        g.math("MULTIPLY", where, g.math("MINIMUM", g.math("MULTIPLY", s.variation, 4.0), 1.0)),
    )
    color = g.mix_color(crack, stony, s.color2)
    height = g.math("MULTIPLY", stones.outputs["Distance"], -0.006)  # without the cracks: bump works out all that is in it thrice
    return Pattern(color, g.math("MULTIPLY", g.math("SUBTRACT", patches, 0.5), 0.3), height)


@texture("concrete", second=0.6)
def concrete(g: Graph, s: Surface) -> Pattern:
    """Cloudy grey with pores and stains in the second colour."""
    clouds = g.noise(s.point, 1.2, detail=3.0)
    pores = g.ramp(g.noise(s.point, 60.0), 0.68, 0.75)
    stained = g.math("MULTIPLY", g.ramp(g.noise(s.point, 0.5, detail=2.0), 0.5, 0.75), s.variation)
    color = g.mix_color(stained, varied(g, s, clouds), s.color2)
    color = g.mix_color(g.math("MULTIPLY", pores, 0.4), color, s.color2)
    return Pattern(color, g.math("MULTIPLY", g.math("SUBTRACT", clouds, 0.5), 0.2), g.math("MULTIPLY", pores, -0.01))


@texture("paving", second=0.35)
def paving(g: Graph, s: Surface) -> Pattern:
    """Slabs of one repeat in half bond, each of its own shade, joints in the second colour."""
    inputs = {"Vector": s.plane, "Scale": 1.0, "Mortar Size": 0.012, "Mortar Smooth": 0.3, "Brick Width": 1.0, "Row Height": 1.0}
    colors = {"Color1": (0.0, 0.0, 0.0), "Color2": (1.0, 1.0, 1.0), "Mortar": (0.5, 0.5, 0.5)}
    slabs = g.node("TexBrick", inputs | colors)
    grain = g.noise(s.point, 12.0, detail=2.0)
    shade = varied(g, s, g.xyz(slabs.outputs["Color"])[0], 0.6)
    worn = varied(g, s, grain, 0.8, shade)
    blotched = varied(g, s, g.noise(s.point, 0.4, detail=1.0), 1.0, worn)
    joint = slabs.outputs["Factor"]
    height = g.math("SUBTRACT", g.math("MULTIPLY", grain, 0.01), g.math("MULTIPLY", joint, 0.02))
    return Pattern(g.mix_color(joint, blotched, s.color2), g.math("MULTIPLY", joint, 0.2), height)


@texture("soil", second=0.5)
def soil(g: Graph, s: Surface) -> Pattern:
    """Crumbs and clods, drier and wetter."""
    clods = g.noise(s.point, 3.0, detail=4.0)
    crumbs = g.noise(s.point, 40.0, detail=1.0)
    damp = g.ramp(g.noise(s.point, 0.4), 0.35, 0.65)
    color = varied(g, s, crumbs, 1.5, g.mix_color(g.math("MULTIPLY", damp, s.variation), varied(g, s, clods, 1.2), s.color2))
    return Pattern(color, 0.1, g.math("ADD", g.math("MULTIPLY", clods, 0.1), g.math("MULTIPLY", crumbs, 0.02)))


@texture("grass", second=(0.30, 0.26, 0.10))
def grass(g: Graph, s: Surface) -> Pattern:
    """Blades as stretched noise, tufts, dry patches in the second colour."""
    blades = g.noise(s.point, 70.0, detail=1.0, distortion=1.5)
    tufts = g.noise(s.point, 5.0, detail=2.0)
    dry = g.math("MULTIPLY", g.ramp(g.noise(s.point, 0.35, detail=2.0), 0.5, 0.75), s.variation)
    color = g.mix_color(dry, varied(g, s, tufts, 1.5), s.color2)
    color = g.brightened(color, g.ramp(blades, 0.25, 0.75, 0.35, 1.65))
    return Pattern(color, 0.0, g.math("ADD", g.math("MULTIPLY", blades, 0.04), g.math("MULTIPLY", tufts, 0.1)))


@texture("dirt", second=0.6)
def dirt(g: Graph, s: Surface) -> Pattern:
    """Dust in drifts."""
    drifts = g.noise(s.point, 1.5, detail=3.0, distortion=0.6)
    color = g.mix_color(g.math("MULTIPLY", g.ramp(drifts, 0.4, 0.7), s.variation), varied(g, s, g.noise(s.point, 25.0)), s.color2)
    return Pattern(color, 0.1, g.math("MULTIPLY", drifts, 0.05))
