"""An independent answer to what a camera sees: Embree against the scene's triangles, rays from OpenCV, rotations from scipy.

It shares nothing with the renderer, and with the library only the meshes. `cast(spec)` is the whole interface.
"""

from __future__ import annotations

import cv2
import numpy as np
from embreex.mesh_construction import TriangleMesh
from embreex.rtcore_scene import EmbreeScene
from scipy.spatial.transform import Rotation

from generator.build import mesh_key, mesh_of
from generator.spec import CameraSpec, ObjectSpec, SceneSpec


def cast(spec: SceneSpec) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What a straight ray through each pixel's centre hits first, between the near and the far plane.

    index: (H, W) int32, id of the object, 0 where there is none.
    depth_m: (H, W) float32, z along the optical axis, inf where there is nothing.
    normal: (H, W, 3) float32, unit GEOMETRIC normal of the triangle (no smooth shading), OpenCV camera frame, towards the
        camera, 0 where there is nothing.
    """
    camera = spec.camera
    shape = (camera.height, camera.width)
    triangles, owner = _triangles(spec)
    if not len(triangles):
        return np.zeros(shape, np.int32), np.full(shape, np.inf, np.float32), np.zeros((*shape, 3), np.float32)
    scene = EmbreeScene(robust=True)
    TriangleMesh(scene, triangles.astype(np.float32))
    directions = _directions(camera)
    origins = directions * camera.near_m  # z = 1 along a direction, so distances along it are depths
    found = scene.run(origins.astype(np.float32), directions.astype(np.float32), output=True)
    depth = camera.near_m + found["tfar"].astype(float)
    hit = (found["primID"] >= 0) & (depth <= camera.far_m)
    corners = triangles[np.where(hit, found["primID"], 0)]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-300)
    normal *= np.where((normal * directions).sum(1, keepdims=True) > 0, -1.0, 1.0)
    return (
        np.where(hit, owner[np.where(hit, found["primID"], 0)], 0).astype(np.int32).reshape(shape),
        np.where(hit, depth, np.inf).astype(np.float32).reshape(shape),
        np.where(hit[:, None], normal, 0.0).astype(np.float32).reshape(*shape, 3),
    )


def _directions(camera: CameraSpec) -> np.ndarray:
    """(H * W, 3) float64 with z = 1; OpenCV's pixel centres are integers, ours are at + 0.5."""
    u, v = np.meshgrid(np.arange(camera.width, dtype=float), np.arange(camera.height, dtype=float))
    matrix = np.array([[camera.fx, 0, camera.cx - 0.5], [0, camera.fy, camera.cy - 0.5], [0, 0, 1]])
    pixels = np.stack([u.ravel(), v.ravel()], axis=1)[:, None, :]
    criteria = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 100, 1e-12)
    straight = cv2.undistortPoints(pixels, matrix, np.array(camera.distortion), criteria=criteria)[:, 0]
    return np.concatenate([straight, np.ones((len(straight), 1))], axis=1)


def _triangles(spec: SceneSpec) -> tuple[np.ndarray, np.ndarray]:
    """((F, 3, 3) float64 corners in the camera frame, (F,) ids of their objects) of the whole scene."""
    parts = [_object_triangles(spec.camera, obj) for obj in spec.objects]
    ids = [np.full(len(part), obj.id) for part, obj in zip(parts, spec.objects, strict=True)]
    return (np.concatenate(parts), np.concatenate(ids)) if parts else (np.zeros((0, 3, 3)), np.zeros(0, int))


def _object_triangles(camera: CameraSpec, obj: ObjectSpec) -> np.ndarray:
    mesh = mesh_of(mesh_key(camera, obj))
    world = _rotation(obj.pose.rotation_wxyz).apply(mesh.vertices.astype(float)) + obj.pose.position_m
    seen = _rotation(camera.rotation_wxyz).inv().apply(world - np.asarray(camera.position_m))
    return seen[mesh.faces]


def _rotation(wxyz: tuple[float, float, float, float]) -> Rotation:
    return Rotation.from_quat(wxyz, scalar_first=True)
