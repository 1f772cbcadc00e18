"""What carries the cards: floors, table tops, and cloths with folds. All are ground at z = 0; a cloth's folds lie below it."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from generator.actor import Actor, register
from generator.geometry import Vector
from generator.mesh import Material, Mesh, merge
from scenes.cards.noise import bumps
from scenes.cards.surfaces import TILE_M, SurfaceName, SurfacePicture
from scenes.shapes import box, circle, loft, plate

_GLOSS: dict[SurfaceName, float] = {  # roughness where it is not varnished or worn
    "dark_wood": 0.4, "oak": 0.45, "planks": 0.45, "plain_wood": 0.3, "tiles": 0.35, "marble": 0.18, "leather": 0.5, "laminate": 0.35,
}  # fmt: skip
_RELIEF_M: dict[SurfaceName, float] = {
    "carpet": 0.006, "fine_carpet": 0.003, "rug": 0.004, "knit": 0.003, "slate": 0.004, "flagstone": 0.004, "brick": 0.003, "tiles": 0.0006,
    "dark_wood": 0.0004, "oak": 0.0004, "planks": 0.0005, "leather": 0.0008, "cloth": 0.0005, "felt": 0.0008,
}  # fmt: skip


def surface_material(surface: SurfaceName, tint: tuple[float, float, float], variant: int, *, polish: float = 0.5) -> Material:
    """The material of a surface; `polish` 0..1 takes its roughness from dull to shining."""
    picture = SurfacePicture(surface=surface, variant=variant).key()
    relief = _RELIEF_M.get(surface, 0.0)
    roughness = min(1.0, _GLOSS.get(surface, 0.85) * (1.5 - polish))
    return Material(color=tint, picture=picture, roughness=roughness, bump=0.6 if relief else 0.0, texture_scale_m=relief or 1.0)


def laid(mesh: Mesh, turn_rad: float) -> Mesh:
    """With the picture laid on from above, turned."""
    c, s = np.cos(turn_rad), np.sin(turn_rad)
    return mesh.mapped(mesh.vertices[:, :2] @ np.array([[c, -s], [s, c]]) / TILE_M)


@register
class Tabletop(Actor):
    """A table top or a floor whose upper side is at z = 0: rectangular or round, with a rounded edge."""

    kind: Literal["tabletop"] = "tabletop"
    surface: SurfaceName = "dark_wood"
    tint: tuple[float, float, float] = (0.9, 0.9, 0.9)
    polish: float = Field(default=0.5, ge=0.0, le=1.0)
    length_m: float = Field(default=1.2, gt=0.1, le=20.0)
    width_m: float = Field(default=0.8, gt=0.1, le=20.0)
    thickness_m: float = Field(default=0.03, gt=0.001, le=0.5)
    shape: Literal["rectangle", "round"] = "rectangle"
    grain_rad: float = Field(default=0.0, ge=-7.0, le=7.0)

    semantic: ClassVar[str] = "surface"
    ground: ClassVar[bool] = True

    def size_m(self) -> Vector:
        return (self.length_m, self.width_m, 0.0)

    def build(self) -> Mesh:
        material = surface_material(self.surface, self.tint, self.variant % 6, polish=self.polish)
        outline = circle(0.5, 64) * np.array([self.length_m, self.width_m, 1.0]) if self.shape == "round" else self._corners()
        edge = min(0.004, self.thickness_m / 2)
        inset = 1 - 2 * edge / np.array([self.length_m, self.width_m, 1.0])
        rings = [
            outline * (inset if k in (0, 3) else 1.0) + np.array([0, 0, z])
            for k, z in enumerate((-self.thickness_m, edge - self.thickness_m, -edge, 0.0))
        ]
        return merge([laid(loft(np.stack(rings), material, caps=False), self.grain_rad), laid(plate(rings[3], material), self.grain_rad)])

    def _corners(self) -> np.ndarray:
        x, y = self.length_m / 2, self.width_m / 2
        return np.array([(x, y, 0.0), (-x, y, 0.0), (-x, -y, 0.0), (x, -y, 0.0)])


@register
class Cloth(Actor):
    """A cloth, blanket or bed sheet that lies in folds; its highest parts are flat at z = 0."""

    kind: Literal["cloth"] = "cloth"
    surface: SurfaceName = "cloth"
    tint: tuple[float, float, float] = (0.1, 0.12, 0.3)
    side_m: float = Field(default=1.2, ge=0.2, le=4.0)
    folds_m: float = Field(default=0.008, ge=0.0, le=0.05)
    fold_width_m: float = Field(default=0.06, ge=0.02, le=0.4)
    grain_rad: float = Field(default=0.0, ge=-7.0, le=7.0)

    semantic: ClassVar[str] = "surface"
    ground: ClassVar[bool] = True

    def size_m(self) -> Vector:
        return (self.side_m, self.side_m, 0.0)

    def build(self) -> Mesh:
        count = 140
        period = self.fold_width_m / self.side_m * count
        rng = self.stream().generator()
        broad = bumps((count, count), rng, max(period, 4.0), sharpness=1.4)
        ridges = np.log(np.cosh(2.0 * broad)) / 2 + 0.15 * bumps(
            (count, count), rng, max(0.4 * period, 4.0), sharpness=1.2
        )  # round where |x| is sharp
        height = -self.folds_m * np.maximum(ridges.max() * 0.35 - ridges, 0.0)
        line = np.linspace(-self.side_m / 2, self.side_m / 2, count)
        x, y = np.meshgrid(line, line, indexing="ij")
        points = np.stack([x, y, height], axis=-1)
        r, c = np.meshgrid(np.arange(count - 1), np.arange(count - 1), indexing="ij")
        corner = (r * count + c).ravel()
        quads = np.stack([corner, corner + count, corner + count + 1, corner + 1], axis=1)
        material = surface_material(self.surface, self.tint, self.variant % 6)
        return laid(Mesh.of(points.reshape(-1, 3), quads, material, smooth=True), self.grain_rad)


@register
class WindowFrame(Actor):
    """A window in a piece of wall, facing +X: lets light through its panes and throws the shadow of its bars."""

    kind: Literal["window_frame"] = "window_frame"
    width_m: float = Field(default=0.5, ge=0.1, le=3.0)
    height_m: float = Field(default=0.6, ge=0.1, le=3.0)
    columns: int = Field(default=2, ge=1, le=6)
    rows: int = Field(default=2, ge=1, le=12)
    bar_m: float = Field(default=0.03, ge=0.003, le=0.2)
    wall_m: float = Field(default=0.6, ge=0.02, le=3.0)

    semantic: ClassVar[str] = "surface"

    def size_m(self) -> Vector:
        return (0.02, self.width_m + 2 * self.wall_m, self.height_m + 2 * self.wall_m)

    def build(self) -> Mesh:
        white = Material(color=(0.7, 0.68, 0.64), roughness=0.8)
        w, h, wall, middle = self.width_m, self.height_m, self.wall_m, self.height_m / 2 + self.wall_m
        parts = [box((0.02, wall, h + 2 * wall), white, center_m=(0, s * (w + wall) / 2, middle)) for s in (-1, 1)]
        parts += [box((0.02, w, wall), white, center_m=(0, 0, middle + s * (h + wall) / 2)) for s in (-1, 1)]
        parts += [box((0.018, self.bar_m, h), white, center_m=(0, -w / 2 + w * k / self.columns, middle)) for k in range(1, self.columns)]
        parts += [box((0.016, w, self.bar_m), white, center_m=(0, 0, middle - h / 2 + h * k / self.rows)) for k in range(1, self.rows)]
        return merge(parts)
