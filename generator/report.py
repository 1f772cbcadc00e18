"""One HTML page that shows what a grammar gives: tables and plots of a Summary, with no file beside it."""

from __future__ import annotations

import html
from base64 import b64encode
from collections.abc import Callable, Mapping
from io import BytesIO

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from generator.statistics import Summary

_BLUE = "#3566a8"
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; color: #1c2430; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; border-bottom: 1px solid #d8dee8; }
table { border-collapse: collapse; margin: .6rem 0; } td, th { padding: .15rem .8rem; text-align: right; border-bottom: 1px solid #eceff4; }
td:first-child, th:first-child { text-align: left; } .plots { display: flex; flex-wrap: wrap; gap: 1rem; } img { max-width: 100%; }
.note { color: #5b6675; }
"""


def html_page(summary: Summary, *, title: str, seconds: float) -> str:
    """The whole page. `seconds` is how long the sampling took."""
    rate = summary.scenes / seconds if seconds > 0 else float("inf")
    sections = [
        f"<h1>{html.escape(title)}</h1><p class=note>{summary.scenes:,} scenes drawn without rendering, {rate:,.0f} scenes a second, "
        f"{summary.objects_in_scenes / max(summary.scenes, 1):.0f} objects a scene. Sizes, truncation and counts are of projected 3D "
        "boxes: what is hidden behind something else still counts here.</p>",
        "<h2>Classes in view</h2>" + _class_table(summary) + _plots(_class_plots(summary)),
        "<h2>Factors</h2>" + _plots(_factor_plots(summary)) + _correlation_table(summary),
        "<h2>Corner cases and sub-domains</h2>" + _share_table({**summary.corner_cases, **summary.subdomains}, summary.scenes),
        "<h2>Rejected on the way</h2>" + _share_table(summary.rejections, summary.scenes, unit="a scene"),
    ]
    head = f"<!doctype html><html lang=en><meta charset=utf-8><title>{html.escape(title)}</title><style>{_STYLE}</style>"
    return head + "".join(sections) + "</html>"


def table_rows(summary: Summary) -> list[tuple[str, int, float, float, float, float, float]]:
    """(class, instances, a scene, median height px, 5 % and 95 % quantile, share truncated) for every class in view."""
    rows = []
    for i, (name, count) in enumerate(summary.instances().items()):
        of_class = summary.categories == i
        heights = summary.height_px[of_class]
        low, median, high = np.quantile(heights, [0.05, 0.5, 0.95]) if count else (np.nan, np.nan, np.nan)
        cut = float((summary.truncation[of_class] > 0.01).mean()) if count else np.nan
        rows.append((name, count, count / max(summary.scenes, 1), float(median), float(low), float(high), cut))
    return rows


def _class_table(summary: Summary) -> str:
    head = "<tr><th>class<th>instances<th>a scene<th>median height px<th>5 %<th>95 %<th>cut by the border</tr>"
    rows = "".join(
        f"<tr><td>{html.escape(name)}<td>{count:,}<td>{rate:.2f}<td>{median:.0f}<td>{low:.0f}<td>{high:.0f}<td>{cut:.0%}</tr>"
        if count
        else f"<tr><td>{html.escape(name)}<td>0<td>0<td>-<td>-<td>-<td>-</tr>"
        for name, count, rate, median, low, high, cut in table_rows(summary)
    )
    return f"<table>{head}{rows}</table>"


def _class_plots(summary: Summary) -> list[tuple[str, Callable[[Axes], None]]]:
    present = [i for i, count in enumerate(summary.instances().values()) if count]
    plots: list[tuple[str, Callable[[Axes], None]]] = []
    for i in present:
        name = summary.category_names[i]
        heights = np.log2(np.maximum(summary.height_px[summary.categories == i], 1.0))
        plots.append((f"{name}: height, log2 px", lambda axes, h=heights: _histogram(axes, h)))  # type: ignore[misc]
        counts = summary.per_image[name]
        plots.append((f"{name}: in view per image", lambda axes, c=counts: _histogram(axes, c, integer=True)))  # type: ignore[misc]
    return plots


def _factor_plots(summary: Summary) -> list[tuple[str, Callable[[Axes], None]]]:
    discrete, numeric = summary.discrete_factors(), summary.numeric_factors()
    plots: list[tuple[str, Callable[[Axes], None]]] = []
    for name in summary.factors:
        if name in discrete:
            plots.append((name, lambda axes, c=discrete[name]: _bars(axes, c)))  # type: ignore[misc]
        elif name in numeric:
            plots.append((name, lambda axes, v=numeric[name]: _histogram(axes, v)))  # type: ignore[misc]
    return plots


def _histogram(axes: Axes, values: np.ndarray, *, integer: bool = False) -> None:
    low, high = float(values.min()), float(values.max())
    bins = np.arange(low - 0.5, high + 1.5) if integer and high - low < 60 else np.linspace(low, high if high > low else low + 1, 25)
    axes.hist(values, bins=bins.tolist(), color=_BLUE)


def _bars(axes: Axes, counts: Mapping[str, int]) -> None:
    names = sorted(counts)
    axes.bar(range(len(names)), [counts[n] for n in names], color=_BLUE)
    axes.set_xticks(range(len(names)), names, rotation=30, ha="right")


def _plots(plots: list[tuple[str, Callable[[Axes], None]]]) -> str:
    return "<div class=plots>" + "".join(_plot(title, draw) for title, draw in plots) + "</div>"


def _plot(title: str, draw: Callable[[Axes], None]) -> str:
    with mpl.rc_context({"font.size": 8}):
        figure = Figure(figsize=(3.2, 2.1), dpi=100, layout="constrained")
        axes = figure.subplots()
        draw(axes)
        axes.set_title(title)
        axes.spines[["top", "right"]].set_visible(False)
        data = BytesIO()
        figure.savefig(data, format="png", metadata={"Software": None})
    return f'<img alt="{html.escape(title)}" src="data:image/png;base64,{b64encode(data.getvalue()).decode()}">'


def _correlation_table(summary: Summary) -> str:
    pairs = summary.correlations()[:10]
    if not pairs:
        return ""
    rows = "".join(f"<tr><td>{html.escape(a)}, {html.escape(b)}<td>{r:+.3f}</tr>" for a, b, r in pairs)
    return (
        f"<p>Strongest correlations between factors (a bias that a network could learn; chance alone gives about "
        f"{2 / np.sqrt(max(summary.scenes, 1)):.3f}):</p><table>{rows}</table>"
    )


def _share_table(counts: Mapping[str, int], scenes: int, *, unit: str = "of the scenes") -> str:
    if not counts:
        return "<p class=note>none</p>"

    def share(count: int) -> str:
        return f"{count / max(scenes, 1):.2%}" if unit == "of the scenes" else f"{count / max(scenes, 1):.2f}"

    rows = "".join(
        f"<tr><td>{html.escape(name)}<td>{count:,}<td>{share(count)} {unit}</tr>"
        for name, count in sorted(counts.items(), key=lambda i: -i[1])
    )
    return f"<table>{rows}</table>"
