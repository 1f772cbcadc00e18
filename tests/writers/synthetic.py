"""Records and files without a renderer, to fill stores fast. Everything follows from the index."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from generator.writers.card import DatasetFacts
from generator.writers.layout import file_path

JOB = {"scene": "made", "count": 10, "render": {"samples": 4, "engine": "cycles"}}
FACTS = DatasetFacts(
    "made", 5, ("ball", "crate"), ("sky", "object"), {"count": 10}, {"scenewright": "0"}, None, ({"name": "x", "licence": "CC0-1.0"},)
)


def files(index: int) -> dict[str, bytes]:
    return {
        path: orjson.dumps({"index": index, "kind": kind}) for kind in ("images", "scenes") for path in [file_path(kind, index, "json")]
    }


def record(index: int, annotations: int = 2) -> dict[str, Any]:
    made = files(index)
    paths = {path.split("/")[0]: path for path in made}
    return {
        "image": {
            "id": index + 1,
            "index": index,
            "file_name": paths["images"],
            "width": 640,
            "height": 480,
            "seed": 5,
            "scene": "made",
            "factors": {"hour": index * 0.37, "weather": ("dry", "rain")[index % 2], "night": index % 3 == 0},
            "corner_cases": ["glare"] if index % 4 == 0 else [],
            "subdomains": [],
            "rejections": {"overlap": index % 3},
            "camera": {"K": np.eye(3).tolist(), "distortion": [], "world_from_camera": np.eye(4).tolist()},
            "files": paths,
            "sha256": {kind: hashlib.sha256(made[path]).hexdigest() for kind, path in paths.items()},
        },
        "annotations": [
            {
                "id": index * 32768 + i,
                "image_id": index + 1,
                "category_id": 1 + (index + i) % 2,
                "iscrowd": 0,
                **{f"{view}segmentation": {"size": [480, 640], "counts": f"a{i}b" * 40} for view in ("", "amodal_")},
                **{f"{view}area": 100 * i for view in ("", "amodal_")},
                **{f"{view}bbox": [i, i, 10, 10] for view in ("", "amodal_")},
                "visible_ratio": 1.0,
                "truncation": 0.0,
                "distance_m": 2.5 * i,
                "box_3d": {"camera_from_object": np.eye(4).tolist(), "size_m": [1, 1, 2], "pixels": [None, *[[i, 0.5]] * 7]},
                "object_id": i,
                "object_name": f"things/{i}",
                "tags": [],
            }
            for i in range(1, annotations + 1)
        ],
    }


def tree(root: Path) -> dict[str, bytes]:
    """Every file of a dataset by path, without what belongs to a run."""
    found = {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}
    return {path: data for path, data in found.items() if not path.startswith("run/")}
