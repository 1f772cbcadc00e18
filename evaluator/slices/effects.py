"""The effect of a factor on a detector, from counterfactual images: the same scenes with one factor changed and everything else equal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from evaluator.datasets import LabelledImage, LabelledImages, Value
from evaluator.slices.definition import METRICS, Effect, Metric, SliceFile
from evaluator.slices.examined import Examined
from evaluator.slices.measure import Judging, is_significant
from evaluator.slices.resampling import FEWEST_UNITS, Interval, drawn_weights, enough, holm, interval, p_value
from generator.errors import ConfigError, unknown
from generator.streams import Stream


@dataclass(frozen=True)
class EffectResult:
    """What `value` of a factor does to AP (or `metric`) against `baseline`, over `pairs` scenes.

    before, after: the number with baseline and with value. classes: change of AP by class. labels_differ: the factor changed what is
    to be found, so that the effect is not one of looks alone. units: pairs with something to
    find in them. p_value, p_adjusted: None where those are too few. not_judged: why a limit was not looked at.
    """

    factor: str
    value: Value
    baseline: Value
    pairs: int
    units: int
    metric: Metric
    before: float
    after: float
    change: Interval
    p_value: float | None
    classes: Mapping[str, float]
    labels_differ: bool
    p_adjusted: float | None = None
    failures: tuple[str, ...] = ()
    not_judged: str = ""

    @property
    def significant(self) -> bool:
        return is_significant(self.p_adjusted)

    @property
    def too_few(self) -> bool:
        """Pairs, for an interval or a p value."""
        return self.units < FEWEST_UNITS


def effects(file: SliceFile, examined: Examined, judging: Judging) -> list[EffectResult]:
    """Of every value of every factor that the dataset changes; p values are adjusted for their number by Holm."""
    classes = file.classes or examined.dataset.categories
    found = []
    factors = changed(examined.dataset)
    judging = replace(judging, draws=enough(judging.draws, sum(len(values) - 1 for values in factors.values())))
    for factor, values in factors.items():
        wanted = file.effects.get(factor, Effect())
        baseline = next(iter(values)) if wanted.baseline is None else wanted.baseline
        if baseline not in values:
            raise ConfigError(f"effects.{factor}.baseline: {unknown('value', baseline, [str(v) for v in values])}")
        for value in values:
            result = _effect(factor, value, baseline, values, examined, classes, judging) if value != baseline else None
            found += [result] if result else []
    adjusted = holm([result.p_value for result in found])
    return [_judged(replace(r, p_adjusted=p), file.effects.get(r.factor, Effect())) for r, p in zip(found, adjusted, strict=True)]


def changed(dataset: LabelledImages) -> dict[str, dict[Value, dict[int, int]]]:
    """Positions of images by factor, value and draw; values in the order in which they come."""
    found: dict[str, dict[Value, dict[int, int]]] = {}
    for i, image in enumerate(dataset.images):
        group = image.counterfactual
        if group is not None:
            found.setdefault(group.factor, {}).setdefault(group.value, {})[group.draw] = i
    return found


def _effect(
    factor: str,
    value: Value,
    baseline: Value,
    values: Mapping[Value, Mapping[int, int]],
    examined: Examined,
    classes: Sequence[str],
    judging: Judging,
) -> EffectResult | None:
    """None where no scene has both images, or there is nothing to find."""
    draws = sorted(values[value].keys() & values[baseline].keys())
    old, new = ([values[v][draw] for draw in draws] for v in (baseline, value))
    before, before_by_class = examined.numbers(old, classes, {}) if draws else ({}, {})
    after, after_by_class = examined.numbers(new, classes, {}) if draws else ({}, {})
    if not before or not after:
        return None
    stream = Stream.root("effect", judging.seed, factor, str(value))
    images = examined.dataset.images
    units = sum(_carries(images[a], classes) or _carries(images[b], classes) for a, b in zip(old, new, strict=True))
    change, p = Interval(after[judging.metric] - before[judging.metric]), None
    if units >= FEWEST_UNITS:
        change, p = _tested(change.value, old, new, examined, classes, judging, stream)
    return EffectResult(
        factor=factor,
        value=value,
        baseline=baseline,
        pairs=len(draws),
        units=units,
        metric=judging.metric,
        before=before[judging.metric],
        after=after[judging.metric],
        change=change,
        p_value=p,
        classes={name: after_by_class[name] - ap for name, ap in before_by_class.items() if name in after_by_class},
        labels_differ=any(_labels(images[a]) != _labels(images[b]) for a, b in zip(old, new, strict=True)),
    )


def _carries(image: LabelledImage, classes: Sequence[str]) -> bool:
    return any(not thing.crowd and thing.category in classes for thing in image.objects)


def _tested(
    change: float, old: Sequence[int], new: Sequence[int], examined: Examined, classes: Sequence[str], judging: Judging, stream: Stream
) -> tuple[Interval, float]:
    """The change with its interval and p value, by drawing pairs again: images `old` against `new`, scene by scene."""
    k = METRICS.index(judging.metric)
    weights = drawn_weights(range(len(old)), judging.draws, stream)
    differences = examined.drawn_mean(new, weights, classes, {})[:, k] - examined.drawn_mean(old, weights, classes, {})[:, k]
    return interval(change, differences), p_value(change, differences)


def _labels(image: LabelledImage) -> list[tuple[str, tuple[float, ...]]]:
    return sorted((thing.category, thing.box) for thing in image.objects)


def _judged(result: EffectResult, wanted: Effect) -> EffectResult:
    if wanted.most_loss is None:
        return result
    if result.too_few:
        return replace(result, not_judged=f"most_loss {wanted.most_loss:g} is not judged: fewer than {FEWEST_UNITS} pairs with objects")
    if result.change.value >= -wanted.most_loss:
        return result
    told = f"{result.metric} loses {-result.change.value:.3f} with {result.factor} = {result.value}, more than {wanted.most_loss:g}"
    return replace(result, failures=(told,))
