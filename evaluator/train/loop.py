"""The training itself: phases of steps, with validations, checkpoints and an early stop.

Every step sets torch's random state from the seed and its own number, so a training that was killed goes on from its checkpoint to
the same weights.
"""

from __future__ import annotations

import contextlib
import math
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from evaluator.datasets import LabelledImages
from evaluator.detectors.checkpoints import Detector, load, save, save_detector
from evaluator.train.batches import Batch, Lesson, batches
from evaluator.train.curves import Curves
from evaluator.train.judge import judged
from evaluator.train.mixes import Phase
from evaluator.train.processes import Place
from evaluator.train.settings import RecipeSettings
from generator.errors import ScenewrightError
from generator.exit_codes import INTERRUPTED
from generator.streams import Stream

LAST, BEST, BAD_BATCH = "last.pt", "best.pt", "bad_batch.pt"
_SAY_EVERY_S = 10.0
_LEAST_LR = 0.01  # where the cosine ends, times the learning rate


Stopping = Callable[[], bool]  # whether the training is to stop at the next step


def never() -> bool:
    return False


class Interrupted(ScenewrightError):
    """The training was told to stop, and has written down how far it is."""

    exit_code = INTERRUPTED


class TrainingError(ScenewrightError):
    """The loss or its gradient is not a number any more; the batch is saved."""


@dataclass(frozen=True)
class Standing:
    """How far a training is. step: within its phase. best: highest AP in this phase, at best_step; stale: validations since."""

    phase: int = 0
    step: int = 0
    best: float | None = None
    best_step: int = 0
    stale: int = 0


@dataclass(frozen=True)
class Course:
    """Everything that a training needs, besides its state. folder: where number 0 writes. stopping: the same in all processes."""

    detector: Detector
    lesson: Lesson
    phases: tuple[Phase, ...]
    recipe: RecipeSettings
    validation: LabelledImages | None
    place: Place
    folder: Path
    readers: int
    stopping: Stopping


def train(course: Course) -> Standing:
    """Trains `course.detector.model` in place, from its checkpoint if there is one; how it ended. Raises TrainingError, Interrupted."""
    model = course.detector.model
    standing, optimizer_state, lines = Standing(), None, 0
    if (course.folder / LAST).exists():
        content = load(course.folder / LAST)
        model.load_state_dict(content["model"])
        standing, optimizer_state, lines = Standing(**content["standing"]), content["optimizer"], content["lines"]
    course.place.wait()  # nobody writes before all have read
    curves = Curves(course.folder, lines, _overall(course, standing)) if course.place.writes else None
    together = course.place.together(model)
    with contextlib.closing(curves) if curves else contextlib.nullcontext():
        for number in range(standing.phase, len(course.phases)):
            if number > standing.phase:
                standing, optimizer_state = Standing(phase=number), None
            optimizer = optimizer_of(model, course.recipe)
            if optimizer_state is not None:
                optimizer.load_state_dict(optimizer_state)
            standing = _phase(course, together, optimizer, standing, curves)
            if course.recipe.patience and standing.best is not None:
                model.load_state_dict(load(course.folder / BEST)["weights"])
    return standing


