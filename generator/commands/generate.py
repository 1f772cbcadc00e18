"""`scenewright generate`: from a grammar to a dataset. The first half of the drawing; generator/pipeline.py is the second."""

from __future__ import annotations

from collections.abc import Sequence

from generator.commands.arguments import hydra_parser
from generator.commands.runs import GROUPS, run_words
from generator.commands.tree import listing

HELP = """\
Draws scenes from a grammar, renders them with Blender in processes of their own, labels them exactly and writes a COCO dataset.
Ctrl-C, a crash or a full disk at any moment: the same command again goes on where it was, to the same bytes."""
EXAMPLES = """\
examples:
  scenewright generate scene=street count=200 seed=7 out=data/street
  scenewright generate render=draft count=8                        see quickly what comes
  scenewright generate render.samples=128 output.depth=exr farm.workers=2
  scenewright generate render.device=cuda                          this device or an error, never another one in silence
  scenewright generate scene.factors.weather=rain scene.rules.vehicle.weights.bus=5
  scenewright generate scene=my_scene.yaml                         a scene file of your own (`extends: street` builds on one)
  scenewright generate counterfactual=weather                      every scene in all weathers, everything else equal
  scenewright generate 'counterfactual.time_of_day_h=[12,22]'      by day and by night (docs/grammar.md)
  scenewright generate --multirun scene.width=narrow,wide seed=1,2 a dataset for each point, in a folder of its own
  scenewright generate scene=street --cfg                          print the whole configuration and stop

keys (all that --cfg prints can be set):
  count=100  seed=0  out=out/NAME           how many images, of which random stream, into which folder
  render.device=auto|cpu|cuda|optix|hip|oneapi|metal   render.samples=64   render.time_limit_s=600
  output.image_format=png|jpeg|webp   output.depth=none|png16|exr   output.linear_exr=true
  farm.workers=0 (as many as fit)   farm.recycle_after=1000   farm.attempts=2   farm.retry_quarantined=true"""


def main(arguments: Sequence[str]) -> int:
    parser = hydra_parser("generate", HELP, f"{EXAMPLES}\n\noptions of each group:\n{listing(*GROUPS)}")
    return run_words(parser.parse_intermixed_args(arguments))
