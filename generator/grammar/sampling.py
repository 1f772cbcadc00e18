"""One image of a grammar: a pure function of (grammar, seed, index)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from generator.errors import ConfigError, UnsatisfiableError
from generator.grammar.actors import SceneFailed
from generator.grammar.counterfactuals import Variant, variant_of
from generator.grammar.designs import covering_row, sobol_point, stratum
from generator.grammar.grammar import Grammar
from generator.grammar.problems import told
from generator.grammar.program import Program, dynamic_value
from generator.grammar.scope import DesignedScope, Record, Scope
from generator.grammar.sketch import Placed, Sketch
from generator.spec import CounterfactualSpec, SceneSpec, SensorSpec, WorldSpec
from generator.streams import Stream


def sample(grammar: Grammar, seed: int, index: int) -> SceneSpec:
    """Scene `index` of a grammar. The same three always give the same bytes, in any process and order.

    Raises UnsatisfiableError when no scene could be drawn within the file's limits, ConfigError when a value that was drawn
    is not allowed where it stands.
    """
    if index < 0:
        raise ConfigError(f"an image index is 0 or more, found {index}")
    variant = variant_of(grammar.changes, index)
    cases = grammar.schedule(seed).cases(variant.draw)
    if variant.change is not None:
        cases = tuple(case for case in cases if case not in variant.change.without)
    program = grammar.program(cases)
    rejections: Counter[str] = Counter()
    failures: list[SceneFailed] = []
    for attempt in range(program.limits.tries_per_scene):
        try:
            drawn = _drawn(grammar, program, (seed, variant, attempt), cases, rejections)
            return SceneSpec.model_validate({**drawn, "index": index})  # once for all: an object at a time would take three times as long
        except SceneFailed as failure:
            failures.append(failure)
            if sum(f.steps for f in failures) > program.limits.max_steps:
                break  # a bound for all tries together, not only for each
    raise _unsatisfiable(grammar, seed, index, cases, failures)


def _drawn(
    grammar: Grammar, program: Program, place: tuple[int, Variant, int], cases: tuple[str, ...], rejections: Counter[str]
) -> dict[str, Any]:
    """The fields of a SceneSpec, but for its index. place: seed, what is drawn, number of the try."""
    seed, variant, attempt = place
    root = Stream.root(seed, variant.draw)
    record = Record()
    factors = _factors(grammar, program, seed, variant, record)
    again = root.child("again", attempt) if attempt else root
    if attempt:
        record.trace["scene"]["attempt"] = attempt
    names: dict[str, Any] = dict(factors)
    names.update(_params(program, Scope(again.child("params").path, "params", dict(factors), record)))
    sketch = _sketched(grammar, program, again, names, record, rejections)
    subdomains = tuple(n for n, v in program.subdomains.items() if v.draw(Scope(again.path, "", names, record)))
    return {
        "scene": grammar.name,
        "seed": seed,
        "counterfactual": _counterfactual(variant),
        "factors": factors,
        "subdomains": subdomains,
        "corner_cases": cases,
        "objects": [_object(i, item) for i, item in enumerate(sketch.objects)],
        "camera": sketch.camera,  # _sketched raises when there is none
        "world": _settings(WorldSpec, program.world.draw(Scope(again.child("world").path, "world", names, record)), grammar, "world"),
        "sensor": _settings(SensorSpec, program.sensor.draw(Scope(again.child("sensor").path, "sensor", names, record)), grammar, "sensor"),
        "trace": dict(record.trace),
        "rejections": dict(sorted(rejections.items())),
    }


def _counterfactual(variant: Variant) -> CounterfactualSpec | None:
    if variant.change is None or variant.value is None:
        return None
    return CounterfactualSpec(draw=variant.draw, factor=variant.change.factor, value=variant.value)


def _factors(grammar: Grammar, program: Program, seed: int, variant: Variant, record: Record) -> dict[str, Any]:
    """Dynamics and factors by name; the one that is changed has its value whatever it would have drawn."""
    draw, changed = variant.draw, variant.change.factor if variant.change else None
    names: dict[str, Any] = {n: variant.value if n == changed else dynamic_value(d, draw) for n, d in program.dynamics.items()}
    scope = DesignedScope(Stream.root(seed, draw).child("factors").path, "factors", names, record, _points(grammar, seed, draw))
    for name, value in program.factors.items():
        if name == changed:
            scope.note(name, variant.value)
        drawn = variant.value if name == changed else value.draw(scope)
        if not isinstance(drawn, str | bool | int | float):
            raise ConfigError(f"{grammar.source}: factors.{name}: is a number, text or true/false, drawn was {drawn!r}")
        names[name] = drawn
    return names


def _points(grammar: Grammar, seed: int, index: int) -> Mapping[str, float]:
    """The numbers in [0, 1) behind the factors that the design governs."""
    if grammar.method == "sobol":
        return {name: sobol_point(seed, name, i, index) for i, name in enumerate(grammar.drawn_factors)}
    if grammar.method == "covering":
        levels = grammar.levels
        row = covering_row(seed, {name: len(w) for name, w in levels.items()}, index)
        return {name: stratum(level, levels[name], len(levels[name])) for name, level in row.items()}
    return {}


def _params(program: Program, scope: Scope) -> dict[str, Any]:
    """All params in order; derived ones are noted in the trace as well, since images are filtered by them."""
    drawn: dict[str, Any] = {}
    for name, value in program.params.items():
        drawn[name] = scope.names[name] = value.draw(scope)
        scope.note(name, drawn[name])
    return drawn


def _sketched(
    grammar: Grammar, program: Program, stream: Stream, names: dict[str, Any], record: Record, rejections: Counter[str]
) -> Sketch:
    sketch = Sketch(rejections)
    camera_scope = Scope(stream.child("camera").path, "camera", names, record)
    sketch.find_camera = lambda current: program.camera(camera_scope, current)
    sketch.place_camera()
    root = Scope(stream.child("scene").path, "", names, record)
    program.run(root if program.start_is_sequence else root.child(program.start), sketch)
    for label, run, strict in program.additions:
        scope = root.child(label)
        scope.tags, scope.strict = ((label,) if strict else ()), strict
        run(scope, sketch)
    if sketch.camera is None:
        known = sorted({f"{o.path}.{n}" for n, entries in sketch.strips.items() for _, _, o in entries})
        raise ConfigError(
            f"{grammar.source}: camera: the strip or object that it is placed by is never made. Strips: {', '.join(known) or 'none'}"
        )
    return sketch


def _object(position: int, item: Placed) -> dict[str, Any]:
    """The fields of an ObjectSpec."""
    return {
        "id": position + 1,
        "name": item.path,
        "actor": item.values,
        "category": item.category,
        "semantic": item.actor.semantic,
        "pose": {"position_m": item.position_m, "rotation_wxyz": item.rotation_wxyz},
        "size_m": item.size_m,
        "velocity_m_s": item.velocity_m_s,
        "surfaces": item.surfaces,
        "tags": item.tags,
    }


def _settings[T: (WorldSpec, SensorSpec)](model: type[T], values: Any, grammar: Grammar, at: str) -> T:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise ConfigError(f"{grammar.source}: {told(at, error)}") from error


def _unsatisfiable(grammar: Grammar, seed: int, index: int, cases: tuple[str, ...], failures: list[SceneFailed]) -> UnsatisfiableError:
    """Which requirement failed how often, at which rule, and what can be done."""
    rules = Counter(f.rule for f in failures)
    rule = rules.most_common(1)[0][0]
    mine = [f for f in failures if f.rule == rule]
    reasons: Counter[str] = sum((f.reasons for f in mine), Counter())
    counted = ", ".join(f"{name} {count}" for name, count in reasons.most_common())
    worst = reasons.most_common(1)[0][0]
    corner = f", corner case {', '.join(cases)}" if cases else ""
    text = "\n".join(
        [
            f"{grammar.source}: scene {grammar.name}, seed {seed}, index {index}{corner}: rule {rule} (at {mine[0].path}) found no place",
            f"  {reasons.total()} places failed in {len(failures)} scenes: {counted}",
            "  what can be changed:",
            f"  1. loosen the requirement that failed most ({worst}), or make what it collides with rarer or smaller",
            f"  2. widen the place of rule {rule}: a longer or wider strip, a larger range of its draws",
            "  3. give it more tries (limits.tries_per_object, limits.tries_per_scene), or let it be left out: on_failure: skip",
        ]
    )
    return UnsatisfiableError(text, f"{rule}: {worst}")
