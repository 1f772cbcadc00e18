"""`scenewright farm plan`: a few images for calibration, then what all of a job takes."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from generator.commands.arguments import hydra_parser, table

if TYPE_CHECKING:
    from generator.commands.runs import Order
    from render_farm.estimate import Estimate

HELP = """\
Makes a few images of a job where the job will be made (and throws them away), then says what all of it takes: images/hour, hours,
GPU hours for 1,000 images, money, disk, files. The first image of every worker is not counted: it starts Blender."""
EXAMPLES = """\
examples:
  scenewright farm plan scene=street count=100000
  scenewright farm plan scene=street count=100000 render=final render.device=optix farm.price_per_hour=2.10
  scenewright farm plan --images 200 scene=street count=1000000 farm=ray farm.address=auto out=/shared/street"""


def main(arguments: Sequence[str]) -> int:
    made = hydra_parser("farm plan", HELP, EXAMPLES)
    made.add_argument("--images", type=int, help="images for calibration (4 for each worker of this machine; 64 on a cluster)")
    options = made.parse_intermixed_args(arguments)
    if options.images is not None and options.images < 1:
        made.error(f"--images must be at least 1, found {options.images}")

    from generator.commands.compose import compose_points, placed
    from generator.commands.runs import orders

    for order in orders(placed(compose_points("generate", options.overrides, multirun=options.multirun))):
        code = plan_one(order, options.images)
        if code:
            return code
    return 0


def plan_one(order: Order, images: int | None) -> int:
    """Calibrates and prints; 75 when it was interrupted."""
    from generator.commands.facts import facts_of
    from generator.exit_codes import INTERRUPTED
    from generator.storage import folder_at
    from render_farm.estimate import calibration_images, estimate
    from render_farm.run import run

    job = order.job
    count = min(job.count, images or calibration_images(job))
    print(f"== {job.out}: {count} images for calibration", flush=True)
    with _place(job.out, shared=job.farm.kind == "ray") as folder:
        small = job.model_copy(update={"count": count, "out": folder})
        result = run(small, order.grammar, facts_of(small, order.grammar))
        if result.exit_code == INTERRUPTED:
            return INTERRUPTED
        print_estimate(estimate(job, result.timing, folder_at(folder)), job.count)
    return 0


def print_estimate(found: Estimate, count: int) -> None:
    from render_farm.progress import clock

    rows = [
        ("images", f"{count:,}"),
        ("shards of annotations", f"{found.shards:,}"),
        ("workers", f"{found.workers} ({found.device})"),
        ("images/hour", f"{found.images_per_hour:,.0f}"),
        ("time", clock(found.hours * 3600)),
        (f"{found.device.upper() if found.device == 'cpu' else 'GPU'} worker hours for 1,000 images", f"{found.worker_hours_per_1000:.2f}"),
        ("disk", f"{found.disk_gb:,.2f} GB"),
        ("files", f"{found.files:,}"),
    ]
    if found.cost is not None:
        rows.append(("cost", f"{found.cost:,.2f} ({1000 * found.cost / count:,.2f} for 1,000 images)"))
    if found.quarantined:
        rows.append(("in quarantine", f"{found.quarantined:.1%} of the images for calibration"))
    print(table(rows))
    if found.few:
        print("fewer than 3 images a worker were made: give --images for a better estimate")


@contextlib.contextmanager
def _place(out: str, *, shared: bool) -> Iterator[str]:
    """A folder that is gone afterwards; beside the dataset where other machines must see it."""
    if not shared:
        with tempfile.TemporaryDirectory(prefix="scenewright-plan-") as name:
            yield name
        return
    place = f"{out.rstrip('/')}-calibration"
    try:
        yield place
    finally:
        from generator.storage import folder_at

        folder_at(place).remove_below("")
