"""What every actor in the registry must keep: written once, run over all of them, so that a new actor needs no test of its own for it."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from generator.actor import Actor, actor_kinds, make_actor
from generator.mesh import Mesh
from generator.picture import picture_of
from generator.streams import Stream

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = {kind: cls for kind, cls in actor_kinds().items() if cls.__module__.startswith("scenes.")}  # not the actors of other tests
KINDS = list(SHIPPED)
VARIANTS = 3  # besides the defaults
MOST_TRIANGLES = 60_000

HASH_ALL = """
import sys
sys.path.insert(0, {tests!r})
from test_contract import SHIPPED, digest
for kind, cls in SHIPPED.items():
    print(kind, digest(cls().build()))
"""


def digest(mesh: Mesh) -> str:
    """A hash over all that a mesh is."""
    parts = hashlib.sha256()
    for array in (mesh.vertices, mesh.faces, mesh.slots, mesh.smooth, *([] if mesh.uv is None else [mesh.uv])):
        parts.update(f"{array.dtype}{array.shape}".encode() + array.tobytes())
    parts.update("".join(m.model_dump_json() for m in mesh.materials).encode())
    return parts.hexdigest()


def drawn(schema: dict[str, Any], definitions: dict[str, Any], stream: Stream) -> Any:
    """A value that a JSON Schema allows, or None where it does not say enough to draw one (the field then keeps its default)."""
    if "$ref" in schema:
        schema = definitions[schema["$ref"].split("/")[-1]]
    if "anyOf" in schema:
        options = [option for option in schema["anyOf"] if option.get("type") != "null"]
        return drawn(options[stream.child("option").integer(len(options))], definitions, stream.child("of"))
    if "enum" in schema:
        return schema["enum"][stream.integer(len(schema["enum"]))]
    kind = schema.get("type")
    if kind == "boolean":
        return stream.uniform() < 0.5
    low, high = schema.get("minimum", schema.get("exclusiveMinimum")), schema.get("maximum", schema.get("exclusiveMaximum"))
    if kind in {"number", "integer"} and low is not None and high is not None:
        value = low + (high - low) * (0.02 + 0.96 * stream.uniform())
        return value if kind == "number" else round(value)
    if kind == "object" and "properties" in schema:
        return drawn_fields(schema, definitions, stream)
    return None


def drawn_fields(schema: dict[str, Any], definitions: dict[str, Any], stream: Stream) -> dict[str, Any]:
    values = {}
    for name, field in schema["properties"].items():
        value = drawn(field, definitions, stream.child(name)) if name != "kind" and stream.child(name, "use").uniform() < 0.6 else None
        if value is not None:
            values[name] = value
    return values


@cache
def actors(kind: str) -> tuple[Actor, ...]:
    """The actor with its defaults and a few others that its schema allows; combinations that its own validators refuse are drawn anew."""
    cls = actor_kinds()[kind]
    schema = cls.model_json_schema()
    found: list[Actor] = [cls()]
    for attempt in range(40 * VARIANTS):
        if len(found) > VARIANTS:
            break
        values = drawn_fields(schema, schema.get("$defs", {}), Stream.root("contract", kind, attempt))
        try:
            found.append(make_actor({"kind": kind, **values, "variant": attempt}))
        except ValidationError:
            continue
    return tuple(found)


@cache
def meshes(kind: str) -> tuple[Mesh, ...]:
    return tuple(actor.build() for actor in actors(kind))


@lru_cache(maxsize=1)
def digests_elsewhere() -> dict[str, str]:
    """Of every actor's default mesh, built by another process with another hash seed."""
    code = HASH_ALL.format(tests=str(Path(__file__).parent))
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "12345"}
    out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    return dict(line.split() for line in out.splitlines())


@pytest.mark.parametrize("kind", KINDS)
def test_says_what_it_is(kind: str) -> None:
    cls = actor_kinds()[kind]
    assert cls.__doc__
    assert cls.__doc__ != Actor.__doc__
    assert cls.semantic
    assert len(actors(kind)) == VARIANTS + 1, "its validators refuse nearly everything that its schema allows"
    for actor in actors(kind):
        assert make_actor(json.loads(actor.model_dump_json())) == actor
        hash(actor)


@pytest.mark.parametrize("kind", KINDS)
def test_mesh_is_sound(kind: str) -> None:
    for actor, mesh in zip(actors(kind), meshes(kind), strict=True):
        assert mesh.vertices.dtype == np.float32, actor
        assert mesh.faces.dtype == np.int32, actor
        assert len(mesh.faces) < MOST_TRIANGLES, actor
        if actor.ground and not len(mesh.faces):
            continue  # a layout may leave a surface out
        assert len(mesh.faces), actor
        assert np.isfinite(mesh.vertices).all(), actor
        assert mesh.faces.min() >= 0, actor
        assert mesh.faces.max() < len(mesh.vertices), actor
        a, b, c = mesh.faces.T
        assert ((a != b) & (b != c) & (a != c)).all(), f"{actor} has a face with two equal corners"
        assert len(mesh.slots) == len(mesh.smooth) == len(mesh.faces), actor
        assert mesh.slots.min() >= 0, actor
        assert mesh.slots.max() < len(mesh.materials), actor


