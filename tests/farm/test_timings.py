"""What logs say of the seconds of a dataset's images, against numpy on all of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from generator.dataset import Store
from render_farm import journal
from render_farm.journal import Journal
from render_farm.timings import timings


def test_timings_are_those_of_all_logs_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "LOG_BYTES", 20_000)
    store, random = Store.at(tmp_path), np.random.default_rng(5)
    rgb, labels = np.round(random.lognormal(0.0, 0.7, 1000), 4), np.round(random.uniform(0.0, 0.3, 1000), 4)
    for part in ("0-of-2", "1-of-2"):
        log = Journal(store, part)
        for index in range(int(part[0]), 1000, 2):
            log.note("image", index=index, seconds={"rgb": float(rgb[index]), "labels": float(labels[index])})
            log.note("retry", index=index)
        log.close()
    half = b'{"time":1,"event":"image","ind'  # a driver was killed in the middle of a line, and another one went on
    (tmp_path / "run/log-2-of-2.jsonl").write_bytes(half + b'{"time":2,"event":"end"}\n' + half)
    found = timings(store.folder)
    assert found["images"] == 1000
    for stage, seconds in (("rgb", rgb), ("labels", labels), ("all stages", rgb + labels)):
        own = found["seconds"][stage]
        assert own["mean"] == pytest.approx(seconds.mean(), abs=1e-4)
        assert own["max"] == pytest.approx(seconds.max(), abs=1e-4)
        assert own["median"] == pytest.approx(np.median(seconds), rel=0.02)
        assert own["p95"] == pytest.approx(np.quantile(seconds, 0.95), rel=0.02)


def test_without_logs_there_are_none(tmp_path: Path) -> None:
    assert timings(Store.at(tmp_path).folder) == {"images": 0, "seconds": {}}
