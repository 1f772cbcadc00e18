"""Procedural textures: one function each, from a position on a surface to colour, roughness and height.

A texture is built once, as a node group shared by all its materials. Everything is in object coordinates divided by the
material's texture scale, so that 1 is one repeat. Shaders run at every sample: a few octaves of noise, no more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from generator.mesh import Rgb, Texture
from generator.render.nodes import Graph, Socket, Value


@dataclass(frozen=True)
class Surface:
    """What a texture is given; all sockets.

    point: position in the object frame / texture scale. plane: (u, v, 0) in the surface's own plane / texture scale, u level
    and v up the slope on walls and roofs, x and y on the ground. color, color2, variation: the material's.
    """

    point: Socket
    plane: Socket
    color: Socket
    color2: Socket
    variation: Socket


@dataclass(frozen=True)
class Pattern:
    """What a texture gives: the colour, what is added to the roughness, and the height (1 is one repeat) for the bump."""

    color: Value
    roughness: Value = 0.0
    height: Value = 0.0


@dataclass(frozen=True)
class TextureKind:
    """A texture's function, and its second colour where the material names none: a fixed one, or a factor on the first."""

    build: Callable[[Graph, Surface], Pattern]
    second: Rgb | float = 0.5


TEXTURES: dict[Texture, TextureKind] = {}


def texture[F: Callable[[Graph, Surface], Pattern]](name: Texture, second: Rgb | float = 0.5) -> Callable[[F], F]:
    """Decorator: makes the function the texture `name`."""

    def register(build: F) -> F:
        TEXTURES[name] = TextureKind(build, second)
        return build

    return register


def varied(g: Graph, s: Surface, noise: Socket, strength: float = 1.0, color: Socket | None = None) -> Socket:
    """The surface's colour, brighter and darker by up to `variation` x `strength` as `noise` strays from 0.5."""
    stray = g.math("MULTIPLY", g.math("SUBTRACT", noise, 0.5), 2.0 * strength)
    factor = g.math("ADD", g.math("MULTIPLY", stray, s.variation), 1.0)
    return g.brightened(s.color if color is None else color, g.math("MAXIMUM", factor, 0.05))
