"""Where a run books its images: the store, which has the last word, the tally, and the journal."""

from __future__ import annotations

import time
from dataclasses import dataclass

from generator.dataset import Store, compact_complete
from generator.spec import SceneSpec
from generator.writers.shards import read_record
from render_farm.backend import Report
from render_farm.journal import Journal
from render_farm.tally import Tally

_COMPACT_EVERY = 1000


@dataclass(frozen=True)
class Books:
    """The ledger of one driver. alone: no other driver works on the store, so whole ranges may be compacted meanwhile."""

    out: str
    store: Store
    tally: Tally
    journal: Journal
    alone: bool

    def is_committed(self, index: int) -> bool:
        return read_record(self.store.folder, index) is not None

    def done(self, place: str, report: Report) -> None:
        assert report.answer is not None
        self.tally.add(report.answer, report.rejections)
        seconds = {stage: round(value, 4) for stage, value in report.answer.seconds.items()}
        self.journal.note("image", index=report.index, place=place, seconds=seconds, rss_mb=round(report.answer.rss_mb))
        self._compact()

    def found(self, index: int) -> None:
        self.tally.done += 1
        self.journal.note("found", index=index)

    def quarantine(self, place: str, report: Report, reason: str) -> None:
        """With all that is needed to look into it: reason, log, scene, and in the journal the command that makes it again."""
        assert report.answer is not None
        spec = SceneSpec.from_json(report.scene.encode()) if report.scene else None
        self.store.quarantine(report.index, reason, report.log, spec)
        self.tally.add(report.answer.model_copy(update={"status": "quarantined"}), report.rejections)
        command = f"scenewright replay {self.out} {report.index}" if spec else None
        self.journal.note("quarantined", index=report.index, place=place, reason=reason, replay=command)
        self._compact()

    def retry(self, place: str, report: Report) -> None:
        assert report.answer is not None
        self.tally.retries += 1
        self.journal.note("retry", index=report.index, place=place, reason=report.answer.error)

    def lost(self, place: str, why: str, held: int) -> None:
        self.tally.lost += 1
        self.journal.note("lost", place=place, why=why, images=held)

    def trouble(self, place: str, report: Report) -> None:
        assert report.answer is not None
        self.tally.refused_at = time.time()
        self.journal.note("storage", index=report.index, place=place, reason=report.answer.error)

    def _compact(self) -> None:
        if self.alone and (self.tally.done + self.tally.quarantined) % _COMPACT_EVERY == 0:
            compact_complete(self.store)
