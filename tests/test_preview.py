"""The preview shows every actor whole, from left to right."""

from __future__ import annotations

import numpy as np
import pytest

import tests.actors  # noqa: F401  (registers the test actors)
from generator.errors import ConfigError
from generator.preview import preview_spec
from tests.oracle import cast

BALL = {"kind": "test_sphere", "radius_m": 0.5}
TOWER = {"kind": "test_box", "height_m": 12.0}
TRUCK = {"kind": "test_box", "length_m": 9.0, "width_m": 2.5, "height_m": 3.0}


@pytest.mark.parametrize("row", [[BALL], [TOWER], [TRUCK], [BALL, TRUCK, TOWER]], ids=["ball", "tower", "truck", "row"])
def test_every_actor_is_whole_in_view_and_in_order(row: list[dict[str, object]]) -> None:
    index, _, _ = cast(preview_spec(row, width=160, height=90))
    columns = []
    for number in range(2, len(row) + 2):
        v, u = np.nonzero(index == number)
        assert len(u) > 20
        assert {0, 159}.isdisjoint(u)
        assert {0, 89}.isdisjoint(v)
        columns.append(u.mean())
    assert columns == sorted(columns)


def test_an_unknown_actor_is_named() -> None:
    with pytest.raises(ConfigError, match="there is no actor 'unicorn'"):
        preview_spec([{"kind": "unicorn"}])
