"""Blender as a function from a SceneSpec to a Frame. Lives in the main thread of a process of its own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import bpy
import numpy as np

from generator.errors import RenderError
from generator.frame import Frame
from generator.render import engine, fog, lamps, lens, motion, objects, passes, sky
from generator.render.devices import use_device
from generator.render.materials import Palette
from generator.render.opengl import opengl_renderer
from generator.settings import RenderSettings
from generator.spec import SceneSpec

_PALETTE = Palette()  # like Blender's data, it belongs to the process


class Blender:
    """Renders scenes one after the other; what one scene leaves behind never shows in the next."""

    def __init__(self, settings: RenderSettings, scratch: Path) -> None:
        """`scratch` is an existing folder, best on a RAM disk, for the passes of one image. Raises DeviceError, RenderError."""
        if not scratch.is_dir():
            raise RenderError(f"the scratch folder {scratch} does not exist; make it, or choose another")
        self.settings = settings
        self.version: str = bpy.app.version_string
        _forget_everything()
        device = use_device(settings.device)
        self.device = device.backend if device.backend == "cpu" else f"{device.backend} ({device.name})"
        self._backend = device.backend
        if settings.engine == "eevee":
            self.device = f"opengl ({opengl_renderer()})"
        self._picture = scratch / "picture.exr"
        self._labels = scratch / "labels.exr"

    def render(self, spec: SceneSpec) -> Frame:
        """One scene. Raises RenderError, AssetError."""
        seconds: dict[str, float] = {}
        engine.check(self.settings, spec.camera, self._backend)
        with _timed(seconds, "build"):
            scene = self._build(spec)
        exposure = engine.Exposure(max(float(sky.white_ground_rgb(spec.world.sky).mean()), 1e-4))
        with _timed(seconds, "rgb"):
            seed = engine.picture_seed(spec.seed, spec.draw)
            engine.for_picture(scene, self.settings, spec.camera, seed, exposure)
            lens.set_aperture(scene.camera.data, spec.camera, spec.camera.f_number)
            engine.run(scene, self._picture)
        with _timed(seconds, "labels"):
            engine.for_labels(scene)
            lens.set_aperture(scene.camera.data, spec.camera, 0.0)
            engine.run(scene, self._labels)
        with _timed(seconds, "read"):
            film = 1.0 if self.settings.engine == "eevee" else exposure.white  # EEVEE's film has no exposure
            rgb = passes.rgb_of(passes.read_channels(self._picture)) * np.float32(film)
            index, depth_m, normal = passes.labels_of(passes.read_channels(self._labels), spec.camera)
        return Frame(rgb=rgb, index=index, depth_m=depth_m, normal=normal, seconds=seconds)

    def _build(self, spec: SceneSpec) -> bpy.types.Scene:
        scene = _emptied_scene()
        engine.prepare(scene, self.settings, self._backend != "cpu")
        _PALETTE.begin(scene, spec.world.wetness)
        placed = objects.add_objects(scene, spec, _PALETTE)
        for i, (carrier, lamp) in enumerate(objects.actors_lamps(spec.objects)):
            light = lamps.add_lamp(scene, f"carried{i}", lamp, carrier.pose)
            motion.move(light, carrier.velocity_m_s, spec.camera.shutter_s)
        for i, lamp in enumerate(spec.world.lamps):
            lamps.add_lamp(scene, f"lamp{i}", lamp)
        sky.add_sky(scene, spec.world.sky)
        fog.add_fog(scene, spec.world.fog_per_m, spec.camera)
        camera = lens.add_camera(scene, spec.camera)
        motion.move(camera, spec.camera.velocity_m_s, spec.camera.shutter_s)
        for thing in spec.objects:
            if thing.id in placed:
                motion.move(placed[thing.id], thing.velocity_m_s, spec.camera.shutter_s)
        return scene


@contextmanager
def _timed(seconds: dict[str, float], stage: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds[stage] = time.perf_counter() - start


def _forget_everything() -> None:
    """Blender's start-up file without its cube; preferences (the device) stay, unlike with read_factory_settings."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    _PALETTE.forget()


def _emptied_scene() -> bpy.types.Scene:
    """The one scene of the process, empty; of the last image only materials, node groups and images are left, unused.

    Never a new one: of a removed scene Blender 5.2 keeps the buffers of its last render, 36 bytes a pixel, mostly for good.
    """
    data = bpy.data
    scene = data.scenes[0]
    engine.forget(scene)
    kinds = (data.objects, data.meshes, data.lights, data.cameras, data.worlds, data.actions)
    data.batch_remove([block for kind in kinds for block in kind])
    return scene
