"""How a job stands, read off its dataset folder alone: no driver is asked, no lock is taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson

from generator.dataset import Store
from generator.storage import Folder, Place, folder_at
from generator.storage.lease import is_gone
from generator.writers.layout import CARD, JOB, RUN
from render_farm.journal import STATE
from render_farm.request import read_request

_ALIVE_S = 60.0  # a driver writes its state every 5 s; merging a thousand records may keep it from it
_FRESH_S = 10.0  # two states: a driver whose process this container does not see, under the same host name, is not thought gone


@dataclass(frozen=True)
class Standing:
    """quarantined: reasons by index. images_per_hour: of all runs that are alive. runs: state of every driver by the name of its share."""

    wanted: int
    done: int
    quarantined: dict[int, str]
    finished: bool
    images_per_hour: float
    runs: dict[str, dict[str, Any]]

    @property
    def left(self) -> int:
        return max(0, self.wanted - self.done - len(self.quarantined))


def standing(place: Place, now: float) -> Standing:
    """`now`: Unix time. Raises DatasetError when `place` is no dataset."""
    config, _ = read_request(place)
    store = Store.at(place)
    done = store.done_indices()
    aside = {index: reason for index, reason in store.quarantined().items() if not _holds(done, index)}
    runs = read_states(store.folder, now)
    rate = sum(run["images_per_hour"] for run in runs.values() if run["alive"])
    return Standing(config["count"], len(done), aside, store.folder.has(CARD), rate, runs)


def points_below(place: Place) -> list[str]:
    """Names of the datasets directly below a folder that is none itself, as a sweep leaves them."""
    folder = folder_at(place)
    return [] if folder.has(JOB) else [name for name in folder.entries() if folder.has(f"{name}/{JOB}")]


def _holds(indices: np.ndarray, index: int) -> bool:
    """Whether `index` is in (n,) ascending indices."""
    place = int(np.searchsorted(indices, index))
    return place < len(indices) and int(indices[place]) == index


def read_states(folder: Folder, now: float) -> dict[str, dict[str, Any]]:
    """What every driver last said of itself, with the seconds since (age_s) and whether it is likely to be at work (alive)."""
    found = {}
    names = [name for name in folder.names(RUN) if name.startswith(f"{RUN}/{STATE}") and name.endswith(".json")]
    for path, data in folder.read_many(names).items():
        facts = orjson.loads(data)
        age = max(0.0, now - facts["time"])
        name = path.removeprefix(f"{RUN}/{STATE}").removesuffix(".json").removeprefix("-") or "of all images"
        found[name] = {**facts, "age_s": age, "alive": facts["state"] == "running" and _is_alive(facts, age)}
    return found


def _is_alive(facts: dict[str, Any], age_s: float) -> bool:
    """Whether a driver that said it runs probably still does: sooner known where its process can be looked for."""
    return age_s < (_FRESH_S if is_gone(facts["host"], facts["pid"]) else _ALIVE_S)
