"""Whether EEVEE can start: it needs an OpenGL context, and Blender crashes where there is none."""

from __future__ import annotations

import subprocess
import sys

from generator.errors import RenderError

_PROBE = "import bpy, gpu; gpu.init(); print('renderer:', gpu.platform.renderer_get())"
_PROBE_LIMIT_S = 60


def opengl_renderer() -> str:
    """What draws, e.g. "llvmpipe (LLVM 15.0.6, 256 bits)" for Mesa's software renderer.

    Asked in a process of its own, which may crash. Raises RenderError when there is no context.
    """
    try:
        probe = subprocess.run([sys.executable, "-c", _PROBE], capture_output=True, text=True, timeout=_PROBE_LIMIT_S, check=False)
        lines, ending = probe.stdout.splitlines() + probe.stderr.splitlines(), f"it ended with status {probe.returncode}"
    except subprocess.TimeoutExpired:
        lines, ending = [], f"it did not answer within {_PROBE_LIMIT_S} s"
    names = [line.removeprefix("renderer: ") for line in lines if line.startswith("renderer: ")]
    if names:
        return names[0]
    last = next((line for line in reversed(lines) if line.strip()), "no message")
    raise RenderError(
        f"EEVEE needs an OpenGL 4.3 context through EGL; Blender could not make one ({ending}: {last}). "
        "Install a GPU driver or Mesa (Debian: apt install libegl1 libgl1-mesa-dri), or set render.engine=cycles"
    )
