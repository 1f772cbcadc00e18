"""From words on the command line to a plain dict, by Hydra. Hydra composes and overrides; it constructs nothing and writes nothing.

A scene may be a name in configs/scene or a path to a YAML file. Such a file is data: it is read safely, becomes the scene and
nothing but the scene, and cannot refer to the environment or to other configuration.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import islice, product
from typing import Any

from hydra import compose, initialize_config_dir
from hydra.core.config_store import ConfigStore
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import Override
from hydra.errors import HydraException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from generator.commands.merging import merged, refuse_empty
from generator.commands.tree import CONFIGS, groups
from generator.errors import ConfigError
from generator.grammar.distributions import DISTRIBUTIONS
from generator.grammar.problems import nearest, quoted, unknown
from generator.grammar.reading import plain, read_grammar_file
from generator.storage import joined, tidied
from generator.yaml_files import MOST_LEVELS

MOST_POINTS = 10_000  # of a sweep: composing and checking them takes a few minutes
_FILE_OPTION = "scene_from_file"  # name under which the content of a scene file enters Hydra's tree
_TOO_DEEP = f"brackets are nested far deeper than {MOST_LEVELS} levels, which is what a scene may have"
_SHORT = {"counterfactual": "scene.design.counterfactual"}  # said often, and found nowhere in a scene that does not have it yet


@dataclass(frozen=True)
class Point:
    """One configuration of a run: the words that set it apart from the others of a sweep, and the composed plain dict.

    source: the scene's file, which errors name and beside which its CSV files lie. layers: the scene before each change, oldest
    first: the one that the file extends, the file's own.
    """

    words: tuple[str, ...]
    config: dict[str, Any]
    source: str
    layers: tuple[dict[str, Any], ...] = ()


def compose_points(primary: str, words: Sequence[str], *, multirun: bool) -> list[Point]:
    """Every point of a sweep (one, without `multirun`) over configs/<primary>.yaml. Raises ConfigError."""
    parsed = [_parsed(word) for word in words]
    swept = [o for o in parsed if o.is_sweep_override()]
    if swept and not multirun:
        raise ConfigError(f"{swept[0].input_line}: several values are a sweep: add --multirun (or put the value in quotes)")
    choices = [_values(override) for override in parsed]
    if math.prod(len(c) for c in choices) > MOST_POINTS:
        raise ConfigError(f"{' '.join(words)}: this sweep has more than {MOST_POINTS:,} points; split it, or sweep fewer values")
    varying = {o.input_line for o in swept}
    points = []
    for combination in product(*choices):
        own = tuple(word for word, override in zip(combination, parsed, strict=True) if override.input_line in varying)
        points.append(_point(primary, own, combination))
    return points


def assignments(words: Sequence[str]) -> list[tuple[str, Any]]:
    """(key, value) of words of the form key=value, one value each. Raises ConfigError."""
    parsed = [_parsed(word) for word in words]
    for override in parsed:
        if override.is_sweep_override() or override.is_delete():
            raise ConfigError(f"{override.input_line}: give one value")
    return [(str(override.key_or_group), override.value()) for override in parsed]


def _parsed(word: str) -> Override:
    try:
        return OverridesParser.create().parse_override(word)
    except HydraException as error:
        reason = str(error).splitlines()[0]
        raise ConfigError(f"{word}: is not of the form key=value ({reason}). Quote values that hold spaces, commas or brackets") from error
    except RecursionError as error:
        raise ConfigError(f"{quoted(word)}: {_TOO_DEEP}") from error


def _values(override: Override) -> list[str]:
    """The words that a sweep stands for; a plain override stands for itself."""
    if not override.is_sweep_override():
        return [str(override.input_line)]
    key = f"{'+' if override.is_add() else ''}{override.get_key_element()}".replace("++", "+")
    try:
        return [f"{key}={value}" for value in islice(override.sweep_string_iterator(), MOST_POINTS + 1)]
    except (HydraException, NotImplementedError) as error:
        raise ConfigError(f"{override.input_line}: this sweep is not known: use a=1,2,3, a=choice(1,2) or a=range(1,5)") from error


def _point(primary: str, own: tuple[str, ...], words: Sequence[str]) -> Point:
    parsed = [_spelt_out(_parsed(word)) for word in words]
    words = [str(override.input_line) for override in parsed]
    _refuse_code(parsed)
    scene = next((o for o in parsed if o.key_or_group == "scene" and isinstance(o.value(), str)), None)
    named = str(scene.value()) if scene is not None else ""
    layers: tuple[dict[str, Any], ...] = ()
    if named.endswith((".yaml", ".yml")):
        layers = _store_scene_file(primary, named)
        words = [f"scene={_FILE_OPTION}" if o is scene else word for o, word in zip(parsed, words, strict=True)]
        parsed = [_parsed(word) for word in words]
    check_options(parsed)
    source = named if named.endswith((".yaml", ".yml")) else str(files(CONFIGS) / "scene" / f"{named or 'street'}.yaml")
    if not layers and any(str(o.key_or_group).startswith("scene.") for o in parsed):
        layers = (_scene_alone(primary, named),)
    whole = [o for o in parsed if _replaces(o)]
    try:
        config = _composed(primary, [f"{o.key_or_group}=null" if o in whole else w for o, w in zip(parsed, words, strict=True)])
        for override in whole:
            _lay(config, layers[-1], str(override.key_or_group).split("."), override.value())
        return Point(own, config, source, layers)
    except ConfigError:
        check_keys(primary, parsed)  # says it better, if it was a key
        raise


def _spelt_out(override: Override) -> Override:
    """counterfactual.weather=[clear,rain] sets what is deeper in the scene."""
    key, below, rest = str(override.key_or_group).partition(".")
    if key not in _SHORT or override.is_delete():
        return override
    return _parsed(f"++{_SHORT[key]}{below}{rest}={str(override.input_line).partition('=')[2]}")


def _replaces(override: Override) -> bool:
    """Whether it puts a mapping into the scene: Hydra would merge `{normal: ...}` into `{uniform: ...}`, which are one thing each."""
    plain = not (override.is_add() or override.is_force_add() or override.is_delete())
    return plain and str(override.key_or_group).startswith("scene.") and isinstance(override.value(), dict)


def _lay(config: dict[str, Any], scene: dict[str, Any], path: Sequence[str], value: Any) -> None:
    """Puts `value` at `path` of the configuration, over what the scene alone has there as a file that extends it would."""
    here: Any = config
    before: Any = {"scene": scene}
    for part in path[:-1]:
        here = here[int(part) if isinstance(here, list) else part]
        before = before.get(part) if isinstance(before, Mapping) else None
    old = before.get(path[-1]) if isinstance(before, Mapping) else None
    over = plain({"": value}, ".".join(path))[""]
    refuse_empty(old, over, path[1:], "command line")
    here[int(path[-1]) if isinstance(here, list) else path[-1]] = merged({"": old}, {"": over})[""]


@cache
def _scene_alone(primary: str, name: str) -> dict[str, Any]:
    """A scene of the tree as nothing has changed it."""
    scene: dict[str, Any] = _composed(primary, [f"scene={name}"] if name else [])["scene"]
    return scene


def _refuse_code(parsed: Sequence[Override]) -> None:
    """Hydra's word for objects to construct has no meaning here, and is told so rather than as a key to add."""
    for override in parsed:
        if "_target_" in str(override.input_line):
            raise ConfigError(
                f"{override.input_line}: `_target_` is not allowed: "
                "configurations and scene files are data, code that they name is never run"
            )


