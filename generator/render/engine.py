"""Engine settings: what the picture is rendered with, and the one-sample label render that follows it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import bpy

from generator.render.nodes import Graph
from generator.settings import RenderSettings
from generator.spec import CameraSpec
from generator.streams import Stream

EEVEE = "BLENDER_EEVEE"


@dataclass(frozen=True)
class Exposure:
    """What the engine takes for white. Cycles' thresholds for noise and fireflies are absolute; this makes them relative."""

    white: float  # radiance, W / m2 / sr


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
    cycles.caustics_reflective = cycles.caustics_refractive = settings.caustics
    cycles.blur_glossy = 1.0
    cycles.denoiser = "OPENIMAGEDENOISE"
    cycles.denoising_input_passes = "RGB_ALBEDO_NORMAL"
    cycles.denoising_use_gpu = on_gpu


def for_picture(scene: bpy.types.Scene, settings: RenderSettings, camera: CameraSpec, seed: int, exposure: Exposure) -> None:
    """The RGB render: all samples, motion blur while the shutter is open."""
    scene.render.engine = "CYCLES" if settings.engine == "cycles" else EEVEE
    scene.render.use_motion_blur = camera.shutter_s > 0
    cycles = scene.cycles
    cycles.seed = seed
    cycles.samples = settings.samples
    cycles.use_adaptive_sampling = settings.adaptive_threshold > 0
    cycles.adaptive_threshold = settings.adaptive_threshold
    cycles.use_denoising = settings.denoise
    cycles.film_exposure = 1.0 / exposure.white
    cycles.sample_clamp_indirect = settings.clamp_indirect * exposure.white
    scene.eevee.taa_render_samples = settings.samples
    _passes(scene, labels=False)


def for_labels(scene: bpy.types.Scene) -> None:
    """The label render: one straight ray through each pixel's centre, everything at mid-shutter, nothing shaded.

    Without lights, sky and textures it costs a quarter, and bumps do not show in the normals.
    """
    scene.render.engine = "CYCLES"
    scene.render.use_motion_blur = False
    scene.cycles.samples = 1
    scene.cycles.use_adaptive_sampling = False
    scene.cycles.use_denoising = False
    scene.cycles.max_bounces = 0
    scene.world = None
    scene.view_layers[0].material_override = _shadeless()
    _passes(scene, labels=True)


def _shadeless() -> bpy.types.Material:
    material = bpy.data.materials.new("labels")
    material.cycles.emission_sampling = "NONE"
    material.node_tree.nodes.clear()
    g = Graph(material.node_tree)
    g.node("OutputMaterial", {"Surface": g.node("Emission", {}).outputs[0]})
    return material


def picture_seed(seed: int, index: int) -> int:
    """The sampler's seed of an image, 31 bits, from its name alone."""
    return Stream.root(seed, index).child("render").integer(2**31 - 1)


def run(scene: bpy.types.Scene, path: Path) -> None:
    """Render into the EXR file `path`."""
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True, scene=scene.name)


def _passes(scene: bpy.types.Scene, *, labels: bool) -> None:
    layer = scene.view_layers[0]
    layer.use_pass_object_index = layer.use_pass_z = layer.use_pass_normal = labels
