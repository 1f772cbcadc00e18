"""The language of scene files as pydantic models: what may stand where. Compiling gives it meaning (rules.py and its neighbours).

`Value`, `NumberValue` and `TextValue` are places for a constant, a distribution or an expression.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, WithJsonSchema, field_validator, model_validator

Value = Annotated[Any, WithJsonSchema({"takes": "Value"})]  # schema.py turns these into references
NumberValue = Annotated[Any, WithJsonSchema({"takes": "NumberValue"})]
TextValue = Annotated[Any, WithJsonSchema({"takes": "TextValue"})]
Name = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9_\-]+$")]
Identifier = Annotated[str, Field(max_length=80, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Along(Part):
    """On a strip: `object.strip`, both may hold wildcards; one of those that fit is picked by length.

    Left out: s_m is even over the strip, left_m is 0. In a `fill` the strip and s_m are given by it.
    """

    strip: TextValue = None
    s_m: NumberValue = None
    left_m: NumberValue = 0.0
    heading: Literal["with", "against", "random", "any"] = "with"


class Beside(Part):
    """Next to an object with `gap_m` between the two boxes, turned as it is."""

    object: TextValue
    side: TextValue = None  # left, right, front, back; null: any of them
    gap_m: NumberValue = 0.5
    shift_m: NumberValue = 0.0  # along the side


class Behind(Part):
    """On the camera's ray through an object, `gap_m` beyond it."""

    object: TextValue
    gap_m: NumberValue = 1.0
    sideways_m: NumberValue = 0.0


class Occluding(Part):
    """On the camera's ray to an object, at `share` of its distance."""

    object: TextValue
    share: NumberValue = 0.5
    sideways_m: NumberValue = 0.0


class OnTop(Part):
    """Standing on an object's box; x_m and y_m in its frame, even over its top when left out."""

    object: TextValue
    x_m: NumberValue = None
    y_m: NumberValue = None


class Attached(Part):
    """Fixed to an object: its pose, moved by offset_m (x, y, z) in its frame. Shares its velocity."""

    object: TextValue
    offset_m: Value = [0.0, 0.0, 0.0]


class At(Part):
    """At a point of the world."""

    x_m: NumberValue = 0.0
    y_m: NumberValue = 0.0
    z_m: NumberValue = 0.0
    yaw_rad: NumberValue = 0.0


RELATIONS = ("along", "beside", "behind", "occluding", "on_top", "attached", "at")


class Placement(Part):
    """Exactly one relation, then how the object is turned from there."""

    along: Along | None = None
    beside: Beside | None = None
    behind: Behind | None = None
    occluding: Occluding | None = None
    on_top: OnTop | None = None
    attached: Attached | None = None
    at: At | None = None
    facing: TextValue = None  # camera, an object, or a strip
    turn_rad: NumberValue = 0.0  # counter-clockwise, after heading and facing
    pitch_rad: NumberValue = 0.0  # front up
    roll_rad: NumberValue = 0.0  # left side up
    up_m: NumberValue = 0.0

    @model_validator(mode="after")
    def _one_relation(self) -> Placement:
        given = [r for r in RELATIONS if getattr(self, r) is not None]
        if len(given) != 1:
            raise ValueError(f"needs exactly one of {', '.join(RELATIONS)}; found {', '.join(given) or 'none'}")
        return self


class NoOverlap(Part):
    """Its footprint keeps `clearance_m` from those of all others."""

    clearance_m: NumberValue = 0.05


class KeepDistance(Part):
    """At least `min_m` between its centre and that of every object called `object` (a name, wildcards allowed, or camera)."""

    object: str
    min_m: NumberValue


class InView(Part):
    """The share of its projected box that lies in the frame is in [min_share, max_share]; max_share below 1 asks for truncation."""

    min_share: NumberValue = 0.01
    max_share: NumberValue = 1.0

    @model_validator(mode="after")
    def _ordered(self) -> InView:
        _check_order("min_share", self.min_share, "max_share", self.max_share)
        return self


class OutOfView(Part):
    """No part of its projected box lies in the frame."""


class CameraDistance(Part):
    """Its distance to the camera is in [min_m, max_m]."""

    min_m: NumberValue = 0.0
    max_m: NumberValue = 1e9

    @model_validator(mode="after")
    def _ordered(self) -> CameraDistance:
        _check_order("min_m", self.min_m, "max_m", self.max_m)
        return self


