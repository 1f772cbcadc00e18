"""The truth of one image: from what was rendered and where everything stands to labelled instances.

Shapes: H, W the image. What is visible is read from the frame's index, so that nothing hidden behind an unlabelled thing is
labelled as visible; what would be visible alone is cast against each object's own mesh.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import find_objects

from generator.build import mesh_key, mesh_of
from generator.camera import camera_from_world, project
from generator.errors import ConfigError
from generator.frame import Frame, Instance, Labels
from generator.geometry import box_in_world, rotation_matrix
from generator.labels.silhouette import View, silhouette, view_of
from generator.settings import OutputSettings
from generator.spec import CameraSpec, ObjectSpec, SceneSpec

Box = tuple[int, int, int, int]

# The frame may show pixels that the rays miss by more than a tie on an edge, between triangles that only nearly meet. So many are
# taken into the amodal mask; more of them mean that frame and geometry disagree, which `checks.check` then reports.
EDGE_PIXELS, EDGE_SHARE = 4, 0.01


def annotate(spec: SceneSpec, frame: Frame, semantic_classes: tuple[str, ...], settings: OutputSettings) -> Labels:
    """The labels of `frame`, a render of `spec`.

    An object becomes an instance when it has a category and at least `settings.min_visible_px` visible pixels.
    Raises ConfigError when an object's semantic class is not in `semantic_classes`.
    """
    view = view_of(spec.camera)
    regions = dict(enumerate(find_objects(frame.index), start=1))
    instances = []
    for obj in sorted(spec.objects, key=lambda o: o.id):
        region = regions.get(obj.id)
        if obj.category is None or region is None:
            continue
        if np.count_nonzero(frame.index[region] == obj.id) >= settings.min_visible_px:
            instances.append(_instance(view, obj, frame.index))
    return Labels(
        instances=tuple(instances),
        index=frame.index,
        semantic=semantic_map(spec, frame.index, semantic_classes),
        semantic_classes=semantic_classes,
        depth_m=frame.depth_m,
        normal=frame.normal,
    )


def semantic_map(spec: SceneSpec, index: np.ndarray, classes: tuple[str, ...]) -> np.ndarray:
    """(H, W) uint8 positions in `classes` of the semantic class of every pixel's object; 0 ("sky") where there is none."""
    position = {name: i for i, name in enumerate(classes)}
    table = np.zeros(max(int(index.max()), max((o.id for o in spec.objects), default=0)) + 1, np.uint8)
    for obj in spec.objects:
        if obj.semantic not in position:
            raise ConfigError(f"object {obj.name!r} has the semantic class {obj.semantic!r}; this dataset has {', '.join(classes)}")
        table[obj.id] = position[obj.semantic]
    return table[index]


def tight_box(mask: np.ndarray) -> Box:
    """(x, y, w, h) of the tightest half-open box around the true pixels of (H, W) `mask`; all 0 when there are none."""
    columns, rows = np.flatnonzero(mask.any(0)), np.flatnonzero(mask.any(1))
    if not len(columns):
        return (0, 0, 0, 0)
    x, y = int(columns[0]), int(rows[0])
    return (x, y, int(columns[-1]) - x + 1, int(rows[-1]) - y + 1)


def camera_from_object(camera: CameraSpec, obj: ObjectSpec) -> np.ndarray:
    """(4, 4) float64 pose of the object's frame in the camera's."""
    world_from_camera, world_from_object = rotation_matrix(camera.rotation_wxyz), rotation_matrix(obj.pose.rotation_wxyz)
    pose = np.eye(4)
    pose[:3, :3] = world_from_camera.T @ world_from_object
    pose[:3, 3] = camera_from_world(camera, np.array([obj.pose.position_m]))[0]
    return pose


def _instance(view: View, obj: ObjectSpec, index: np.ndarray) -> Instance:
    pose = camera_from_object(view.camera, obj)
    mesh = mesh_of(mesh_key(view.camera, obj))
    visible = index == obj.id
    alone = silhouette(view, mesh.vertices @ pose[:3, :3].T + pose[:3, 3], mesh.faces, visible)
    amodal = _with_edges(alone.mask, visible)
    amodal_px = int(np.count_nonzero(amodal))
    corners = camera_from_world(view.camera, box_in_world(obj.size_m, obj.pose.position_m, obj.pose.rotation_wxyz))
    return Instance(
        object_id=obj.id,
        name=obj.name,
        category=obj.category or "",
        visible=visible,
        amodal=amodal,
        box=tight_box(visible),
        amodal_box=tight_box(amodal),
        visible_ratio=int(np.count_nonzero(visible)) / max(amodal_px, 1),
        truncation=alone.outside_px / max(amodal_px + alone.outside_px, 1.0),
        camera_from_object=pose,
        size_m=obj.size_m,
        box_3d_pixels=project(view.camera, corners),
        distance_m=float(np.linalg.norm(corners.mean(0))),
        tags=obj.tags,
    )


def _with_edges(alone: np.ndarray, visible: np.ndarray) -> np.ndarray:
    """The amodal mask with the visible edge pixels that the rays missed, as long as these are few."""
    missed = int(np.count_nonzero(visible & ~alone))
    few = max(EDGE_PIXELS, EDGE_SHARE * int(np.count_nonzero(visible)))
    return alone | visible if missed <= few else alone
