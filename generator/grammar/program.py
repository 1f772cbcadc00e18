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
from generator.grammar.allowed import Allowed
from generator.grammar.cameras import compile_camera
from generator.grammar.factors import check_dynamics, compile_factors, levels_of
from generator.grammar.fields import NUMBER, Field, fields_of
from generator.grammar.model.domains import Domain, Dynamic, Modification
from generator.grammar.model.nodes import Sequence as SequenceNode
from generator.grammar.model.scene_file import Limits, SceneFile
from generator.grammar.problems import Problems, nearest, unknown
from generator.grammar.repair import repaired
from generator.grammar.rules import RuleBook, Run, labelled
from generator.grammar.scope import Scope
from generator.grammar.sketch import Sketch
from generator.grammar.values import Spot, Value, compile_number, compile_value
from generator.spec import CameraSpec, SensorSpec, WorldSpec


@dataclass(frozen=True)
class Program:
    """What is drawn, in this order: dynamics, factors, params, then objects with the camera among them, world and sensor.

    additions: what presets and corner cases add, by the label of their scope; strict ones must find a place.
    semantics, actors: the semantic classes and the kinds of actors that it can make.
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
    actors: frozenset[str]
    levels: dict[str, tuple[float, ...]]


@dataclass(frozen=True)
class Addition:
    """Nodes that a preset or corner case adds."""

    label: str
    change: Modification
    strict: bool


def checked(data: Mapping[str, Any], problems: Problems) -> SceneFile | None:
    """The file as a model. Problems are told, and stand-ins replace what is wrong, so that the rest can be checked; None where
    that cannot be done."""
    try:
        return SceneFile.model_validate(data)
    except ValidationError as error:
        mended = repaired(data, problems.add_validation(error, data))
    try:
        return SceneFile.model_validate(mended) if mended is not None else None
    except ValidationError:
        return None


def compile_program(
    file: SceneFile,
    problems: Problems,
    folder: Path,
    files: dict[str, tuple[float, ...]],
    additions: tuple[Addition, ...] = (),
    tagged: Mapping[str, tuple[str, ...]] | None = None,
    allowed: Mapping[str, Allowed] | None = None,
) -> Program:
    """The program of a file; problems are added to the list. allowed: what factors and dynamics may be."""
    allowed = allowed or {}
    root = Spot(problems, (), "", frozenset(), folder, files)
    dynamics = file.domain.dynamics if file.domain else {}
    check_dynamics(dynamics, allowed, root.at("domain").at("dynamics"))
    root = root.knowing_factors({name: allowed.get(name) for name in dynamics})
    factors, may_be = compile_factors(file.factors, allowed, root.at("factors"))
    root = root.knowing_factors(may_be)
    scene_names = {*dynamics, *factors}
    params = _params(file, root.at("params"))
    names = root.knowing(set(params) - scene_names).fixing(scene_names | set(params))
    if file.domain:
        _check_domain(file.domain, scene_names, names)
    subdomains = {
        n: compile_number(v, names.at("domain").at("subdomains").at(n)) for n, v in (file.domain.subdomains if file.domain else {}).items()
    }
    made: set[str] = set()
    limits = file.limits
    actors = ActorRules(
        actor_kinds(), tuple(file.categories), limits.tries_per_object, limits.max_objects, limits.max_steps, file.surfaces, made
    )
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
        semantics=frozenset(actor_kinds()[kind].semantic for kind in made),
        actors=frozenset(made),
        levels=levels_of(file.factors),
    )


def _params(file: SceneFile, spot: Spot) -> dict[str, Value]:
    params = {}
    for name, data in file.params.items():
        here = spot.at(name).keyed(name)
        if name in spot.names:
            here.wrong(f'"{name}" is already the name of a dynamic, factor or param')
        params[name] = compile_value(data, here, NUMBER)
        spot = spot.knowing({name})
    return params


def _check_domain(domain: Domain, factors: set[str], root: Spot) -> None:
    spot = root.at("domain")
    for role in ("semantic", "visual"):
        for i, name in enumerate(getattr(domain, role)):
            if name not in factors:
                spot.at(role).at(i).wrong(unknown("factor", name, factors))
    both = set(domain.semantic) & set(domain.visual)
    neither = factors - set(domain.semantic) - set(domain.visual)
    if both:
        spot.wrong(f"{', '.join(sorted(both))}: a factor is semantic (it changes labels) or visual (it does not), not both")
    for name in sorted(neither):
        here = spot.at("dynamics").at(name) if name in domain.dynamics else root.at("factors").at(name)
        here.wrong(
            "every factor must be listed under domain.semantic (it changes labels) or domain.visual (it does not)."
            + nearest(name, factors - neither)
        )


def _passed_down(data: Any) -> set[str]:
    """All names that `with` and `repeat` pass to rules anywhere in the file."""
    if isinstance(data, Mapping):
        own = set(data["with"]) if isinstance(data.get("with"), Mapping) else set()
        own |= {"k"} if data.get("kind") == "repeat" else set()
        return own.union(*(_passed_down(v) for v in data.values()))
    return set().union(*(_passed_down(v) for v in data)) if isinstance(data, list) else set()


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
