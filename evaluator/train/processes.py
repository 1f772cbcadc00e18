"""One training in several processes: each takes its part of every batch, gradients are averaged (DistributedDataParallel).

torchrun starts them and tells each its place by the environment. Without it there is one.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from evaluator.detectors.checkpoints import device_named


@dataclass(frozen=True)
class Place:
    """This process among `count`; number 0 writes files. device: "cpu" or "cuda:1"."""

    number: int
    count: int
    device: str

    @property
    def writes(self) -> bool:
        return self.number == 0

    def everybodys[T](self, own: list[T]) -> list[T]:
        """The lists of all processes in order of their numbers, one after the other; in every process."""
        if self.count == 1:
            return own
        lists: list[Any] = [None] * self.count
        dist.all_gather_object(lists, own)
        return [item for part in lists for item in part]

    def together(self, model: nn.Module) -> nn.Module:
        """`model` with gradients averaged over the processes."""
        if self.count == 1:
            return model
        return DistributedDataParallel(model, device_ids=[torch.device(self.device)] if self.device.startswith("cuda") else None)

    def wait(self) -> None:
        """Until all are here."""
        if self.count > 1:
            dist.barrier()


@contextlib.contextmanager
def place(device: str) -> Iterator[Place]:
    """This process's place, as torchrun says. device: "auto", "cpu" or "cuda". Raises DeviceError."""
    kind = device_named(device)
    count = int(os.environ.get("WORLD_SIZE", "1"))
    if count == 1:
        yield Place(0, 1, kind)
        return
    if kind == "cuda":
        kind = f"cuda:{os.environ['LOCAL_RANK']}"
        torch.cuda.set_device(kind)
    dist.init_process_group("cpu:gloo,cuda:nccl" if kind.startswith("cuda") else "gloo")
    try:
        yield Place(dist.get_rank(), count, kind)
    finally:
        dist.destroy_process_group()
