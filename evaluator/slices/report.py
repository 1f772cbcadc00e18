"""The verdict as one HTML page: the table, intervals as a plot, effects, and the images on which failed slices fail worst."""

from __future__ import annotations

import html
from collections.abc import Sequence
from functools import partial

import cv2
import numpy as np
from matplotlib.axes import Axes

from evaluator.datasets import LabelledImage
from evaluator.scores import category_ids
from evaluator.slices.effects import EffectResult
from evaluator.slices.fields import classes_of
from evaluator.slices.findings import effect_rows, effect_sentence, failures, notes, table_rows
from evaluator.slices.measure import SliceResult
from evaluator.slices.run import Verdict
from generator.page import BLUE, GREY, ORANGE, embedded, page, plots, rows

_WIDE_PX = 420
_GREEN_RGB, _RED_RGB = (40, 200, 90), (240, 60, 40)
_SURE = 0.5  # detections from this score on are drawn, as they are counted for the worst images


def html_page(verdict: Verdict, worst: int) -> str:
    dataset = verdict.examined.dataset
    against = f", against {verdict.against}" if verdict.against else ""
    failed = failures(verdict)
    summary = f"{len(failed)} failures" if failed else "nothing failed"
    told = f"{verdict.model} on {dataset.name} ({len(dataset.images):,} images){against}: {summary}."
    sections = [f"<p>{html.escape(told)}</p>"]
    sections += [f"<p class=bad>{html.escape(text)}</p>" for text in failed]
    sections += [f"<p class=note>{html.escape(text)}</p>" for text in notes(verdict)]
    head, *body = table_rows(verdict)
    sections += ["<h2>Slices</h2>", rows(head, body), _plot_of_slices(verdict.slices)]
    if verdict.effects:
        sections += ["<h2>Effects: the same scenes with one factor changed</h2>", *_effects(verdict.effects)]
    for result in verdict.slices:
        if result.failures and result.numbers and worst:
            sections += [f"<h2>Worst images of {html.escape(result.name)}</h2>", _worst(verdict, result, worst)]
    return page(f"Unit test of {verdict.model}", sections)


def _plot_of_slices(results: Sequence[SliceResult]) -> str:
    known = [result for result in results if result.numbers]
    if not known:
        return ""
    return plots(
        [("AP with its 95 % interval; grey: before; |: limit", partial(_draw_slices, known))], width_in=9, height_in=0.8 + 0.24 * len(known)
    )


def _draw_slices(results: Sequence[SliceResult], axes: Axes) -> None:
    for y, result in enumerate(results):
        found = result.numbers["ap"]
        color = ORANGE if result.failures else BLUE
        if found.known:
            axes.plot([found.low, found.high], [y, y], color=color)
        axes.plot([found.value], [y], "o", color=color)
        if result.against is not None:
            axes.plot([result.against.before], [y], "o", color=GREY, zorder=0)
        if result.part.at_least.ap is not None:
            axes.plot([result.part.at_least.ap], [y], "|", color="black", markersize=12)
    axes.set_yticks(range(len(results)), [result.name for result in results])
    axes.invert_yaxis()
    axes.set_xlim(0, 1)


def _effects(results: Sequence[EffectResult]) -> list[str]:
    head = ("factor", "pairs", "before", "after", "change", "95 %", "p (Holm)")
    told = "".join(f"<li>{html.escape(effect_sentence(result))}</li>" for result in results)
    return [rows(head, effect_rows(results)), f"<ul>{told}</ul>"]


def _worst(verdict: Verdict, result: SliceResult, most: int) -> str:
    classes = classes_of(result.part, verdict.classes)
    counts = {i: verdict.examined.right_and_wrong(i, classes) for i in result.positions}
    order = sorted(counts, key=lambda i: (-sum(counts[i][1:]), i))[:most]
    figures = (_figure(verdict, i, classes, counts[i]) for i in order)
    note = "<p class=note>Green: labelled. Red: found with a score of a half or more.</p>"
    return f"{note}<div class=plots>{''.join(figures)}</div>"


def _figure(verdict: Verdict, position: int, classes: Sequence[str], counts: tuple[int, int, int]) -> str:
    image = verdict.examined.dataset.images[position]
    found, missed, false = counts
    told = f"{image.name}: {found} found, {missed} missed, {false} false"
    ids = {number: name for name, number in category_ids(verdict.examined.dataset).items()}
    mine = [r for r in verdict.examined.results if r["image_id"] == image.image_id and ids[r["category_id"]] in classes]
    boxes = [tuple(r["bbox"]) for r in mine if r["score"] >= _SURE]
    picture = _with_boxes(image, [t.box for t in image.objects if t.category in classes], boxes)
    ok, data = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    assert ok
    return f"<figure>{embedded(data.tobytes(), told, kind='jpeg')}<figcaption>{html.escape(told)}</figcaption></figure>"


def _with_boxes(image: LabelledImage, labelled: Sequence[Sequence[float]], found: Sequence[Sequence[float]]) -> np.ndarray:
    """(H, W, 3) uint8, _WIDE_PX wide."""
    scale = _WIDE_PX / image.width
    picture = cv2.resize(image.rgb(), (_WIDE_PX, max(round(image.height * scale), 1)), interpolation=cv2.INTER_AREA)
    for boxes, color in ((labelled, _GREEN_RGB), (found, _RED_RGB)):
        for x, y, w, h in boxes:
            corners = [round(v * scale) for v in (x, y, x + w, y + h)]
            cv2.rectangle(picture, (corners[0], corners[1]), (corners[2], corners[3]), color, 1, cv2.LINE_AA)
    return np.asarray(picture)
