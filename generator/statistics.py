"""What a grammar gives, counted on SceneSpecs without rendering one: classes, factors, sizes, truncation, rejections.

Sizes and truncation come from the projected 3D boxes, not from masks, and know nothing of occlusion.
Shapes: O labelled objects in the view of all scenes together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from generator.camera import boxes_in_frame
from generator.geometry import boxes_in_world
from generator.spec import CameraSpec, ObjectSpec, SceneSpec

Value = float | int | str | bool

_COUNTED_VALUES = 24  # more different values than this make a numeric factor a histogram instead of a table of counts


@dataclass(frozen=True, eq=False)
class Summary:
    """The count of a set of scenes.

    scenes: how many. objects_in_scenes: every object, labelled or not. factors: every scene's value, by name.
    categories: (O,) position in `category_names`; height_px, truncation, distance_m: (O,) float64.
    per_image: labelled objects in view by category, one (scenes,) int64 array each.
    """

    scenes: int
    objects_in_scenes: int
    category_names: tuple[str, ...]
    categories: np.ndarray
    height_px: np.ndarray
    truncation: np.ndarray
    distance_m: np.ndarray
    per_image: dict[str, np.ndarray]
    factors: dict[str, list[Value]]
    corner_cases: Counter[str]
    subdomains: Counter[str]
    rejections: Counter[str]

    def instances(self) -> dict[str, int]:
        """Labelled objects in view by category."""
        counts = np.bincount(self.categories, minlength=len(self.category_names))
        return dict(zip(self.category_names, (int(c) for c in counts), strict=True))

    def numeric_factors(self) -> dict[str, np.ndarray]:
        """(scenes,) float64 of every factor that is a number."""
        numbers = {k: v for k, v in self.factors.items() if all(isinstance(x, int | float) and not isinstance(x, bool) for x in v)}
        return {k: np.array(v, float) for k, v in numbers.items()}

    def discrete_factors(self) -> dict[str, Counter[str]]:
        """Counts of the values of every factor that has few different ones."""
        tables = {name: Counter(str(v) for v in values) for name, values in self.factors.items()}
        numeric = self.numeric_factors()
        return {name: t for name, t in tables.items() if name not in numeric or len(t) <= _COUNTED_VALUES}

    def correlations(self) -> list[tuple[str, str, float]]:
        """Pairs of numeric factors with their Pearson correlation, strongest first: a balanced design has none."""
        numeric = {k: v for k, v in self.numeric_factors().items() if np.ptp(v) > 0}
        pairs = [(a, b, float(np.corrcoef(numeric[a], numeric[b])[0, 1])) for a, b in combinations(numeric, 2)]
        return sorted(pairs, key=lambda pair: -abs(pair[2]))


def summarise(specs: Iterable[SceneSpec], categories: Sequence[str]) -> Summary:
    """Counts `specs` in one pass; `categories` fixes the order. Works on a generator of any length (about 30 bytes an object)."""
    position = {name: i for i, name in enumerate(categories)}
    columns: list[np.ndarray] = []
    per_image: dict[str, list[int]] = {name: [] for name in categories}
    factors: dict[str, list[Value]] = {}
    corner_cases: Counter[str] = Counter()
    subdomains: Counter[str] = Counter()
    rejections: Counter[str] = Counter()
    scenes = objects = 0
    for spec in specs:
        scenes += 1
        objects += len(spec.objects)
        labelled = [o for o in spec.objects if o.category in position]
        rows = in_view(spec.camera, labelled)
        kinds = np.array([position[str(o.category)] for o in labelled], float)[rows[:, 0].astype(int)] if labelled else np.zeros(0)
        columns.append(np.column_stack([kinds, rows[:, 1:]]))
        counts = np.bincount(kinds.astype(int), minlength=len(position))
        for name, count in zip(categories, counts, strict=True):
            per_image[name].append(int(count))
        for name, value in spec.factors.items():
            factors.setdefault(name, []).append(value)
        corner_cases.update(spec.corner_cases)
        subdomains.update(spec.subdomains)
        rejections.update(spec.rejections)
    table = np.concatenate(columns) if columns else np.zeros((0, 4))
    return Summary(
        scenes=scenes,
        objects_in_scenes=objects,
        category_names=tuple(categories),
        categories=table[:, 0].astype(int),
        height_px=table[:, 1],
        truncation=table[:, 2],
        distance_m=table[:, 3],
        per_image={name: np.array(counts, int) for name, counts in per_image.items()},
        factors=factors,
        corner_cases=corner_cases,
        subdomains=subdomains,
        rejections=rejections,
    )


def merged(parts: Sequence[Summary]) -> Summary:
    """The summary of the scenes of all parts, in their order; there must be one, and all of one grammar."""
    names = parts[0].category_names
    factors: dict[str, list[Value]] = {}
    for part in parts:
        for name, values in part.factors.items():
            factors.setdefault(name, []).extend(values)
    return Summary(
        scenes=sum(p.scenes for p in parts),
        objects_in_scenes=sum(p.objects_in_scenes for p in parts),
        category_names=names,
        categories=np.concatenate([p.categories for p in parts]),
        height_px=np.concatenate([p.height_px for p in parts]),
        truncation=np.concatenate([p.truncation for p in parts]),
        distance_m=np.concatenate([p.distance_m for p in parts]),
        per_image={name: np.concatenate([p.per_image[name] for p in parts]) for name in names},
        factors=factors,
        corner_cases=sum((p.corner_cases for p in parts), Counter()),
        subdomains=sum((p.subdomains for p in parts), Counter()),
        rejections=sum((p.rejections for p in parts), Counter()),
    )


def in_view(camera: CameraSpec, objects: Sequence[ObjectSpec]) -> np.ndarray:
    """(M, 4) float64 rows (position in `objects`, box height inside the frame in pixels, truncation, distance in metres)
    of those whose projected 3D box touches the frame."""
    if not objects:
        return np.zeros((0, 4))
    sizes, positions = np.array([o.size_m for o in objects]), np.array([o.pose.position_m for o in objects])
    corners = boxes_in_world(sizes, positions, np.array([o.pose.rotation_wxyz for o in objects]))
    _, heights, shares = boxes_in_frame(camera, corners).T
    positions[:, 2] += sizes[:, 2] / 2
    distances = np.linalg.norm(positions - camera.position_m, axis=1)
    rows = np.column_stack([np.arange(len(objects)), heights, 1 - shares, distances])
    return rows[shares > 0]
