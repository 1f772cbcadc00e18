"""How long it takes to compact, merge and finish the annotations of a large dataset, and in how much memory.

    python benchmarks/merge.py [images] [instances an image]

Synthetic records, loose as a run leaves them; prints CPU and wall seconds of compaction and of the rest, the size of the COCO
file and the process's peak memory above what the imports take.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import orjson

from generator.dataset import DatasetFacts, finish, open_store
from generator.writers import layout
from generator.writers.shards import compact_all
from generator.writers.store import Store

KINDS = ("images", "scenes", "depth", "normals", "semantic", "instances")
FACTS = DatasetFacts("benchmark", 0, ("car", "person"), ("sky", "object"), {}, {}, None)


def main(images: int, instances: int) -> None:
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder, "dataset"), {"images": images}) as store:
        _write_loose(store, images, instances)
        before = _peak_mb()
        _timed("compaction", lambda: compact_all(store))
        _timed("finish (merge, checksums, card)", lambda: finish(store, FACTS))
        size = (store.root / layout.INSTANCES).stat().st_size
        print(f"{images} images, {images * instances} annotations, {size / 1e6:.0f} MB; peak memory + {_peak_mb() - before:.0f} MB")


def _write_loose(store: Store, images: int, instances: int) -> None:
    """Straight to disk: committing is not what is measured."""
    for index in range(images):
        path = store.root / layout.record_path(index)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(orjson.dumps(_record(index, instances), option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE))


def _record(index: int, instances: int) -> dict[str, Any]:
    mask = {"size": [360, 640], "counts": "lQR89d>6L2M4M2N2N2O0O2N2O0O2O00001N1000000000000001O000O101O0O2O0O2O1N2N2N2N2M4M4JVeg0"}
    pose = [[0.123456789] * 4] * 4
    annotation = {"segmentation": mask, "amodal_segmentation": mask, "bbox": [1, 2, 30, 40], "area": 700, "iscrowd": 0, "category_id": 1}
    box = {"box_3d": {"camera_from_object": pose, "size_m": [4.1, 1.8, 1.5], "pixels": [[123.456, 234.567]] * 8}}
    files = {kind: layout.file_path(kind, index, "png") for kind in KINDS}
    image = {"id": index + 1, "index": index, "file_name": files["images"], "width": 640, "height": 360, "files": files}
    facts = {"factors": {"hour": index % 24, "weather": "dry"}, "subdomains": [], "corner_cases": [], "rejections": {"overlap": index % 3}}
    return {
        "image": {**image, **facts, "sha256": dict.fromkeys(KINDS, "0" * 64)},
        "annotations": [{**annotation, **box, "id": index * 32768 + i, "image_id": index + 1} for i in range(1, instances + 1)],
    }


def _timed(name: str, action: Any) -> None:
    cpu, wall = time.process_time(), time.perf_counter()
    action()
    print(f"{name}: {time.process_time() - cpu:.2f} CPU s, {time.perf_counter() - wall:.2f} s")


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, int(sys.argv[2]) if len(sys.argv) > 2 else 10)
