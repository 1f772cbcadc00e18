"""SceneSpec: one sample of a grammar, complete and frozen. Rendering it needs nothing else but assets.

It is the unit of replay, of provenance and of the wire between processes, and it is JSON. Metres, radians, seconds, watts.
Cameras are OpenCV's (x right, y down, z forward); a pixel (u, v) covers [u, u+1) x [v, v+1), its centre is at +0.5, so that
the principal point of a symmetric camera is (width / 2, height / 2).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from generator.geometry import Quaternion, Vector
from generator.mesh import Material, Rgb

SPEC_VERSION = 1
MOST_SIDE_PX = 16_383  # the largest picture that WebP holds
MOST_PIXELS = 40_000_000  # labelling keeps some 200 bytes a pixel: 8 GB


class _AsGiven:
    """Takes a dictionary that comes from Python as it is; one that comes from JSON is checked. Copying and checking the keys of a
    street's 140 actors and 1,600 draws takes 0.2 ms."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.json_or_python_schema(handler(source), core_schema.is_instance_schema(dict))


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PoseSpec(Frozen):
    """Where an object's frame is in the world: `world_from_object`."""

    position_m: Vector = (0.0, 0.0, 0.0)
    rotation_wxyz: Quaternion = (1.0, 0.0, 0.0, 0.0)


class ObjectSpec(Frozen):
    """One object. `id` is its pixel value in the instance index (1, 2, ...; 0 is the sky).

    name: path of the rule that made it ("traffic/3/vehicle"), unique in the scene.
    actor: `kind` and every parameter, resolved; the same values give the same mesh.
    category: the class under which it goes into COCO, or None for what is not labelled as an instance.
    semantic: its class in the semantic map.
    size_m: length, width, height of its box in its own frame (the box stands on the origin, centred in x and y).
    velocity_m_s: world frame, for motion blur and flow.
    surfaces: when not empty, slot i of the mesh wears surfaces[i % len] instead of its own material (domain randomisation).
    tags: the corner cases that made or changed it.
    """

    id: int = Field(ge=1, lt=32768)
    name: str
    actor: Annotated[dict[str, Any], _AsGiven()]
    category: str | None = None
    semantic: str
    pose: PoseSpec
    size_m: Vector
    velocity_m_s: Vector = (0.0, 0.0, 0.0)
    surfaces: tuple[Material, ...] = ()
    tags: tuple[str, ...] = ()


class CameraSpec(Frozen):
    """An OpenCV camera: K = [[fx, 0, cx], [0, fy, cy], [0, 0, 1]], distortion (k1, k2, p1, p2, k3).

    f_number 0 switches depth of field off; shutter_s 0 switches motion blur off.
    """

    width: int = Field(gt=0, le=MOST_SIDE_PX)
    height: int = Field(gt=0, le=MOST_SIDE_PX)
    fx: float = Field(gt=0)
    fy: float = Field(gt=0)
    cx: float
    cy: float
    distortion: tuple[float, float, float, float, float] = (0.0, 0.0, 0.0, 0.0, 0.0)
    position_m: Vector
    rotation_wxyz: Quaternion  # world_from_camera
    velocity_m_s: Vector = (0.0, 0.0, 0.0)
    sensor_width_m: float = 0.0064
    f_number: float = 0.0
    focus_distance_m: float = 20.0
    shutter_s: float = 0.0
    near_m: float = 0.05
    far_m: float = 2000.0


class SensorSpec(Frozen):
    """What turns linear light into the 8-bit picture. All off by default.

    exposure_ev is relative to an exposure metered on the image when `auto_exposure` is on, else to scene radiance 1 = white.
    white_balance_k: the colour temperature that comes out grey (6500 is neutral). noise: standard deviation of read noise
    (read_noise) and the full-well scale of shot noise (electrons; 0 is off), in units of white.
    """

    auto_exposure: bool = True
    exposure_ev: float = Field(default=0.0, ge=-30, le=30)
    white_balance_k: float = Field(default=6500.0, ge=1000, le=40_000)
    saturation: float = Field(default=1.0, ge=0)
    contrast: float = Field(default=1.0, ge=0)
    vignette: float = Field(default=0.0, ge=0)
    bloom: float = Field(default=0.0, ge=0)
    shot_noise_electrons: float = Field(default=0.0, ge=0)
    read_noise: float = Field(default=0.0, ge=0)
    sharpen: float = Field(default=0.0, ge=0)
    jpeg_quality: int = Field(default=0, ge=0, le=100)  # 0: no compression artefacts


