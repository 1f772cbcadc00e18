"""What has been made so far in one run, counted in the driver."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from render_farm.protocol import Answer


@dataclass
class Tally:
    """Counts of one run. `wanted` images in all, `before` of them finished by earlier runs.

    seconds: wall seconds by stage, summed over images. rejections: of the sampler, by requirement. peak_mb: largest child.
    retries: tries that failed and were not the last. lost: places (actors, nodes) that went away. refused_at: when the store
    could not be written to, 0 for never.
    """

    wanted: int
    before: int
    done: int = 0
    quarantined: int = 0
    instances: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)
    cpu_seconds: float = 0.0
    rejections: Counter[str] = field(default_factory=Counter)
    peak_mb: float = 0.0
    retries: int = 0
    lost: int = 0
    refused_at: float = 0.0

    @property
    def finished(self) -> int:
        return self.before + self.done + self.quarantined

    def add(self, answer: Answer, rejections: Mapping[str, int]) -> None:
        """Books one image that is done or quarantined."""
        self.done += answer.status == "done"
        self.quarantined += answer.status != "done"
        if answer.status == "done":
            self.instances.update(answer.instances)
        for stage, seconds in answer.seconds.items():
            self.seconds[stage] = self.seconds.get(stage, 0.0) + seconds
        self.cpu_seconds += answer.cpu_seconds
        self.rejections.update(rejections)
        self.peak_mb = max(self.peak_mb, answer.rss_mb)

    def images_per_hour(self, elapsed_s: float) -> float:
        """Images that were made; what went into quarantine is none."""
        return self.done / elapsed_s * 3600 if elapsed_s > 0 else 0.0

    def timing(self, elapsed_s: float, workers: int, device: str, price_per_hour: float | None) -> dict[str, Any]:
        """For run/timing.json."""
        tried = max(self.done + self.quarantined, 1)
        return {
            "images": self.done,
            "quarantined": self.quarantined,
            "elapsed_s": elapsed_s,
            "images_per_hour": self.images_per_hour(elapsed_s),
            "workers": workers,
            "device": device,
            "cost": elapsed_s / 3600 * price_per_hour if price_per_hour else None,
            "cpu_seconds_an_image": self.cpu_seconds / tried,
            "seconds_an_image_by_stage": {stage: seconds / tried for stage, seconds in self.seconds.items()},
            "peak_memory_mb": self.peak_mb,
        }
