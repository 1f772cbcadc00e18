"""Detectors as others call them: build, save, load, detect, score."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
import torch
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.image_list import ImageList

from evaluator.datasets import LabelledImages, open_images
from evaluator.detection import Detector, detect, load_detector, save_detector, score
from evaluator.detectors.all_detectors import DETECTOR
from evaluator.detectors.backbone import Preparation
from evaluator.detectors.grid import Grid
from evaluator.scores import Overlap, as_coco
from generator.errors import ConfigError, DatasetInputError, DeviceError, MissingPackageError
from generator.writers.coco import encode_mask
from tests.evaluator.made import HEIGHT, WIDTH, annotation, box_mask, coco, picture, write_coco

KINDS = ("fcos", "faster_rcnn", "mask_rcnn", "point_rend")
TINY = {"size_px": 64, "pyramid": {"channels": 32, "levels": 3, "finest_stride": 8}, "backbone": {"weights": "none"}}


def tiny(kind: str, **changes: Any) -> Any:
    regions = {} if kind == "fcos" else {"regions": {"box_width": 16, "regions_kept": 20, "regions_trained": 8}}
    return DETECTOR.validate_python({"kind": kind, **TINY, **regions, **changes})


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> LabelledImages:
    return open_images(write_coco(tmp_path_factory.mktemp("photos"), coco()))


class Fixed(torch.nn.Module):
    """Finds the same two things in every picture."""

    def forward(self, pictures: list[torch.Tensor]) -> list[dict[str, torch.Tensor]]:
        self.shapes = [tuple(p.shape) for p in pictures]
        boxes = torch.tensor([[20.0, 16.0, 60.0, 40.0], [80.0, 10.0, 96.0, 70.0]])
        return [{"boxes": boxes, "labels": torch.tensor([2, 1]), "scores": torch.tensor([0.9, 0.6])} for _ in pictures]


def test_results_are_in_pixels_of_the_stored_pictures_under_the_ids_of_the_dataset(photos: LabelledImages) -> None:
    """The network sees 128 x 96 instead of 64 x 48: its boxes are halved; labels go by name, not by position."""
    model = Fixed()
    detector = Detector(model, ("person", "car"), tiny("fcos", size_px=128))
    found = detect(detector, photos, batch=2)
    assert model.shapes == [(3, 96, 128)]  # the third picture comes alone
    assert [r["image_id"] for r in found] == [1, 1, 2, 2, 3, 3]
    assert (found[0]["category_id"], found[0]["bbox"], found[1]["category_id"]) == (1, [10, 8, 20, 12], 2)
    assert detect(detector, photos, least_score=0.7) == [r for r in found if r["score"] > 0.7]
    assert score(photos, found).classes_50 == {"car": 1.0, "person": 1.0}


def test_classes_that_the_dataset_lacks_are_left_out(photos: LabelledImages) -> None:
    detector = Detector(Fixed(), ("bus", "car"), tiny("fcos", size_px=128))
    assert {r["category_id"] for r in detect(detector, photos)} == {1}
    bare = replace(photos, categories=())
    assert {r["category_id"] for r in detect(detector, bare)} == {1, 2}


@pytest.mark.parametrize("kind", KINDS)
def test_a_saved_detector_finds_the_same(kind: str, photos: LabelledImages, tmp_path: Path) -> None:
    torch.manual_seed(0)
    settings = tiny(kind)
    detector = Detector(settings.build(2, pretrained=True), ("car", "person"), settings, about={"seed": 0})
    save_detector(detector, tmp_path / "detector.pt")
    again = load_detector(tmp_path / "detector.pt", "cpu")
    assert (again.classes, again.settings, again.about) == (detector.classes, settings, {"seed": 0})
    found, expected = (detect(d, photos, least_score=0) for d in (again, detector))
    assert found == expected
    assert all(orjson.loads(orjson.dumps(r)) == r for r in found)
    assert all(("segmentation" in r) == settings.masks for r in found)


@pytest.mark.parametrize("kind", KINDS)
def test_losses_are_finite_with_and_without_objects_and_reach_what_is_trained(kind: str) -> None:
    torch.manual_seed(0)
    model = tiny(kind).build(2, pretrained=True).train()
    boxes = torch.tensor([[10.0, 8.0, 30.0, 20.0]])
    some = {"boxes": boxes, "labels": torch.tensor([1]), "masks": torch.ones((1, 48, 64), dtype=torch.uint8)}
    none = {"boxes": boxes[:0], "labels": some["labels"][:0], "masks": some["masks"][:0]}
    losses = model([torch.zeros((3, 48, 64), dtype=torch.uint8), torch.full((3, 64, 40), 200, dtype=torch.uint8)], [some, none])
    total = sum(losses.values())
    assert torch.isfinite(total)
    total.backward()
    untouched = {name for name, p in model.named_parameters() if p.requires_grad and p.grad is None}
    assert not untouched
    assert any(not p.requires_grad for p in model.backbone.body.parameters())  # the first layers


def test_lite0_begins_with_its_weights_and_its_first_layers_are_frozen() -> None:
    body = tiny("fcos", backbone={"frozen_layers": 2}).build(1, pretrained=True).backbone.body
    other = tiny("fcos").build(1, pretrained=False).backbone.body
    assert not torch.equal(body.conv_stem.weight, other.conv_stem.weight)
    trained = {name.split(".")[1] for name, p in body.named_parameters() if p.requires_grad}
    assert trained == {"2", "3", "4", "5", "6"}
    assert not any(isinstance(m, torch.nn.BatchNorm2d) for m in body.modules())


def test_pictures_are_normalised_and_padded_with_the_mean() -> None:
    prepare = Preparation({"mean": (0.2, 0.4, 0.6), "std": (0.5, 0.25, 0.1)}, 32)
    batch, _ = prepare([torch.full((3, 40, 20), 255, dtype=torch.uint8), torch.zeros((3, 10, 50), dtype=torch.uint8)])
    assert batch.image_sizes == [(40, 20), (10, 50)]
    assert batch.tensors.shape == (2, 3, 64, 64)
    np.testing.assert_allclose(batch.tensors[0, :, 39, 19], [1.6, 2.4, 4.0], rtol=1e-5)
    np.testing.assert_allclose(batch.tensors[1, :, 9, 49], [-0.4, -1.6, -6.0], rtol=1e-5)
    assert not batch.tensors[0, :, 40:].any()
    assert not batch.tensors[0, :, :, 20:].any()


def test_points_lie_at_multiples_of_the_strides_in_pictures_of_any_size() -> None:
    strides = (8, 16, 32, 64)
    pictures = ImageList(torch.zeros((2, 3, 128, 192)), [(128, 192), (100, 180)])
    maps = [torch.zeros((2, 4, 128 // s, 192 // s)) for s in strides]
    theirs = AnchorGenerator(tuple((s,) for s in strides), ((1.0,),) * len(strides))(pictures, maps)
    assert all(torch.equal(a, b) for a, b in zip(Grid(strides)(pictures, maps), theirs, strict=True))

    odd = ImageList(torch.zeros((1, 3, 120, 72)), [(120, 72)])  # no multiple of 16
    (points,) = Grid(strides)(odd, [torch.zeros((1, 4, -(-120 // s), -(-72 // s))) for s in strides])
    middles = (points[:, :2] + points[:, 2:]) / 2
    expected = [[c * s, r * s] for s in strides for r in range(-(-120 // s)) for c in range(-(-72 // s))]
    assert middles.tolist() == expected
    assert (points[:, 2] - points[:, 0]).unique().tolist() == list(strides)


def test_fcos_learns_from_pictures_that_are_no_multiple_of_its_coarsest_stride() -> None:
    torch.manual_seed(0)
    model = tiny("fcos").build(1, pretrained=True).train()
    seen: list[tuple[int, ...]] = []
    model.backbone.register_forward_pre_hook(lambda _, given: seen.append(tuple(given[0].shape)))
    target = {"boxes": torch.tensor([[4.0, 4.0, 30.0, 40.0]]), "labels": torch.tensor([1])}
    losses = model([torch.zeros((3, 64, 40), dtype=torch.uint8)], [target])
    assert seen == [(1, 3, 64, 40)]
    assert torch.isfinite(sum(losses.values()))


def test_weights_are_never_fetched_unasked_and_errors_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(MissingPackageError, match=r"backbone\.weights=PATH.*backbone\.weights=download.*backbone\.weights=none"):
        tiny("fcos", backbone={"model": "resnet50"}).build(1, pretrained=True)
    with pytest.raises(ConfigError, match=r"backbone\.weights: there is no file"):
        tiny("fcos", backbone={"weights": str(tmp_path / "none.pth")}).build(1, pretrained=True)
    with pytest.raises(ConfigError, match=r'there is no network "resnet5".*Did you mean "resnet'):
        tiny("fcos", backbone={"model": "resnet5"}).build(1, pretrained=True)
    with pytest.raises(ConfigError, match=r"maps of strides \[4, 8, 16, 32\]"):
        tiny("fcos", backbone={"model": "convnext_atto", "weights": "none"}).build(1, pretrained=True)
    (tmp_path / "text.pt").write_text("no weights")
    with pytest.raises(DatasetInputError, match=r"text\.pt: is no checkpoint"):
        load_detector(tmp_path / "text.pt")
    with pytest.raises(DatasetInputError, match="there is no such file"):
        load_detector(tmp_path / "none.pt")
    torch.save({"weights": 1}, tmp_path / "other.pt")
    with pytest.raises(DatasetInputError, match=r"is no detector; best\.pt and final\.pt"):
        load_detector(tmp_path / "other.pt")


@pytest.mark.skipif(torch.cuda.is_available(), reason="needs a machine without CUDA")
def test_a_device_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    settings = tiny("fcos")
    save_detector(Detector(settings.build(1, pretrained=False), ("car",), settings), tmp_path / "detector.pt")
    with pytest.raises(DeviceError, match="no CUDA device"):
        load_detector(tmp_path / "detector.pt", "cuda")


def test_a_weights_file_of_another_backbone_is_taken(tmp_path: Path) -> None:
    """torchvision's ResNet names its tensors as timm's does; any file with the shapes in order serves."""
    import timm

    weights = timm.create_model("resnet18", pretrained=False).state_dict()
    torch.save(weights, tmp_path / "resnet18.pth")
    settings = tiny("fcos", backbone={"model": "resnet18", "weights": str(tmp_path / "resnet18.pth"), "batch_norm": "trained"})
    body = settings.build(1, pretrained=True).backbone.body
    assert torch.equal(body.layer3[0].conv1.weight, weights["layer3.0.conv1.weight"])


def scattered(seed: int, count: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A COCO file with masks, small and large, some of them crowds, and results: near misses, doubles and inventions."""
    rng = np.random.default_rng(seed)
    content = {**coco(count), "annotations": []}
    results = []
    for i in range(6 * count):
        x, y, w, h = (int(v) for v in rng.integers([0, 0, 3, 3], [40, 28, 22, 18]))
        image, category = i % count + 1, int(rng.choice([3, 7]))
        mask = box_mask(x, y, w, h) & (rng.random((HEIGHT, WIDTH)) < 0.9)
        crowd = {"iscrowd": int(rng.random() < 0.1)}
        entry = annotation(i + 1, image, category_id=category, bbox=[x, y, w, h], segmentation=encode_mask(mask), **crowd)
        content["annotations"].append({**entry, "area": int(mask.sum())})
        for _ in range(int(rng.integers(0, 3))):
            dx, dy = (int(v) for v in rng.integers(-1, 2, 2))
            moved = (max(x + dx, 0), max(y + dy, 0), w, h)
            found = {"image_id": image, "category_id": 1 + int(category == 7), "score": float(rng.random())}
            code = encode_mask(box_mask(*moved))
            results.append({**found, "bbox": [float(v) for v in moved], "segmentation": code})
    return content, results