def _store_scene_file(primary: str, path: str) -> tuple[dict[str, Any], ...]:
    """Makes the content of a scene file an option of the group `scene`; the scene that it extends, if any, and itself."""
    data = read_grammar_file(path)
    _refuse_configuration(data, path)
    below: tuple[dict[str, Any], ...] = ()
    base = data.pop("extends", None)
    if base is not None:
        if not isinstance(base, str) or base not in groups()["scene"]:
            raise ConfigError(f"{path}: extends: {unknown('scene', base, groups()['scene'])}")
        below = (_scene_alone(primary, str(base)),)
        refuse_empty(below[0], data, (), path)
        data = merged(below[0], data)
    ConfigStore.instance().store(group="scene", name=_FILE_OPTION, node=data)
    return (*below, data)


def _refuse_configuration(value: Any, path: str, at: str = "") -> None:
    """A shared scene file must not reach into other groups, nor read the environment through a resolver."""
    if isinstance(value, Mapping):
        if not at and "defaults" in value:
            raise ConfigError(
                f"{path}: defaults: a scene file cannot name other configuration; to build on a scene write `extends: street`"
            )
        for key, inner in value.items():
            _refuse_configuration(inner, path, f"{at}.{key}".lstrip("."))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            _refuse_configuration(inner, path, f"{at}.{i}")
    elif value == "???":
        raise ConfigError(f"{path}: {at}: found '???', which stands for a value that is missing: write the value")
    elif isinstance(value, str) and "${" in value:
        raise ConfigError(f'{path}: {at}: found {value!r}; "${{" is not allowed in scene files: refer to other draws by their name alone')


def check_options(parsed: Sequence[Override]) -> None:
    """Raises ConfigError for an option that its group does not have."""
    for override in parsed:
        known = groups().get(override.key_or_group)
        value = override.value()
        if known is None or override.is_delete() or value == _FILE_OPTION:
            continue
        if not isinstance(value, str) or value not in known:
            more = ", or a path to a .yaml file" if override.key_or_group == "scene" else ""
            raise ConfigError(f"{override.input_line}: {unknown(override.key_or_group, value, known)}{more}")