def optimizer_of(model: nn.Module, recipe: RecipeSettings) -> torch.optim.Optimizer:
    """The pretrained network learns slower than what is new; scales and offsets do not decay."""
    groups: dict[tuple[bool, bool], list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            groups.setdefault((name.startswith("backbone.body."), parameter.ndim > 1), []).append(parameter)
    options: list[dict[str, Any]] = [
        {"params": parameters, "share": recipe.backbone_lr if body else 1.0, "weight_decay": recipe.weight_decay if decays else 0.0}
        for (body, decays), parameters in groups.items()
    ]
    if recipe.optimizer == "sgd":
        return torch.optim.SGD(options, lr=recipe.lr, momentum=0.9)
    return torch.optim.AdamW(options, lr=recipe.lr)


def rate(recipe: RecipeSettings, phase: Phase, step: int) -> float:
    """Learning rate of a step (from 0) of a phase: a linear rise, then constant or a half cosine."""
    highest = recipe.lr * phase.lr
    warmup = min(recipe.warmup_steps, phase.steps // 2)
    if step < warmup:
        return highest * (step + 1) / warmup
    if recipe.schedule == "constant":
        return highest
    done = (step - warmup) / max(phase.steps - warmup, 1)
    return highest * (_LEAST_LR + (1 - _LEAST_LR) * (1 + math.cos(math.pi * done)) / 2)


def _phase(course: Course, together: nn.Module, optimizer: torch.optim.Optimizer, standing: Standing, curves: Curves | None) -> Standing:
    phase, recipe = course.phases[standing.phase], course.recipe
    if _stopped(recipe, standing):
        return standing
    if standing.step == 0:
        _save(course, optimizer, standing, curves)  # a phase begins from what is on disk
    parts = range(course.place.number * recipe.accumulate, (course.place.number + 1) * recipe.accumulate)
    clock = _Clock(time.monotonic(), time.monotonic(), standing.step)
    with contextlib.closing(batches(course.lesson, phase, standing.step, parts, course.readers)) as coming:
        for batch in coming:
            step = standing.step
            lr = rate(recipe, phase, step)
            losses = _step(course, together, optimizer, batch, parts, lr, standing)
            standing = replace(standing, step=step + 1)
            last = standing.step == phase.steps
            if curves and (standing.step % recipe.log_every == 0 or last):
                numbers = {name: float(value) for name, value in losses.items()}
                loss = sum(numbers.values())
                line = {"phase": phase.name, "step": _overall(course, standing), "lr": lr, "loss": loss, "losses": numbers}
                curves.add({**line, "images_per_s": clock.rate(standing.step) * recipe.batch})
                clock = clock.said(phase, standing.step, loss)
            judges = course.validation is not None and (standing.step % recipe.validate_every == 0 or last)
            if judges:
                standing = _validated(course, standing, curves)
            stopping = not last and course.stopping()
            if judges or last or stopping or standing.step % recipe.checkpoint_every == 0:
                _save(course, optimizer, standing, curves)
            if stopping:
                raise Interrupted(f"stopped after step {standing.step:,} of {phase.steps:,}; it goes on from there")
            if _stopped(recipe, standing):
                break
    return standing


def _stopped(recipe: RecipeSettings, standing: Standing) -> bool:
    return recipe.patience > 0 and standing.stale >= recipe.patience


def _step(
    course: Course,
    together: nn.Module,
    optimizer: torch.optim.Optimizer,
    parts: list[Batch],
    numbers: Sequence[int],
    lr: float,
    standing: Standing,
) -> dict[str, Tensor]:
    """One step of the optimizer; the losses by name, means over this process's parts."""
    together.train()
    for group in optimizer.param_groups:
        group["lr"] = lr * group["share"]
    optimizer.zero_grad(set_to_none=True)
    summed: dict[str, Tensor] = {}
    for i, (batch, number) in enumerate(zip(parts, numbers, strict=True)):
        last = i == len(parts) - 1
        with contextlib.nullcontext() if last or course.place.count == 1 else together.no_sync():  # type: ignore[operator]
            losses = _losses(course, together, batch, number, standing)
            (sum(losses.values(), torch.zeros((), device=course.place.device)) / len(parts)).backward()
        for name, loss in losses.items():
            summed[name] = summed.get(name, 0) + loss.detach() / len(parts)
    norm = nn.utils.clip_grad_norm_(course.detector.model.parameters(), course.recipe.clip_norm)
    if not torch.isfinite(norm):
        _refuse(course, standing, parts[-1], "the gradient", float(norm), summed)
    optimizer.step()
    return summed


def _losses(course: Course, together: nn.Module, batch: Batch, part: int, standing: Standing) -> dict[str, Tensor]:
    device = course.place.device
    torch.manual_seed(_seed(course.lesson.seed, standing, part))
    pictures = [p.to(device, non_blocking=True) for p in batch.pictures]
    targets = [{name: value.to(device, non_blocking=True) for name, value in target.items()} for target in batch.targets]
    with torch.autocast(device.split(":")[0], torch.bfloat16, enabled=in_bf16(course.recipe, device)):
        losses: dict[str, Tensor] = together(pictures, targets)
    total = sum(float(loss.detach()) for loss in losses.values())
    if not math.isfinite(total):
        _refuse(course, standing, batch, "the loss", total, losses)
    return losses


def in_bf16(recipe: RecipeSettings, device: str) -> bool:
    able = device.startswith("cuda") and torch.cuda.is_bf16_supported()
    return recipe.precision == "bf16" or (recipe.precision == "auto" and able)


def _seed(seed: int, standing: Standing, part: int) -> int:
    return Stream.root("torch", seed, standing.phase, standing.step, part).integer(2**53)


def _refuse(course: Course, standing: Standing, batch: Batch, what: str, value: float, losses: dict[str, Tensor]) -> None:
    """Saves the batch and raises a TrainingError."""
    file = course.folder / f"{course.place.number}_{BAD_BATCH}" if course.place.number else course.folder / BAD_BATCH
    numbers = {name: float(loss.detach()) for name, loss in losses.items()}
    content = {"pictures": batch.pictures, "targets": batch.targets, "names": list(batch.names), "losses": numbers}
    save({**content, "standing": asdict(standing), "model": course.detector.model.state_dict()}, file)
    said = ", ".join(f"{name} {number:.4g}" for name, number in numbers.items())
    raise TrainingError(
        f"step {standing.step + 1} of phase {course.phases[standing.phase].name}: {what} is {value} ({said}). The batch, its losses "
        f"and the weights are in {file}; images: {', '.join(batch.names)}. A lower recipe.lr or recipe.clip_norm may help, or "
        f"recipe.precision=fp32; {course.folder / LAST} holds the last sound weights"
    )


def _validated(course: Course, standing: Standing, curves: Curves | None) -> Standing:
    """Scores the weights as they are; keeps them in best.pt when none before were as good."""
    assert course.validation is not None
    found = judged(course.detector, course.validation, course.place, course.recipe.batch)
    ap = found["bbox"]["ap"] or 0.0
    better = standing.best is None or ap > standing.best
    if curves:
        line = {"phase": course.phases[standing.phase].name, "step": _overall(course, standing)}
        masks = {"mask_ap": found["segm"]["ap"], "mask_ap50": found["segm"]["ap50"]} if "segm" in found else {}
        curves.add({**line, "ap": ap, "ap50": found["bbox"]["ap50"], **masks, "classes": found["bbox"]["classes"]})
        print(f"step {standing.step:,}: AP {ap:.3f}, AP50 {found['bbox']['ap50'] or 0:.3f} on validation", file=sys.stderr, flush=True)
    if better:
        if course.place.writes:
            save_detector(course.detector, course.folder / BEST)
        return replace(standing, best=ap, best_step=standing.step, stale=0)
    return replace(standing, stale=standing.stale + 1)


def _save(course: Course, optimizer: torch.optim.Optimizer, standing: Standing, curves: Curves | None) -> None:
    if curves:
        content = {"model": course.detector.model.state_dict(), "optimizer": optimizer.state_dict(), "lines": curves.count}
        save({**content, "standing": asdict(standing)}, course.folder / LAST)
    course.place.wait()  # best.pt is there for everybody


def _overall(course: Course, standing: Standing) -> int:
    """Steps over all phases."""
    return sum(phase.steps for phase in course.phases[: standing.phase]) + standing.step


@dataclass(frozen=True)
class _Clock:
    """When this process began, and when it last said how far it is."""

    began_s: float
    said_s: float
    first: int

    def rate(self, step: int) -> float:
        return (step - self.first) / max(time.monotonic() - self.began_s, 1e-9)

    def said(self, phase: Phase, step: int, loss: float) -> _Clock:
        now = time.monotonic()
        if now - self.said_s < _SAY_EVERY_S:
            return self
        pace = self.rate(step)
        left = f"{pace:.2f} steps a second, {(phase.steps - step) / pace:.0f} s left"
        print(f"{phase.name}: step {step:,} of {phase.steps:,}, loss {loss:.3f}, {left}", file=sys.stderr, flush=True)
        return replace(self, said_s=now)
