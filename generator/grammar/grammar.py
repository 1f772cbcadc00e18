"""Grammar: a validated scene file, frozen. It holds the plain data that it came from, so it is cheap to pickle and to hash."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, PrivateAttr

from generator.grammar.designs import MOST_DIMENSIONS
from generator.grammar.model import SceneFile
from generator.grammar.problems import Problems, unknown
from generator.grammar.program import Addition, Program, checked, compile_program
from generator.grammar.reading import plain
from generator.grammar.schedule import Schedule, schedule
from generator.grammar.variants import changed_rules, modified


class Grammar(BaseModel):
    """A probability distribution over scenes; make one with `load_grammar`, draw from it with `sample`.

    source: the file that errors name; CSV files are looked for beside it. data: the file as plain JSON values.
    categories: classes of the labels, COCO's id is position + 1. semantic_classes: "sky", then all that the actors of the
    grammar can show, sorted, the same for all images. factors: every factor and dynamic, in order. drawn_factors: those of
    them that are drawn (all but dynamics). levels: weights of the options of discrete factors. digest: hex SHA-256 of the
    data and of the numbers read from CSV files.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    data: dict[str, Any]
    name: str
    description: str
    width: str | None
    categories: tuple[str, ...]
    semantic_classes: tuple[str, ...]
    factor_names: tuple[str, ...]
    drawn_factors: tuple[str, ...]
    semantic_factors: tuple[str, ...]
    visual_factors: tuple[str, ...]
    param_names: tuple[str, ...]
    subdomain_names: tuple[str, ...]
    corner_cases: dict[str, dict[str, Any]]
    method: str
    levels: dict[str, tuple[float, ...]]
    digest: str

    _make: Callable[[tuple[str, ...]], Program] = PrivateAttr()
    _programs: dict[tuple[str, ...], Program] = PrivateAttr(default_factory=dict)
    _schedules: dict[int, Schedule] = PrivateAttr(default_factory=dict)

    def program(self, cases: tuple[str, ...]) -> Program:
        """The compiled file as changed by these corner cases."""
        if cases not in self._programs:
            self._programs[cases] = self._make(cases)
        return self._programs[cases]

    def schedule(self, seed: int) -> Schedule:
        """Which image is which corner case."""
        if seed not in self._schedules:
            quotas = {n: c["quota"] for n, c in self.corner_cases.items() if c["exclusive"]}
            others = {n: c["quota"] for n, c in self.corner_cases.items() if not c["exclusive"]}
            self._schedules[seed] = schedule(seed, quotas, others)
        return self._schedules[seed]

    def __reduce__(self) -> tuple[Any, ...]:
        return _loaded, (self.data, self.source)


def _loaded(data: dict[str, Any], source: str) -> Grammar:
    return load_grammar(data, source=source)


def load_grammar(data: Mapping[str, Any], *, source: str) -> Grammar:
    """A grammar from a scene file's plain data. Raises ConfigError with everything that is wrong in it."""
    values = plain(data, source)
    problems = Problems(source)
    file = checked(values, problems)
    problems.raise_if_any()
    assert file is not None
    folder, files = Path(source).parent, dict[str, tuple[float, ...]]()
    wide = _at_width(values, file, file.width, problems)
    problems.raise_if_any()
    make = _variants(wide, file, problems, folder, files)
    base = make(())
    problems.raise_if_any()
    programs: dict[tuple[str, ...], Program] = {(): base}
    programs |= {(name,): make((name,)) for name in file.corner_cases}
    _check_presets(values, file, problems, folder, files)
    _check_quotas(file, problems)
    problems.raise_if_any()
    grammar = _described(values, source, checked(wide, problems) or file, programs, files)
    grammar._make = make
    grammar._programs.update(programs)
    return grammar


def _at_width(values: dict[str, Any], file: SceneFile, width: str | None, problems: Problems) -> dict[str, Any]:
    """The data as changed by a preset of width."""
    if width is None:
        return values
    if width not in file.presets:
        problems.add(("width",), unknown("preset", width, file.presets))
        return values
    return modified(values, file.presets[width].set, problems, ("presets", width, "set"))


