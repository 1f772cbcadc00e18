"""The gap as one HTML page: findings, tables with baselines, plots of spectra, colours, labels and factors, and the images."""

from __future__ import annotations

import html
from collections.abc import Sequence

import cv2
import numpy as np
from matplotlib.axes import Axes

from evaluator.datasets import LabelledImage
from evaluator.gap.content import GRID, LAYOUT
from evaluator.gap.farness import FactorEffect
from evaluator.gap.findings import NOTHING, SHORT, cell, leading, sentences, times, without_ratio
from evaluator.gap.measure import Gap, SpaceGap
from evaluator.gap.metrics import Metric
from evaluator.gap.spaces import Space
from generator.page import BLUE, GREY, ORANGE, Plot, embedded, page, plots, rows

_THUMB_PX = 220
_APPROXIMATED = (
    "What is approximated: metrics on pairs of points (MMD, KID, precision to coverage) are means over disjoint blocks of at most 500 "
    "points a side; Frechet and proxy A-distance use the 32 and 64 leading principal components; intervals, baselines and p values "
    "come from at most 500 points a side; every image is reduced to one size first."
)
_HOW = (
    "Distances are in standard deviations of the real images. Each value stands with its 95 % interval; below it is real against real: the "
    "middle 90 % of the same number between halves of the real set, at the size given. * marks what chance explains (p above 0.05). "
    "Compare a gap with its baseline, never with 0: Frechet and Wasserstein distances of finite sets are above 0 for equal sets."
)


def html_page(gaps: Sequence[Gap], metrics: Sequence[Metric], farthest: int) -> str:
    """The whole page for one real set and one or several synthetic ones."""
    names = ", ".join(gap.made.name for gap in gaps)
    sections = [f"<p class=note>{html.escape(_HOW)}</p>"]
    if len(gaps) > 1:
        sections.append(_comparison(gaps))
    for gap in gaps:
        sections += _sections(gap, metrics, farthest)
    sections.append("<h2>How it is measured</h2>" + _methods(metrics) + f"<p class=note>{_APPROXIMATED}</p>")
    return page(f"From {gaps[0].real.name} to {names}", sections)


def _sections(gap: Gap, metrics: Sequence[Metric], farthest: int) -> list[str]:
    title = f"{gap.made.name} ({len(gap.made.images):,} images) against {gap.real.name} ({len(gap.real.images):,})"
    found = "".join(f"<li>{html.escape(text)}" for text in sentences(gap))
    made = [f"<h2>{html.escape(title)}</h2><ul>{found or f'<li>{NOTHING}'}</ul>", _dropped(gap), _notes(gap)]
    for kind, heading in (("appearance", "Appearance"), ("shape", "Shape"), ("content", "Content")):
        spaces = [space for space in gap.spaces if space.kind == kind]
        if spaces:
            made.append(f"<h2>{heading}</h2>" + _space_table(spaces, metrics) + plots(_space_plots(gap, kind), width_in=4.2, height_in=2.6))
    if gap.factors:
        made.append("<h2>Factors that move the gap</h2>" + _factor_table(gap.factors) + plots(_factor_plots(gap.factors)))
    return [*made, _gallery(gap, farthest)]


def _comparison(gaps: Sequence[Gap]) -> str:
    """Every synthetic set side by side, by the first metric that has a ratio to real against real."""
    names = list(dict.fromkeys(space.space for gap in gaps for space in gap.spaces))
    by_name = [{space.space: space for space in gap.spaces} for gap in gaps]
    lines = ((name, *(times(of[name]) if name in of else "-" for of in by_name)) for name in names)
    return "<h2>Times real against real</h2>" + rows(("features", *(gap.made.name for gap in gaps)), lines)


def _space_table(spaces: Sequence[SpaceGap], metrics: Sequence[Metric]) -> str:
    numbers = [n for metric in metrics for n in metric.numbers if any(space.estimate(n) for space in spaces)]
    head = ("features", "points, real / synthetic", *(SHORT.get(n, n) for n in numbers), "times real-real")
    lines = []
    for space in spaces:
        found = [space.estimate(n) for n in numbers]
        lines.append((space.space, f"{space.real_points:,} / {space.made_points:,}", *(cell(e) for e in found), times(space)))
        lines.append(("", "95 % interval", *(f"{e.low:.3g} to {e.high:.3g}" if e else "-" for e in found), ""))
        size = next((f"real-real, {e.size} images" for e in found if e and e.size), "")
        between = (f"{e.baseline_low:.3g} to {e.baseline_high:.3g}" if e and e.baseline is not None else "-" for e in found)
        lines.append(("", size, *between, ""))
    return rows(head, lines)


