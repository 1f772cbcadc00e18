"""A farm of a thousand workers and a million images on one core: what driver, folder, restart, status and merge cost.

    python -m benchmarks.scale                                        # 100,000 images, 1,000 workers, 8 objects an image
    python -m benchmarks.scale --images 1000000 --out /big/disk/scale

The driver, its leases, its books, the compaction and the merge are those of `scenewright farm`; only the workers are played
(benchmarks/fleet.py): they commit records as long as real ones and no pictures, in virtual time. What that costs is left out.
Each phase is a process of its own, so that its memory is its own. The folder is deleted afterwards, but for one given by --out,
where a run goes on that was stopped.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import orjson

from benchmarks.fleet import Fleet
from benchmarks.objects import Objects
from benchmarks.records import KINDS, record_maker
from benchmarks.street import cpu_s, load, peak_mb
from generator.commands.compose import compose_points
from generator.commands.validate import loaded
from generator.dataset import DatasetFacts, Store, compact_if_complete, finish, open_dataset, open_store
from generator.grammar import Grammar
from generator.job import Job, identity
from generator.storage.local import LocalFolder
from generator.storage.remote import RemoteFolder
from generator.writers import layout
from generator.writers.exports import export
from render_farm.backend import Renderers
from render_farm.gathering import Gathering
from render_farm.interrupts import Interrupts
from render_farm.request import write_request
from render_farm.run import Batch, at_work, find_missing
from render_farm.share import ALL
from render_farm.standing import standing

URL = "objects://scale"
PICTURE = bytes(100)
FACTS = DatasetFacts("benchmark", 0, ("car", "person"), ("sky", "object"), {}, {}, None)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=100_000)
    parser.add_argument("--instances", type=int, default=8, help="annotations an image, of about 1 kB")
    parser.add_argument("--workers", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=1.5, help="a worker takes for an image")
    parser.add_argument("--together", type=int, default=64, help="requests under way at once to an object store")
    parser.add_argument("--stop-s", type=float, default=1e9, help="seconds after which making images stops; the same --out goes on")
    parser.add_argument("--pictures", action="store_true", help="commit six tiny files an image too, for the phase export")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--phases", default="make,resume,status,merge", help="of these, and index, export, objects (default: %(default)s)")
    options = parser.parse_args()
    print(f"{options.images} images, {options.instances} objects each, {options.workers} workers; {load()}\n", flush=True)
    with tempfile.TemporaryDirectory(prefix="scenewright-scale-") as folder:
        out = options.out or Path(folder, "dataset")
        for phase in options.phases.split(","):
            apart(PHASES[phase], options, out)


def apart(phase: Callable[[argparse.Namespace, Path], None], options: argparse.Namespace, out: Path) -> None:
    """A phase in a fresh process."""
    process = multiprocessing.get_context("spawn").Process(target=_measured, args=(phase, options, out))
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(f"{phase.__name__} failed")


def make(options: argparse.Namespace, out: Path) -> None:
    """All images by a fleet, in a local folder."""
    job, grammar = job_of(options.images, out)
    record, loose = record_maker(options.instances), LocalFolder(out, durable=False)
    with open_store(out, identity(job, grammar)) as store, Gathering(store) as gathering:

        def commit(index: int) -> None:
            for kind in KINDS if options.pictures else ():
                loose.put(layout.file_path(kind, index, "png"), PICTURE)
            loose.put(layout.record_path(index), record(index))

        fleet = Fleet(options.workers, options.seconds, commit, gathering.give)
        write_request(store.folder, job, grammar)
        drive(find_missing(store, job, grammar, ALL), fleet, options.stop_s)
    for name in ("records", "annotations", "run"):
        sizes = [p.stat().st_size for p in (out / name).rglob("*") if p.is_file()]
        print(f"  {name}: {len(sizes)} files, {sum(sizes) / 1e6:.1f} MB, {sum(sizes) / options.images:.0f} B an image")


def drive(batch: Batch, fleet: Fleet, stop_s: float) -> None:
    """The real driver over `fleet`; prints what it took."""
    stop, wall, cpu, start = Interrupts(0.0), time.perf_counter(), cpu_s(), time.thread_time()
    alarm = threading.Timer(stop_s, stop.stop_all)
    alarm.start()
    renderers = Renderers(fleet, fleet.gather, lambda: "none")
    with at_work(batch, renderers, lambda tally: None, fleet.clock) as (driver, watch):
        driver.run(stop, watch.look)
        own, virtual_s = time.thread_time() - start - fleet.busy_s, fleet.now
    alarm.cancel()
    beside, made = cpu_s() - cpu - own - fleet.busy_s, fleet.made
    possible, waits = fleet.workers / fleet.seconds, fleet.waited_s / virtual_s
    print(f"made {made} in {time.perf_counter() - wall:.0f} s, of them {fleet.busy_s:.0f} CPU s to play the workers")
    print(f"  {made / virtual_s:.0f} images/s of {possible:.0f} possible; {made / fleet.hearings:.1f} a look of the driver")
    print(f"  the driver's thread: {own / made * 1e6:.0f} us of CPU an image; waits {waits:.0%} of the time for the storage")
    print(f"  other threads: {beside / made * 1e6:.0f} us of CPU an image", flush=True)


def make_objects(options: argparse.Namespace, out: Path) -> None:
    """All images by a fleet, in an object store that counts the seconds it would take; then what a restart and `farm status` ask of it."""
    job, grammar = job_of(options.images, Path(URL))
    record, thread = record_maker(options.instances), threading.get_ident()
    at_station, beside = [False], [0.0]

    def pay(seconds: float) -> None:
        if threading.get_ident() != thread or at_station[0]:
            beside[0] += seconds
        else:
            fleet.wait(seconds)

    def gather(shard: int) -> None:
        at_station[0] = True
        assert compact_if_complete(store, shard)
        at_station[0] = False

    system = Objects(pay, options.together)
    store = Store(RemoteFolder(URL, system, "scale"))

    def commit(index: int) -> None:
        system.place(f"scale/{layout.record_path(index)}", record(index))

    fleet = Fleet(options.workers, options.seconds, commit, gather)
    write_request(store.folder, job, grammar)
    batch = find_missing(store, job, grammar, ALL)
    fleet.waited_s = fleet.now = 0.0
    system.requests.clear()
    drive(batch, fleet, options.stop_s)
    print(f"  putting ranges together, at the workers, waits {beside[0] / fleet.now:.0%} of the time")
    print(f"  requests for 1,000 images: { ({k: round(n / fleet.made * 1000, 1) for k, n in system.requests.items()}) }")
    print(f"  objects and bytes: {dict(system.sizes())}")
    for name, action in (("restart", lambda: find_missing(store, job, grammar, ALL)),):
        system.requests.clear()
        before = fleet.now
        action()
        print(f"{name}: {fleet.now - before:.1f} s of requests {dict(system.requests)}")


def index(options: argparse.Namespace, out: Path) -> None:
    """No images and no records, but the shards' indices: enough to see what a restart and `farm status` cost at any size."""
    job, grammar = job_of(options.images, out)
    with open_store(out, identity(job, grammar)) as store:
        write_request(store.folder, job, grammar)
        folder = LocalFolder(out, durable=False)
        for shard in range(options.images // layout.SHARD_IMAGES):
            first = shard * layout.SHARD_IMAGES
            indices = list(range(first, first + layout.SHARD_IMAGES))
            folder.put(layout.shard_path(shard), b"")
            folder.put(layout.shard_index_path(shard), orjson.dumps({"indices": indices, "offsets": indices}))


def resume(options: argparse.Namespace, out: Path) -> None:
    """What a run does before it begins, when everything is there."""
    job, grammar = job_of(options.images, out)
    wall, cpu = time.perf_counter(), cpu_s()
    with open_store(out, identity(job, grammar)) as store:
        batch = find_missing(store, job, grammar, ALL)
    print(f"a new run knows that {len(batch.missing)} images are missing: {time.perf_counter() - wall:.2f} s, {cpu_s() - cpu:.2f} CPU s")


def status(options: argparse.Namespace, out: Path) -> None:
    wall = time.perf_counter()
    found = standing(out, time.time())
    print(f"farm status: {found.done} done, {time.perf_counter() - wall:.2f} s")


def merge(options: argparse.Namespace, out: Path) -> None:
    """Compaction of what is left, one COCO file, checksums, card."""
    job, grammar = job_of(options.images, out)
    with open_store(out, identity(job, grammar)) as store:
        wall, cpu = time.perf_counter(), cpu_s()
        finish(store, FACTS)
        size = (out / layout.INSTANCES).stat().st_size
    print(f"merge: {time.perf_counter() - wall:.1f} s, {cpu_s() - cpu:.1f} CPU s, {size / 1e6:.0f} MB of COCO")


def exports(options: argparse.Namespace, out: Path) -> None:
    """As COCO and as WebDataset; the dataset must have been made with --pictures."""
    for name in ("coco", "webdataset"):
        with tempfile.TemporaryDirectory(dir=out.parent) as folder:
            wall, cpu = time.perf_counter(), cpu_s()
            counts = export(open_dataset(out), name, Path(folder, "export"))
            print(f"export as {name}: {sum(counts.values())} images, {time.perf_counter() - wall:.1f} s, {cpu_s() - cpu:.1f} CPU s")


PHASES = {"index": index, "make": make, "objects": make_objects, "resume": resume, "status": status, "merge": merge, "export": exports}


def job_of(images: int, out: Path) -> tuple[Job, Grammar]:
    ((job, grammar),) = loaded(Job, compose_points("generate", [f"count={images}", f"out={out}"], multirun=False))
    return job, grammar


def _measured(phase: Callable[[argparse.Namespace, Path], None], options: argparse.Namespace, out: Path) -> None:
    job_of(options.images, out)
    before = peak_mb()
    phase(options, out)
    print(f"  peak memory: {before:.0f} MB of the program itself, + {peak_mb() - before:.0f} MB; pid {os.getpid()}", flush=True)


if __name__ == "__main__":
    main()