@pytest.mark.parametrize("kind", KINDS)
def test_materials_are_physical(kind: str) -> None:
    for mesh in meshes(kind):
        for material in mesh.materials:
            shares = (
                *material.color,
                *(material.color2 or ()),
                material.roughness,
                material.metallic,
                material.coat,
                material.transmission,
            )
            assert all(0 <= share <= 1 for share in shares), material
            assert 0 <= material.variation <= 1, material
            assert 0 <= material.dirt <= 1, material
            assert material.texture_scale_m > 0, material
            assert material.emission_w_m2 >= 0, material


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_exist_and_have_a_place(kind: str) -> None:
    for actor, mesh in zip(actors(kind), meshes(kind), strict=True):
        for slot, material in enumerate(mesh.materials):
            if not material.picture:
                continue
            picture_of(material.picture)  # or it says what is wrong
            assert mesh.uv is not None, f"{actor} has a picture and no uv"
            assert mesh.uv.shape == (len(mesh.faces), 3, 2)
            worn = mesh.uv[mesh.slots == slot]
            assert np.isfinite(worn).all(), actor
            assert np.ptp(worn.reshape(-1, 2), axis=0).min() > 0.01, f"{actor}: the picture is smeared"


@pytest.mark.parametrize("kind", KINDS)
def test_size_agrees_with_the_mesh(kind: str) -> None:
    """The box stands on the origin, centred; what hangs need not touch the ground; ground actors lie inside the box of the whole plan."""
    for actor, mesh in zip(actors(kind), meshes(kind), strict=True):
        size, (low, high) = np.array(actor.size_m()), mesh.bounds_m()
        tolerance = np.maximum(0.02 * size, 0.02)
        box_low, box_high = np.array([-size[0] / 2, -size[1] / 2, 0.0]), np.array([size[0] / 2, size[1] / 2, size[2]])
        assert (high <= box_high + tolerance).all(), f"{actor}: mesh {low} {high} reaches out of {box_low} {box_high}"
        if actor.ground:
            assert (low[:2] >= box_low[:2] - tolerance[:2]).all(), actor
            continue
        assert (low >= box_low - tolerance).all(), f"{actor}: mesh {low} {high} reaches out of {box_low} {box_high}"
        if actor.attached:
            continue  # in the frame of what it sits on
        assert (high >= box_high - tolerance).all(), f"{actor}: mesh {low} {high} does not fill {box_low} {box_high}"
        assert (low <= box_low + tolerance)[:2].all(), f"{actor}: mesh {low} {high} does not fill {box_low} {box_high}"


@pytest.mark.parametrize("kind", KINDS)
def test_same_values_same_mesh(kind: str) -> None:
    again = make_actor(json.loads(actors(kind)[-1].model_dump_json()))
    assert digest(again.build()) == digest(meshes(kind)[-1])
    assert digests_elsewhere()[kind] == digest(meshes(kind)[0])


@pytest.mark.parametrize("kind", KINDS)
def test_strips_and_lights_are_finite(kind: str) -> None:
    for actor in actors(kind):
        for name, strip in actor.strips().items():
            assert strip.points.shape[1] == 3, name
            assert len(strip.points) >= 2, name
            assert np.isfinite(strip.points).all(), name
            assert strip.width_m > 0, name
            assert (np.linalg.norm(np.diff(strip.points, axis=0), axis=1) > 1e-6).all(), f"{kind}: strip {name} has a point twice"
        for lamp in actor.lights():
            assert np.isfinite(lamp.position_m).all()
            assert lamp.power_w >= 0


@pytest.mark.parametrize("kind", KINDS)
def test_closed_parts_look_outwards(kind: str) -> None:
    """Parts whose every edge joins two faces of opposite sense have a positive volume."""
    for mesh in meshes(kind)[:2]:
        volumes = closed_volumes(mesh)
        assert (volumes > -1e-7).all(), f"{kind}: {(volumes <= -1e-7).sum()} of {len(volumes)} closed parts are inside out"


def closed_volumes(mesh: Mesh) -> np.ndarray:
    """Signed volumes of the closed connected parts, cubic metres."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    faces, count = mesh.faces.astype(np.int64), len(mesh.vertices)
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    graph = coo_array((np.ones(len(edges), np.int8), (edges[:, 0], edges[:, 1])), shape=(count, count))
    parts, label = connected_components(graph, directed=False)
    forward, backward = edges[:, 0] * count + edges[:, 1], edges[:, 1] * count + edges[:, 0]
    known, times = np.unique(forward, return_counts=True)
    paired = np.isin(forward, backward) & (times[np.searchsorted(known, forward)] == 1)
    is_closed = np.bincount(label[edges[:, 0]], ~paired, parts) == 0
    # About each part's own first corner, so that float error does not grow with the distance from the origin.
    first = np.zeros((parts, 3))
    first[label[::-1]] = mesh.vertices[::-1]
    a, b, c = (mesh.vertices[faces[:, k]].astype(float) - first[label[faces[:, 0]]] for k in range(3))
    volume = np.bincount(label[faces[:, 0]], np.einsum("ij,ij->i", a, np.cross(b, c)) / 6, parts)
    return volume[is_closed & (np.bincount(label[faces[:, 0]], minlength=parts) > 0)]
