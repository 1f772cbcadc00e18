"""Proportions of car bodies: the numbers that make a hatchback a hatchback.

Lengths in metres. `*_back` are distances from the nose backwards, `*_z` heights over the ground.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from generator.streams import Stream


@dataclass(frozen=True)
class Profile:
    """One body. The lower body ends at the belt line; the cabin (windows and roof) stands on it.

    length, width, height: the body's box, without mirrors. front_axle_back: from nose to front axle. clearance_z: under the sills.
    nose_z: leading edge of the bonnet; cowl_z: its rear end; belt_z: foot of the side windows at the A pillar; tail_z: foot of the
    rear window or edge of the boot lid. cowl/screen/roof/rear_back: foot and head of windscreen, head and foot of rear window.
    nose_lean, tail_lean: how far bonnet edge and boot edge lie behind the bumpers. tuck: shoulder between side and window foot.
    tumble: how much the side windows lean in. quarters: shares of the side glass (0 front, 1 rear) at which pillars stand.
    doors: 2 or 4; door_m: width of a front door where there are two. glass_back: foot of the side glass's rear end, which leans by
    glass_rear_lean (metres a metre). bow: how much windscreen and rear window are curved, 1 is a car's. bed: an open loading bed.
    """

    length: float
    width: float
    height: float
    wheelbase: float
    front_axle_back: float
    wheel: float
    clearance_z: float
    nose_z: float
    cowl_z: float
    belt_z: float
    tail_z: float
    cowl_back: float
    screen_back: float
    roof_back: float
    rear_back: float
    glass_back: float
    nose_lean: float = 0.20
    tail_lean: float = 0.12
    tuck: float = 0.075
    tumble: float = 0.17
    roof_fall: float = 0.07
    pillars: tuple[float, ...] = (0.46,)
    doors: int = 4
    glass_rear_lean: float = 0.35
    door_m: float = 1.28
    rear_glass: bool = True
    bow: float = 1.0
    bed: bool = False

    @property
    def nose_x(self) -> float:
        return self.length / 2

    @property
    def axles_x(self) -> tuple[float, float]:
        front = self.length / 2 - self.front_axle_back
        return front, front - self.wheelbase


PROFILES: dict[str, Profile] = {
    "city": Profile(
        3.50, 1.62, 1.48, 2.34, 0.66, 0.57, 0.19, 0.76, 0.98, 0.92, 1.02, 0.78, 1.52, 3.10, 3.44, 3.28,
        nose_lean=0.16, tail_lean=0.07, tuck=0.06, tumble=0.15, pillars=(0.58,), doors=2, glass_rear_lean=0.12,
    ),
    "hatchback": Profile(
        4.02, 1.74, 1.46, 2.52, 0.80, 0.62, 0.19, 0.73, 0.97, 0.91, 1.00, 1.02, 1.80, 3.50, 3.94, 3.78,
        pillars=(0.45, 0.86), glass_rear_lean=0.25, tail_lean=0.08,
    ),
    "sedan": Profile(
        4.62, 1.79, 1.44, 2.70, 0.86, 0.64, 0.18, 0.71, 0.96, 0.91, 0.99, 1.30, 2.06, 3.36, 3.98, 3.74,
        pillars=(0.47, 0.87), glass_rear_lean=0.75, tumble=0.19,
    ),
    "estate": Profile(
        4.66, 1.79, 1.47, 2.70, 0.86, 0.64, 0.18, 0.71, 0.96, 0.91, 0.99, 1.28, 2.04, 4.22, 4.60, 4.44,
        pillars=(0.36, 0.66), glass_rear_lean=0.30, tail_lean=0.07,
    ),
    "suv": Profile(
        4.52, 1.86, 1.69, 2.66, 0.86, 0.71, 0.26, 0.90, 1.12, 1.07, 1.13, 1.12, 1.84, 4.02, 4.44, 4.28,
        nose_lean=0.15, pillars=(0.40, 0.73), glass_rear_lean=0.25, tail_lean=0.08, tumble=0.16,
    ),
    "coupe": Profile(
        4.36, 1.80, 1.34, 2.58, 0.86, 0.65, 0.16, 0.66, 0.90, 0.87, 0.94, 1.36, 2.14, 2.98, 3.90, 3.56,
        pillars=(0.66,), doors=2, glass_rear_lean=1.1, tumble=0.22, roof_fall=0.09,
    ),
    "mpv": Profile(
        4.46, 1.82, 1.66, 2.70, 0.82, 0.65, 0.19, 0.79, 1.06, 0.97, 1.05, 0.92, 1.90, 4.02, 4.40, 4.24,
        pillars=(0.16, 0.46, 0.74), glass_rear_lean=0.2, tail_lean=0.06, tumble=0.18,
    ),
    "panel_van": Profile(
        5.40, 2.00, 2.38, 3.30, 0.95, 0.68, 0.22, 1.02, 1.28, 1.24, 1.20, 0.78, 1.46, 5.22, 5.36, 2.10,
        nose_lean=0.16, tail_lean=0.02, tuck=0.03, tumble=0.13, roof_fall=0.02, pillars=(0.06,), doors=2, glass_rear_lean=0.04,
        door_m=1.12, rear_glass=False, bow=0.8,
    ),
    "minibus": Profile(
        5.60, 2.00, 2.55, 3.40, 0.95, 0.68, 0.22, 1.02, 1.28, 1.24, 1.20, 0.78, 1.46, 5.42, 5.56, 5.20,
        nose_lean=0.16, tail_lean=0.02, tuck=0.03, tumble=0.13, roof_fall=0.02, pillars=(0.06, 0.25, 0.50, 0.75), doors=2,
        glass_rear_lean=0.04, door_m=1.12, bow=0.8,
    ),
    "small_van": Profile(
        4.40, 1.81, 1.84, 2.70, 0.86, 0.63, 0.20, 0.86, 1.08, 1.05, 1.05, 0.86, 1.56, 4.20, 4.36, 2.20,
        nose_lean=0.18, tail_lean=0.03, tuck=0.05, tumble=0.14, roof_fall=0.03, pillars=(0.04,), doors=2, glass_rear_lean=0.10,
        door_m=1.15, rear_glass=False, bow=0.9,
    ),
    "pickup": Profile(
        5.26, 1.86, 1.80, 3.10, 0.92, 0.75, 0.32, 0.98, 1.15, 1.13, 1.14, 1.24, 1.94, 3.32, 3.56, 3.40,
        nose_lean=0.12, pillars=(0.50,), glass_rear_lean=0.1, tail_lean=0.02, tumble=0.15, bed=True,
    ),
}  # fmt: skip


@lru_cache(maxsize=1024)  # a sampler asks for the size of far more cars than there are shapes
def varied(name: str, stream: Stream) -> Profile:
    """The body called `name` in slightly other proportions, so that no two cars need be the same."""
    profile = PROFILES[name]
    longer = 1 + stream.child("length").between(-0.03, 0.03)
    taller = stream.child("height").between(-0.02, 0.025)
    rake = stream.child("rake").between(-0.10, 0.10)
    belt = stream.child("belt").between(-0.02, 0.025)
    tail = stream.child("tail").between(-0.06, 0.06)
    nose = stream.child("nose").between(-0.03, 0.04)
    return replace(
        profile,
        length=profile.length * longer,
        width=profile.width * (1 + stream.child("width").between(-0.015, 0.015)),
        height=profile.height + taller,
        wheelbase=profile.wheelbase * longer,
        front_axle_back=profile.front_axle_back * longer,
        nose_z=profile.nose_z + nose,
        belt_z=profile.belt_z + belt,
        tail_z=profile.tail_z + belt,
        cowl_back=profile.cowl_back * longer,
        screen_back=profile.screen_back * longer + rake,
        roof_back=profile.roof_back * longer + tail,
        rear_back=profile.rear_back * longer,
        glass_back=profile.glass_back * longer,
        nose_lean=profile.nose_lean + stream.child("lean").between(-0.03, 0.05),
    )
