"""Counting on several cores against counting in one go."""

from __future__ import annotations

import numpy as np
import pytest

from generator.counting import counted
from generator.errors import UnsatisfiableError
from generator.grammar import load_grammar, sample
from generator.statistics import summarise

# Other processes know the actors under `scenes` only, not those of the tests.
THINGS = {
    "name": "things",
    "categories": ["bin", "bench"],
    "factors": {"far_m": {"uniform": [5, 30]}, "kind": {"choice": ["bins", "benches"]}},
    "start": "things",
    "rules": {
        "things": {"kind": "repeat", "count": {"poisson": 4}, "of": "thing"},
        "thing": {"kind": "choice", "weights": {"bin": "kind == 'bins'", "bench": 1}},
        "bin": {"kind": "actor", "actor": "litter_bin", "category": "bin", "place": {"at": {"x_m": "far_m", "y_m": {"uniform": [-8, 8]}}}},
        "bench": {"kind": "actor", "actor": "bench", "category": "bench", "place": {"at": {"x_m": "far_m", "y_m": {"uniform": [-8, 8]}}}},
    },
    "camera": {"hfov_rad": 1.0, "position": {"z_m": 1.5}},
}


def test_the_number_of_processes_changes_nothing() -> None:
    grammar = load_grammar(THINGS, source="things.yaml")
    whole = summarise((sample(grammar, 3, i) for i in range(120)), grammar.categories)
    assert whole.instances()["bin"] > 10
    for workers in (1, 2):
        summary, failures = counted(grammar, 3, 120, workers)
        assert not failures
        for name, value in vars(whole).items():
            found = getattr(summary, name)
            if name == "per_image":
                assert all(np.array_equal(found[category], counts) for category, counts in value.items())
            else:
                assert np.array_equal(found, value) if isinstance(value, np.ndarray) else found == value


def test_scenes_that_fail_alike_are_counted_together_whatever_the_number_of_processes() -> None:
    far = {"kind": "actor", "actor": "bench", "category": "bench", "place": {"at": {"x_m": "far_m"}}, "on_failure": "fail"}
    rules = {**THINGS["rules"], "bench": {**far, "requires": [{"camera_distance": {"max_m": 2}}]}}  # type: ignore[dict-item]
    grammar = load_grammar({**THINGS, "rules": rules, "limits": {"tries_per_scene": 2}}, source="things.yaml")
    summary, failures = counted(grammar, 3, 120, 1)
    assert list(failures) == ["bench: camera_distance"]
    (undrawn,) = failures.values()
    assert 0 < undrawn.scenes == 120 - summary.scenes < 120
    first = next(i for i in range(120) if f"index {i}: " in undrawn.text)
    with pytest.raises(UnsatisfiableError) as error:
        sample(grammar, 3, first)
    assert undrawn.text == str(error.value)
    assert counted(grammar, 3, 120, 2)[1] == failures
