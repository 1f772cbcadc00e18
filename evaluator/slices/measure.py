"""Every slice of a file measured on a detector's results: numbers with intervals, what falls short, what got worse."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from evaluator.datasets import LabelledImages
from evaluator.slices.definition import METRICS, Metric, Slice, SliceFile
from evaluator.slices.examined import Examined
from evaluator.slices.fields import all_hold, classes_of, holds_images, of_image, of_object, why_empty
from evaluator.slices.resampling import Interval, drawn_weights, holm, interval, p_value
from generator.streams import Stream

SIGNIFICANT = 0.05
Status = Literal["passed", "failed", "measured", "empty"]


@dataclass(frozen=True)
class Comparison:
    """Of one number with that of another detector on the same images. p_adjusted: for the number of slices, by Holm."""

    before: float
    change: Interval
    p_value: float
    p_adjusted: float = 1.0

    @property
    def worse(self) -> bool:
        return self.change.value < 0 and self.p_adjusted <= SIGNIFICANT

    @property
    def better(self) -> bool:
        return self.change.value > 0 and self.p_adjusted <= SIGNIFICANT


@dataclass(frozen=True)
class SliceResult:
    """images, objects: how many the slice has. numbers: by metric, empty when there is nothing to find. failures: why it fails."""

    name: str
    part: Slice
    positions: tuple[int, ...]
    objects: int
    numbers: Mapping[Metric, Interval]
    classes: Mapping[str, float]
    failures: tuple[str, ...] = ()
    note: str = ""
    against: Comparison | None = None

    @property
    def status(self) -> Status:
        if self.failures:
            return "failed"
        if not self.numbers:
            return "empty"
        return "passed" if self.part.at_least.named() or self.against else "measured"


@dataclass(frozen=True)
class Judging:
    """draws: sets drawn for intervals. metric: the number that detectors and factors are compared by. worse_fails: whether a slice
    that got significantly worse fails."""

    draws: int
    metric: Metric
    worse_fails: bool
    seed: int


def measure(file: SliceFile, examined: Examined, against: Examined | None, judging: Judging) -> list[SliceResult]:
    """The slices in the order of the file."""
    classes = file.classes or examined.dataset.categories
    units = drawn_together(examined.dataset, file.resample_by)
    results = [_measured(name, part, classes, units, examined, against, judging) for name, part in file.slices.items()]
    compared = [i for i, result in enumerate(results) if result.against]
    adjusted = holm([results[i].against.p_value for i in compared])  # type: ignore[union-attr]
    for i, p in zip(compared, adjusted, strict=True):
        results[i] = _compared(results[i], p, judging)
    return results


def drawn_together(dataset: LabelledImages, field: str | None) -> list[Hashable]:
    """For every image what it is drawn with: its counterfactual scene, else those that share `field`, else itself."""
    units: list[Hashable] = []
    for i, image in enumerate(dataset.images):
        shared = of_image(image).get(field) if field else None
        units.append(("draw", image.counterfactual.draw) if image.counterfactual else ("image", i) if shared is None else ("field", shared))
    return units


def _measured(
    name: str, part: Slice, every: Sequence[str], units: Sequence[Hashable], examined: Examined, against: Examined | None, judging: Judging
) -> SliceResult:
    dataset = examined.dataset
    classes, positions = classes_of(part, every), holds_images(part, dataset.images)
    objects = _count(part, classes, positions, dataset)
    values, by_class = examined.numbers(positions, classes, part.objects) if objects else ({}, {})
    result = SliceResult(name, part, tuple(positions), objects, {}, by_class)
    if not values:
        why = why_empty(part, dataset)
        return replace(result, note=why, failures=(f"nothing to find: {why}",) if part.at_least.named() else ())
    weights = drawn_weights([units[i] for i in positions], judging.draws, Stream.root("slice", judging.seed, name))
    drawn = examined.drawn_mean(positions, weights, classes, part.objects)
    numbers = {metric: interval(values[metric], drawn[:, k], least=0) for k, metric in enumerate(METRICS)}
    comparison = None
    if against is not None:
        k = METRICS.index(judging.metric)
        before = against.numbers(positions, classes, part.objects)[0][judging.metric]
        differences = drawn[:, k] - against.drawn_mean(positions, weights, classes, part.objects)[:, k]
        change = values[judging.metric] - before
        comparison = Comparison(before, interval(change, differences), p_value(change, differences))
    return replace(result, numbers=numbers, failures=tuple(_short_of(part, objects, numbers)), against=comparison)


def _count(part: Slice, classes: Sequence[str], positions: Sequence[int], dataset: LabelledImages) -> int:
    things = (thing for i in positions for thing in dataset.images[i].objects if not thing.crowd and thing.category in classes)
    return sum(all_hold(part.objects, of_object(thing)) for thing in things)


def _short_of(part: Slice, objects: int, numbers: Mapping[Metric, Interval]) -> list[str]:
    limits = part.at_least.named()
    if limits and objects < part.least_objects:
        return [f"{objects} objects are too few to judge by (least_objects: {part.least_objects})"]
    return [f"{name} {numbers[name].value:.3f} is below {least:g}" for name, least in limits.items() if numbers[name].value < least]


def _compared(result: SliceResult, p_adjusted: float, judging: Judging) -> SliceResult:
    assert result.against is not None
    comparison = replace(result.against, p_adjusted=p_adjusted)
    failures = result.failures
    if comparison.worse and judging.worse_fails:
        change = comparison.change
        told = f"{judging.metric} fell from {comparison.before:.3f} to {comparison.before + change.value:.3f}"
        failures = (*failures, f"{told} ({change.value:+.3f} [{change.low:+.3f}, {change.high:+.3f}], p = {p_adjusted:.3g} after Holm)")
    return replace(result, against=comparison, failures=failures)
