"""The spec's OpenCV camera as a Blender camera: its own perspective camera without distortion, an OSL camera with.

The only place that converts camera frames: Blender's cameras look along -z with y up.
"""

from __future__ import annotations

import hashlib
import tempfile
from functools import lru_cache
from importlib import import_module
from pathlib import Path

import bpy
import numpy as np
from mathutils import Matrix

from generator.camera import sight
from generator.errors import RenderError
from generator.geometry import rotation_matrix
from generator.spec import CameraSpec

_TINY_CLIP_M = 1e-6  # the least that Blender takes
_OSL_SOURCE = Path(__file__).with_name("brown_conrady.osl")


def add_camera(scene: bpy.types.Scene, spec: CameraSpec) -> bpy.types.Object:
    """The scene's camera and resolution, without depth of field (see `set_aperture`)."""
    data = bpy.data.cameras.new("camera")
    scene.render.pixel_aspect_x = scene.render.pixel_aspect_y = 1.0
    if any(spec.distortion):
        _distorted(data, spec)
    else:
        _pinhole(scene, data, spec)
    scene.render.resolution_x, scene.render.resolution_y = spec.width, spec.height
    scene.render.resolution_percentage = 100
    placed = bpy.data.objects.new("camera", data)
    placed.rotation_mode = "QUATERNION"
    turn = Matrix(rotation_matrix(spec.rotation_wxyz).tolist()) @ Matrix.Diagonal((1.0, -1.0, -1.0))
    placed.location = spec.position_m
    placed.rotation_quaternion = turn.to_quaternion()
    scene.collection.objects.link(placed)
    scene.camera = placed
    return placed


def set_aperture(data: bpy.types.Camera, spec: CameraSpec, f_number: float) -> None:
    """Depth of field of that f-number; 0 is a pinhole. The focal length is `fx` in real millimetres."""
    if data.type == "CUSTOM":
        radius = 0.0 if f_number <= 0 else focal_length_m(spec) / f_number / 2
        data.cycles_custom["aperture_radius"] = radius
        data.cycles_custom["focus_distance"] = float(spec.focus_distance_m)
        data.update_tag()
        return
    data.dof.use_dof = f_number > 0
    data.dof.focus_distance = spec.focus_distance_m
    data.dof.aperture_fstop = max(f_number, 0.1)


def focal_length_m(spec: CameraSpec) -> float:
    return spec.fx * spec.sensor_width_m / spec.width


def _pinhole(scene: bpy.types.Scene, data: bpy.types.Camera, spec: CameraSpec) -> None:
    """Perspective with square or oblong pixels and a shifted principal point; shifts are in image widths."""
    data.type = "PERSP"
    data.clip_start, data.clip_end = spec.near_m, spec.far_m
    data.sensor_fit = "HORIZONTAL"
    data.sensor_width = spec.sensor_width_m * 1000
    data.lens = focal_length_m(spec) * 1000
    aspect = spec.fx / spec.fy  # height of a pixel over its width
    scene.render.pixel_aspect_x = max(1.0, 1 / aspect)
    scene.render.pixel_aspect_y = max(1.0, aspect)
    data.shift_x = 0.5 - spec.cx / spec.width
    data.shift_y = (spec.cy - spec.height / 2) * aspect / spec.width


def _distorted(data: bpy.types.Camera, spec: CameraSpec) -> None:
    """Its clip distances count along the ray: the shader starts at the near plane, labels are cut at the far plane."""
    data.type = "CUSTOM"
    data.clip_start = _TINY_CLIP_M
    data.clip_end = spec.far_m * float(np.linalg.norm(sight(spec), axis=2).max())
    bytecode, digest = _compiled()
    names = ("k1", "k2", "p1", "p2", "k3")
    values = {"width": spec.width, "height": spec.height, "fx": spec.fx, "fy": spec.fy, "cx": spec.cx, "cy": spec.cy, "near": spec.near_m}
    for name, value in {**values, **dict(zip(names, spec.distortion, strict=True))}.items():
        data.cycles_custom[name] = float(value)
    data.custom_mode = "INTERNAL"
    data.custom_bytecode = bytecode
    data.custom_bytecode_hash = digest
    data.update_tag()


@lru_cache(maxsize=1)
def _compiled() -> tuple[str, str]:
    """The OSL camera's bytecode and its hash; compiled once a process."""
    _cycles = import_module("_cycles")  # Blender's own module, on the path once bpy is imported

    with tempfile.TemporaryDirectory() as folder:
        compiled = Path(folder) / "camera.oso"
        if not _cycles.osl_compile(str(_OSL_SOURCE), str(compiled)):
            raise RenderError(f"Blender could not compile its OSL camera {_OSL_SOURCE}; reinstall bpy")
        bytecode = compiled.read_text()
    return bytecode, hashlib.md5(bytecode.encode(), usedforsecurity=False).hexdigest()
