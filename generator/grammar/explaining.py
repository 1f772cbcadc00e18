"""Why an object is in a scene: the rules on its path and every draw that was made for them."""

from __future__ import annotations

from typing import Any

from generator.errors import ConfigError
from generator.spec import SceneSpec


def explain(spec: SceneSpec, object_id: int) -> str:
    """A text: the object, the scene it is in, then step by step the rules that led to it with the values they drew."""
    found = [o for o in spec.objects if o.id == object_id]
    if not found:
        raise ConfigError(f"scene {spec.scene}, index {spec.index} has no object {object_id}; its ids are 1..{len(spec.objects)}")
    item = found[0]
    lines = [f"object {item.id}: {item.actor['kind']} ({item.category or 'not labelled'}), {item.name}"]
    lines += [f"scene {spec.scene}, seed {spec.seed}, index {spec.index}"]
    if spec.counterfactual is not None:
        changed = spec.counterfactual
        lines.append(f"counterfactual: draw {changed.draw} with {changed.factor} = {_short(changed.value)}")
    lines += _named("corner cases of the image", spec.corner_cases) + _named("corner cases that made or changed it", item.tags)
    lines += _named("sub-domains", spec.subdomains)
    lines += ["factors: " + ", ".join(f"{k} = {_short(v)}" for k, v in spec.factors.items())] if spec.factors else []
    parts = item.name.split("/")
    for depth in range(len(parts)):
        path = "/".join(parts[: depth + 1])
        lines.append(f"{'  ' * depth}{path}")
        lines += [f"{'  ' * depth}  {key} = {_short(value)}" for key, value in sorted(spec.trace.get(path, {}).items())]
    x, y, z = item.pose.position_m
    lines.append(f"stands at ({x:.2f}, {y:.2f}, {z:.2f}) m, {' x '.join(f'{s:.2f}' for s in item.size_m)} m")
    return "\n".join(lines)


def _named(title: str, names: tuple[str, ...]) -> list[str]:
    return [f"{title}: {', '.join(names)}"] if names else []


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return f"[{', '.join(_short(v) for v in value)}]" if isinstance(value, list) else str(value)
