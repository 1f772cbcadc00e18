"""A scene file compiled: one program for the file as it stands, one for every set of corner cases that meet in an image."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from generator.actor import actor_kinds
from generator.grammar.actors import ActorRules
from generator.grammar.cameras import compile_camera
from generator.grammar.distributions import DISTRIBUTIONS
from generator.grammar.fields import ANY, NUMBER, Field, fields_of
from generator.grammar.model import Domain, Dynamic, Limits, Modification, SceneFile
from generator.grammar.model import Sequence as SequenceNode
from generator.grammar.problems import Problems, quoted, unknown
from generator.grammar.rules import RuleBook, Run, labelled
from generator.grammar.scope import Scope
from generator.grammar.sketch import Sketch
from generator.grammar.values import Spot, Value, compile_number, compile_value
from generator.spec import CameraSpec, SensorSpec, WorldSpec

_MOST_LEVELS = 64  # of a discrete factor in a covering design


@dataclass(frozen=True)
class Program:
    """What is drawn, in this order: dynamics, factors, params, then objects with the camera among them, world and sensor.

    additions: what presets and corner cases add, by the label of their scope; strict ones must find a place.
    levels: the number of options of every discrete factor, and their weights (None: even).
    """

    dynamics: dict[str, Dynamic]
    factors: dict[str, Value]
    params: dict[str, Value]
    start: str
    start_is_sequence: bool
    run: Run
    additions: tuple[tuple[str, Run, bool], ...]
    camera: Callable[[Scope, Sketch], CameraSpec | None]
    world: Value
    sensor: Value
    subdomains: dict[str, Value]
    limits: Limits
    semantics: frozenset[str]
    levels: dict[str, tuple[float, ...]]


@dataclass(frozen=True)
class Addition:
    """Nodes that a preset or corner case adds."""

    label: str
    change: Modification
    strict: bool


def checked(data: Mapping[str, Any], problems: Problems) -> SceneFile | None:
    """The file as a model, or None with problems told."""
    try:
        return SceneFile.model_validate(data)
    except ValidationError as error:
        problems.add_validation(error, data)
        return None


def compile_program(
    file: SceneFile,
    problems: Problems,
    folder: Path,
    files: dict[str, tuple[float, ...]],
    additions: tuple[Addition, ...] = (),
    tagged: Mapping[str, tuple[str, ...]] | None = None,
) -> Program:
    """The program of a file; problems are added to the list."""
    root = Spot(problems, (), "", frozenset(), folder, files)
    dynamics = file.domain.dynamics if file.domain else {}
    factors = _factors(file, root.at("factors"), set(dynamics))
    scene_names = {*dynamics, *factors}
    params = _params(file, root.at("params"), scene_names)
    names = root.knowing(scene_names | set(params))
    if file.domain:
        _check_domain(file.domain, scene_names, root.at("domain"))
    subdomains = {
        n: compile_number(v, names.at("domain").at("subdomains").at(n)) for n, v in (file.domain.subdomains if file.domain else {}).items()
    }
    semantics: set[str] = set()
    limits = file.limits
    actors = ActorRules(actor_kinds(), tuple(file.categories), limits.tries_per_object, limits.max_objects, file.surfaces, semantics)
    book = RuleBook(file.rules, actors, tagged or {}, limits.max_depth)
    below = names.knowing(_passed_down(file.model_dump(by_alias=True)))
    book.compile_all(below.at("rules"), [file.start, *(node for a in additions for _, _, node in labelled(a.change.add))])
    run = book.call(file.start, root.at("start"))
    added = tuple((a.label, book.sequence(a.change.add, below.at(a.label).at("add"), a.label), a.strict) for a in additions)
    return Program(
        dynamics=dynamics,
        factors=factors,
        params=params,
        start=file.start,
        start_is_sequence=isinstance(file.rules.get(file.start), SequenceNode),
        run=run,
        additions=added,
        camera=compile_camera(file.camera, names.at("camera").keyed("")),
        world=compile_value(file.world, names.at("world").keyed(""), Field(models={"": fields_of(WorldSpec)})),
        sensor=compile_value(file.sensor, names.at("sensor").keyed(""), Field(models={"": fields_of(SensorSpec)})),
        subdomains=subdomains,
        limits=limits,
        semantics=frozenset(semantics),
        levels=_levels(file.factors),
    )


def _factors(file: SceneFile, spot: Spot, known: set[str]) -> dict[str, Value]:
    factors = {}
    for name, data in file.factors.items():
        here = spot.knowing(known).at(name).keyed(name)
        if name in known:
            here.wrong(f'"{name}" is already the name of a dynamic or factor')
        factors[name] = compile_value(data, here, ANY)
        if any(not isinstance(s, str | bool | int | float) for s in factors[name].samples):
            here.wrong(f"a factor is a number, text or true/false, found {quoted(data)}")
        known = known | {name}
    return factors


def _params(file: SceneFile, spot: Spot, known: set[str]) -> dict[str, Value]:
    params = {}
    for name, data in file.params.items():
        here = spot.knowing(known).at(name).keyed(name)
        if name in known:
            here.wrong(f'"{name}" is already the name of a dynamic, factor or param')
        params[name] = compile_value(data, here, NUMBER)
        known = known | {name}
    return params


def _check_domain(domain: Domain, factors: set[str], spot: Spot) -> None:
    for role in ("semantic", "visual"):
        for i, name in enumerate(getattr(domain, role)):
            if name not in factors:
                spot.at(role).at(i).wrong(unknown("factor", name, factors))
    both = set(domain.semantic) & set(domain.visual)
    neither = factors - set(domain.semantic) - set(domain.visual)
    if both:
        spot.wrong(f"{', '.join(sorted(both))}: a factor is semantic (it changes labels) or visual (it does not), not both")
    if neither:
        spot.wrong(f"{', '.join(sorted(neither))}: every factor must be listed under semantic (it changes labels) or visual (it does not)")


def _passed_down(data: Any) -> set[str]:
    """All names that `with` and `repeat` pass to rules anywhere in the file."""
    if isinstance(data, Mapping):
        own = set(data["with"]) if isinstance(data.get("with"), Mapping) else set()
        own |= {"k"} if data.get("kind") == "repeat" else set()
        return own.union(*(_passed_down(v) for v in data.values()))
    return set().union(*(_passed_down(v) for v in data)) if isinstance(data, list) else set()


def _levels(factors: Mapping[str, Any]) -> dict[str, tuple[float, ...]]:
    """The weights of the options of every discrete factor: a choice with plain weights, or a small range of integers."""
    levels = {}
    for name, data in factors.items():
        kind = next(iter(data)) if isinstance(data, Mapping) and len(data) == 1 else ""
        options = data[kind] if kind in DISTRIBUTIONS else None
        if kind == "choice" and isinstance(options, list) and options:
            levels[name] = (1.0,) * len(options)
        elif kind == "choice" and isinstance(options, Mapping) and all(isinstance(w, int | float) and w >= 0 for w in options.values()):
            levels[name] = tuple(float(w) for w in options.values())
        elif kind == "integers" and isinstance(options, list) and len(options) == 2 and all(isinstance(v, int) for v in options):
            count = options[1] - options[0] + 1
            if 0 < count <= _MOST_LEVELS:
                levels[name] = (1.0,) * count
    return levels


def dynamic_value(dynamic: Dynamic, index: int) -> float | int | str | bool:
    """What a dynamic gives at an index along the time axis."""
    if dynamic.cycle is not None:
        assert dynamic.period_images is not None
        return dynamic.cycle[index % dynamic.period_images * len(dynamic.cycle) // dynamic.period_images]
    if dynamic.wave is not None:
        assert dynamic.period_images is not None
        low, high = dynamic.wave
        return low + (high - low) * (0.5 - 0.5 * math.cos(math.tau * (index % dynamic.period_images) / dynamic.period_images))
    if dynamic.drift is not None:
        assert dynamic.over_images is not None
        first, last = dynamic.drift
        return first + (last - first) * min(index / dynamic.over_images, 1.0)
    assert dynamic.jump is not None
    return dynamic.jump[max(start for start in dynamic.jump if start <= index)]
