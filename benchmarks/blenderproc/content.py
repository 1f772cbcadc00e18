"""What both renderers can express of a SceneSpec, and its export to the files that side.py reads."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from generator.build import actor_key, actor_of, mesh_key, mesh_of
from generator.geometry import rotation_matrix
from generator.mesh import Material
from generator.settings import RenderSettings
from generator.spec import CameraSpec, ObjectSpec, PlainSky, SceneSpec, SensorSpec, WorldSpec

_SWITCHES = ("headlights", "lit", "brake_lights")  # fields that make actors shine


def plain(spec: SceneSpec) -> SceneSpec:
    """The scene in even surfaces under an even sky, through a pinhole; what still shines is left out."""
    dark = [
        thing.model_copy(update={"actor": {**thing.actor, **dict.fromkeys(_SWITCHES & thing.actor.keys(), False)}})
        for thing in spec.objects
    ]
    objects = [
        thing.model_copy(update={"surfaces": surfaces_of(spec.camera, thing)})
        for thing in dark
        if not actor_of(actor_key(thing.actor)).lights()
    ]
    camera = spec.camera.model_copy(update={"distortion": (0.0,) * 5, "f_number": 0.0, "shutter_s": 0.0})
    world = WorldSpec(sky=PlainSky(color=(0.6, 0.7, 0.9)))
    return spec.model_copy(update={"objects": tuple(objects), "camera": camera, "world": world, "sensor": SensorSpec()})


def surfaces_of(camera: CameraSpec, thing: ObjectSpec) -> tuple[Material, ...]:
    """Its mesh's own materials, or what the scene dressed it in, without texture, relief, dust, rain and glow."""
    materials = mesh_of(mesh_key(camera, thing)).materials
    worn = [thing.surfaces[i % len(thing.surfaces)] for i in range(len(materials))] if thing.surfaces else materials
    return tuple(
        Material(color=m.color, roughness=m.roughness, metallic=m.metallic, coat=m.coat, transmission=m.transmission) for m in worn
    )


def export(specs: Sequence[SceneSpec], categories: Sequence[str], settings: RenderSettings, folder: Path) -> None:
    """meshes/*.npz, scenes/NNN.json and settings.json in the new `folder`."""
    (folder / "meshes").mkdir(parents=True)
    (folder / "scenes").mkdir()
    names: dict[tuple[bytes, tuple[Material, ...]], str] = {}
    for spec in specs:
        items = [item for thing in spec.objects if (item := _item(spec.camera, thing, categories, names, folder / "meshes")) is not None]
        assert isinstance(spec.world.sky, PlainSky)
        scene = {"objects": items, "sky": spec.world.sky.model_dump(mode="json"), "camera": _camera(spec.camera)}
        (folder / "scenes" / f"{spec.index:03d}.json").write_text(json.dumps(scene))
    (folder / "settings.json").write_text(settings.model_dump_json())


def _item(
    camera: CameraSpec, thing: ObjectSpec, categories: Sequence[str], names: dict[tuple[bytes, tuple[Material, ...]], str], folder: Path
) -> Mapping[str, Any] | None:
    """One object; its mesh is written when it is new. Category 0 is what gets no annotation."""
    key = mesh_key(camera, thing)
    mesh = mesh_of(key)
    if not len(mesh.faces):
        return None
    if (key, thing.surfaces) not in names:
        name = names[(key, thing.surfaces)] = f"mesh{len(names)}"
        np.savez(folder / f"{name}.npz", vertices=mesh.vertices, faces=mesh.faces, slots=mesh.slots, smooth=mesh.smooth)
    return {
        "name": thing.name,
        "mesh": names[(key, thing.surfaces)],
        "surfaces": [surface.model_dump(mode="json") for surface in thing.surfaces],
        "world_from_object": _pose(thing.pose.rotation_wxyz, thing.pose.position_m),
        "category_id": 0 if thing.category is None else 1 + categories.index(thing.category),
    }


def _camera(camera: CameraSpec) -> Mapping[str, Any]:
    """BlenderProc counts pixel centres as integers, as OpenCV does; ours are at +0.5."""
    return {
        "width": camera.width,
        "height": camera.height,
        "K": [[camera.fx, 0, camera.cx - 0.5], [0, camera.fy, camera.cy - 0.5], [0, 0, 1]],
        "world_from_camera": _pose(camera.rotation_wxyz, camera.position_m),
    }


def _pose(rotation_wxyz: tuple[float, float, float, float], position_m: Sequence[float]) -> list[list[float]]:
    """The (4, 4) rigid transform as nested lists."""
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = rotation_matrix(rotation_wxyz), position_m
    rows: list[list[float]] = matrix.tolist()
    return rows
