"""Rules compiled to closures: each draws its part of a scene into a sketch. Actors are compiled in actors.py."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from generator.errors import ConfigError
from generator.geometry import Strip
from generator.grammar.actors import ActorRules, compile_actor
from generator.grammar.effort import more_steps
from generator.grammar.model.nodes import ActorNode, Choice, Node, Optional, Ref, Repeat, Sequence
from generator.grammar.picking import picker
from generator.grammar.problems import unknown
from generator.grammar.scope import Scope, Slot
from generator.grammar.sketch import Sketch
from generator.grammar.values import Spot, compile_number, compile_text, compile_value

Run = Callable[[Scope, Sketch], None]

NOTHING = "nothing"  # the rule that gives no object


@dataclass
class RuleBook:
    """The rules of a file while they are compiled; `tagged` names the corner cases that changed a rule."""

    rules: Mapping[str, Node]
    actors: ActorRules
    tagged: Mapping[str, tuple[str, ...]]
    max_depth: int
    compiled: dict[str, Run] = field(default_factory=dict)

    def compile_all(self, spot: Spot, roots: Iterable[Node]) -> None:
        """Compiles the rules that `roots` lead to; nobody passes parameters to the others, so their names cannot be checked."""
        used = reachable(self.rules, roots)
        for name in (n for n in self.rules if n in used):
            self.compiled[name] = self.body(self.rules[name], spot.at(name).keyed(""), name)
        for name in endless(self.rules):
            spot.at(name).wrong(
                "never ends: every way through it leads back to itself; give it an optional, a choice or a count that ends it"
            )

    def body(self, node: Node, spot: Spot, rule: str) -> Run:
        """What a rule does in the scope that its name has opened; a rule that only refers to another opens one more."""
        return self.step(node, spot, rule) if isinstance(node, str | Ref) else self.enter(node, spot, rule)

    def step(self, node: Node, spot: Spot, rule: str, label: str = "") -> Run:
        """Opens the scope of `node` below the present one and enters it."""
        run, name = self.enter(node, spot, rule), label or label_of(node)
        return lambda scope, sketch: run(scope.child(name), sketch)

    def enter(self, node: Node, spot: Spot, rule: str) -> Run:
        """What `node` does in its own scope. One that draws many values counts as many steps."""
        run = self._entered(node, spot, rule)
        steps = 0 if isinstance(node, str | ActorNode) else more_steps(node)
        if not steps:
            return run
        source, budget = spot.problems.source, self.actors.max_steps

        def counted(scope: Scope, sketch: Sketch) -> None:
            sketch.step(scope.path, source, budget, steps)
            run(scope, sketch)

        return counted

    def _entered(self, node: Node, spot: Spot, rule: str) -> Run:
        if isinstance(node, str):
            return self.call(node, spot)
        if isinstance(node, Ref):
            return self._ref(node, spot)
        if isinstance(node, Sequence):
            return self.sequence(node.of, spot.at("of"), rule)
        if isinstance(node, Choice):
            return self._choice(node, spot)
        if isinstance(node, Repeat):
            return self._repeat(node, spot, rule)
        if isinstance(node, Optional):
            return self._optional(node, spot, rule)
        return compile_actor(node, spot, rule, self.actors)

    def call(self, name: str, spot: Spot) -> Run:
        """Enters the rule called `name`."""
        if name == NOTHING and name not in self.rules:
            return lambda _scope, _sketch: None
        if name not in self.rules:
            spot.wrong(unknown("rule", name, self.rules))
        budget = self.actors.max_steps
        compiled, most, tags, source = self.compiled, self.max_depth, self.tagged.get(name, ()), spot.problems.source

        def run(scope: Scope, sketch: Sketch) -> None:
            sketch.step(scope.path, source, budget)
            scope.depth += 1
            if scope.depth > most:
                raise ConfigError(
                    f"{source}: rules.{name}: {most} rules are nested at {scope.path[:200]}; "
                    "a rule that calls itself must become rarer with depth, or raise limits.max_depth"
                )
            scope.tags = tuple(sorted({*scope.tags, *tags})) if tags else scope.tags
            compiled[name](scope, sketch)

        return run

    def _ref(self, node: Ref, spot: Spot) -> Run:
        call = self.call(node.rule, spot.at("rule"))
        values = [(k, compile_value(v, spot.at("with").at(k)).draw) for k, v in node.with_.items()]
        return lambda scope, sketch: call(scope.seeing({k: draw(scope) for k, draw in values}), sketch)

    def sequence(self, parts: Mapping[str, Node] | list[Node], spot: Spot, rule: str) -> Run:
        """All parts in order, each in its own scope."""
        steps = [self.step(node, spot.at(key).keyed(""), rule, label) for key, label, node in labelled(parts)]

        def run(scope: Scope, sketch: Sketch) -> None:
            for step in steps:
                step(scope, sketch)

        return run

    def _choice(self, node: Choice, spot: Spot) -> Run:
        inner = spot.at("weights")
        names = list(node.weights)
        steps = [self.step(name, inner.at(name), name) for name in names]
        weights = [compile_number(w, inner.at(name)) for name, w in node.weights.items()]
        for name, weight in zip(names, weights, strict=True):
            if negative := [s for s in weight.samples if isinstance(s, int | float) and s < 0]:
                inner.at(name).wrong(f"a weight must be 0 or more, found {negative[0]}")
                return lambda _scope, _sketch: None
        try:
            pick = picker("pick", weights, len(weights), names)
        except ConfigError as error:
            inner.wrong(str(error))
            return lambda _scope, _sketch: None
        source = spot.problems.source

        def run(scope: Scope, sketch: Sketch) -> None:
            try:
                position = pick(scope)
            except ValueError as error:
                raise ConfigError(f"{source}: {scope.path}: {error}") from error
            scope.note("pick", names[position])
            steps[position](scope, sketch)

        return run

    def _optional(self, node: Optional, spot: Spot, rule: str) -> Run:
        probability = compile_number(node.probability, spot.at("probability"))
        if any(not 0 <= s <= 1 for s in probability.samples):
            spot.at("probability").wrong(f"must be in 0..1, found {node.probability!r}")
        step = self.step(node.of, spot.at("of").keyed(""), rule)

        def run(scope: Scope, sketch: Sketch) -> None:
            happens = scope.uniform("happens") < probability.draw(scope)
            scope.note("happens", happens)
            if happens:
                step(scope, sketch)

        return run

    def _repeat(self, node: Repeat, spot: Spot, rule: str) -> Run:
        inner = spot.knowing({"k"})
        step = self.step(node.of, inner.at("of").keyed(""), rule)
        if node.fill is not None:
            return _fill(node, inner, rule, step)
        count = compile_number(node.count, spot.at("count"))
        source, budget = spot.problems.source, self.actors.max_steps

        def run(scope: Scope, sketch: Sketch) -> None:
            for k in range(min(math.floor(count.draw(scope)), node.max_count)):
                sketch.step(scope.path, source, budget)
                step(scope.child(str(k), {"k": k}), sketch)

        return run


def _fill(node: Repeat, spot: Spot, rule: str, step: Run) -> Run:
    name = compile_text(node.fill, spot.at("fill"))
    gap = compile_number(node.gap_m, spot.at("gap_m"), 0.0)
    every = compile_number(node.every_m, spot.at("every_m")) if node.every_m is not None else None
    start, end, empty = (compile_number(getattr(node, n), spot.at(n)) for n in ("start_m", "end_m", "empty_m"))

    def fill(scope: Scope, sketch: Sketch, strip: Strip) -> None:
        s, last = start.draw(scope), strip.length_m - end.draw(scope)
        for k in range(node.max_count):
            child = scope.child(str(k), {"k": k})
            slot = child.slot = Slot(strip, s, last, every is not None)
            if s > last:
                return
            step(child, sketch)
            if slot.full:
                return
            used = slot.used_m if slot.used_m is not None else empty.draw(child)
            s += max(every.draw(child) if every else used + gap.draw(child), 0.1)  # 0.1: a fill always ends

    def run(scope: Scope, sketch: Sketch) -> None:
        wanted = str(name.draw(scope))
        found = sketch.strips_called(wanted, scope.path)
        if not found:
            sketch.rejections[f"{rule}: no strip called {wanted}"] += 1
        for strip_name, strip in found:
            below = scope.child(strip_name.rpartition(".")[2]) if any(c in wanted for c in "*?[") else scope
            fill(below, sketch, strip)

    return run


def label_of(node: Node) -> str:
    """How a node is called in paths: the name of its rule or actor, else its kind."""
    if isinstance(node, str):
        return node
    if isinstance(node, Ref):
        return node.rule
    return (node.name or node.actor) if isinstance(node, ActorNode) else node.kind


def labelled(parts: Mapping[str, Node] | list[Node]) -> Iterable[tuple[str | int, str, Node]]:
    """(key in the file, label, node); the second of equal labels in a list gets "-2" and so on."""
    if isinstance(parts, Mapping):
        return [(k, k, v) for k, v in parts.items()]
    seen: dict[str, int] = {}
    found = []
    for i, node in enumerate(parts):
        label = label_of(node)
        seen[label] = seen.get(label, 0) + 1
        found.append((i, label if seen[label] == 1 else f"{label}-{seen[label]}", node))
    return found


def below(node: Node) -> list[Node]:
    """The nodes that a node may enter next; rules by their names."""
    if isinstance(node, str):
        return []
    if isinstance(node, Ref):
        return [node.rule]
    if isinstance(node, Sequence):
        return [part for _, _, part in labelled(node.of)]
    if isinstance(node, Choice):
        return list(node.weights)
    return [] if isinstance(node, ActorNode) else [node.of]


def reachable(rules: Mapping[str, Node], roots: Iterable[Node]) -> set[str]:
    """The names of all rules that `roots` lead to."""
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if isinstance(node, str) and node not in found and node in rules:
            found.add(node)
            waiting.append(rules[node])
        waiting.extend(below(node))
    return found


def endless(rules: Mapping[str, Node]) -> list[str]:
    """Rules that can never come to an end, whatever is drawn."""
    ending: set[str] = set()
    while True:
        more = {name for name, node in rules.items() if name not in ending and _can_end(node, ending, rules)}
        if not more:
            return [name for name in rules if name not in ending]
        ending |= more


def _can_end(node: Node, ending: set[str], rules: Mapping[str, Node]) -> bool:
    if isinstance(node, str | Ref):
        name = node if isinstance(node, str) else node.rule
        return name in ending or name not in rules
    if isinstance(node, Sequence):
        return all(_can_end(part, ending, rules) for _, _, part in labelled(node.of))
    if isinstance(node, Choice):
        return any(w != 0 and _can_end(name, ending, rules) for name, w in node.weights.items())
    if isinstance(node, Repeat):
        return not (isinstance(node.count, int | float) and node.count >= 1) or _can_end(node.of, ending, rules)
    if isinstance(node, Optional):
        return node.probability not in (1, True) or _can_end(node.of, ending, rules)
    return True