def check_keys(primary: str, parsed: Sequence[Override]) -> None:
    """Raises ConfigError for a key that the configuration does not have, unless `+` says that it is to be added."""
    options = [str(o.input_line) for o in parsed if o.key_or_group in groups()]
    base = _composed(primary, options, resolve=False)
    for override in parsed:
        if override.key_or_group in groups() or override.is_add() or override.is_force_add():
            continue
        there = _check_key(base, str(override.key_or_group), str(override.input_line))
        value = override.value()
        if isinstance(there, Mapping) and isinstance(value, list):
            raise ConfigError(_no_list(str(override.input_line), value, there))


def _no_list(word: str, values: Sequence[Any], there: Mapping[str, Any]) -> str:
    """Why a list cannot stand where the configuration has a mapping, and what was probably meant."""
    key, _, text = word.partition("=")
    if not DISTRIBUTIONS.keys() & there.keys():
        known = ", ".join(map(str, there))
        return f"{key}={text}: a list cannot replace the mapping that is there (of {known}): write {key}={{NAME:VALUE,...}}"
    first = values[:1]
    weighted = f"; with weights: {{choice:{{{first[0]}:3,...}}}}" if first and isinstance(first[0], str) else ""
    return f"{key}={text}: a list is no value to draw. To draw one of several write '{key}={{choice:{text}}}'{weighted}"


def _check_key(base: Any, key: str, word: str) -> Any:
    """What the configuration has there."""
    here = base
    parts = key.split(".")
    for i, part in enumerate(parts):
        if isinstance(here, list) and part.isdigit() and int(part) < len(here):
            here = here[int(part)]
            continue
        if not isinstance(here, Mapping) or part not in here:
            known = [str(k) for k in here] if isinstance(here, Mapping) else []
            place = ".".join(parts[:i])
            prefix = f"{place}." if place else ""
            names = [prefix + name for name in known]
            listed = f" Known: {', '.join(known)}." if known else ""
            add = f" To add it, write +{word}." if place.startswith("scene") else ""
            raise ConfigError(f'{word}: there is no "{prefix}{part}".{nearest(prefix + part, names) or _anywhere(base, part)}{listed}{add}')
        here = here[part]
    return here


def _anywhere(base: Mapping[str, Any], part: str) -> str:
    """A key of the same spelling in one of the groups: `samples` is `render.samples`."""
    places = [f"{group}.{part}" for group, inner in base.items() if isinstance(inner, Mapping) and part in inner]
    return f' Did you mean "{places[0]}"?' if places else ""


def _composed(primary: str, words: Sequence[str], *, resolve: bool = True) -> dict[str, Any]:
    try:
        with initialize_config_dir(config_dir=str(files(CONFIGS)), version_base="1.3"):
            config = compose(primary, overrides=list(words))
        values = OmegaConf.to_container(config, resolve=resolve, throw_on_missing=resolve)
    except (HydraException, OmegaConfBaseException) as error:
        raise ConfigError(_first_lines(error)) from error
    except RecursionError as error:
        raise ConfigError(f"{quoted(' '.join(words))}: {_TOO_DEEP}") from error
    assert isinstance(values, dict)
    return {str(key): value for key, value in values.items()}


def _first_lines(error: BaseException) -> str:
    """What Hydra says, and what OmegaConf says underneath, without their stack of contexts."""
    texts = [str(e).strip().splitlines()[0] for e in (error, error.__cause__) if e is not None and str(e).strip()]
    return ": ".join(dict.fromkeys(texts))


def placed(points: Sequence[Point]) -> list[Point]:
    """The points of a sweep, each with the folder of its own as `out`."""
    return [replace(point, config={**point.config, "out": out}) for point, out in zip(points, out_folders(points), strict=True)]


def out_folders(points: Sequence[Point]) -> list[str]:
    """Where each point of a sweep writes: to its own `out`, or, where several share one, to a folder below it named after the point."""
    if any(not point.config["out"] for point in points):
        raise ConfigError("out: is empty; it must name a folder")
    outs = [tidied(str(point.config["out"])) for point in points]
    if len(set(outs)) < len(outs):
        outs = [joined(out, folder_name(point.words)) for out, point in zip(outs, points, strict=True)]
    if len(set(outs)) < len(outs):
        raise ConfigError("two points of the sweep are equal; every point needs a folder of its own")
    return outs


def folder_name(words: Sequence[str]) -> str:
    """'render.samples=4,seed=1' of a point's own words, as one name that file systems take."""
    return ",".join(sorted(words)).replace("/", "_").replace("\\", "_").replace(" ", "_")
