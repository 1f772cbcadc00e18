"""`scenewright render`: one scene file as a picture with all its labels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from generator.commands.arguments import parser

if TYPE_CHECKING:
    from generator.spec import SceneSpec

HELP = "Renders one SceneSpec (JSON, as in a dataset's scenes/ or quarantine/) with its labels into a folder."
EXAMPLES = """\
examples:
  scenewright render data/street/scenes/000/000012.json --out look
  scenewright render data/street/quarantine/000007/scene.json --out look --render draft
  scenewright render scene.json --out look --samples 256 --device cuda"""


def main(arguments: Sequence[str]) -> int:
    from generator.commands.tree import groups

    made = parser("render", HELP, EXAMPLES)
    made.add_argument("spec", type=Path, help="the scene file")
    made.add_argument("--out", type=Path, required=True, help="new or empty folder for picture and labels")
    made.add_argument("--render", default="standard", choices=sorted(groups()["render"]), help="preset (default: standard)")
    made.add_argument("--samples", type=int, help="samples instead of the preset's")
    made.add_argument("--device", help="auto, cpu, cuda, optix, hip, oneapi or metal")
    options = made.parse_args(arguments)
    return render(options.spec, options.out, options.render, options.samples, options.device)


def render(path: Path, out: Path, preset: str, samples: int | None, device: str | None) -> int:
    from generator.commands.one_image import render_one
    from generator.commands.tree import option_values
    from generator.commands.validate import validated
    from generator.errors import DatasetInputError
    from generator.settings import OutputSettings, RenderSettings

    spec = read_spec(path)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise DatasetInputError(f"{out} is not empty: choose a new folder")
    changes = {key: value for key, value in (("samples", samples), ("device", device)) if value is not None}
    settings = validated(RenderSettings, {**option_values("render", preset), **changes})
    categories = sorted({item.category for item in spec.objects if item.category is not None})
    semantic = ("sky", *sorted({item.semantic for item in spec.objects} - {"sky"}))
    answer = render_one(
        spec,
        out,
        render=settings,
        output=validated(OutputSettings, option_values("output", "standard")),
        categories=categories,
        semantic_classes=semantic,
    )
    if answer.status != "done":
        print(f"its labels fail a check, so nothing was written: {answer.error}")
        return 1
    instances = ", ".join(f"{count} {name}" for name, count in sorted(answer.instances.items())) or "no labelled instance"
    print(f"{instances}; {sum(answer.seconds.values()):.1f} s; everything is in {out}")
    return 0


def read_spec(path: Path) -> SceneSpec:
    """The SceneSpec in a JSON file. Raises ConfigError."""
    from pydantic import ValidationError

    from generator.errors import ConfigError
    from generator.spec import SceneSpec

    try:
        return SceneSpec.from_json(path.read_bytes())
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror})") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        at = ".".join(str(part) for part in first["loc"]) or "top level"
        raise ConfigError(f"{path}: is no SceneSpec: {at}: {first['msg']} ({error.error_count()} problems)") from error
