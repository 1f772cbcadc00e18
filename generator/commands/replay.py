"""`scenewright replay`: one image of a dataset rendered again from its SceneSpec alone, and compared with what is stored."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.commands.arguments import image_index, parser
from generator.errors import ConfigError

if TYPE_CHECKING:
    from generator.spec import SceneSpec
    from generator.storage import Folder

HELP = """\
Renders one image of a dataset again, from its stored SceneSpec with the dataset's own settings, and compares the bytes of every
file with those that are stored, and these with their checksums. On the same kind of CPU they are the same. Works on unfinished
datasets and on what is in quarantine.
Exit code 0: identical; 1: something differs, or a stored file is missing or has changed since it was made."""
EXAMPLES = """\
examples:
  scenewright replay data/street 12
  scenewright replay data/street images/000/000012.png --out again.png
  scenewright replay data/street 12 --samples 512 --out clean.png      the same scene with less noise (no comparison)"""


def main(arguments: Sequence[str]) -> int:
    made = parser("replay", HELP, EXAMPLES)
    made.add_argument("dataset", help="a dataset: folder or URL")
    made.add_argument("image", metavar="ID", help="number of the image, as in its file name")
    made.add_argument("--out", type=Path, help="where to put the picture, a file in the format of the dataset's")
    made.add_argument("--samples", type=int, help="samples instead of the dataset's own")
    options = made.parse_args(arguments)
    if options.samples is not None and options.samples < 1:
        made.error(f"--samples must be at least 1, found {options.samples}")
    return replay(options.dataset, image_index(options.image), options.out, options.samples)


def replay(place: str, index: int, out: Path | None, samples: int | None) -> int:
    from generator.commands.one_image import render_one
    from generator.settings import OutputSettings, RenderSettings
    from generator.storage import folder_at
    from generator.writers.shards import read_record

    dataset = folder_at(place)
    job = read_job(dataset)
    own = RenderSettings.model_validate(job["render"])
    render = own.model_copy(update={"samples": samples}) if samples else own
    output = OutputSettings.model_validate(job["output"])
    if out is not None:
        _check_out(out, dataset, output.image_format)
    stored = read_record(dataset, index)
    with tempfile.TemporaryDirectory(prefix="scenewright-replay-") as name:
        folder = Path(name)
        answer = render_one(
            spec_of(place, index),
            folder,
            render=render,
            output=output,
            categories=job["categories"],
            semantic_classes=job["semantic_classes"],
        )
        if answer.status != "done":
            print(f"image {index}: {answer.error}")
            return 1
        record = read_record(folder_at(folder), index)
        assert record is not None
        if out is not None:
            out.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / record["image"]["files"]["images"], out)
            print(f"picture: {out}")
    if stored is None:
        print(f"image {index} renders and its labels hold; the dataset does not have it, so there is nothing to compare")
        return 0
    if render.samples != own.samples:
        print(f"image {index}: not compared, {render.samples} samples instead of the dataset's {own.samples}")
        return 0
    return _compare(index, dataset, stored, record)


def _check_out(out: Path, dataset: Folder, image_format: str) -> None:
    """Raises ConfigError unless `out` is a place for a picture in the format of the dataset's, outside of it."""
    from generator.commands.targets import check_target
    from generator.pictures import SHEET_FORMATS
    from generator.storage.local import LocalFolder, is_within

    suffixes = [suffix for suffix, name in SHEET_FORMATS.items() if name == image_format]
    if out.suffix.lower() not in suffixes:
        raise ConfigError(f"--out {out}: the dataset's pictures are {image_format}: its name must end in {' or '.join(suffixes)}")
    if is_within(LocalFolder(out), dataset):
        raise ConfigError(f"--out {out} lies in the dataset {dataset}, which only its own command writes to: choose another place")
    check_target(out)


def _compare(index: int, dataset: Folder, stored: dict[str, Any], record: dict[str, Any]) -> int:
    """The rendering against the stored bytes; which of the two is not as the record says decides what is told."""
    old, new = stored["image"]["sha256"], record["image"]["sha256"]
    damaged = _damaged(dataset, stored["image"]["files"], old)
    different = [kind for kind in sorted(old.keys() | new.keys()) if old.get(kind) != new.get(kind)]
    if stored["annotations"] != record["annotations"]:
        different.append("annotations")
    same = ", ".join(kind for kind in sorted(old) if kind not in damaged and kind not in different) or "nothing"
    if different:
        print(f"image {index}: these differ: {', '.join(different)} (identical: {same})")
    elif damaged:
        print(f"image {index}: renders as it was made, but what is stored is not that any more (identical: {same})")
    else:
        print(f"image {index}: identical ({same}, annotations)")
    for text in damaged.values():
        print(f"  stored: {text}")
    return 1 if different or damaged else 0


def _damaged(dataset: Folder, paths: Mapping[str, str], sums: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with the stored files of an image, by their kind: other bytes than it was committed with, or none."""
    there = dataset.read_many(paths[kind] for kind in sorted(sums))
    found = {}
    for kind, digest in sorted(sums.items()):
        if paths[kind] not in there:
            found[kind] = f"{paths[kind]} is missing"
        elif hashlib.sha256(there[paths[kind]]).hexdigest() != digest:
            found[kind] = f"{paths[kind]} has changed since it was made"
    return found


def read_job(dataset: Folder) -> dict[str, Any]:
    """What a dataset was made with. Raises DatasetError when it is none."""
    from generator.dataset import no_dataset, read_json
    from generator.errors import DatasetError
    from generator.writers.layout import JOB

    found = read_json(dataset, JOB)
    if found is None:
        raise no_dataset(dataset, JOB)
    job = found.get("job")
    if not isinstance(job, dict):
        raise DatasetError(f"{dataset}/{JOB} is damaged: it holds no job")
    return job


def spec_of(place: str, index: int) -> SceneSpec:
    """The SceneSpec of an image, committed or in quarantine. Raises DatasetError when there is none."""
    from pydantic import ValidationError

    from generator.errors import DatasetError, DatasetInputError
    from generator.spec import SceneSpec
    from generator.storage import folder_at
    from generator.writers.layout import file_path, quarantine_path
    from generator.writers.shards import read_record
    from generator.writers.store import Store

    dataset = folder_at(place)
    for path, data in dataset.read_many([file_path("scenes", index, "json"), f"{quarantine_path(index)}/scene.json"]).items():
        try:
            return SceneSpec.from_json(data)
        except ValidationError as error:
            raise DatasetError(f"{dataset}/{path} is damaged: it is no SceneSpec ({error.error_count()} problems)") from error
    if Store(dataset).reasons([index]):
        from generator.commands.summary import undrawn

        raise DatasetInputError(f"{place}: scene {index} could not be drawn, so there is none to look into. {undrawn(place, [index])}")
    if read_record(dataset, index) is not None:
        raise DatasetInputError(f"{place} has no scene {index} any more: {file_path('scenes', index, 'json')} is missing")
    raise DatasetInputError(f"{place} has no scene {index}: it was never made")
