"""Makes outermost.npz from body.npz: the vertices that boxes around people are taken from.

    python assets/people/outermost.py assets/people/outermost.npz

Many people of all builds in all poses and clothes are posed with all their vertices. Kept are enough of these that each side of each
of the boxes has one that lies within 5 mm of it. Shapes: V packed vertices.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import get_args

import numpy as np

from generator.streams import Stream
from scenes.street.people import wardrobe
from scenes.street.people.body import template
from scenes.street.people.figure import Stance, figure
from scenes.street.people.garments import REFERENCE_M
from scenes.street.people.padding import away, bottom_pad, head_lift, shoe_pad, top_pad
from scenes.street.people.person import Person
from scenes.street.people.poses import PoseName
from scenes.street.people.rider import Mount, Rider

_PEOPLE = 3000
_NEAR_M = 0.005


def main(out: Path) -> None:
    """Writes the npz `out`."""
    sides = [side for number in range(_PEOPLE) for side in outermost(*anybody(number))]
    np.savez_compressed(out, vertices=np.sort(covering(sides)).astype(np.uint16))


def anybody(number: int) -> tuple[Person, Stance]:
    """A person in a stance: every second one walks, every sixth rides."""
    draw = Stream.root("outermost", number)
    age, sex, muscle, weight, african, asian, phase, stride = (draw.child(k).uniform() for k in range(8))
    poses = get_args(PoseName)
    one = Person(
        variant=number,
        age_years=1 + 89 * age,
        sex=sex,
        muscle=muscle,
        weight=weight,
        african=african,
        asian=asian * (1 - african),
        pose="walking" if number % 2 else poses[number // 2 % len(poses)],
        phase=phase,
        stride=0.4 + stride,
        hi_vis=number % 10 == 0,
        hat=wardrobe.pick(draw.child("hat"), "none", *get_args(wardrobe.HatName)),
    )
    if number % 6:
        return one, one.stance
    return one, Rider(mount=wardrobe.pick(draw.child("mount"), *get_args(Mount)), crank_rad=6.28 * phase).stance


def outermost(one: Person, stance: Stance) -> list[np.ndarray]:
    """For each of the six sides of the box around a person, the vertices that lie near it."""
    body, clothes = figure(one.physique(), one.stature_m(), stance), one.clothes()
    pad = shoe_pad() + bottom_pad(wardrobe.BOTTOMS[clothes.bottom]) + sum(top_pad(top) for top in wardrobe.tops(clothes, one.hi_vis))
    data = template()
    lift = head_lift(clothes.hair, one.hat, np.arange(len(data.vertices)))
    dressed = body.rest + away() * pad[:, None] * (body.height_m / REFERENCE_M) + lift * body.head_scale
    used = np.unique(np.concatenate([data.skin.ravel(), data.cloth.ravel()]))
    places = body.moved_vertices(dressed[used], used)
    return [used[sign * places[:, axis] > (sign * places[:, axis]).max() - _NEAR_M] for axis in range(3) for sign in (-1, 1)]


def covering(sides: list[np.ndarray]) -> np.ndarray:
    """(N,) vertices of which every side has one; the one that most sides have is taken first."""
    found: list[int] = []
    while sides:
        found.append(int(np.bincount(np.concatenate(sides)).argmax()))
        sides = [side for side in sides if found[-1] not in side]
    return np.array(found)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
