"""Engine settings: what the picture is rendered with, and the one-sample label render that follows it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import bpy

from generator.errors import RenderError
from generator.render.fog import FOG, SCATTERINGS
from generator.render.nodes import Graph
from generator.settings import RenderSettings
from generator.spec import CameraSpec
from generator.streams import Stream

EEVEE = "BLENDER_EEVEE"
OSL_BACKENDS = ("cpu", "optix")


@dataclass(frozen=True)
class Exposure:
    """What the engine takes for white. Cycles' thresholds for noise and fireflies are absolute; this makes them relative."""

    white: float  # radiance, W / m2 / sr


def forget(scene: bpy.types.Scene) -> None:
    """Has the engine let go of the last image, so that the next one is exported from nothing."""
    scene.render.engine = "CYCLES"  # choosing an engine, be it the same, throws away what it keeps between the renders of a scene
    scene.view_layers[0].material_override = None


def prepare(scene: bpy.types.Scene, settings: RenderSettings, on_gpu: bool) -> None:
    """Everything that both renders share."""
    render = scene.render
    render.use_persistent_data = True
    render.threads_mode = "FIXED" if settings.threads else "AUTO"
    render.threads = settings.threads or render.threads
    render.use_compositing = render.use_sequencer = False
    render.motion_blur_position = "CENTER"
    render.motion_blur_shutter = 1.0
    render.image_settings.media_type = "MULTI_LAYER_IMAGE"
    render.image_settings.file_format = "OPEN_EXR_MULTILAYER"
    render.image_settings.color_depth = "32"
    render.image_settings.exr_codec = "NONE"
    scene.frame_set(1)
    cycles = scene.cycles
    cycles.device = "GPU" if on_gpu else "CPU"
    cycles.use_auto_tile = False
    cycles.max_bounces = settings.max_bounces
    cycles.diffuse_bounces = cycles.glossy_bounces = cycles.transmission_bounces = settings.max_bounces
    cycles.volume_bounces = SCATTERINGS
    cycles.caustics_reflective = cycles.caustics_refractive = settings.caustics
    cycles.blur_glossy = 1.0
    cycles.denoiser = "OPENIMAGEDENOISE"
    cycles.denoising_input_passes = "RGB_ALBEDO_NORMAL"
    cycles.denoising_use_gpu = on_gpu


def for_picture(scene: bpy.types.Scene, settings: RenderSettings, camera: CameraSpec, seed: int, exposure: Exposure) -> None:
    """The RGB render: all samples, motion blur while the shutter is open."""
    _use_engine(scene, "CYCLES" if settings.engine == "cycles" else EEVEE)
    scene.render.use_motion_blur = camera.shutter_s > 0
    cycles = scene.cycles
    cycles.seed = seed
    cycles.samples = settings.samples
    cycles.use_adaptive_sampling = settings.adaptive_threshold > 0
    cycles.adaptive_threshold = settings.adaptive_threshold
    cycles.use_denoising = settings.denoise
    cycles.denoising_prefilter = settings.denoise_prefilter.upper()
    cycles.film_exposure = 1.0 / exposure.white
    cycles.sample_clamp_indirect = settings.clamp_indirect * exposure.white
    scene.eevee.taa_render_samples = settings.samples
    _passes(scene, labels=False)


def for_labels(scene: bpy.types.Scene) -> None:
    """The label render: one straight ray through each pixel's centre, everything at mid-shutter, nothing shaded.

    Without lights, sky and textures it costs a quarter, and bumps do not show in the normals.
    """
    _use_engine(scene, "CYCLES")
    scene.render.use_motion_blur = False
    scene.cycles.samples = 1
    scene.cycles.use_adaptive_sampling = False
    scene.cycles.use_denoising = False
    scene.cycles.max_bounces = 0
    scene.world = None
    for placed in scene.objects:
        if placed.type == "LIGHT" or placed.name == FOG:  # touching the others would export them again
            placed.hide_render = True
    scene.view_layers[0].material_override = _shadeless()
    _passes(scene, labels=True)


def _use_engine(scene: bpy.types.Scene, engine: str) -> None:
    """Chooses the engine, unless it is in use: that would be a `forget`."""
    if scene.render.engine != engine:
        scene.render.engine = engine


def _shadeless() -> bpy.types.Material:
    """The material "labels", made once."""
    material = bpy.data.materials.get("labels")
    if material is not None:
        return material
    material = bpy.data.materials.new("labels")
    material.cycles.emission_sampling = "NONE"
    material.node_tree.nodes.clear()
    g = Graph(material.node_tree)
    g.node("OutputMaterial", {"Surface": g.node("Emission", {}).outputs[0]})
    return material


def picture_seed(seed: int, draw: int) -> int:
    """The sampler's seed of a scene, 31 bits, from its name alone."""
    return Stream.root(seed, draw).child("render").integer(2**31 - 1)


def run(scene: bpy.types.Scene, path: Path) -> None:
    """Render into the EXR file `path`. Raises RenderError when Blender gives up or writes nothing."""
    path.unlink(missing_ok=True)  # a render that fails without a word must not leave the last image's passes
    scene.render.filepath = str(path)
    try:
        bpy.ops.render.render(write_still=True, scene=scene.name)
    except RuntimeError as error:
        raise RenderError(f"Blender could not render the scene: {error}") from error
    if not path.exists():
        raise RenderError(f"Blender wrote no passes to {path}; is that disk full, or read-only?")


def check(settings: RenderSettings, camera: CameraSpec, backend: str) -> None:
    """Raises RenderError for what the engine or the device cannot render."""
    if not any(camera.distortion):
        return
    if settings.engine == "eevee":
        raise RenderError("EEVEE has no camera with lens distortion; set render.engine=cycles, or the camera's distortion to zeros")
    if backend not in OSL_BACKENDS:
        raise RenderError(
            f"a camera with lens distortion is an OSL shader, which Cycles runs on {' and '.join(OSL_BACKENDS)}, not on {backend}; "
            "set render.device to one of these, or the camera's distortion to zeros"
        )


def _passes(scene: bpy.types.Scene, *, labels: bool) -> None:
    layer = scene.view_layers[0]
    layer.use_pass_object_index = layer.use_pass_z = layer.use_pass_normal = labels
