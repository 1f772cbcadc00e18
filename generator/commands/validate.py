"""From composed dicts to validated jobs and their grammars, with errors in the words of the command line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from generator.errors import ConfigError
from generator.grammar import Grammar, load_grammar
from generator.grammar.problems import Path, Problems

if TYPE_CHECKING:
    from generator.commands.compose import Point


def loaded[M: BaseModel](model: type[M], points: Sequence[Point]) -> list[tuple[M, Grammar]]:
    """The job and the grammar of every point. Raises ConfigError with everything that is wrong in any of them."""
    jobs: list[M] = []
    grammars: dict[int, Grammar] = {}
    wrong: dict[str, None] = {}  # in order, each text once
    alike = _alike(points)
    for number, point in enumerate(points):
        jobs += _told_later(lambda point=point: validated(model, point.config), point, wrong)  # type: ignore[misc]
        if alike[number] == number and isinstance(point.config.get("scene"), dict):
            found = _told_later(lambda point=point: _grammar(point), point, wrong)  # type: ignore[misc]
            grammars |= {number: found[0]} if found else {}
    if wrong:
        raise ConfigError("\n".join(wrong))
    return [(job, grammars[first]) for job, first in zip(jobs, alike, strict=True)]


def _told_later[T](make: Callable[[], T], point: Point, wrong: dict[str, None]) -> list[T]:
    """What `make` gives, or nothing and its error among those that are `wrong`."""
    try:
        return [make()]
    except ConfigError as error:
        where = f"{' '.join(point.words)}: " if point.words else ""
        wrong[f"{where}{error}"] = None
        return []


def _grammar(point: Point) -> Grammar:
    return load_grammar(point.config["scene"], source=point.source, layers=point.layers)


def _alike(points: Sequence[Point]) -> list[int]:
    """For every point the number of the first one that has the same scene: it is loaded once."""
    import orjson

    seen: dict[tuple[str, bytes], int] = {}
    options = orjson.OPT_NON_STR_KEYS
    return [seen.setdefault((p.source, orjson.dumps(p.config.get("scene"), option=options)), i) for i, p in enumerate(points)]


def validated[M: BaseModel](model: type[M], config: dict[str, Any]) -> M:
    """`config` as a `model`. Raises ConfigError with one line a problem: path, what was found, what is allowed."""
    try:
        return model.model_validate(config)
    except ValidationError as error:
        problems = Problems("configuration")
        problems.add_validation(error, config, known=lambda path: _fields(model, path))
        problems.raise_if_any()
        raise ConfigError(str(error)) from error


def _fields(model: type[BaseModel], path: Path) -> list[str]:
    """Names of the fields of the model at `path`."""
    here: Any = model
    for part in path:
        here = here.model_fields[str(part)].annotation
    return list(here.model_fields)
