"""The study as one HTML page and as JSON."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes

from evaluator.study.cells import Cell
from evaluator.study.settings import StudyJob
from evaluator.study.tables import Amount, Point, amount_rows, amounts, cross_rows
from generator.page import Plot, page, plots, rows

_HOW = (
    "Means over seeds with 95 % intervals (Student's t): a seed decides which photos and images are drawn, their order and the new "
    "weights. Gains are taken seed by seed. Worth: how many photos alone give the same, read off the curve of photos alone, linear in the "
    "logarithm of their number; its interval carries that of the mix, not that of the curve. All are judged on the same held-out images. "
)


def html_page(job: StudyJob, found: Sequence[Point], missing: int, failed: Mapping[Cell, str]) -> str:
    sections = [f"<p class=note>{html.escape(_HOW + _steps(job))}</p>"]
    if missing:
        sections.append(f"<p class=bad>{missing} trainings are not done; the tables hold those that are.</p>")
    sections += [f"<p class=bad>{html.escape(f'{cell}: {why}')}</p>" for cell, why in failed.items()]
    table = amounts(found)
    titled = [
        (f"What synthetic images add, {job.measure.upper()} on held-out photos", amount_rows(table, job.measure)),
        (f"Train sets against test sets, {job.measure.upper()}", cross_rows(job, found)),
    ]
    for title, lines in titled:
        sections.append(f"<h2>{html.escape(title)}</h2>{rows(lines[0], lines[1:])}")
    sections.insert(-1, plots(_plots(job, table), width_in=4.6, height_in=3.0))
    recipe = f"{job.detector.kind}, {job.detector.size_px} pixels, {job.recipe.steps:,} steps of {job.recipe.batch}"
    return page(f"Does it pay? {recipe}", sections)


def _steps(job: StudyJob) -> str:
    if job.finetune_steps is None:
        return "Every training takes the same number of steps."
    return f"Fine-tuning begins with the detector of the same synthetic images alone; {job.finetune_steps:,} steps on photos follow."


def as_json(job: StudyJob, found: Sequence[Point], missing: int, failed: Mapping[Cell, str]) -> dict[str, Any]:
    return {
        "settings": job.model_dump(mode="json"),
        "points": [{"name": point.name, **asdict(point)} for point in found],
        "amounts": [{**asdict(a), "point": a.point.name, "worth": [str(w) for w in a.worth or ()]} for a in amounts(found)],
        "cross": cross_rows(job, found),
        "not_done": missing,
        "failed": {str(cell): why for cell, why in failed.items()},
    }


def _plots(job: StudyJob, table: Sequence[Amount]) -> list[Plot]:
    by_count: dict[str, list[tuple[float, Amount]]] = {}
    by_fraction: dict[str, list[tuple[float, Amount]]] = {}
    for amount in table:
        point = amount.point
        if point.real:
            label = "photos alone" if point.mix == "real" else f"+ {point.made:,} ({point.mix})"
            by_count.setdefault(label, []).append((point.real, amount))
        for mix in job.mixes if point.mix in ("real", "synthetic") else (point.mix,):
            label = f"{point.real:,} photos" + (f" ({mix})" if len(job.mixes) > 1 else "")
            by_fraction.setdefault(label, []).append((point.made, amount))
    title = f"{job.measure.upper()} on held-out photos"
    return [
        (f"{title} against photos", lambda axes: _lines(axes, by_count, "photos for training", "log")),
        (f"{title} against synthetic images", lambda axes: _lines(axes, by_fraction, "synthetic images", "symlog")),
    ]


def _lines(axes: Axes, curves: Mapping[str, Sequence[tuple[float, Amount]]], across: str, scale: str) -> None:
    colours = colormaps["viridis"](np.linspace(0, 0.8, max(len(curves), 2)))  # its yellow end is faint on white
    for number, (label, curve) in enumerate(curves.items()):
        ordered = sorted(curve, key=lambda item: item[0])
        values = [a.score.value for _, a in ordered]
        halves = [a.score.half_width or 0.0 for _, a in ordered]
        axes.errorbar([x for x, _ in ordered], values, yerr=halves, label=label, color=colours[number], marker=".", capsize=2, lw=1)
    axes.set_xscale(scale, **({"linthresh": 50} if scale == "symlog" else {}))
    marks = sorted({x for curve in curves.values() for x, _ in curve})
    axes.set_xticks(marks, [f"{x:,.0f}" for x in marks])
    axes.minorticks_off()
    axes.set_xlabel(across)
    axes.set_ylim(bottom=0)
    axes.legend(fontsize=6)
