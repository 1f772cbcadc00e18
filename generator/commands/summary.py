"""What a run of `generate` came to, printed for people; and the contact sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from generator.commands.arguments import table
from generator.storage import Place, folder_at, joined
from generator.writers.layout import quarantine_path
from render_farm.progress import clock
from render_farm.run import Result

SHEET = "contact_sheet.png"
_SHEET_IMAGES = 8
_SHOWN = 10
_LEAST_S = 0.005  # what would be shown as 0.00 is left out; run/timing.json has all


def print_summary(out: Place, result: Result) -> None:
    tally, card = result.tally, result.card
    made, quarantined = tally.done, tally.quarantined
    print(f"\n{tally.finished} of {tally.wanted} images: {tally.before} were there, {made} made now, {quarantined} put into quarantine now")
    if tally.retries or tally.lost:
        print(f"{tally.retries} tries failed and were made again, {tally.lost} workers or nodes were lost")
    if card is not None:
        counts = card["counts"]
        rows = [("class", "instances", "images")]
        rows += [(name, f"{n['instances']:,}", f"{n['images']:,}") for name, n in counts["by_class"].items()]
        print(f"\ninstances: {counts['instances']:,}\n{table(rows)}")
        _print_shares("rejected while drawing (tries an image)", card["rejections"], counts["images"])
        _print_quarantine(out, card["quarantined"])
    if result.timing:
        _print_timing(result)
    if tally.finished < tally.wanted:
        print(f"\ninterrupted: the same command again goes on with the remaining {tally.wanted - tally.finished} images")
        return
    if card is None:
        print(f"\nthis share is finished, {result.aside} of it in quarantine; when all shares are: scenewright farm merge {out}")
        return
    print(f"\ndataset:       {out}\nCOCO file:     {joined(out, 'annotations/instances.json')}")
    if counts["images"]:
        print(f"contact sheet: {make_sheet(out)}")


def print_comparison(names: Sequence[tuple[str, ...]], results: Sequence[Result]) -> None:
    """The points of a sweep beside each other. images/hour is that of this run, - where it made nothing."""
    rows = [("", "images", "instances", "quarantined", "images/hour", "worker s/image")]
    for words, result in zip(names, results, strict=True):
        counts, timing = result.card["counts"] if result.card else {}, result.timing
        rate = f"{timing['images_per_hour']:,.0f}" if timing.get("images") else "-"
        seconds = f"{sum(timing['seconds_an_image_by_stage'].values()):.2f}" if timing.get("images") else "-"
        images, instances = (f"{counts[name]:,}" if name in counts else "-" for name in ("images", "instances"))
        rows.append((",".join(words), images, instances, f"{result.aside:,}", rate, seconds))
    print(f"\nall points:\n{table(rows)}")


def make_sheet(out: Place) -> str:
    from generator.dataset import open_dataset
    from generator.pictures import contact_sheet

    contact_sheet(open_dataset(out), joined(out, SHEET), _SHEET_IMAGES)
    return joined(out, SHEET)


def _print_shares(title: str, counts: Mapping[str, int], images: int) -> None:
    if not counts:
        return
    largest = sorted(counts.items(), key=lambda item: -item[1])
    rows = [(name, f"{count:,}", f"{count / max(images, 1):.2f}") for name, count in largest[:_SHOWN]]
    more = f"\n  and {len(largest) - _SHOWN} more in the card" if len(largest) > _SHOWN else ""
    print(f"\n{title}:\n{table(rows)}{more}")


def _print_quarantine(out: Place, reasons: Mapping[str, str]) -> None:
    if not reasons:
        return
    print(f"\nin quarantine: {len(reasons)} (in {joined(out, 'quarantine')}: why, and of those that were drawn the scene and the log)")
    for index, reason in list(reasons.items())[:_SHOWN]:
        first, *more = reason.splitlines()
        print(f"  {index}: {first}" + (f"\n    {more[0].strip()}" if more else ""))
    if len(reasons) > _SHOWN:
        print(f"  and {len(reasons) - _SHOWN} more in the card")
    print(f"  {how_to_look_into(out, [int(index) for index in reasons])}")


def undrawn(out: Place, indices: Sequence[int]) -> str:
    """How to look into images whose scenes the grammar could not draw: there is nothing to replay."""
    last = max(indices)
    return (
        f"Why, and what can be changed: {joined(out, quarantine_path(indices[0]))}/reason.json; to try it without rendering: "
        f"scenewright sample with the same scene, seed and scene.* words and count={last + 1}, which draws images 0 to {last}"
    )


def how_to_look_into(out: Place, indices: Sequence[int]) -> str:
    """The command for the first of the `indices` in quarantine that was drawn, else what helps where none of the first few was."""
    indices = indices[:_SHOWN]
    drawn = folder_at(out).read_many(f"{quarantine_path(index)}/scene.json" for index in indices)
    for index in indices:
        if f"{quarantine_path(index)}/scene.json" in drawn:
            return f"to look into one: scenewright replay {out} {index}"
    return f"these scenes could not be drawn. {undrawn(out, indices)}"


def _print_timing(result: Result) -> None:
    timing = result.timing
    where = f"on {timing['workers']} worker(s), {timing['device']}"
    if not timing["images"]:
        print(f"\nno image was made {where}, in {clock(timing['elapsed_s'])}")
        return
    stages = sorted(timing["seconds_an_image_by_stage"].items(), key=lambda item: -item[1])
    shown = [f"{name} {seconds:.2f}" for name, seconds in stages if seconds >= _LEAST_S]
    print("\nseconds an image by stage: " + ", ".join(shown or ["below 0.005 each"]))
    print(
        f"{timing['images_per_hour']:,.0f} images/hour {where}: "
        f"{timing['images']} images in {clock(timing['elapsed_s'])}, largest worker {timing['peak_memory_mb']:.0f} MB"
    )
    if timing["cost"]:
        print(f"cost: {timing['cost']:,.2f} at farm.price_per_hour, {1000 * timing['cost'] / timing['images']:,.2f} for 1,000 images")
