"""What a measurement comes to, in sentences and in a table: for the terminal, the page and JSON alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from evaluator.datasets import LabelledImages
from evaluator.gap.comparison import MOST_TIMES, Estimate
from evaluator.gap.effects import Effect, phrase
from evaluator.gap.farness import FactorEffect
from evaluator.gap.measure import Gap, SpaceGap
from evaluator.gap.metrics import Metric

SIGNIFICANT = 0.05
_TOLD, _OF_A_SPACE = 16, 2  # features in the text; all are in JSON
NOTHING = "no single feature differs by more than chance, corrected for their number"
_NAMED = 4  # spaces without a ratio


def sentences(gap: Gap) -> list[str]:
    """The largest differences that are no chance, in words: labels first, then colours and textures, then factors."""
    standing = leading([e for e in gap.effects if e.significant])
    labels = [phrase(e) for e in standing if e.kind != "appearance"][:_TOLD]
    looks = [phrase(e) for e in standing if e.kind == "appearance"][:_TOLD]
    factors = [text for f in gap.factors if f.p_value <= SIGNIFICANT for text in [factor_sentence(f)]]
    lacking = [
        f"{c.category}: not in {gap.made.name}, {c.real_per_image:.2f} an image in {gap.real.name}"
        for c in gap.classes
        if c.made_per_image == 0 < c.real_per_image
    ]
    return [*lacking, *labels, *looks, *factors]


def leading(effects: Sequence[Effect]) -> list[Effect]:
    """The first few of each space, in their order: features of one space mostly tell one story."""
    told: Counter[str] = Counter()
    found = []
    for effect in effects:
        told[effect.space] += 1
        if told[effect.space] <= _OF_A_SPACE:
            found.append(effect)
    return found


def factor_sentence(effect: FactorEffect) -> str:
    """'weather = night: 2.3 x farther than the others (12 images)'."""
    value = max(effect.values, key=lambda v: abs(v.ratio - 1))
    how = "farther than" if value.ratio >= 1 else "as far as"
    return f"{effect.factor} = {value.value}: {value.ratio:.3g} x {how} the other images ({value.images} images)"


def table_rows(gap: Gap, metrics: Sequence[Metric]) -> list[tuple[str, ...]]:
    """A head and one line a space: sizes, then a number for each metric, marked * where chance explains it (p > 0.05)."""
    numbers = [number for metric in metrics for number in metric.numbers]
    head = ("features", "points", *(SHORT.get(n, n) for n in numbers), "x real-real")
    return [head, *((s.space, f"{s.real_points}/{s.made_points}", *(cell(s.estimate(n)) for n in numbers), times(s)) for s in gap.spaces)]


SHORT = {
    "wasserstein": "W1",
    "sliced_wasserstein": "sliced",
    "mmd_median": "MMD",
    "mmd_sum": "MMD sum",
    "proxy_a": "PAD",
    "frechet": "Frechet",
}


def cell(estimate: Estimate | None) -> str:
    if estimate is None:
        return "-"
    return f"{estimate.value:.3g}{'*' if estimate.p_value > SIGNIFICANT else ''}"


def times(space: SpaceGap) -> str:
    """How many times the real-against-real distance, by the first metric that has such a ratio; "-" where there is none."""
    for estimate in space.estimates:
        if estimate.beyond_ratios:
            return "-"
        if estimate.times_baseline is not None:
            return f"{estimate.times_baseline:.1f}"
    return "-"


def without_ratio(gap: Gap) -> str:
    """Why spaces that were measured between parts of the real set have no ratio to that; "" when all have one."""
    names = [s.space for s in gap.spaces if times(s) == "-" and any(e.has_baseline for e in s.estimates)]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return (
        f"no x real-real (-) for {', '.join(names[:_NAMED])}{more}: parts of the real set differ there by chance alone, or by less than "
        f"1/{MOST_TIMES} of the gap"
        if names
        else ""
    )


def as_json(gaps: Sequence[Gap], settings: dict[str, Any], metrics: Sequence[Metric]) -> dict[str, Any]:
    """Everything that was measured, as plain data."""
    return {
        "format": "scenewright gap",
        "format_version": 1,
        "settings": settings,
        "metrics": {m.kind: {"numbers": m.numbers, "formula": m.formula, "answers": m.answers, "block": m.block} for m in metrics},
        "real": _set_json(gaps[0].real),
        "gaps": [_gap_json(gap) for gap in gaps],
    }


def _set_json(dataset: LabelledImages) -> dict[str, Any]:
    dropped = [str(problem) for problem in dataset.dropped]
    return {"name": dataset.name, "images": len(dataset.images), "notes": list(dataset.notes), "dropped": dropped}


def _gap_json(gap: Gap) -> dict[str, Any]:
    far = {image.name: round(float(value), 6) for image, value in zip(gap.made.images, gap.far.made, strict=True)}
    return {
        "synthetic": _set_json(gap.made),
        "findings": sentences(gap),
        "not_compared": gap.notes,
        "spaces": [asdict(space) for space in gap.spaces],
        "effects": [asdict(effect) | {"text": phrase(effect)} for effect in gap.effects],
        "classes": [asdict(share) for share in gap.classes],
        "factors": [asdict(factor) for factor in gap.factors],
        "farness": {"space": gap.far_space, "images": far},
    }
