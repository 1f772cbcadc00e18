"""EEVEE paints the picture, Cycles still draws the labels."""

from __future__ import annotations

import numpy as np
import pytest

from generator.errors import RenderError
from generator.render.opengl import opengl_renderer
from generator.spec import PlainSky
from tests.render.small_scenes import blender, camera, clutter, scene


def test_without_opengl_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("__EGL_VENDOR_LIBRARY_FILENAMES", "/nonexistent")
    monkeypatch.setenv("LIBGL_DRIVERS_PATH", "/nonexistent")
    with pytest.raises(RenderError, match=r"apt install .*render\.engine=cycles"):
        opengl_renderer()


@pytest.mark.slow
def test_eevee_renders_with_exact_labels() -> None:
    try:
        engine = blender(4, "eevee")
    except RenderError as error:
        pytest.skip(str(error))
    even = engine.render(scene([], camera(16, 12), PlainSky(color=(0.2, 0.5, 0.8))))
    np.testing.assert_allclose(even.rgb[6, 8], [0.2, 0.5, 0.8], rtol=0.02)
    spec = clutter(1, camera(160, 120, 140.0, f_number=2.0, shutter_s=0.02), speed_m_s=5.0)
    frame = engine.render(spec)
    assert (frame.index == blender().render(spec).index).all()  # which test_labels.py holds against the ray caster
    assert engine.device.startswith("opengl")
    assert frame.rgb.std() > 0