def _check_order(low_name: str, low: Any, high_name: str, high: Any) -> None:
    """Of constants; what is drawn or worked out is known only in a scene."""
    if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
        raise ValueError(f"can never hold: {low_name} is {low}, above {high_name}, which is {high}")


class Requirement(Part):
    """One of the named conditions; `name` is what it is called when it fails."""

    name: str | None = None
    no_overlap: NoOverlap | None = None
    keep_distance: KeepDistance | None = None
    in_view: InView | None = None
    out_of_view: OutOfView | None = None
    min_size_px: NumberValue = None
    camera_distance: CameraDistance | None = None
    check: NumberValue = None

    @model_validator(mode="after")
    def _one_condition(self) -> Requirement:
        given = [r for r in REQUIREMENTS if getattr(self, r) is not None]
        if len(given) != 1:
            raise ValueError(f"needs exactly one of {', '.join(REQUIREMENTS)}; found {', '.join(given) or 'none'}")
        return self


REQUIREMENTS = ("no_overlap", "keep_distance", "in_view", "out_of_view", "min_size_px", "camera_distance", "check")


class Ref(Part):
    """A rule, with parameters passed down to it: names for its expressions."""

    kind: Literal["rule"] = "rule"
    rule: str
    with_: dict[Identifier, Value] = Field(default={}, alias="with")


class Sequence(Part):
    """All of its parts, in order: a mapping of labels to nodes, or a list of nodes."""

    kind: Literal["sequence"] = "sequence"
    of: Nodes


class Choice(Part):
    """One of the rules, by weight. The rule `nothing` stands for no object."""

    kind: Literal["choice"] = "choice"
    weights: dict[str, NumberValue] = Field(min_length=1)


class Repeat(Part):
    """A node again and again: `count` times, or along a strip (`fill`) until it is full.

    gap_m: free space between neighbours; every_m: distance of centres instead. start_m, end_m: margins at the strip's ends.
    empty_m: space left where the node gives no object. Expressions inside see `k` (0, 1, ...).
    """

    kind: Literal["repeat"] = "repeat"
    count: NumberValue = None
    fill: TextValue = None
    gap_m: NumberValue = None
    every_m: NumberValue = None
    start_m: NumberValue = 0.0
    end_m: NumberValue = 0.0
    empty_m: NumberValue = 5.0
    max_count: int = Field(default=500, ge=1, le=10_000)
    of: Node

    @model_validator(mode="after")
    def _count_or_fill(self) -> Repeat:
        if (self.count is None) == (self.fill is None):
            raise ValueError("needs either count or fill")
        if self.gap_m is not None and self.every_m is not None:
            raise ValueError("takes gap_m or every_m, not both")
        if self.fill is None and (self.gap_m is not None or self.every_m is not None):
            raise ValueError("gap_m and every_m need fill")
        return self


class Optional(Part):
    """A node or nothing."""

    kind: Literal["optional"] = "optional"
    probability: NumberValue
    of: Node


class ActorNode(Part):
    """One object: an actor, its parameters (values), its place and what must hold there.

    name: how others refer to it, besides the names in its path. category: its class in the labels; null: none.
    collides false: neither in the way nor hindered. footprint_m: length and width of what stands on the ground, where the
    box is much larger (a tree). tries: places drawn until one fits (null: the limit of the file). on_failure: skip leaves it
    out, fail draws the scene again; null: skip, but fail for what a corner case adds.
    """

    kind: Literal["actor"] = "actor"
    actor: str
    name: Name | None = None
    category: TextValue = None
    params: dict[str, Value] = {}
    place: Placement = Placement(at=At())
    speed_m_s: NumberValue = 0.0  # along its own front
    velocity_m_s: Value = None  # x, y, z in the world, instead of speed_m_s
    requires: list[Requirement] = []
    collides: bool = True
    footprint_m: Value = None
    surfaces: Value = None
    tries: int | None = Field(default=None, ge=1, le=1000)
    on_failure: Literal["skip", "fail"] | None = None

    @field_validator("requires", mode="before")
    @classmethod
    def _words(cls, given: Any) -> Any:
        """`in_view` is short for `{in_view: {}}`."""
        return [{r: {}} if isinstance(r, str) and r in REQUIREMENTS else r for r in given] if isinstance(given, list) else given


def _kind_of(node: Any) -> str | None:
    if isinstance(node, str):
        return "ref"
    kind = node.get("kind") if isinstance(node, dict) else getattr(node, "kind", None)
    return kind if isinstance(kind, str) else None


