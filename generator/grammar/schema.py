"""JSON Schema of scene files, so that editors complete and check them; the parameters of every actor included."""

from __future__ import annotations

from typing import Any

from generator.actor import Actor, actor_kinds
from generator.grammar.distributions import DISTRIBUTIONS
from generator.grammar.model.scene_file import SceneFile
from generator.spec import SensorSpec, WorldSpec


def grammar_schema() -> dict[str, Any]:
    """The schema (draft 2020-12) of a scene file."""
    schema = SceneFile.model_json_schema(by_alias=True)
    definitions = schema["$defs"]
    definitions |= {
        "Distribution": _distribution_schema(),
        "Expression": {"type": "string", "description": "an expression, e.g. 12 * traffic_density"},
        "Value": {"description": "a constant, a distribution, or a mapping or list of them"},
        "NumberValue": {
            "anyOf": [{"type": ["number", "boolean", "null"]}, {"$ref": "#/$defs/Expression"}, {"$ref": "#/$defs/Distribution"}]
        },
        "TextValue": {"anyOf": [{"type": ["string", "null"]}, {"$ref": "#/$defs/Distribution"}]},
    }
    kinds = actor_kinds()
    definitions["ActorNode"]["properties"]["actor"] = {"enum": list(kinds)}
    definitions["ActorNode"]["allOf"] = [_actor_rule(kind, cls, definitions) for kind, cls in kinds.items()]
    schema["properties"]["world"] = _open(WorldSpec.model_json_schema(), definitions)
    schema["properties"]["sensor"] = _open(SensorSpec.model_json_schema(), definitions)
    schema = _referred(schema)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Scenewright scene file"
    return schema


def _referred(part: Any) -> Any:
    """The schema with {takes: NumberValue} replaced by references: pydantic knows only its own definitions."""
    if isinstance(part, dict):
        if isinstance(part.get("takes"), str):
            return {**{k: v for k, v in part.items() if k != "takes"}, "$ref": f"#/$defs/{part['takes']}"}
        return {k: _referred(v) for k, v in part.items()}
    return [_referred(p) for p in part] if isinstance(part, list) else part


def _distribution_schema() -> dict[str, Any]:
    forms = [
        {
            "type": "object",
            "properties": {name: {"description": (maker.__doc__ or "").strip()}},
            "required": [name],
            "additionalProperties": False,
        }
        for name, maker in DISTRIBUTIONS.items()
    ]
    text = {"type": "object", "properties": {"expr": {"type": "string"}}, "required": ["expr"], "additionalProperties": False}
    return {"anyOf": [*forms, text]}


def _actor_rule(kind: str, cls: type[Actor], definitions: dict[str, Any]) -> dict[str, Any]:
    """If the actor is `kind`, then its params are these."""
    params = _open(cls.model_json_schema(), definitions)
    params["properties"].pop("kind", None)
    params.pop("required", None)
    return {"if": {"properties": {"actor": {"const": kind}}}, "then": {"properties": {"params": params}}}


def _open(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """A model's schema in which every field may be a distribution or an expression as well."""
    for name, definition in schema.pop("$defs", {}).items():
        definitions[name] = _opened(definition)
    return _opened(schema)


def _opened(schema: dict[str, Any]) -> dict[str, Any]:
    fields = schema.get("properties", {})
    return {**schema, "properties": {n: f if n == "kind" else _or_value(f) for n, f in fields.items()}} if fields else schema


def _or_value(field: dict[str, Any]) -> dict[str, Any]:
    about = {k: v for k, v in field.items() if k in ("description", "default", "title")}
    options = [field, {"$ref": "#/$defs/Distribution"}]
    if field.get("type") in ("number", "integer", "boolean"):
        options.append({"$ref": "#/$defs/Expression"})
    return {**about, "anyOf": options}
