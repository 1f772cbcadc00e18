"""A dataset as its readers see it: our own, pycocotools, torchvision, sha256sum."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import orjson
import pytest
from pycocotools.coco import COCO

from generator.dataset import Dataset, open_dataset
from generator.errors import DatasetError
from generator.frame import Labels
from generator.spec import SceneSpec
from generator.verification import verify
from tests.writers.made import SPECS, make_dataset, truth_of


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return make_dataset(tmp_path_factory.mktemp("made") / "dataset")


@pytest.fixture(params=range(len(SPECS)))
def truth(request: pytest.FixtureRequest) -> tuple[SceneSpec, Labels, np.ndarray]:
    return truth_of(SPECS[request.param])


def test_every_layer_reads_back(dataset: Dataset, truth: tuple[SceneSpec, Labels, np.ndarray]) -> None:
    spec, labels, picture = truth
    index = spec.index
    assert dataset.spec(index) == spec
    assert np.array_equal(dataset.rgb(index), picture)
    assert np.array_equal(dataset.instances(index), labels.index)
    assert np.array_equal(dataset.semantic(index), labels.semantic)
    near = labels.depth_m < 65.5
    assert np.abs(dataset.depth_m(index)[near] - labels.depth_m[near]).max() <= 0.00051
    assert np.isinf(dataset.depth_m(index)[~near]).all()
    assert ((dataset.normal(index) * labels.normal).sum(2)[labels.index > 0] > 0.9999).all()


def test_pycocotools_reads_masks_that_are_the_instance_image(dataset: Dataset) -> None:
    coco = COCO(str(dataset.root / "annotations/instances.json"))
    assert sorted(coco.imgs) == [i + 1 for i in dataset.indices()]
    assert coco.anns
    for annotation in coco.loadAnns(coco.getAnnIds()):
        mask = coco.annToMask(annotation).astype(bool)
        assert np.array_equal(mask, dataset.instances(annotation["image_id"] - 1) == annotation["object_id"])
        assert annotation["area"] == mask.sum()


def test_torchvision_reads_it(dataset: Dataset) -> None:
    datasets = pytest.importorskip("torchvision.datasets", reason="torchvision is not installed (extra: train)")
    found = datasets.CocoDetection(str(dataset.root), str(dataset.root / "annotations/instances.json"))
    assert len(found) == len(SPECS)
    image, targets = found[0]
    assert np.array_equal(np.asarray(image), dataset.rgb(SPECS[0].index))
    assert [t["id"] for t in targets] == [a["id"] for a in dataset.record(SPECS[0].index)["annotations"]]


def test_records_and_annotations_are_looked_up(dataset: Dataset) -> None:
    assert dataset.indices() == [s.index for s in SPECS]
    records = list(dataset.records())
    assert [r["image"]["index"] for r in records] == dataset.indices()
    annotation = records[1]["annotations"][0]
    assert dataset.annotation(annotation["id"]) == annotation
    with pytest.raises(DatasetError, match="has no image 4711"):
        dataset.record(4711)
    with pytest.raises(DatasetError, match=r"has no annotation 999 \(image 0 has no labelled object 999\)"):
        dataset.annotation(999)


def test_the_card_counts(dataset: Dataset) -> None:
    counts = dataset.card["counts"]
    annotations = [a for r in dataset.records() for a in r["annotations"]]
    assert counts["images"] == len(SPECS)
    assert counts["instances"] == len(annotations)
    assert counts["by_class"]["ball"]["instances"] == sum(a["category_id"] == 1 for a in annotations)
    assert counts["by_class"]["ball"]["images"] == len({a["image_id"] for a in annotations if a["category_id"] == 1})
    assert counts["factors"]["weather"] == {"values": {"dry": 2, "rain": 1}}
    assert counts["corner_cases"] == {"glare": 1}
    assert dataset.card["rejections"] == {"overlap": 3}
    assert dataset.card["semantic_classes"][0] == "sky"


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="sha256sum is not there")
def test_sha256sum_agrees(dataset: Dataset) -> None:
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "files.sha256"], cwd=dataset.root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    listed = {line.split("  ", 1)[1] for line in (dataset.root / "files.sha256").read_text().splitlines()}
    there = {p.relative_to(dataset.root).as_posix() for p in dataset.root.rglob("*") if p.is_file()}
    assert there - listed - {"dataset.json", "files.sha256"} == {p for p in there if p.startswith("run/")}


def test_verify_names_what_changed(dataset: Dataset, tmp_path: Path) -> None:
    assert verify(dataset.root) == []
    copy = shutil.copytree(dataset.root, tmp_path / "copy")
    (copy / "images/000/000001.png").write_bytes(b"x")
    (copy / "depth/000/000000.png").unlink()
    with open(copy / "files.sha256", "a") as sums:
        sums.write("")
    assert sorted(verify(copy)) == ["depth/000/000000.png is missing", "images/000/000001.png has changed"]
    lines = (copy / "files.sha256").read_text().splitlines(keepends=True)
    (copy / "files.sha256").write_text("".join(lines[1:]))
    assert "files.sha256 is not the file that dataset.json was written with" in verify(copy)


def test_verify_reads_nothing_outside(dataset: Dataset, tmp_path: Path) -> None:
    copy = shutil.copytree(dataset.root, tmp_path / "copy")
    with open(copy / "files.sha256", "a") as sums:
        sums.write(f"{64 * '0'}  /dev/zero\n{64 * '0'}  images/../../secret\n")
    outside = [f"files.sha256 names '{path}', which is outside the dataset" for path in ("/dev/zero", "images/../../secret")]
    assert verify(copy) == ["files.sha256 is not the file that dataset.json was written with", *outside]


def test_what_is_no_finished_dataset_says_so(tmp_path: Path, dataset: Dataset) -> None:
    with pytest.raises(DatasetError, match="is no dataset"):
        open_dataset(tmp_path)
    (tmp_path / "job.json").write_text("{}")
    with pytest.raises(DatasetError, match="is not finished: run its command again"):
        open_dataset(tmp_path)
    (tmp_path / "dataset.json").write_bytes(orjson.dumps({**dataset.card, "format_version": 9}))
    with pytest.raises(DatasetError, match="version 9; scenewright, 1 is known"):
        open_dataset(tmp_path)


def test_layers_that_were_not_written_are_named(dataset: Dataset, tmp_path: Path) -> None:
    bare = make_dataset(tmp_path / "bare", depth="none")
    with pytest.raises(DatasetError, match="was written without depth; it has images, instances, normals, scenes, semantic"):
        bare.depth_m(0)
