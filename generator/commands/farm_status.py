"""`scenewright farm status`: how a job stands, read off its dataset alone."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from generator.commands.arguments import parser, table

if TYPE_CHECKING:
    from render_farm.standing import Standing

HELP = """\
Says of a dataset, while it is being made or after: images done, in quarantine and why, images/hour, time left, and when each run
and its workers were last heard of. Reads the folder alone, so it works from any machine that sees it.
Of the folder of a sweep it gives a table of the points that have begun.
Exit code: 0 finished; 3 finished, with images in quarantine; 75 not finished. Of a sweep, 75 or 3 where that holds of any point."""
EXAMPLES = """\
examples:
  scenewright farm status data/street
  scenewright farm status data/widths        of a sweep: a row a point
  watch -n 30 scenewright farm status /shared/street"""
_REASONS_SHOWN = 10
_WORKERS_SHOWN = 20


def main(arguments: Sequence[str]) -> int:
    made = parser("farm status", HELP, EXAMPLES)
    made.add_argument("out", help="folder or URL of the dataset")
    out = made.parse_args(arguments).out

    from generator.storage import joined
    from render_farm.standing import points_below, standing

    names = points_below(out)
    if names:
        found = {name: standing(joined(out, name), time.time()) for name in names}
        print("\n".join(overview(out, found)))
        return worst(found.values())
    one = standing(out, time.time())
    print("\n".join(lines(out, one)))
    return worst([one])


def worst(found: Iterable[Standing]) -> int:
    """The exit code of all of them together."""
    from generator.exit_codes import INTERRUPTED
    from render_farm.run import ALL_DONE, DONE_WITH_QUARANTINE

    found = list(found)
    if any(one.left or not one.finished for one in found):
        return INTERRUPTED
    return DONE_WITH_QUARANTINE if any(one.quarantined for one in found) else ALL_DONE


def overview(out: str, found: Mapping[str, Standing]) -> list[str]:
    """The points of a sweep beside each other. images/hour is that of runs that are alive, - where there is none."""
    finished = sum(one.finished for one in found.values())
    rows: list[tuple[str, ...]] = [("point", "images", "of", "quarantined", "left", "images/hour", "")]
    for name, one in found.items():
        rate = f"{one.images_per_hour:,.0f}" if one.images_per_hour else "-"
        counts = (f"{number:,}" for number in (one.done, one.wanted, len(one.quarantined), one.left))
        rows.append((name, *counts, rate, "finished" if one.finished else _unfinished(one)))
    return [f"{out}: {finished:,} of {len(found):,} points that have begun are finished", table(rows)]


def _unfinished(found: Standing) -> str:
    if any(run["alive"] for run in found.runs.values()):
        return "running"
    return "not running" if found.left else "not merged"


def lines(out: str, found: Standing) -> list[str]:
    from generator.commands.summary import how_to_look_into
    from render_farm.progress import clock

    state = "finished" if found.finished else "not finished" if found.left else "all images are there, but not merged: farm merge"
    text = [f"{out}: {state}", f"{found.done:,} of {found.wanted:,} images, {len(found.quarantined):,} in quarantine, {found.left:,} left"]
    if found.images_per_hour and found.left:
        text.append(f"{found.images_per_hour:,.0f} images/hour, about {clock(found.left / found.images_per_hour * 3600)} left")
    reasons = Counter(reason.splitlines()[0] for reason in found.quarantined.values())
    if reasons:
        text.append("in quarantine because:")
        text += [f"  {count:,} x {reason}" for reason, count in reasons.most_common(_REASONS_SHOWN)]
        text.append(f"  {how_to_look_into(out, [*found.quarantined])}")
    for name, run in found.runs.items():
        text += _of_run(name, run)
    return text


def _of_run(name: str, run: dict[str, Any]) -> list[str]:
    """How a driver stands, and its places."""
    state = "no sign of life, killed or cut off" if run["state"] == "running" and not run["alive"] else run["state"]
    head = f"run {name} on {run['host']}, pid {run['pid']}: {state}, heard of {run['age_s']:,.0f} s ago; "
    head += f"{run['done']:,} made, {run['quarantined']:,} given up, {run['retries']:,} retries, {run['lost']:,} workers lost"
    places = sorted(run["places"].items(), key=lambda entry: -entry[1]["silent_s"])
    rows = [("place", "processes", "images held", "silent for")]
    rows += [
        (place, f"{e['processes']:g}", f"{e['images']:g}", f"{e['silent_s'] + run['age_s']:,.0f} s") for place, e in places[:_WORKERS_SHOWN]
    ]
    more = [f"  and {len(places) - _WORKERS_SHOWN} more"] if len(places) > _WORKERS_SHOWN else []
    return [head, *([table(rows)] if places else []), *more]