class PhysicalSky(Frozen):
    """Sun and atmosphere. Azimuth is counted from +X towards +Y. cloud_cover 0..1 mixes in a grey overcast dome and dims the sun."""

    kind: Literal["physical"] = "physical"
    sun_elevation_rad: float
    sun_azimuth_rad: float
    sun_size_rad: float = 0.0095
    haze: float = 1.0  # aerosol density, 1 is clear air
    cloud_cover: float = Field(default=0.0, ge=0.0, le=1.0)
    strength: float = 1.0


class HdriSky(Frozen):
    """One of the environment maps that come with Blender, turned about +Z."""

    kind: Literal["hdri"] = "hdri"
    name: Literal["city", "courtyard", "forest", "interior", "night", "studio", "sunrise", "sunset"]
    turn_rad: float = 0.0
    strength: float = 1.0


class PlainSky(Frozen):
    """One even colour all around, linear RGB times strength (W / m2 / sr)."""

    kind: Literal["plain"] = "plain"
    color: Rgb = (0.5, 0.5, 0.5)
    strength: float = 1.0


Sky = Annotated[PhysicalSky | HdriSky | PlainSky, Field(discriminator="kind")]


class LampSpec(Frozen):
    """A lamp. `direction` is where it shines (spot, area); radius_m softens its shadows. Power in radiant watts."""

    kind: Literal["point", "spot", "area"] = "point"
    position_m: Vector
    direction: Vector = (0.0, 0.0, -1.0)
    power_w: float = Field(ge=0)
    color: Rgb = (1.0, 1.0, 1.0)
    radius_m: float = 0.1
    spread_rad: float = 2.0


class WorldSpec(Frozen):
    """Everything around the objects. fog_per_m is the extinction coefficient of the air (0: none; 3 / it is the visibility).

    wetness 0..1 darkens and polishes weathered materials. lamps shine besides the actors' own lights.
    """

    sky: Sky
    lamps: tuple[LampSpec, ...] = ()
    fog_per_m: float = Field(default=0.0, ge=0.0)
    wetness: float = Field(default=0.0, ge=0.0, le=1.0)


class CounterfactualSpec(Frozen):
    """One of several images of one scene: those with the same `draw` and `factor` differ in the `value` of that factor alone."""

    draw: int = Field(ge=0)
    factor: str
    value: str | bool | int | float


class SceneSpec(Frozen):
    """One scene. `factors` are the named dimensions of variance, `trace` every random choice by the path of its node and its name.

    counterfactual: None unless the grammar makes several images of each scene.
    """

    version: Literal[1] = 1
    scene: str
    seed: int
    index: int = Field(ge=0)
    factors: dict[str, float | int | str | bool] = {}
    subdomains: tuple[str, ...] = ()
    corner_cases: tuple[str, ...] = ()
    objects: tuple[ObjectSpec, ...]
    camera: CameraSpec
    world: WorldSpec
    sensor: SensorSpec = SensorSpec()
    trace: Annotated[dict[str, dict[str, Any]], _AsGiven()] = {}
    rejections: dict[str, int] = {}
    counterfactual: CounterfactualSpec | None = None

    @property
    def draw(self) -> int:
        """The number behind all random streams of the scene; images that are to differ in one factor alone share it."""
        return self.index if self.counterfactual is None else self.counterfactual.draw

    def to_json(self) -> bytes:
        """UTF-8 JSON, keys sorted: equal specs give equal bytes."""
        unused = {"counterfactual"} if self.counterfactual is None else None
        return orjson.dumps(self.model_dump(mode="json", exclude=unused), option=orjson.OPT_SORT_KEYS)

    @classmethod
    def from_json(cls, data: bytes | str) -> SceneSpec:
        return cls.model_validate_json(data)
