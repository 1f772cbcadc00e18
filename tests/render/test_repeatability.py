"""The same spec gives the same bits: again, after other scenes, on other threads, in another process; and memory stays flat."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import bpy
import numpy as np
import pytest

from generator.frame import Frame
from generator.mesh import Material
from generator.spec import CameraSpec, PhysicalSky, SceneSpec
from tests.render.small_scenes import blender, camera, clutter, scene, thing

ROOT = Path(__file__).parents[2]
GROWTH_LIMIT_MB = 30  # the allocator wanders by as much (396 to 427 MB over 240 images); one mesh kept an image would be 300

BLOCKS = ("scenes", "worlds", "objects", "meshes", "materials", "node_groups", "images", "lights", "cameras", "actions", "texts")


def street(seed: int) -> SceneSpec:
    """A little of everything that could remember: textures, sun, clouds, distortion, blur, fog."""
    view = camera(80, 60, 70.0, distortion=(-0.1, 0.0, 0.0, 0.0, 0.0), f_number=2.0, focus_distance_m=6.0, shutter_s=0.02)
    base = clutter(seed, view, count=12, fog_per_m=0.01, speed_m_s=5.0)
    textured = thing(100, "test_plane", (0.0, 0.0, 0.01), material=Material(texture="asphalt", weathered=True, bump=0.5))
    sky = PhysicalSky(sun_elevation_rad=0.5, sun_azimuth_rad=float(seed), cloud_cover=0.4)
    return scene([*base.objects, textured], view, sky, seed=seed, fog_per_m=0.01, wetness=0.5)


def digest(frame: Frame) -> str:
    return hashlib.sha256(
        b"".join(np.ascontiguousarray(a).tobytes() for a in (frame.rgb, frame.index, frame.depth_m, frame.normal))
    ).hexdigest()


def said_elsewhere(word: str, code: str) -> str:
    """What another process prints after `word`, with this file's names at hand."""
    code = f"from tests.render.test_repeatability import *; {code}"
    printed = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    (said,) = [line.split()[1] for line in printed.splitlines() if line.startswith(f"{word} ")]
    return said


def test_a_scene_is_the_same_again_after_others_and_in_another_process() -> None:
    first = digest(blender(8, denoise=True).render(street(0)))
    blender(8, denoise=True).render(scene([thing(1, "test_sphere", (5.0, 0.0, 1.5))], camera(96, 40, fy=50.0)))  # oblong pixels, clear air
    others = {digest(blender(8, denoise=True).render(street(seed))) for seed in (1, 2)}
    again = digest(blender(8, denoise=True).render(street(0)))
    threaded = digest(blender(8, denoise=True, threads=2).render(street(0)))
    elsewhere = said_elsewhere("digest", "print('digest', digest(blender(8, denoise=True).render(street(0))))")
    assert (again, threaded, elsewhere) == (first, first, first)
    assert first not in others
    assert len(others) == 2


def test_another_seed_or_index_has_other_noise() -> None:
    spec = street(0)
    frames = [blender(2).render(s).rgb for s in (spec, spec.model_copy(update={"index": 1}), spec.model_copy(update={"seed": 7}))]
    assert not np.array_equal(frames[0], frames[1])
    assert not np.array_equal(frames[0], frames[2])


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def growth_mb(view: CameraSpec, warm_up: int, images: int) -> float:
    """Of this process, by `images` scenes after `warm_up` of them."""
    for seed in range(warm_up):
        blender(1).render(clutter(seed, view, count=20))
    before = resident_mb()
    for seed in range(warm_up, warm_up + images):
        blender(1).render(clutter(seed, view, count=20))
    return resident_mb() - before


@pytest.mark.parametrize(("width", "warm_up", "images"), [(64, 20, 60), (640, 3, 15)])
def test_memory_stays_flat(width: int, warm_up: int, images: int) -> None:
    """In a process of its own, which no other test has filled. 15 label renders of 640 x 480 have 166 MB of passes."""
    code = f"print('growth', growth_mb(camera({width}, {width * 3 // 4}, {float(width)}), {warm_up}, {images}))"
    assert float(said_elsewhere("growth", code)) < GROWTH_LIMIT_MB


def test_what_a_scene_brought_along_is_gone_with_it() -> None:
    renderer = blender(1)
    renderer.render(street(0))
    before = {kind: len(getattr(bpy.data, kind)) for kind in BLOCKS}
    for _ in range(3):
        renderer.render(street(0))
    assert {kind: len(getattr(bpy.data, kind)) for kind in BLOCKS} == before
