"""What grows: wood, bark, foliage, skin, hair, fur."""

from __future__ import annotations

from generator.render.nodes import Graph
from generator.render.textures import Pattern, Surface, texture, varied


@texture("wood", second=0.5)
def wood(g: Graph, s: Surface) -> Pattern:
    """Year rings along x, cut lengthwise, with fibres."""
    drawn = g.vector_math("MULTIPLY", s.point, (0.12, 1.0, 1.0))
    bent = g.vector_math("ADD", drawn, g.scaled(g.node("TexNoise", {"Vector": drawn, "Scale": 1.2}).outputs[1], 0.5))
    _, y, z = g.xyz(bent)
    rings = g.math("FRACT", g.math("MULTIPLY", g.math("ADD", y, z), 9.0))
    fibres = g.noise(g.vector_math("MULTIPLY", s.point, (3.0, 60.0, 60.0)), 1.0)
    color = g.mix_color(g.math("MULTIPLY", rings, s.variation), varied(g, s, fibres, 0.8), s.color2)
    return Pattern(color, g.math("MULTIPLY", rings, -0.08), g.math("MULTIPLY", fibres, 0.01))


@texture("bark", second=0.3)
def bark(g: Graph, s: Surface) -> Pattern:
    """Upright ridges; the furrows in the second colour."""
    drawn = g.vector_math("MULTIPLY", s.point, (6.0, 6.0, 1.2))
    ridges = g.noise(drawn, 1.0, detail=3.0, distortion=0.8)
    furrow = g.ramp(ridges, 0.35, 0.55, 1.0, 0.0)
    color = g.mix_color(g.math("MULTIPLY", furrow, 0.8), varied(g, s, g.noise(s.point, 4.0, detail=1.0)), s.color2)
    return Pattern(color, 0.1, g.math("MULTIPLY", ridges, 0.12))


@texture("foliage", second=0.45)
def foliage(g: Graph, s: Surface) -> Pattern:
    """Every leaf its own shade, whole boughs lighter or towards the second colour."""
    leaves = g.cells(s.point, 14.0)
    boughs = g.noise(s.point, 1.5, detail=1.0)
    shade = varied(g, s, g.xyz(leaves.outputs["Color"])[0], 1.6)
    color = g.mix_color(g.math("MULTIPLY", g.ramp(boughs, 0.35, 0.7), s.variation), shade, s.color2)
    return Pattern(color, 0.0, g.math("MULTIPLY", leaves.outputs["Distance"], -0.05))


@texture("skin", second=(0.45, 0.12, 0.08))
def skin(g: Graph, s: Surface) -> Pattern:
    """Faint blotches of blood in the second colour, pores."""
    blotches = g.ramp(g.noise(s.point, 12.0, detail=2.0), 0.35, 0.65)
    color = g.mix_color(g.math("MULTIPLY", g.math("MULTIPLY", blotches, s.variation), 0.5), s.color, s.color2)
    return Pattern(color, g.math("MULTIPLY", blotches, -0.05), g.math("MULTIPLY", g.noise(s.point, 300.0), 0.0005))


@texture("hair", second=0.5)
def hair(g: Graph, s: Surface) -> Pattern:
    """Strands that hang down."""
    strands = g.noise(g.vector_math("MULTIPLY", s.point, (160.0, 160.0, 8.0)), 1.0, detail=1.0)
    color = g.mix_color(g.ramp(strands, 0.35, 0.65), varied(g, s, g.noise(s.point, 8.0)), s.color2)
    return Pattern(color, 0.0, g.math("MULTIPLY", strands, 0.004))


@texture("fur", second=0.5)
def fur(g: Graph, s: Surface) -> Pattern:
    """Tufts of short hair, patches of the second colour."""
    hairs = g.noise(s.point, 90.0, detail=1.0, distortion=1.0)
    patches = g.ramp(g.noise(s.point, 3.0, detail=1.0), 0.45, 0.6)
    color = g.mix_color(g.math("MULTIPLY", patches, s.variation), varied(g, s, hairs, 2.0), s.color2)
    return Pattern(color, 0.1, g.math("MULTIPLY", hairs, 0.01))