def _variants(
    wide: dict[str, Any], file: SceneFile, problems: Problems, folder: Path, files: dict[str, tuple[float, ...]]
) -> Callable[[tuple[str, ...]], Program]:
    """Compiles the file as changed by a set of corner cases; problems that only the change brings are told as its own."""
    preset = () if file.width is None else (Addition(file.width, file.presets[file.width], strict=False),)

    def make(cases: tuple[str, ...]) -> Program:
        own = Problems(problems.source)
        data = wide
        tagged: dict[str, tuple[str, ...]] = {}
        for case in cases:
            data = modified(data, file.corner_cases[case].set, own, ("corner_cases", case, "set"))
            for rule in changed_rules(file.corner_cases[case].set):
                tagged[rule] = (*tagged.get(rule, ()), case)
        changed = checked(data, own)
        additions = (*preset, *(Addition(case, file.corner_cases[case], strict=True) for case in cases))
        program = compile_program(changed or file, own, folder, files, additions, tagged)
        note = f" (as changed by corner case {', '.join(cases)})" if cases else ""
        for path, text in own.found:
            at = (
                ("corner_cases", *path)
                if path and path[0] in file.corner_cases
                else ("presets", *path)
                if path and path[0] in file.presets
                else path
            )
            problems.add(at, text if path[:1] == ("corner_cases",) else text + note)
        return program

    return make


def _check_presets(values: dict[str, Any], file: SceneFile, problems: Problems, folder: Path, files: dict[str, tuple[float, ...]]) -> None:
    """The presets that are not in use must be right as well."""
    for name, preset in file.presets.items():
        if name == file.width:
            continue
        own = Problems(problems.source)
        changed = checked(_at_width(values, file, name, own), own)
        if changed is not None:
            compile_program(changed, own, folder, files, (Addition(name, preset, strict=False),))
        for path, text in own.found:
            problems.add(("presets", *path) if path and path[0] == name else path, f"{text} (as changed by preset {name})")


def _check_quotas(file: SceneFile, problems: Problems) -> None:
    exclusive = {n: c.quota for n, c in file.corner_cases.items() if c.exclusive}
    forced = [n for n, q in exclusive.items() if q == 1]
    if len(forced) > 1:
        problems.add(("corner_cases",), f"{' and '.join(forced)}: only one of them can have a quota of 1")
    if not forced and sum(exclusive.values()) > 1 + 1e-9:
        listed = ", ".join(f"{n} {q:g}" for n, q in exclusive.items())
        problems.add(("corner_cases",), f"the quotas add up to {sum(exclusive.values()):g}, which is more than 1: {listed}")
    if file.design.method == "sobol" and len(file.factors) > MOST_DIMENSIONS:
        problems.add(("design", "method"), f"sobol takes at most {MOST_DIMENSIONS} factors, found {len(file.factors)}; use independent")


def _described(
    values: dict[str, Any], source: str, file: SceneFile, programs: dict[tuple[str, ...], Program], files: dict[str, tuple[float, ...]]
) -> Grammar:
    base = programs[()]
    shown = frozenset().union(*(p.semantics for p in programs.values()))
    digest = hashlib.sha256(orjson.dumps([values, files], option=orjson.OPT_SORT_KEYS)).hexdigest()
    return Grammar(
        source=source,
        data=values,
        name=file.name,
        description=file.description,
        width=file.width,
        categories=tuple(file.categories),
        semantic_classes=("sky", *sorted(shown - {"sky"})),
        factor_names=(*base.dynamics, *base.factors),
        drawn_factors=tuple(base.factors),
        semantic_factors=tuple(file.domain.semantic) if file.domain else (),
        visual_factors=tuple(file.domain.visual) if file.domain else (),
        param_names=tuple(base.params),
        subdomain_names=tuple(base.subdomains),
        corner_cases={n: c.model_dump(include={"quota", "kind", "description", "exclusive"}) for n, c in file.corner_cases.items()},
        method=file.design.method,
        levels=base.levels,
        digest=digest,
    )
