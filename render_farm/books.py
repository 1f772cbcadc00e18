"""Where a run books its images: the store, which has the last word, the tally, and the journal."""

from __future__ import annotations

import time
from collections.abc import Sequence, Set
from dataclasses import dataclass

from generator.dataset import Store
from generator.spec import SceneSpec
from render_farm.backend import Report
from render_farm.gathering import Ranges
from render_farm.journal import Journal
from render_farm.tally import Tally
from render_farm.timeline import Recent


@dataclass(frozen=True)
class Books:
    """The ledger of one driver. aside: images that were in quarantine when it began."""

    out: str
    store: Store
    tally: Tally
    journal: Journal
    ranges: Ranges
    recent: Recent
    aside: Set[int]

    def committed(self, indices: Sequence[int]) -> Set[int]:
        return self.store.committed(indices)

    def done(self, place: str, report: Report) -> None:
        assert report.answer is not None
        self.tally.add(report.answer, report.rejections)
        seconds = {stage: round(value, 4) for stage, value in report.answer.seconds.items()}
        self.journal.note("image", index=report.index, place=place, seconds=seconds, rss_mb=round(report.answer.rss_mb))
        self.recent.add(f"{place} {report.worker}", report.answer, report.began)
        self._committed(report.index)

    def found(self, index: int) -> None:
        self.tally.done += 1
        self.journal.note("found", index=index)
        self._committed(index)

    def quarantine(self, place: str, report: Report, reason: str) -> None:
        """With all that is needed to look into it: reason, log, scene, and in the journal the command that makes it again."""
        assert report.answer is not None
        spec = SceneSpec.from_json(report.scene.encode()) if report.scene else None
        self.store.quarantine(report.index, reason, report.log, spec)
        self.tally.add(report.answer.model_copy(update={"status": "quarantined"}), report.rejections)
        command = f"scenewright replay {self.out} {report.index}" if spec else None
        self.journal.note("quarantined", index=report.index, place=place, worker=report.worker, reason=reason, replay=command)
        self.ranges.settle(report.index)

    def retry(self, place: str, report: Report) -> None:
        assert report.answer is not None
        self.tally.retries += 1
        self.journal.note("retry", index=report.index, place=place, worker=report.worker, reason=report.answer.error)

    def lost(self, place: str, why: str, held: int) -> None:
        self.tally.lost += 1
        self.journal.note("lost", place=place, why=why, images=held)

    def trouble(self, place: str, report: Report) -> None:
        assert report.answer is not None
        self.tally.refused_at = time.time()
        self.journal.note("storage", index=report.index, place=place, reason=report.answer.error)

    def _committed(self, index: int) -> None:
        if index in self.aside:
            self.store.end_quarantine({index})
        self.ranges.settle(index)
