"""What is made: fabric, carpet, paint, rust, a checker board, plain noise, and one even colour."""

from __future__ import annotations

from generator.render.nodes import Graph
from generator.render.textures import Pattern, Surface, texture, varied


@texture("none")
def plain(g: Graph, s: Surface) -> Pattern:
    """One even colour."""
    return Pattern(s.color)


@texture("fabric", second=0.7)
def fabric(g: Graph, s: Surface) -> Pattern:
    """A weave too fine to see from afar, creases, the second colour where it is worn."""
    creases = g.noise(s.point, 7.0, detail=1.0, distortion=0.5)
    weave = g.noise(s.point, 250.0)
    worn = g.math("MULTIPLY", g.ramp(g.noise(s.point, 3.0, detail=1.0), 0.5, 0.8), s.variation)
    color = g.mix_color(worn, varied(g, s, g.mix(0.5, creases, weave)), s.color2)
    return Pattern(color, 0.05, g.math("ADD", g.math("MULTIPLY", creases, 0.05), g.math("MULTIPLY", weave, 0.001)))


@texture("carpet", second=0.6)
def carpet(g: Graph, s: Surface) -> Pattern:
    """Tufts of pile."""
    tufts = g.cells(s.point, 60.0)
    color = varied(g, s, g.xyz(tufts.outputs["Color"])[0], 1.2)
    trodden = g.math("MULTIPLY", g.ramp(g.noise(s.point, 1.5, detail=1.0), 0.45, 0.7), s.variation)
    return Pattern(g.mix_color(trodden, color, s.color2), 0.1, g.math("MULTIPLY", tufts.outputs["Distance"], -0.01))


@texture("paint", second=0.7)
def paint(g: Graph, s: Surface) -> Pattern:
    """An even coat, faintly cloudy in colour and gloss."""
    clouds = g.noise(s.point, 1.5, detail=1.0)
    return Pattern(varied(g, s, clouds, 0.25), g.math("MULTIPLY", g.math("SUBTRACT", clouds, 0.5), 0.1))


@texture("rust", second=(0.20, 0.06, 0.02))
def rust(g: Graph, s: Surface) -> Pattern:
    """Rough blotches of the second colour that grow with `variation`."""
    blotches = g.noise(s.point, 3.0, detail=4.0)
    threshold = g.math("SUBTRACT", 0.75, g.math("MULTIPLY", s.variation, 0.5))
    rusty = g.math("MULTIPLY", g.math("SUBTRACT", blotches, threshold), 8.0, clamp=True)
    color = g.mix_color(rusty, s.color, g.brightened(s.color2, g.ramp(g.noise(s.point, 30.0), 0.2, 0.8, 0.6, 1.5)))
    return Pattern(color, g.math("MULTIPLY", rusty, 0.4), g.math("MULTIPLY", rusty, 0.01))


@texture("checker", second=0.2)
def checker(g: Graph, s: Surface) -> Pattern:
    """A board of squares half a repeat wide."""
    board = g.node("TexChecker", {"Vector": g.vector_math("ADD", s.plane, (0.0, 0.0, 0.25)), "Scale": 2.0})
    return Pattern(g.mix_color(board.outputs["Factor"], s.color2, s.color))


@texture("noise", second=0.2)
def noise(g: Graph, s: Surface) -> Pattern:
    """Clouds between the two colours."""
    clouds = g.noise(s.point, 2.0, detail=2.0)
    return Pattern(g.mix_color(g.ramp(clouds, 0.3, 0.7), s.color2, s.color), 0.0, g.math("MULTIPLY", clouds, 0.1))
