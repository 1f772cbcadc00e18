"""From a composed dict to a validated job, with errors in the words of the command line."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ValidationError

from generator.errors import ConfigError
from generator.grammar.problems import Problems, unknown


def validated[M: BaseModel](model: type[M], config: dict[str, Any]) -> M:
    """`config` as a `model`. Raises ConfigError with one line a problem: path, what was found, what is allowed."""
    try:
        return model.model_validate(config)
    except ValidationError as error:
        problems = Problems("configuration")
        for entry in error.errors(include_url=False):
            if entry["type"] == "extra_forbidden":
                path = entry["loc"]
                problems.add(path, unknown("key", path[-1], _fields(model, path[:-1])))
        if not problems.found:
            problems.add_validation(error, config)
        problems.raise_if_any()
        raise ConfigError(str(error)) from error


def _fields(model: type[BaseModel], path: tuple[str | int, ...]) -> list[str]:
    """Names of the fields of the model at `path`."""
    here: Any = model
    for part in path:
        here = here.model_fields[str(part)].annotation
    return list(here.model_fields)
