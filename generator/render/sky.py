"""The world around a scene: sun, atmosphere and clouds, an environment map, or one even colour.

Radiances are W / m2 / sr of visible light, so that the sun and lamps in watts are in proportion: full sun is 100,000 lux, at
230 lm/W of daylight 430 W / m2, so that a white ground in it has a radiance of 430 / pi = 137.
"""

from __future__ import annotations

import math
from pathlib import Path

import bpy
import numpy as np

from generator.errors import AssetError
from generator.render.nodes import Graph, Socket
from generator.spec import HdriSky, PhysicalSky, PlainSky, Sky

SUNLIT_WHITE = 137.0  # W / m2 / sr, see above

# Linear RGB radiance of a white level ground under Blender's sky node (multiple scattering, clear air) against the sun's
# elevation in degrees, measured at 64 samples. Full sun, extrapolated to 90 degrees, gives about 50.
_ELEVATION_DEG = (-20.0, -10.0, -6.0, -3.0, 0.0, 3.0, 10.0, 30.0, 60.0)
_WHITE_GROUND_RGB = (
    (1.5e-5, 1.3e-4, 5.8e-4), (3.1e-4, 2.5e-3, 1.2e-2), (1.8e-3, 9.2e-3, 4.1e-2), (0.048, 0.058, 0.145), (0.392, 0.413, 0.607),
    (1.64, 1.40, 1.56), (7.43, 6.32, 5.61), (26.0, 23.3, 20.4), (47.2, 43.0, 38.5),
)  # fmt: skip
_SKY_NODE_SCALE = SUNLIT_WHITE / 50.0

_NIGHT_GLOW_RGB = (5.0e-4, 5.5e-4, 7.0e-4)  # a suburban night sky of about 0.1 lux on the ground: 0.1 / 230 / pi, rounded up
_FAR_GROUND_ALBEDO = 0.2  # what lies beyond the scene's ground: fields and towns
_FAR_HAZE = 0.45  # and how bright the air makes it at the horizon, of white
_CLOUD_BASE = 1.2  # height of the cloud plane over its scale: how fast clouds crowd towards the horizon
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])  # of linear RGB with sRGB primaries (IEC 61966-2-1)
_IMPORTANCE_MAP_PX = 256  # without a sun in it a sky is smooth; Blender's own choice costs 1.3 s more an image

# Radiance in W / m2 / sr that a map's 1.0 stands for: white in full sun, at low sun, in a lit room, at night.
_HDRI_WHITE = {
    "city": 100.0, "courtyard": 100.0, "forest": 100.0, "sunrise": 20.0, "sunset": 20.0, "interior": 1.0, "studio": 1.0, "night": 0.05,
}  # fmt: skip


def add_sky(scene: bpy.types.Scene, sky: Sky) -> None:
    """Give the scene its world. Raises AssetError for an unknown environment map."""
    world = bpy.data.worlds.new("world")
    world.node_tree.nodes.clear()
    world.cycles.sampling_method = "MANUAL"
    world.cycles.sample_map_resolution = _IMPORTANCE_MAP_PX
    g = Graph(world.node_tree)
    if isinstance(sky, PhysicalSky):
        background = g.node("Background", {"Color": _physical(g, sky), "Strength": sky.strength})
    elif isinstance(sky, HdriSky):
        background = g.node("Background", {"Color": _hdri(g, sky), "Strength": sky.strength * _HDRI_WHITE[sky.name]})
    else:
        background = g.node("Background", {"Color": sky.color, "Strength": sky.strength})
    g.node("OutputWorld", {"Surface": background.outputs[0]})
    scene.world = world


def white_ground_rgb(sky: Sky) -> np.ndarray:
    """(3,) float64 radiance, W / m2 / sr, of a level white ground under the sky; a guide for exposure, not a measurement."""
    if isinstance(sky, PlainSky):
        return np.asarray(sky.color, float) * sky.strength
    if isinstance(sky, HdriSky):
        return np.full(3, _HDRI_WHITE.get(sky.name, 1.0) * sky.strength)
    clear = _clear_white_rgb(sky)
    grey = np.full(3, clear.mean())
    return sky.strength * (clear * (1 - sky.cloud_cover) + 0.2 * grey * sky.cloud_cover + _NIGHT_GLOW_RGB)


def hdri_path(name: str) -> Path:
    """The environment map's file in Blender's data files."""
    folder = Path(bpy.utils.system_resource("DATAFILES")) / "studiolights" / "world"
    names = sorted(_HDRI_WHITE)
    path = folder / f"{name}.exr"
    if name not in names or not path.is_file():
        raise AssetError(f"there is no environment map {name!r}; known maps: {', '.join(names)}")
    return path


def _hdri(g: Graph, sky: HdriSky) -> Socket:
    image = bpy.data.images.load(str(hdri_path(sky.name)), check_existing=True)
    direction = g.node("TexCoord", {}).outputs["Generated"]
    turned = g.node("VectorRotate", {"Vector": direction, "Angle": -sky.turn_rad}, {"rotation_type": "Z_AXIS"}).outputs[0]
    return g.node("TexEnvironment", {"Vector": turned}, {"image": image}).outputs["Color"]


