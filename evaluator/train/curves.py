"""Learning curves: a JSON line each time, TensorBoard's events, and one HTML page at the end."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
from matplotlib.axes import Axes
from torch.utils.tensorboard import SummaryWriter

from generator.page import BLUE, GREY, ORANGE, Plot, page, plots

LINES, EVENTS, PAGE = "curves.jsonl", "events", "curves.html"
Line = dict[str, Any]


class Curves:
    """Writes the curves of one training to its folder. count: lines so far; a resumed training gives that of its checkpoint, and
    what was written after that checkpoint is taken back."""

    def __init__(self, folder: Path, count: int, step: int) -> None:
        self.file = folder / LINES
        kept = self.file.read_bytes().splitlines(keepends=True)[:count] if self.file.exists() else []
        self.file.write_bytes(b"".join(kept))
        self.count = len(kept)
        self._events = SummaryWriter(str(folder / EVENTS), purge_step=step + 1)

    def add(self, line: Mapping[str, Any]) -> None:
        """line: "phase" and "step" (counted over all phases), and numbers, of which those at the top level and in "losses" go to
        TensorBoard."""
        with open(self.file, "ab") as file:
            file.write(orjson.dumps(dict(line), option=orjson.OPT_APPEND_NEWLINE))
        self.count += 1
        for name, value in _numbers(line):
            self._events.add_scalar(name, value, line["step"])

    def close(self) -> None:
        self._events.close()


def _numbers(line: Mapping[str, Any]) -> list[tuple[str, float]]:
    group = "validation" if "ap" in line else "train"
    flat = [(f"{group}/{k}", v) for k, v in line.items() if k != "step" and isinstance(v, int | float)]
    return flat + [(f"{group}/{k}", v) for k, v in line.get("losses", {}).items()]


def read_curves(folder: Path) -> list[Line]:
    return [orjson.loads(line) for line in (folder / LINES).read_bytes().splitlines()]


def last_step(folder: Path) -> int:
    """The step, counted over all phases, that the curves reach; 0 where there are none. May be asked beside a training at work."""
    try:
        lines = (folder / LINES).read_bytes()
    except FileNotFoundError:
        return 0
    whole = lines[: lines.rfind(b"\n") + 1].splitlines()
    return int(orjson.loads(whole[-1])["step"]) if whole else 0


def write_page(folder: Path, title: str, counts: Sequence[Sequence[str]], words: str) -> None:
    """`curves.html`: losses and average precision against steps."""
    from generator.page import rows

    lines = read_curves(folder)
    sections = [f"<p>{html.escape(words)}</p>", rows(counts[0], counts[1:]), plots(_plots(lines), width_in=4.2, height_in=2.6)]
    (folder / PAGE).write_text(page(title, sections))


def _plots(lines: Sequence[Line]) -> list[Plot]:
    trained = [line for line in lines if "loss" in line]
    judged = [line for line in lines if line.get("ap") is not None]
    drawn: list[Plot] = [("loss", lambda axes: _losses(axes, trained))] if trained else []
    drawn += [("AP and AP50 on validation images", lambda axes: _precisions(axes, judged))] if judged else []
    drawn += [("learning rate", lambda axes: _one(axes, trained, "lr"))] if trained else []
    return drawn


def _losses(axes: Axes, lines: Sequence[Line]) -> None:
    _one(axes, lines, "loss")
    for name in lines[-1]["losses"]:
        known = [line for line in lines if name in line["losses"]]
        axes.plot([line["step"] for line in known], [line["losses"][name] for line in known], lw=0.8, label=name)
    axes.legend(fontsize=6)


def _precisions(axes: Axes, lines: Sequence[Line]) -> None:
    for name, colour in (("ap", BLUE), ("ap50", ORANGE)):
        axes.plot([line["step"] for line in lines], [line[name] for line in lines], color=colour, marker=".", label=name)
    axes.set_ylim(0, 1)
    axes.set_xlabel("step")
    axes.legend(fontsize=6)


def _one(axes: Axes, lines: Sequence[Line], name: str) -> None:
    axes.plot([line["step"] for line in lines], [line[name] for line in lines], color=GREY, lw=1.5, label=name)
    axes.set_xlabel("step")
