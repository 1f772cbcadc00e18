"""Seconds of a training step, and pictures judged a second, of the detectors in configs/detector on this machine's CPU.

python -m benchmarks.training                              # 8 pictures of 192 x 256, two objects each
python -m benchmarks.training --detectors fcos --threads 1 2
"""

from __future__ import annotations

import argparse
import time

import torch
from torch import Tensor, nn

from benchmarks.street import load
from evaluator.detectors.all_detectors import DETECTOR
from evaluator.train.loop import optimizer_of
from evaluator.train.settings import RecipeSettings
from generator.commands.tree import option_values

WIDTH, HEIGHT, CLASSES = 192, 256, 6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--detectors", nargs="*", default=["fcos", "faster_rcnn", "mask_rcnn", "point_rend"])
    parser.add_argument("--threads", nargs="*", type=int, default=[2])
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--steps", type=int, default=4, help="after a first one that does not count")
    options = parser.parse_args()
    print(f"{options.batch} pictures of {WIDTH} x {HEIGHT} a step, {options.steps} steps; {load()}\n")
    print("| detector | threads | s a step | CPU s a step | pictures judged a second |")
    print("| --- " + "| ---: " * 4 + "|")
    for name in options.detectors:
        for threads in options.threads:
            torch.set_num_threads(threads)
            torch.manual_seed(0)
            model = DETECTOR.validate_python(option_values("detector", name)).build(CLASSES, pretrained=True)
            wall_s, cpu_s = step_s(model, options.batch, options.steps)
            print(f"| {name} | {threads} | {wall_s:.2f} | {cpu_s:.2f} | {judged(model, options.batch, options.steps):.0f} |", flush=True)


def step_s(model: nn.Module, batch: int, steps: int) -> tuple[float, float]:
    """Wall and CPU seconds of forward, backward and update."""
    model.to(memory_format=torch.channels_last).train()  # type: ignore[call-overload]
    optimizer = optimizer_of(model, RecipeSettings(steps=steps, batch=batch, lr=1e-4))
    pictures, targets = examples(batch)
    wall = cpu = 0.0
    for step in range(steps + 1):
        if step == 1:
            wall, cpu = time.perf_counter(), time.process_time()
        losses: dict[str, Tensor] = model(pictures, targets)
        optimizer.zero_grad()
        torch.stack(list(losses.values())).sum().backward()
        optimizer.step()
    return (time.perf_counter() - wall) / steps, (time.process_time() - cpu) / steps


def judged(model: nn.Module, batch: int, steps: int) -> float:
    model.eval()
    pictures, _ = examples(batch)
    with torch.inference_mode():
        model(pictures)
        start = time.perf_counter()
        for _ in range(steps):
            model(pictures)
    return batch * steps / (time.perf_counter() - start)


def examples(batch: int) -> tuple[list[Tensor], list[dict[str, Tensor]]]:
    masks = torch.zeros((2, HEIGHT, WIDTH), dtype=torch.uint8)
    masks[0, 30:120, 20:90] = masks[1, 100:220, 50:150] = 1
    boxes = torch.tensor([[20.0, 30.0, 90.0, 120.0], [50.0, 100.0, 150.0, 220.0]])
    pictures = [torch.randint(0, 256, (3, HEIGHT, WIDTH), dtype=torch.uint8) for _ in range(batch)]
    return pictures, [{"boxes": boxes, "labels": torch.tensor([1, 2]), "masks": masks} for _ in range(batch)]


if __name__ == "__main__":
    main()
