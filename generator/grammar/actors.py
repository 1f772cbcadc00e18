"""An actor node compiled: parameters are drawn once, then places until one meets every requirement."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from generator.actor import Actor
from generator.errors import ConfigError
from generator.geometry import Vector
from generator.grammar.effort import more_steps
from generator.grammar.fields import NUMBER, Field, fields_of
from generator.grammar.footprints import footprint_of
from generator.grammar.model.conditions import NoOverlap
from generator.grammar.model.nodes import ActorNode
from generator.grammar.placing import SIZE_NAMES, NoPlace, Place, compile_place
from generator.grammar.problems import dotted, quoted, told, unknown
from generator.grammar.reach import MOST_M, MOST_M_S, out_of_reach, within
from generator.grammar.requirements import Named, clear_of_camera, compile_requirement, no_overlap
from generator.grammar.scope import Scope
from generator.grammar.sketch import Placed, Sketch
from generator.grammar.values import Spot, Value, compile_number, compile_text, compile_value, constant
from generator.mesh import Material

_SURFACES = Field(items=Field(models={"": fields_of(Material)}))
_END_TO_END_M = -0.02  # what a fill lines up without a gap touches, and at a bend overlaps a little
_TRIES_IN_A_SLOT = 3  # the place along the strip is given there, so that more draws change little


class SceneFailed(Exception):
    """An object that must not be left out found no place after so many steps; the scene is drawn again."""

    def __init__(self, path: str, rule: str, reasons: Counter[str], steps: int) -> None:
        super().__init__(path)
        self.path, self.rule, self.reasons, self.steps = path, rule, reasons, steps


@dataclass
class ActorRules:
    """What holds for all actors of a file; `made` collects the kinds of actors that it can make."""

    kinds: Mapping[str, type[Actor]]
    categories: tuple[str, ...]
    tries: int
    max_objects: int
    max_steps: int
    surfaces: Any
    made: set[str]


@dataclass(frozen=True)
class _Recipe:
    """A compiled actor node."""

    make: Callable[[Scope], tuple[Actor, dict[str, Any]]]
    category: Value
    place: Place
    requirements: tuple[Named, ...]
    speed: Value | None
    velocity: Value | None
    surfaces: Callable[[Scope], tuple[Material, ...]]
    footprint: Value | None
    collides: bool
    uses_slot: bool


def compile_actor(node: ActorNode, spot: Spot, rule: str, rules: ActorRules) -> Callable[[Scope, Sketch], None]:
    """Draws one object into a sketch, or counts why not."""
    cls = rules.kinds.get(node.actor)
    if cls is None:
        spot.at("actor").wrong(unknown("actor", node.actor, rules.kinds))
        return lambda _scope, _sketch: None
    rules.made.add(node.actor)
    own = SIZE_NAMES | set(fields_of(cls)) - {"kind"}
    inner = spot.knowing(own).asking()
    recipe = _recipe(node, cls, spot, inner, rules)
    sees_itself = not inner.asked.isdisjoint(own)
    tries = node.tries or rules.tries
    if recipe.uses_slot:
        tries = min(tries, _TRIES_IN_A_SLOT)
    alias, source = node.name or "", spot.problems.source
    where = f"{source}: {dotted(spot.path)}"
    steps = 1 + more_steps(node)

    def run(scope: Scope, sketch: Sketch) -> None:
        actor, values = recipe.make(scope)
        size = actor.size_m()
        below = scope
        if sees_itself:
            below = scope.seeing(values | {"length_m": size[0], "width_m": size[1], "height_m": size[2]})
        reasons: list[str] = []
        for attempt in range(tries):
            sketch.step(scope.path, source, rules.max_steps, steps)
            item, reason = _attempt(recipe, below.retry(attempt), sketch, actor, values, size)
            if not reason:
                assert item is not None
                if not (within(item.position_m, MOST_M) and within(item.velocity_m_s, MOST_M_S)):
                    problem = out_of_reach("x_m", [item.position_m]) or out_of_reach("speed_m_s", [item.velocity_m_s])
                    raise ConfigError(f"{where}: its place or velocity {problem} (drawn at {scope.path})")
                item.rule, item.alias = rule, alias
                if len(sketch.objects) >= rules.max_objects:
                    raise ConfigError(f"{source}: more than {rules.max_objects} objects at {scope.path}; see limits.max_objects")
                sketch.add(item)
                return
            if reason == "fill":
                return
            reasons.append(reason)
            sketch.rejections[f"{rule}: {reason}"] += 1
            if item is None:
                break  # what the place refers to is not there: another draw finds no other
        if node.on_failure == "fail" or (node.on_failure is None and scope.strict):
            raise SceneFailed(scope.path, rule, Counter(reasons), sketch.steps)
        sketch.rejections[f"{rule}: left out"] += 1

    return run


def _attempt(
    recipe: _Recipe, scope: Scope, sketch: Sketch, actor: Actor, values: dict[str, Any], size: Vector
) -> tuple[Placed | None, str]:
    """An object at one place, and the requirement that it fails there (or "")."""
    try:
        position, yaw, rotation, parent = recipe.place(scope, sketch, size)
    except NoPlace as none:
        return None, str(none)
    ground = tuple(recipe.footprint.draw(scope)) if recipe.footprint else None
    item = Placed(
        path=scope.path,
        rule="",
        alias="",
        actor=actor,
        values=values,
        category=recipe.category.draw(scope),
        size_m=size,
        position_m=position,
        yaw_rad=yaw,
        rotation_wxyz=rotation,
        footprint=footprint_of(position, yaw, rotation, size, ground),
        collides=recipe.collides,
        parent=parent,
        tags=scope.tags,
    )
    for requirement in recipe.requirements:
        if not requirement.holds(item, sketch, scope):
            return item, requirement.name
    item.velocity_m_s = _velocity(recipe, scope, item)
    item.surfaces = recipe.surfaces(scope)
    return item, ""


def _velocity(recipe: _Recipe, scope: Scope, item: Placed) -> Vector:
    if recipe.velocity is not None:
        x, y, z = (float(v) for v in recipe.velocity.draw(scope))
        return (x, y, z)
    speed = recipe.speed.draw(scope) if recipe.speed is not None else 0.0
    if speed == 0 and item.parent is not None:
        return item.parent.velocity_m_s
    return (speed * math.cos(item.yaw_rad), speed * math.sin(item.yaw_rad), 0.0) if speed else (0.0, 0.0, 0.0)


def _recipe(node: ActorNode, cls: type[Actor], spot: Spot, inner: Spot, rules: ActorRules) -> _Recipe:
    """`inner` is the spot that sees the actor's own parameters and size."""
    make = _maker(node, cls, spot)
    requirements = [compile_requirement(r, inner.at("requires").at(i)) for i, r in enumerate(node.requires)]
    uses_slot = node.place.along is not None and node.place.along.strip is None
    collides = node.collides and not cls.ground
    if collides and not any(r.no_overlap for r in node.requires):
        standing = NoOverlap(clearance_m=_END_TO_END_M) if uses_slot else NoOverlap()
        requirements.insert(0, Named("no_overlap", no_overlap(standing, inner)))
    if not cls.ground:
        requirements.append(Named("clear_of_camera", clear_of_camera))
    return _Recipe(
        make=make,
        category=_category(node, spot.at("category"), rules),
        place=compile_place(node.place, inner.at("place")),
        requirements=tuple(requirements),
        speed=compile_number(node.speed_m_s, inner.at("speed_m_s")) if node.speed_m_s != 0 else None,
        velocity=_numbers(node.velocity_m_s, inner.at("velocity_m_s"), 3),
        surfaces=_surfaces(node, inner, rules),
        footprint=_numbers(node.footprint_m, inner.at("footprint_m"), 2),
        collides=collides,
        uses_slot=uses_slot,
    )