@pytest.mark.parametrize("overlap", ["bbox", "segm"])
def test_average_precision_is_that_of_pycocotools(overlap: Overlap, tmp_path: Path) -> None:
    content, results = scattered(1, 12)
    dataset = open_images(write_coco(tmp_path, content))
    found = score(dataset, results, overlap)

    reference = COCO()
    reference.dataset = as_coco(dataset, overlap)
    reference.createIndex()
    evaluation = COCOeval(reference, reference.loadRes([dict(r) for r in results]), overlap)
    evaluation.evaluate()
    evaluation.accumulate()
    evaluation.summarize()
    expected = [None if v < 0 else v for v in evaluation.stats]
    mine = [found.ap, found.ap50, found.ap75, found.ap_small, found.ap_medium, found.ap_large, found.ar]
    assert mine == pytest.approx([expected[i] for i in (0, 1, 2, 3, 4, 5, 8)], abs=1e-9)
    assert found.ap is not None
    assert 0.1 < found.ap < 0.9
    assert found.ap_large is None  # nothing in 64 x 48 is large
    per_class = [float(p[p > -1].mean()) for p in (evaluation.eval["precision"][:, :, k, 0, 2] for k in range(2))]
    assert list(found.classes.values()) == pytest.approx(per_class, abs=1e-9)
    assert found.ap == pytest.approx(np.mean(per_class))


