"""Every slice of a file measured on a detector's results: numbers with intervals, what falls short, what got worse."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from evaluator.datasets import LabelledImage, LabelledImages
from evaluator.slices.definition import METRICS, Metric, Slice, SliceFile
from evaluator.slices.examined import Examined
from evaluator.slices.fields import all_hold, classes_of, holds_images, of_image, of_object, values_lacking, why_empty
from evaluator.slices.resampling import FEWEST_UNITS, Interval, drawn_weights, enough, holm, interval, p_value
from generator.streams import Stream

SIGNIFICANT = 0.05
Status = Literal["passed", "failed", "measured", "empty"]


@dataclass(frozen=True)
class Comparison:
    """Of one number with that of another detector on the same images. p_adjusted: for the number of slices, by Holm; None, as p_value,
    where there are too few images."""

    before: float
    change: Interval
    p_value: float | None
    p_adjusted: float | None = None

    @property
    def worse(self) -> bool:
        return self.change.value < 0 and is_significant(self.p_adjusted)

    @property
    def better(self) -> bool:
        return self.change.value > 0 and is_significant(self.p_adjusted)


def is_significant(p_adjusted: float | None) -> bool:
    return p_adjusted is not None and p_adjusted <= SIGNIFICANT


@dataclass(frozen=True)
class SliceResult:
    """positions, objects: of its images, how many objects it has. units: how many independent images carry them. numbers: by metric,
    empty when there is nothing to find. failures: why it fails. note: why there is nothing to find, or what it names that nothing has."""

    name: str
    part: Slice
    positions: tuple[int, ...]
    objects: int
    units: int
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
        return "passed" if self.part.at_least.named() or (self.against and not self.too_few) else "measured"

    @property
    def too_few(self) -> bool:
        """Images, for an interval or a comparison."""
        return self.units < FEWEST_UNITS


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
    judging = replace(judging, draws=enough(judging.draws, len(file.slices) if against else 0))
    results = [_measured(name, part, classes, units, examined, against, judging) for name, part in file.slices.items()]
    compared = [i for i, result in enumerate(results) if result.against]
    adjusted = holm([results[i].against.p_value for i in compared])  # type: ignore[union-attr]
    for i, p in zip(compared, adjusted, strict=True):
        results[i] = _compared(results[i], p, judging) if p is not None else results[i]
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
    counts = [_count(part, classes, dataset.images[i]) for i in positions]
    objects, carriers = sum(counts), {units[i] for i, count in zip(positions, counts, strict=True) if count}
    values, by_class = examined.numbers(positions, classes, part.objects) if objects else ({}, {})
    result = SliceResult(name, part, tuple(positions), objects, len(carriers), {}, by_class)
    if not values:
        why = why_empty(part, dataset)
        return replace(result, note=why, failures=(f"nothing to find: {why}",) if part.at_least.named() else ())
    lacking = "; ".join(f"no {v.what} has {v.field} = {v.value}" for v in values_lacking(part, dataset))
    result = replace(result, numbers={metric: Interval(values[metric]) for metric in METRICS}, note=lacking)
    if against is not None:
        before = against.numbers(positions, classes, part.objects)[0][judging.metric]
        result = replace(result, against=Comparison(before, Interval(values[judging.metric] - before), None))
    return _limited(result if result.too_few else _with_intervals(result, classes, units, examined, against, judging))


def _with_intervals(
    result: SliceResult, classes: Sequence[str], units: Sequence[Hashable], examined: Examined, against: Examined | None, judging: Judging
) -> SliceResult:
    positions, where = result.positions, result.part.objects
    weights = drawn_weights([units[i] for i in positions], judging.draws, Stream.root("slice", judging.seed, result.name))
    drawn = examined.drawn_mean(positions, weights, classes, where)
    numbers = {metric: interval(result.numbers[metric].value, drawn[:, k], least=0) for k, metric in enumerate(METRICS)}
    compared = result.against
    if against is not None and compared is not None:
        k = METRICS.index(judging.metric)
        differences = drawn[:, k] - against.drawn_mean(positions, weights, classes, where)[:, k]
        change = compared.change.value
        compared = replace(compared, change=interval(change, differences), p_value=p_value(change, differences))
    return replace(result, numbers=numbers, against=compared)


def _count(part: Slice, classes: Sequence[str], image: LabelledImage) -> int:
    things = (thing for thing in image.objects if not thing.crowd and thing.category in classes)
    return sum(all_hold(part.objects, of_object(thing)) for thing in things)


def _limited(result: SliceResult) -> SliceResult:
    """With why it falls short of its limits. Those are judged on the numbers themselves, intervals or not."""
    limits, least_objects = result.part.at_least.named(), result.part.least_objects
    if limits and result.objects < least_objects:
        return replace(result, failures=(f"{result.objects} objects are too few to judge by (least_objects: {least_objects})",))
    sure = f" (no interval: fewer than {FEWEST_UNITS} independent images)" if result.too_few else ""
    values = {name: result.numbers[name].value for name in limits}
    short = tuple(f"{name} {values[name]:.3f} is below {least:g}{sure}" for name, least in limits.items() if values[name] < least)
    return replace(result, failures=short)


def _compared(result: SliceResult, p_adjusted: float, judging: Judging) -> SliceResult:
    assert result.against is not None
    comparison = replace(result.against, p_adjusted=p_adjusted)
    failures = result.failures
    if comparison.worse and judging.worse_fails:
        change = comparison.change
        told = f"{judging.metric} fell from {comparison.before:.3f} to {comparison.before + change.value:.3f}"
        failures = (*failures, f"{told} ({change.value:+.3f} [{change.low:+.3f}, {change.high:+.3f}], p = {p_adjusted:.3g} after Holm)")
    return replace(result, against=comparison, failures=failures)
