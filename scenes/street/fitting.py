"""Moving a mesh of random detail to the size that its actor promises."""

from __future__ import annotations

import numpy as np

from generator.geometry import Vector
from generator.mesh import Mesh


def fitted(mesh: Mesh, size_m: Vector) -> Mesh:
    """The mesh with its bounds moved exactly to `size_m`, standing on the ground; it changes by a few centimetres."""
    low, high = mesh.bounds_m()
    scale = np.array(size_m) / (high - low)
    middle = np.array([(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]])
    return mesh.moved(tuple(-middle * scale), scale=tuple(scale))