Node = Annotated[
    Annotated[str, Tag("ref")]
    | Annotated[Ref, Tag("rule")]
    | Annotated[Sequence, Tag("sequence")]
    | Annotated[Choice, Tag("choice")]
    | Annotated[Repeat, Tag("repeat")]
    | Annotated[Optional, Tag("optional")]
    | Annotated[ActorNode, Tag("actor")],
    Discriminator(_kind_of),
]
NODE_KINDS = ("rule", "sequence", "choice", "repeat", "optional", "actor")

Nodes = Annotated[
    Annotated[dict[Name, Node], Tag("mapping")] | Annotated[list[Node], Tag("list")],
    Discriminator(lambda nodes: "list" if isinstance(nodes, list) else "mapping"),
]


class Mount(Part):
    """On a strip, as a rig on a car: height above it, turned from the direction of travel, moving at speed_m_s."""

    strip: TextValue
    s_m: NumberValue = None
    left_m: NumberValue = 0.0
    height_m: NumberValue = 1.4
    heading: Literal["with", "against"] = "with"
    yaw_rad: NumberValue = 0.0
    pitch_rad: NumberValue = 0.0
    roll_rad: NumberValue = 0.0
    speed_m_s: NumberValue = 0.0


class Station(Part):
    """At a point of the world."""

    x_m: NumberValue = 0.0
    y_m: NumberValue = 0.0
    z_m: NumberValue = 1.4
    yaw_rad: NumberValue = 0.0
    pitch_rad: NumberValue = 0.0
    roll_rad: NumberValue = 0.0
    velocity_m_s: Value = [0.0, 0.0, 0.0]  # in the world, for motion blur


class Orbit(Part):
    """On a sphere around a target, an object or a point [x, y, z], looking at it."""

    target: Value = [0.0, 0.0, 0.0]
    distance_m: NumberValue
    azimuth_rad: NumberValue = 0.0  # direction from the target to the camera
    elevation_rad: NumberValue = 0.3
    roll_rad: NumberValue = 0.0
    velocity_m_s: Value = [0.0, 0.0, 0.0]  # in the world, for motion blur


class CameraPart(Part):
    """The camera: size of its image, lens, and where it is. hfov_rad is the undistorted lens's; fx and fy instead of it."""

    width: NumberValue = 640
    height: NumberValue = 360
    hfov_rad: NumberValue = None
    fx: NumberValue = None
    fy: NumberValue = None
    cx: NumberValue = None
    cy: NumberValue = None
    distortion: Value = [0.0, 0.0, 0.0, 0.0, 0.0]
    sensor_width_m: NumberValue = 0.0064
    f_number: NumberValue = 0.0
    focus_distance_m: NumberValue = 20.0
    shutter_s: NumberValue = 0.0
    near_m: NumberValue = 0.05
    far_m: NumberValue = 2000.0
    mount: Mount | None = None
    position: Station | None = None
    orbit: Orbit | None = None

    @model_validator(mode="after")
    def _complete(self) -> CameraPart:
        places = [p for p in ("mount", "position", "orbit") if getattr(self, p) is not None]
        if len(places) != 1:
            raise ValueError(f"needs exactly one of mount, position, orbit; found {', '.join(places) or 'none'}")
        if (self.hfov_rad is None) == (self.fx is None):
            raise ValueError("needs either hfov_rad or fx (and fy where pixels are not square)")
        return self


class Dynamic(Part):
    """A value that follows the index of the image: one of cycle, wave, drift, jump.

    cycle: the values in turn, all of them once in period_images. wave: [low, high], a sine. drift: [first, last] over
    over_images, then last. jump: a mapping from the first index of each value to the value. values or range: what else it may
    be, for modifications and for what expressions compare it with.
    """

    cycle: list[str | bool | int | float] | None = Field(default=None, min_length=1)
    wave: list[float] | None = Field(default=None, min_length=2, max_length=2)
    drift: list[float] | None = Field(default=None, min_length=2, max_length=2)
    jump: dict[int, str | bool | int | float] | None = Field(default=None, min_length=1)
    period_images: int | None = Field(default=None, ge=1)
    over_images: int | None = Field(default=None, ge=1)
    values: list[str | bool | int | float] | None = Field(default=None, min_length=1)
    range: list[float] | None = Field(default=None, min_length=2, max_length=2)

    @model_validator(mode="after")
    def _one_course(self) -> Dynamic:
        given = [c for c in ("cycle", "wave", "drift", "jump") if getattr(self, c) is not None]
        if len(given) != 1:
            raise ValueError(f"needs exactly one of cycle, wave, drift, jump; found {', '.join(given) or 'none'}")
        if given[0] in ("cycle", "wave") and self.period_images is None:
            raise ValueError(f"{given[0]} needs period_images")
        if given[0] == "drift" and self.over_images is None:
            raise ValueError("drift needs over_images")
        if self.jump is not None and min(self.jump) > 0:
            raise ValueError("jump needs a value from index 0 on")
        return self