def _space_plots(gap: Gap, kind: str) -> list[Plot]:
    """Spectra as curves, layouts as maps, classes as bars, the largest effects as pairs of histograms."""
    drawn: list[Plot] = [(f"{kind}: times real against real", lambda axes: _ratio_bars(axes, [s for s in gap.spaces if s.kind == kind]))]
    spaces = {space.name: space for space in gap.compared if space.kind == kind}
    if "images: spectrum" in spaces:
        drawn.append(("spectrum, log10 power", lambda axes: _curves(axes, spaces["images: spectrum"], gap)))
    if kind == "content" and gap.classes:
        drawn.append(("objects an image", lambda axes: _class_bars(axes, gap)))
    for effect in [e for e in leading(gap.effects) if e.kind == kind and e.significant and e.space in spaces][:12]:
        space = spaces[effect.space]
        column = space.features.index(effect.feature)
        drawn.append((f"{effect.space}\n{effect.feature}", lambda axes, s=space, c=column: _two_histograms(axes, s, c, gap)))  # type: ignore[misc]
    if LAYOUT in spaces:
        drawn += _layout_plots(spaces[LAYOUT])
    return drawn


def _ratio_bars(axes: Axes, spaces: Sequence[SpaceGap]) -> None:
    named = [(space.space, times(space)) for space in spaces]
    shown = [(name, float(text)) for name, text in named if text != "-"][:24][::-1]
    axes.barh(range(len(shown)), [value for _, value in shown], color=BLUE)
    axes.set_yticks(range(len(shown)), [name for name, _ in shown], fontsize=6)
    axes.axvline(1, color=GREY, linewidth=1)


def _curves(axes: Axes, space: Space, gap: Gap) -> None:
    at = (np.arange(len(space.features)) + 0.5) / len(space.features) / 2
    for points, color, name in ((space.real, BLUE, gap.real.name), (space.made, ORANGE, gap.made.name)):
        low, middle, high = np.quantile(points.values, [0.1, 0.5, 0.9], axis=0)
        axes.plot(at, middle, color=color, label=name)
        axes.fill_between(at, low, high, color=color, alpha=0.2, linewidth=0)
    axes.set_xlabel("cycles a pixel; median and middle 80 %")
    axes.legend(frameon=False)


def _class_bars(axes: Axes, gap: Gap) -> None:
    at = np.arange(len(gap.classes))
    axes.bar(at - 0.2, [c.real_per_image for c in gap.classes], 0.4, color=BLUE, label=gap.real.name)
    axes.bar(at + 0.2, [c.made_per_image for c in gap.classes], 0.4, color=ORANGE, label=gap.made.name)
    axes.set_xticks(at, [c.category for c in gap.classes], rotation=30, ha="right")
    axes.legend(frameon=False)


def _two_histograms(axes: Axes, space: Space, column: int, gap: Gap) -> None:
    real, made = space.real.values[:, column], space.made.values[:, column]
    low, high = np.quantile(np.concatenate([real, made]), [0.005, 0.995])
    bins = np.linspace(low, high if high > low else low + 1, 25)
    for values, color, name in ((real, BLUE, gap.real.name), (made, ORANGE, gap.made.name)):
        share = np.full(len(values), 1 / len(values))
        axes.hist(np.clip(values, bins[0], bins[-1]), bins=bins.tolist(), weights=share, color=color, alpha=0.55, label=name)
    axes.legend(frameon=False)


def _layout_plots(space: Space) -> list[Plot]:
    """Where objects of each class are: real, synthetic side by side, on one scale."""
    classes = len(space.features) // GRID**2
    real, made = (p.values.mean(axis=0).reshape(classes, GRID, GRID) for p in (space.real, space.made))
    names = [space.features[i * GRID**2].split(", row")[0] for i in range(classes)]
    return [(f"{names[i]}: covered, real | synthetic", lambda axes, r=real[i], m=made[i]: _maps(axes, r, m)) for i in range(classes)]  # type: ignore[misc]


def _maps(axes: Axes, real: np.ndarray, made: np.ndarray) -> None:
    gap = np.full((GRID, 1), np.nan)
    drawn = axes.imshow(np.concatenate([real, gap, made], axis=1), cmap="viridis", vmin=0)
    axes.figure.colorbar(drawn, ax=axes, shrink=0.8)
    axes.set_axis_off()


