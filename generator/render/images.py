"""Pictures as Blender images: painted by generator.picture, looked up by the mesh's uv. They last for one scene."""

from __future__ import annotations

import bpy
import numpy as np

from generator.picture import painted
from generator.render.nodes import Graph, Socket

UV_MAP = "uv"
_MARK = "picture "  # what the names of these images begin with


def picture_color(g: Graph, key: str) -> Socket:
    """The colour of the picture `key` at the surface's uv, linear RGB. Raises ConfigError for an unknown picture."""
    place = g.node("UVMap", {}, {"uv_map": UV_MAP}).outputs[0]
    return g.node("TexImage", {"Vector": place}, {"image": _image(key)}).outputs["Color"]


def pictures() -> list[bpy.types.Image]:
    """The images that show pictures, for removal."""
    return [image for image in bpy.data.images if image.name.startswith(_MARK)]


def _image(key: str) -> bpy.types.Image:
    """A Blender image of the picture; Blender's rows run upwards."""
    for image in pictures():
        if image["key"] == key:
            return image
    pixels = painted(key)
    height, width = pixels.shape[:2]
    rgba = np.ones((height, width, 4), np.float32)
    rgba[..., :3] = pixels[::-1] / np.float32(255)
    image = bpy.data.images.new(f"{_MARK}{len(bpy.data.images)}", width, height)
    image["key"] = key
    image.pixels.foreach_set(rgba.ravel())
    return image