class Domain(Part):
    """The analysis of the domain. Every factor is semantic (it changes labels) or visual (it must not)."""

    semantic: list[str] = []
    visual: list[str] = []
    dynamics: dict[Identifier, Dynamic] = {}
    subdomains: dict[Name, NumberValue] = {}


class Modification(Part):
    """A change of the file: `set` replaces what is at dotted paths, `add` appends nodes to the scene."""

    set: dict[str, Any] = {}
    add: Nodes = {}


class CornerCase(Modification):
    """A modification for an exact share of the images. exclusive cases never share an image; quota 1 switches the others off."""

    quota: float = Field(ge=0, le=1)
    kind: Literal["rare_condition", "rare_scenario"] = "rare_scenario"
    description: str = ""
    exclusive: bool = True


class Design(Part):
    """How factors are drawn over the images: independent of one another and of the index; sobol (scrambled, low discrepancy,
    discrete factors balanced by weight); covering (all pairs of values of the discrete factors, evenly, weights ignored).

    counterfactual: factors that every scene is made with each value of: a name, names, or the values by name. Left out, the values
    are all of a discrete factor, and the lowest, middle and highest of a number.
    """

    method: Literal["independent", "sobol", "covering"] = "independent"
    counterfactual: str | list[str] | dict[str, list[str | bool | int | float] | None] | None = None


class Limits(Part):
    tries_per_object: int = Field(default=20, ge=1, le=1000)
    tries_per_scene: int = Field(default=10, ge=1, le=1000)
    max_objects: int = Field(default=2000, ge=1, le=30_000)
    max_depth: int = Field(default=32, ge=1, le=100)
    max_steps: int = Field(default=50_000, ge=1, le=1_000_000)  # rules, repetitions and places tried for a scene; 10 to 30 us each


class SceneFile(Part):
    """A scene grammar."""

    name: Name
    description: str = ""
    categories: list[Name] = Field(min_length=1, max_length=1000)
    width: str | None = None
    presets: dict[Name, Modification] = Field(default={}, max_length=50)
    domain: Domain | None = None
    factors: dict[Identifier, Value] = Field(default={}, max_length=1000)
    design: Design = Design()
    params: dict[Identifier, NumberValue] = Field(default={}, max_length=1000)
    start: str
    rules: dict[Name, Node] = Field(min_length=1)
    camera: CameraPart
    world: dict[str, Value] = {"sky": {"kind": "plain"}}
    sensor: dict[str, Value] = {}
    surfaces: Value = None
    corner_cases: dict[Name, CornerCase] = Field(default={}, max_length=200)
    limits: Limits = Limits()

    @field_validator("categories")
    @classmethod
    def _different(cls, names: list[str]) -> list[str]:
        if len(set(names)) != len(names):
            raise ValueError("the same category is listed twice")
        return names


def allowed_keys(mapping: Mapping[str, Any]) -> list[str]:
    """The keys that may stand in a part of a file like `mapping`: those of its kind, else of the part that it has most in common with."""
    parts: dict[type[Part], set[str]] = {cls: {f.alias or n for n, f in cls.model_fields.items()} for cls in _subclasses(Part)}
    kind = mapping.get("kind")
    same = [keys for cls, keys in parts.items() if kind is not None and "kind" in keys and cls.model_fields["kind"].default == kind]
    if same:
        return sorted(same[0])
    likest = max(parts.values(), key=lambda keys: _likeness(keys, set(mapping)))
    return sorted(likest)


def _likeness(keys: set[str], words: set[str]) -> tuple[int, float, int]:
    """How many words are keys, how near the nearest is, and (to decide between equals) how few keys there are."""
    near = max((SequenceMatcher(None, w, k).ratio() for w in words for k in keys), default=0.0)
    return len(keys & words), near, -len(keys)


def _subclasses(cls: type[Part]) -> list[type[Part]]:
    return [found for direct in cls.__subclasses__() for found in (direct, *_subclasses(direct))]