def _factor_table(factors: Sequence[FactorEffect]) -> str:
    lines = []
    for f in factors:
        values = "; ".join(f"{v.value}: {v.ratio:.2f} x ({v.images})" for v in f.values[:6])
        lines.append((f.factor, f"{f.share:.0%}", f"{f.p_value:.3f}{'*' if f.p_value > 0.05 else ''}", values))
    note = (
        "<p class=note>Share: of the differences in farness between images, how much goes with this factor (chance taken off). Then, for "
        "each value, how many times as far its images are from the real ones as all others, and how many images have it.</p>"
    )
    return note + rows(("factor", "share", "p", "farness by value, farthest first"), lines)


def _factor_plots(factors: Sequence[FactorEffect]) -> list[Plot]:
    return [(f.factor, lambda axes, f=f: _value_bars(axes, f)) for f in factors[:6] if f.p_value <= 0.05]  # type: ignore[misc]


def _value_bars(axes: Axes, factor: FactorEffect) -> None:
    at = range(len(factor.values))
    axes.bar(at, [v.farness for v in factor.values], color=BLUE)
    axes.set_xticks(at, [v.value for v in factor.values], rotation=30, ha="right")
    axes.axhline(1, color=GREY, linewidth=1)


def _gallery(gap: Gap, count: int) -> str:
    """The farthest and the nearest synthetic images, each with its nearest real one; real images that no synthetic one is near."""
    order = np.argsort(gap.far.made)
    parts = []
    for title, chosen in (("Farthest from the real images", order[::-1][:count]), ("Nearest to the real images", order[:count])):
        pairs = [_pair(gap, int(i)) for i in chosen]
        parts.append(
            f"<h2>{title}</h2><p class=note>Synthetic left, its nearest real image right; in {html.escape(gap.far_space)}</p>" + _row(pairs)
        )
    lonely = np.argsort(-gap.far.real_to_made)[:count]
    shown = [_figure(gap.real.images[i], f"{gap.far.real_to_made[i]:.2f}") for i in lonely]
    return "".join(parts) + "<h2>Real images that nothing synthetic is near</h2>" + _row(shown) if count else ""


def _pair(gap: Gap, i: int) -> str:
    image, nearest = gap.made.images[i], gap.real.images[int(gap.far.nearest[i])]
    both = np.concatenate([_thumb(image), np.full((_THUMB_PX * 3 // 4, 4, 3), 255, np.uint8), _thumb(nearest)], axis=1)
    return _captioned(both, f"{image.name}: {gap.far.made[i]:.2f}", f"{image.name} and {nearest.name}")


def _figure(image: LabelledImage, text: str) -> str:
    return _captioned(_thumb(image), f"{image.name}: {text}", image.name)


def _captioned(rgb: np.ndarray, text: str, alternative: str) -> str:
    _, data = cv2.imencode(".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 85])
    return f"<figure>{embedded(data.tobytes(), alternative, kind='jpeg')}<figcaption>{html.escape(text)}</figcaption></figure>"


def _thumb(image: LabelledImage) -> np.ndarray:
    """(165, 220, 3), fitted on grey."""
    rgb = image.rgb()
    box = (_THUMB_PX * 3 // 4, _THUMB_PX)
    scale = min(box[0] / rgb.shape[0], box[1] / rgb.shape[1])
    small = cv2.resize(rgb, (max(int(rgb.shape[1] * scale), 1), max(int(rgb.shape[0] * scale), 1)), interpolation=cv2.INTER_AREA)
    framed = np.full((*box, 3), 235, np.uint8)
    top, left = (box[0] - small.shape[0]) // 2, (box[1] - small.shape[1]) // 2
    framed[top : top + small.shape[0], left : left + small.shape[1]] = small
    return framed


def _row(figures: Sequence[str]) -> str:
    return "<div class=plots>" + "".join(figures) + "</div>"


def _dropped(gap: Gap) -> str:
    lost = [*gap.real.dropped, *gap.made.dropped]
    return f"<p class=bad>{len(lost)} broken entries of the labels were left out; gap.json lists them.</p>" if lost else ""


def _notes(gap: Gap) -> str:
    """What is odd about either set, and where ratios are lacking."""
    told = [f"{dataset.name}: {note}" for dataset in (gap.real, gap.made) for note in dataset.notes]
    return "".join(f"<p class=note>{html.escape(text)}</p>" for text in (*told, *gap.notes, without_ratio(gap)) if text)


def _methods(metrics: Sequence[Metric]) -> str:
    return rows(("metric", "answers", "from"), [(", ".join(SHORT.get(n, n) for n in m.numbers), m.answers, m.formula) for m in metrics])