def _clear_white_rgb(sky: PhysicalSky) -> np.ndarray:
    """The table above at the sun's elevation, in W / m2 / sr; radiance is interpolated by its logarithm."""
    degrees = math.degrees(sky.sun_elevation_rad)
    table = np.log(np.array(_WHITE_GROUND_RGB))
    rgb = _SKY_NODE_SCALE * np.exp([np.interp(degrees, _ELEVATION_DEG, table[:, c]) for c in range(3)])
    return rgb + _night_grey(sky) * (rgb @ LUMINANCE - rgb)


def _night_grey(sky: PhysicalSky) -> float:
    """How far the sky's colour is taken out, 0..1; once the sun is deep, the sky node gives a pure blue that no night has."""
    return 0.8 * float(np.interp(math.degrees(sky.sun_elevation_rad), (-10.0, -2.0), (1.0, 0.0)))


def _physical(g: Graph, sky: PhysicalSky) -> Socket:
    """Blender's atmosphere with its sun, clouds before it, the far ground below the horizon."""
    direction = g.node("TexCoord", {}).outputs["Generated"]
    clear = g.brightened(_atmosphere(g, sky), _SKY_NODE_SCALE)
    if sky.sun_elevation_rad < 0:
        clear = g.mix_color(_night_grey(sky), clear, g.node("RGBToBW", {0: clear}).outputs[0])
    lit = g.vector_math("ADD", clear, _NIGHT_GLOW_RGB)
    cloudy = lit if sky.cloud_cover <= 0 else _clouded(g, sky, direction, lit)
    white = white_ground_rgb(sky.model_copy(update={"strength": 1.0}))
    hazy = g.ramp(g.xyz(direction)[2], -0.25, 0.0)
    ground = g.mix_color(hazy, tuple(white * _FAR_GROUND_ALBEDO), tuple(white * _FAR_HAZE))
    return g.mix_color(g.ramp(g.xyz(direction)[2], -0.015, 0.0), ground, cloudy)


def _atmosphere(g: Graph, sky: PhysicalSky) -> Socket:
    settings = {
        "sky_type": "MULTIPLE_SCATTERING",
        "sun_disc": sky.sun_elevation_rad > 0 and sky.cloud_cover < 0.98,
        "sun_size": sky.sun_size_rad,
        "sun_elevation": sky.sun_elevation_rad,
        "sun_rotation": math.pi / 2 - sky.sun_azimuth_rad,  # the node counts clockwise from +Y
        "aerosol_density": sky.haze,
    }
    return g.node("TexSky", {}, settings).outputs[0]


def _clouded(g: Graph, sky: PhysicalSky, direction: Socket, clear: Socket) -> Socket:
    """Clouds on a plane overhead; towards full cover they close to a grey dome, brighter at the zenith (CIE overcast)."""
    cover = sky.cloud_cover
    white = _clear_white_rgb(sky)
    grey = np.full(3, white.mean()) * 0.6 + white * 0.4
    zenith = grey * (0.75 * (1 - cover) + 0.26 * cover) + _NIGHT_GLOW_RGB  # single clouds shine, a dome is dim
    x, y, z = g.xyz(direction)
    height = g.math("ADD", g.math("MAXIMUM", z, 0.0), 0.12)
    plane = g.vector(g.math("DIVIDE", x, height), g.math("DIVIDE", y, height), sky.sun_azimuth_rad + 10 * cover)
    billows = g.noise(plane, _CLOUD_BASE, detail=4.0)
    mask = g.ramp(billows, 0.72 - 0.62 * cover, 0.80 - 0.5 * cover)
    mask = g.mix(g.ramp(z, 0.02, 0.25), cover, mask)  # far away clouds merge into haze
    mask = _sun_behind(g, sky, direction, mask)
    shade = g.math("MULTIPLY", g.ramp(z, 0.0, 1.0, 1 / 3, 1.0, smooth=False), g.ramp(billows, 0.3, 0.75, 1.15, 0.75))
    return g.mix_color(mask, clear, g.brightened(tuple(zenith), shade))


def _sun_behind(g: Graph, sky: PhysicalSky, direction: Socket, mask: Socket) -> Socket:
    """The mask with the sun's disc dimmed by the cover itself, not by whether a cloud happens to stand before it."""
    elevation, azimuth = sky.sun_elevation_rad, sky.sun_azimuth_rad
    sun = (math.cos(elevation) * math.cos(azimuth), math.cos(elevation) * math.sin(azimuth), math.sin(elevation))
    near = g.ramp(g.vector_math("DOT_PRODUCT", direction, sun), math.cos(sky.sun_size_rad * 2), math.cos(sky.sun_size_rad))
    return g.mix(near, mask, sky.cloud_cover)
