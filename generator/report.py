"""One HTML page that shows what a grammar gives: tables and plots of a Summary, with no file beside it."""

from __future__ import annotations

import html
from collections.abc import Mapping

import numpy as np

from generator.page import Plot, bars, histogram, page, plots
from generator.statistics import Summary


def html_page(summary: Summary, *, title: str, seconds: float) -> str:
    """The whole page. `seconds` is how long the sampling took."""
    rate = summary.scenes / seconds if seconds > 0 else float("inf")
    sections = [
        f"<p class=note>{summary.scenes:,} scenes drawn without rendering, {rate:,.0f} scenes a second, "
        f"{summary.objects_in_scenes / max(summary.scenes, 1):.0f} objects a scene. Sizes, truncation and counts are of projected 3D "
        "boxes: what is hidden behind something else still counts here.</p>",
        "<h2>Classes in view</h2>" + _class_table(summary) + plots(_class_plots(summary)),
        "<h2>Factors</h2>" + plots(_factor_plots(summary)) + _correlation_table(summary),
        "<h2>Corner cases and sub-domains</h2>" + _share_table({**summary.corner_cases, **summary.subdomains}, summary.scenes),
        "<h2>Rejected on the way</h2>" + _share_table(summary.rejections, summary.scenes, unit="a scene"),
    ]
    return page(title, sections)


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


def _class_plots(summary: Summary) -> list[Plot]:
    present = [i for i, count in enumerate(summary.instances().values()) if count]
    drawn: list[Plot] = []
    for i in present:
        name = summary.category_names[i]
        heights = np.log2(np.maximum(summary.height_px[summary.categories == i], 1.0))
        drawn.append((f"{name}: height, log2 px", lambda axes, h=heights: histogram(axes, h)))  # type: ignore[misc]
        counts = summary.per_image[name]
        drawn.append((f"{name}: in view per image", lambda axes, c=counts: histogram(axes, c, integer=True)))  # type: ignore[misc]
    return drawn


def _factor_plots(summary: Summary) -> list[Plot]:
    discrete, numeric = summary.discrete_factors(), summary.numeric_factors()
    drawn: list[Plot] = []
    for name in summary.factors:
        if name in discrete:
            drawn.append((name, lambda axes, c=discrete[name]: bars(axes, c)))  # type: ignore[misc]
        elif name in numeric:
            drawn.append((name, lambda axes, v=numeric[name]: histogram(axes, v)))  # type: ignore[misc]
    return drawn


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
