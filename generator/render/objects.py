"""Objects of a scene as Blender objects: equal actors share one mesh, positions and index come from the spec."""

from __future__ import annotations

from collections.abc import Iterable

import bpy
import numpy as np
from mathutils import Quaternion

from generator.actor import Actor
from generator.build import actor_key, actor_of, mesh_key, mesh_of
from generator.mesh import Mesh
from generator.render.images import UV_MAP
from generator.render.materials import Palette
from generator.spec import LampSpec, ObjectSpec, SceneSpec


def add_objects(scene: bpy.types.Scene, spec: SceneSpec, palette: Palette) -> dict[int, bpy.types.Object]:
    """Every object of the spec, by id. Objects without faces leave nothing in the scene."""
    meshes: dict[bytes, bpy.types.Mesh | None] = {}
    placed = {}
    for thing in spec.objects:
        key = mesh_key(spec.camera, thing)
        if key not in meshes:
            meshes[key] = blender_mesh(f"mesh{len(meshes)}", mesh_of(key), palette)
        data = meshes[key]
        if data is not None:
            placed[thing.id] = _place(scene, thing, data, palette)
    return placed


def actors_lamps(objects: Iterable[ObjectSpec]) -> Iterable[tuple[ObjectSpec, LampSpec]]:
    """The lamps that the objects carry, each in its object's frame."""
    for spec in objects:
        actor: Actor = actor_of(actor_key(spec.actor))
        for lamp in actor.lights():
            yield spec, lamp


def blender_mesh(name: str, mesh: Mesh, palette: Palette) -> bpy.types.Mesh | None:
    """The same triangles as a Blender mesh, without edges, which no render needs; None when there are none."""
    count = len(mesh.faces)
    if count == 0:
        return None
    vertices, faces, flat = shading_split(mesh)
    data = bpy.data.meshes.new(name)
    data.vertices.add(len(vertices))
    data.attributes["position"].data.foreach_set("vector", vertices.ravel())
    data.loops.add(3 * count)
    data.polygons.add(count)
    data.polygons.foreach_set("loop_start", np.arange(0, 3 * count, 3, dtype=np.int32))
    corners = data.attributes[".corner_vert"]  # what loops[i].vertex_index reads and writes, a thousand times faster
    corners.data.foreach_set("value", faces.ravel())
    for material in mesh.materials:
        data.materials.append(palette.material(material))
    if mesh.slots.any():
        slots = data.attributes.new("material_index", "INT", "FACE")
        slots.data.foreach_set("value", mesh.slots.astype(np.int32))
    if mesh.uv is not None:
        data.attributes.new(UV_MAP, "FLOAT2", "CORNER").data.foreach_set("vector", np.ascontiguousarray(mesh.uv, np.float32).ravel())
    if flat:
        sharp = data.attributes.new("sharp_face", "BOOLEAN", "FACE")
        sharp.data.foreach_set("value", np.ones(count, bool))
    data.update()
    return data


def shading_split(mesh: Mesh) -> tuple[np.ndarray, np.ndarray, bool]:
    """Vertices (V, 3) float32 and faces (F, 3) int32 of the same triangles in the same order, and whether all are flat.

    Where flat and smooth faces meet in one mesh, each flat one gets three vertices of its own and so a vertex normal of its own:
    of a mesh that is all smooth Blender has normals by vertex, of a mixed one by corner, which takes ten times as long.
    """
    vertices, faces = np.ascontiguousarray(mesh.vertices, np.float32), np.ascontiguousarray(mesh.faces, np.int32)
    if not mesh.smooth.any():
        return vertices, faces, True
    if mesh.smooth.all():
        return vertices, faces, False
    flat = np.flatnonzero(~mesh.smooth)
    corners = vertices[faces[flat]].reshape(-1, 3)
    used = np.zeros(len(vertices), bool)
    used[faces[mesh.smooth]] = True
    split = (np.cumsum(used, dtype=np.int32) - 1)[faces]
    split[flat] = np.count_nonzero(used) + np.arange(3 * len(flat), dtype=np.int32).reshape(-1, 3)
    return np.concatenate([vertices[used], corners]), split, False


def _place(scene: bpy.types.Scene, spec: ObjectSpec, data: bpy.types.Mesh, palette: Palette) -> bpy.types.Object:
    placed = bpy.data.objects.new(f"object{spec.id}", data)
    placed.pass_index = spec.id
    placed.location = spec.pose.position_m
    placed.rotation_mode = "QUATERNION"
    placed.rotation_quaternion = Quaternion(spec.pose.rotation_wxyz)
    placed.cycles.use_deform_motion = False
    if spec.surfaces:
        for i, slot in enumerate(placed.material_slots):
            slot.link = "OBJECT"
            slot.material = palette.material(spec.surfaces[i % len(spec.surfaces)])
    scene.collection.objects.link(placed)
    return placed
