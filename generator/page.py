"""A report as one HTML page with no file beside it: its style, tables, plots and pictures. What is in it is others' business."""

from __future__ import annotations

import html
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from io import BytesIO

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

Plot = tuple[str, Callable[[Axes], None]]  # a title and what draws on the axes

BLUE, ORANGE, GREY = "#3566a8", "#c8622a", "#9aa4b2"
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; color: #1c2430; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; border-bottom: 1px solid #d8dee8; }
table { border-collapse: collapse; margin: .6rem 0; } td, th { padding: .15rem .8rem; text-align: right; border-bottom: 1px solid #eceff4; }
td:first-child, th:first-child { text-align: left; } .plots { display: flex; flex-wrap: wrap; gap: 1rem; } img { max-width: 100%; }
.note { color: #5b6675; }
figure { margin: 0; } figcaption { color: #5b6675; font-size: .85rem; } .good { color: #2c7a4b; } .bad { color: #b3321f; }
"""


def page(title: str, sections: Iterable[str]) -> str:
    """The whole page: a heading, then the sections, which are HTML."""
    heading = f"<title>{html.escape(title)}</title><style>{_STYLE}</style>"
    return f"<!doctype html><html lang=en><meta charset=utf-8>{heading}<h1>{html.escape(title)}</h1>{''.join(sections)}</html>"


def rows(head: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    """A table of plain texts."""
    titles = "".join(f"<th>{html.escape(cell)}" for cell in head)
    lines = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}" for cell in line) + "</tr>" for line in body)
    return f"<table><tr>{titles}</tr>{lines}</table>"


def histogram(axes: Axes, values: np.ndarray, *, integer: bool = False) -> None:
    low, high = float(values.min()), float(values.max())
    bins = np.arange(low - 0.5, high + 1.5) if integer and high - low < 60 else np.linspace(low, high if high > low else low + 1, 25)
    axes.hist(values, bins=bins.tolist(), color=BLUE)


def bars(axes: Axes, counts: Mapping[str, int]) -> None:
    names = sorted(counts)
    axes.bar(range(len(names)), [counts[n] for n in names], color=BLUE)
    axes.set_xticks(range(len(names)), names, rotation=30, ha="right")


def plots(drawn: Iterable[Plot], *, width_in: float = 3.2, height_in: float = 2.1) -> str:
    return "<div class=plots>" + "".join(_plot(title, draw, width_in, height_in) for title, draw in drawn) + "</div>"


def _plot(title: str, draw: Callable[[Axes], None], width_in: float, height_in: float) -> str:
    with mpl.rc_context({"font.size": 8}):
        figure = Figure(figsize=(width_in, height_in), dpi=100, layout="constrained")
        axes = figure.subplots()
        draw(axes)
        axes.set_title(title)
        axes.spines[["top", "right"]].set_visible(False)
        data = BytesIO()
        figure.savefig(data, format="png", metadata={"Software": None})
    return embedded(data.getvalue(), title)


def embedded(picture: bytes, text: str, *, kind: str = "png") -> str:
    """An encoded picture as part of the page."""
    return f'<img alt="{html.escape(text)}" src="data:image/{kind};base64,{b64encode(picture).decode()}">'
