"""WebDataset: tars of samples, read in a stream by training jobs (https://github.com/webdataset/webdataset).

A sample is the files that share a name up to its first dot: 000123.png (or jpg, webp), 000123.json (the COCO record, with all of
this house's fields), 000123.depth.png, 000123.semantic.png, ... as written. A tar holds images of one thousand of indices only,
so it does not change when the dataset grows, and the same dataset gives the same bytes: no times, no owners, sorted names.
"""

from __future__ import annotations

import tarfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from itertools import groupby

import orjson

from generator.dataset import Dataset
from generator.errors import DatasetError
from generator.storage import Folder
from generator.writers.coco import Record, record_bytes
from generator.writers.exports.registry import ExportOptions, exporter
from generator.writers.layout import SHARD_IMAGES

_FIELDS = {"images": "", "scenes": "scene."}  # what stands before the suffix, where it is not the kind of file


@dataclass(frozen=True)
class Sample:
    """files: bytes by name, sorted."""

    index: int
    files: Mapping[str, bytes]


@exporter("webdataset")
def export_webdataset(dataset: Dataset, out: Folder, options: ExportOptions) -> int:
    """WebDataset tars of samples (00000-00.tar, ...), each at most --tar-mb large, and index.json with classes and images by tar."""
    images: dict[str, int] = {}
    samples = (sample_of(dataset, record) for record in dataset.records())
    for name, group in groupby(samples, _tar_names(options.tar_mb * 1_000_000)):
        with out.write(name) as file, tarfile.open(fileobj=file, mode="w|", format=tarfile.USTAR_FORMAT) as tar:
            images[name] = sum(_add(tar, sample) for sample in group)
    index = {"categories": dataset.card["categories"], "semantic_classes": dataset.card["semantic_classes"], "images": images}
    out.put("index.json", orjson.dumps(index, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    return sum(images.values())


def sample_of(dataset: Dataset, record: Record) -> Sample:
    """All files of an image and its record, under one key."""
    image = record["image"]
    key, paths = f"{image['index']:06d}", image["files"]
    found = dataset.folder.read_many(paths.values())
    missing = [path for path in paths.values() if path not in found]
    if missing:
        raise DatasetError(f"{dataset.folder}/{missing[0]} is missing: `scenewright verify` lists all that is")
    names = {kind: f"{key}.{_FIELDS.get(kind, f'{kind}.')}{path.rsplit('.', 1)[1]}" for kind, path in paths.items()}
    files = {names[kind]: found[path] for kind, path in paths.items()}
    files[f"{key}.json"] = record_bytes(record)
    return Sample(image["index"], dict(sorted(files.items())))


def _tar_names(most_bytes: int) -> Callable[[Sample], str]:
    """A function that gives the tar of each sample in turn: a new one for each thousand of indices, and whenever one is full."""
    shard, number, size = -1, 0, 0

    def name(sample: Sample) -> str:
        nonlocal shard, number, size
        own = sum(_tarred(len(data)) for data in sample.files.values())
        if sample.index // SHARD_IMAGES != shard:
            shard, number, size = sample.index // SHARD_IMAGES, 0, 0
        elif size + own > most_bytes:
            number, size = number + 1, 0
        size += own
        return f"{shard:05d}-{number:02d}.tar"

    return name


def _tarred(size: int) -> int:
    """Bytes of a file in a tar: its header, and itself in whole blocks."""
    return tarfile.BLOCKSIZE * (1 + -(-size // tarfile.BLOCKSIZE))


def _add(tar: tarfile.TarFile, sample: Sample) -> int:
    for name, data in sample.files.items():
        entry = tarfile.TarInfo(name)  # time 0, owner 0, mode 0644
        entry.size = len(data)
        tar.addfile(entry, BytesIO(data))
    return 1
