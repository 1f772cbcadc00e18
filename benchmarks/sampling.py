"""How many scenes a second one core samples, for every scene file in configs/scene.

    python -m benchmarks.sampling            # 200 scenes each
    python -m benchmarks.sampling --scenes 1000

Sampling needs no Blender: 100 scenes a second is what it takes to draw and count a dataset before a pixel is rendered.
"""

from __future__ import annotations

import argparse
import time

from benchmarks.street import SCENES, grammar_of, load
from generator.counting import settle
from generator.errors import UnsatisfiableError
from generator.grammar import Grammar, sample


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenes", type=int, default=200, help="scenes drawn of each file")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    print(f"{options.scenes} scenes of each file; {load()}\n")
    print("| scene file | reading, CPU s | scenes a CPU second | objects a scene | objects a CPU second | unsatisfied |")
    print("| --- " + "| ---: " * 5 + "|")
    for path in sorted(SCENES.rglob("*.yaml")):
        start = time.process_time()
        grammar = grammar_of(str(path))
        reading = time.process_time() - start
        settle()  # as `scenewright sample` does
        print(row(path.relative_to(SCENES).with_suffix("").as_posix(), reading, *drawn(grammar, options.seed, options.scenes)), flush=True)


def drawn(grammar: Grammar, seed: int, count: int) -> tuple[int, int, int, float]:
    """Scenes, their objects, scenes that could not be satisfied, CPU seconds. The first scene, which imports actors, does not count."""
    objects = unsatisfied = 0
    start = time.process_time()
    for index in range(count + 1):
        try:
            objects += len(sample(grammar, seed, index).objects)
        except UnsatisfiableError:
            unsatisfied += 1
        if index == 0:
            objects = unsatisfied = 0
            start = time.process_time()
    return count, objects, unsatisfied, time.process_time() - start


def row(name: str, reading: float, scenes: int, objects: int, unsatisfied: int, seconds: float) -> str:
    return f"| {name} | {reading:.2f} | {scenes / seconds:.0f} | {objects / scenes:.0f} | {objects / seconds:.0f} | {unsatisfied} |"


if __name__ == "__main__":
    main()