def _maker(node: ActorNode, cls: type[Actor], spot: Spot) -> Callable[[Scope], tuple[Actor, dict[str, Any]]]:
    """The actor and its resolved values (JSON)."""
    fields = {k: v for k, v in fields_of(cls).items() if k != "kind"}
    params: dict[str, Value] = {}
    asking = spot.asking()
    for name, data in node.params.items():
        here = asking.at("params").at(name)
        if name in fields:
            params[name] = compile_value(data, here.knowing(set(params)), fields[name])
        else:
            here.wrong(unknown(f"parameter of actor {node.actor}", name, fields))
    constants = {k: v.constant for k, v in params.items() if v.is_constant}
    drawn = [(k, v.draw) for k, v in params.items() if not v.is_constant]
    sees_params = not asking.asked.isdisjoint(params)
    where = f"{spot.problems.source}: {dotted(spot.path)}.params"
    validate, dump = cls.__pydantic_validator__.validate_python, cls.__pydantic_serializer__.to_python

    def make(scope: Scope) -> tuple[Actor, dict[str, Any]]:
        values = dict(constants)
        inner = scope.seeing(constants) if sees_params else scope
        for k, draw in drawn:
            values[k] = draw(inner)
            if sees_params:  # later parameters may refer to earlier ones
                inner.names[k] = values[k]
        try:
            actor = validate(values)
        except ValidationError as error:
            raise ConfigError(f"{told(where, error)} (drawn at {scope.path})") from error
        return actor, dump(actor, mode="json")

    return make


def _category(node: ActorNode, spot: Spot, rules: ActorRules) -> Value:
    category = compile_text(node.category, spot) if node.category is not None else constant(None)
    for sample in category.samples:
        if sample is not None and sample not in rules.categories:
            spot.wrong(unknown("category", sample, rules.categories))
    return category


def _numbers(data: Any, spot: Spot, count: int) -> Value | None:
    if data is None:
        return None
    value = compile_value(data, spot, Field(items=NUMBER))
    for sample in value.samples:
        if not isinstance(sample, list) or len(sample) != count:
            spot.wrong(f"must be a list of {count} numbers, found {quoted(sample)}")
    if problem := out_of_reach(spot.path[-1], value.samples):
        spot.wrong(problem)
    return value


def _surfaces(node: ActorNode, spot: Spot, rules: ActorRules) -> Callable[[Scope], tuple[Material, ...]]:
    data = node.surfaces if node.surfaces is not None else rules.surfaces
    if data is None:
        return lambda _scope: ()
    here = spot.at("surfaces")
    value = compile_value(data, here, _SURFACES)
    for sample in value.samples:
        if not isinstance(sample, list | None) or any(not isinstance(m, Mapping) for m in sample or ()):
            here.wrong(f"must be a list of materials, found {quoted(sample)}")
    return lambda scope: tuple(Material.model_validate(m) for m in value.draw(scope) or ())
