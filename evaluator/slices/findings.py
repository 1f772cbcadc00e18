"""What a unit test found, as rows of a table, sentences and plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evaluator.slices.effects import EffectResult
from evaluator.slices.measure import Comparison, SliceResult
from evaluator.slices.resampling import Interval
from evaluator.slices.run import Verdict

HEAD = ("slice", "images", "objects", "AP", "95 %", "AP50", "recall", "limits", "verdict")


def table_rows(verdict: Verdict) -> list[tuple[str, ...]]:
    """A line for each slice under HEAD; with another model also its number and the change."""
    against = verdict.against is not None
    head = (*HEAD[:-1], *(("before", "change", "95 %", "p (Holm)") if against else ()), HEAD[-1])
    return [head, *(_row(result, against) for result in verdict.slices)]


def _row(result: SliceResult, against: bool) -> tuple[str, ...]:
    shown: tuple[str, ...] = ("-",) * 4
    if result.numbers:
        ap, ap50, recall = (result.numbers[name] for name in ("ap", "ap50", "recall"))
        shown = (f"{ap.value:.3f}", spread(ap), f"{ap50.value:.3f}", f"{recall.value:.3f}")
    limits = ", ".join(f"{name} {least:g}" for name, least in result.part.at_least.named().items()) or "-"
    compared: tuple[str, ...] = ("-",) * 4 if against else ()
    if result.against is not None:
        found = result.against
        compared = (f"{found.before:.3f}", f"{found.change.value:+.3f}", spread(found.change, sign="+"), _p(found.p_adjusted))
    counts = (f"{len(result.positions):,}", f"{result.objects:,}")
    return (result.name, *counts, *shown, limits, *compared, _verdict(result))


def _verdict(result: SliceResult) -> str:
    if result.status == "failed":
        return "FAILED"
    change = "worse" if result.against and result.against.worse else "better" if result.against and result.against.better else ""
    status = change or {"passed": "passed", "measured": "", "empty": "empty"}[result.status]
    few = ("too few images to compare" if result.against else "no interval" if status == "passed" else "") if result.too_few else ""
    return ", ".join(word for word in (status, few) if word)


def spread(found: Interval, sign: str = "") -> str:
    return f"[{found.low:{sign}.3f}, {found.high:{sign}.3f}]" if found.known else "-"


def _p(p_adjusted: float | None) -> str:
    return "-" if p_adjusted is None else f"{p_adjusted:.2g}"


def effect_sentence(result: EffectResult) -> str:
    """'effect of weather: AP -0.120 [-0.180, -0.050] rain against clear, 200 pairs, p = 0.001', or '..., 2 pairs, too few to compare'"""
    name = {"ap": "AP", "ap50": "AP50", "ap75": "AP75", "recall": "recall"}[result.metric]
    change = f"{result.change.value:+.3f}" + (f" {spread(result.change, sign='+')}" if result.change.known else "")
    chance = f"p = {_p(result.p_adjusted)}" + ("" if result.significant else ", which chance explains")
    labels = "; the labels differ, so this is not an effect of looks alone" if result.labels_differ else ""
    where = f"{_text(result.value)} against {_text(result.baseline)}, {result.pairs} pairs"
    left = f"; {result.not_judged}" if result.not_judged else ""
    return f"effect of {result.factor}: {name} {change} {where}, {'too few to compare' if result.too_few else chance}{labels}{left}"


def failures(verdict: Verdict) -> list[str]:
    """One line for each thing that falls short."""
    of_slices = [f"{result.name}: {text}" for result in verdict.slices for text in result.failures]
    return of_slices + [f"effect of {result.factor}: {text}" for result in verdict.effects for text in result.failures]


def notes(verdict: Verdict) -> list[str]:
    """Detectors that learnt from the images they are tested on, or whose results look wrong; one that found nothing at all; one line for
    each slice without limits that has nothing to find (one with limits fails, this may be misspelt), and for each that names values which
    nothing has."""
    models = [(verdict.model, verdict.examined), *([(verdict.against, verdict.before)] if verdict.before else [])]
    learnt = [
        f"{name} was trained on {found.trained_on:,} of the {len(found.dataset.images):,} images, which makes it look better than it is"
        for name, found in models
        if found.trained_on
    ]
    doubtful = [f"{name} {text}" for name, found in models for text in found.doubts]
    silent = [] if verdict.examined.results else [f"{verdict.model} found nothing in any image"]
    noted = (result for result in verdict.slices if result.note and (result.numbers or result.status == "empty"))
    return [
        *learnt,
        *doubtful,
        *silent,
        *(f"{result.name}: {result.note if result.numbers else f'nothing to find: {result.note}'}" for result in noted),
    ]


def worse(verdict: Verdict) -> list[str]:
    """Names of the slices that got significantly worse."""
    return [result.name for result in verdict.slices if result.against and result.against.worse]


def as_json(verdict: Verdict, settings: Mapping[str, Any]) -> dict[str, Any]:
    dataset = verdict.examined.dataset
    return {
        "model": verdict.model,
        "against": verdict.against,
        "dataset": {"name": dataset.name, "images": len(dataset.images), "notes": list(dataset.notes), "dropped": len(dataset.dropped)},
        "settings": dict(settings),
        "failed": verdict.failed,
        "notes": notes(verdict),
        "slices": [_slice(result) for result in verdict.slices],
        "effects": [_effect(result) for result in verdict.effects],
    }


def _slice(result: SliceResult) -> dict[str, Any]:
    found = result.against
    return {
        "name": result.name,
        "description": result.part.description,
        "status": result.status,
        "images": len(result.positions),
        "objects": result.objects,
        "independent_images": result.units,
        "numbers": {name: plain(value) for name, value in result.numbers.items()},
        "ap_by_class": dict(result.classes),
        "at_least": dict(result.part.at_least.named()),
        "failures": list(result.failures),
        "note": result.note,
        "against": None if found is None else _comparison(found),
    }


def _comparison(found: Comparison) -> dict[str, Any]:
    told = {"before": found.before, "change": plain(found.change), "p": found.p_value, "p_holm": found.p_adjusted}
    return {**told, "worse": found.worse, "better": found.better}


def _effect(result: EffectResult) -> dict[str, Any]:
    return {
        "factor": result.factor,
        "value": result.value,
        "baseline": result.baseline,
        "pairs": result.pairs,
        "pairs_with_objects": result.units,
        "metric": result.metric,
        "before": result.before,
        "after": result.after,
        "change": plain(result.change),
        "change_by_class": dict(result.classes),
        "p": result.p_value,
        "p_holm": result.p_adjusted,
        "labels_differ": result.labels_differ,
        "not_judged": result.not_judged,
        "failures": list(result.failures),
    }


def plain(found: Interval) -> dict[str, float | None]:
    low, high = (found.low, found.high) if found.known else (None, None)
    return {"value": found.value, "low": low, "high": high}


def effect_rows(results: Sequence[EffectResult]) -> list[tuple[str, ...]]:
    """A line for each effect: factor, values, pairs, before, after, change with interval, p."""
    return [
        (
            f"{r.factor}: {_text(r.value)} against {_text(r.baseline)}",
            f"{r.pairs:,}",
            f"{r.before:.3f}",
            f"{r.after:.3f}",
            f"{r.change.value:+.3f}",
            spread(r.change, sign="+"),
            _p(r.p_adjusted),
        )
        for r in results
    ]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)