def test_scores_of_part_of_a_dataset(photos: LabelledImages) -> None:
    perfect = [
        {"image_id": image.image_id, "category_id": 1 + (o.category == "person"), "bbox": list(o.box), "score": 0.9}
        for image in photos.images
        for o in image.objects
    ]
    part = score(photos.subset([1, 2]), perfect)  # without the only person
    assert (part.ap, part.classes, part.images, part.objects) == (1.0, {"car": 1.0, "person": None}, 2, 2)
    assert score(photos, []).ap == 0
    unknown = photos.ignoring(lambda image, thing: thing.category == "person")
    cars_alone = [r for r in perfect if r["category_id"] == 1]
    assert score(unknown, cars_alone).classes == {"car": None, "person": 0.0}
    assert score(unknown, perfect).ap == 1.0  # cars that were found are no mistakes either
    with pytest.raises(DatasetInputError, match="has no labels"):
        score(replace(photos, categories=()), perfect)


def test_masks_cannot_be_scored_on_boxes(tmp_path: Path) -> None:
    content = {**coco(1), "annotations": [annotation(5, 1)]}
    dataset = open_images(write_coco(tmp_path, content, [picture(0)]))
    with pytest.raises(DatasetInputError, match="annotation 5 has a box and no mask"):
        score(dataset, [], "segm")
