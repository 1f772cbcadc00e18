"""Grammar: a validated scene file, frozen. It holds the plain data that it came from, so it is cheap to pickle and to hash."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, PrivateAttr

from generator.grammar.allowed import Allowed, allowed_values
from generator.grammar.counterfactuals import Change, changes_of
from generator.grammar.designs import MOST_DIMENSIONS
from generator.grammar.effort import MOST_COMPILED, values_in
from generator.grammar.factors import levels_of
from generator.grammar.model.scene_file import SceneFile
from generator.grammar.problems import Path as KeyPath
from generator.grammar.problems import Problems, unknown
from generator.grammar.program import Addition, Program, checked, compile_program
from generator.grammar.reading import plain
from generator.grammar.schedule import Schedule, schedule
from generator.grammar.variants import changed_rules, modified

_MOST_PAIRS = 20_000  # of a covering design, which is found by trying: some seconds


class Grammar(BaseModel):
    """A probability distribution over scenes; make one with `load_grammar`, draw from it with `sample`.

    source: the file that errors name. data: the file as plain JSON values.
    categories: classes of the labels, COCO's id is position + 1. semantic_classes: "sky", then all that the actors of the
    grammar can show, sorted, the same for all images. factors: every factor and dynamic, in order. drawn_factors: those of
    them that are drawn (all but dynamics). actors: the kinds of actors that it can make. levels: weights of the options of
    discrete factors. changes: the factors that every scene is made with several values of. digest: hex SHA-256 of the data and of
    the numbers read from CSV files.
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
    actors: frozenset[str]
    changes: tuple[Change, ...]
    digest: str

    _make: Callable[[tuple[str, ...]], Program] = PrivateAttr()
    _origin: tuple[dict[str, Any], str, tuple[dict[str, Any], ...], Mapping[str, Allowed], Path] = PrivateAttr()
    _programs: dict[tuple[str, ...], Program] = PrivateAttr(default_factory=dict)
    _schedules: dict[int, Schedule] = PrivateAttr(default_factory=dict)

    @property
    def allowed(self) -> Mapping[str, Allowed]:
        """What every factor and dynamic may be, whatever changed its definition since."""
        return self._origin[3]

    @property
    def folder(self) -> Path:
        """Where its CSV files lie."""
        return self._origin[4]

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
        return _loaded, self._origin


def _loaded(data: dict[str, Any], source: str, layers: tuple[dict[str, Any], ...], allowed: Mapping[str, Allowed], folder: Path) -> Grammar:
    return load_grammar(data, source=source, layers=layers, allowed=allowed, folder=folder)


def load_grammar(
    data: Mapping[str, Any],
    *,
    source: str,
    layers: Sequence[Mapping[str, Any]] = (),
    allowed: Mapping[str, Allowed] | None = None,
    folder: Path | None = None,
) -> Grammar:
    """A grammar from a scene file's plain data. Raises ConfigError with everything that is wrong in it.

    layers: what the data were before they were changed, oldest first: the scene that the file extends, then the file before the
    command line changed it. What its factors may be is looked up there, and problems are told as those of the file or of the
    command line. allowed: what its factors may be, where that is known without the layers (generator/grammar/tables.py). folder:
    where its CSV files lie, beside `source` when left out.
    """
    values = plain(data, source)
    before = tuple(plain(layer, source) for layer in layers)
    problems = Problems(source)
    if before and before[-1] != values:
        problems = Problems(f"{source} with the changes of the command line", _changes(before[-1], values))
    may_be = allowed_values((*before, values)) if allowed is None else allowed
    beside = _Beside(folder or Path(source).parent, {}, may_be)
    file = checked(values, problems)
    if file is None:
        problems.raise_if_any()
    assert file is not None
    _check_effort(values, file, problems)
    wide = _at_width(values, file, file.width, problems)
    make = _variants(wide, file, problems, beside)
    programs: dict[tuple[str, ...], Program] = {(): make(())}
    programs |= {(name,): make((name,)) for name in file.corner_cases}
    _check_presets(values, file, problems, beside)
    _check_quotas(file, problems)
    file = checked(wide, problems) or file
    problems.raise_if_any()  # a file with other problems may lack what a change is looked up in
    changes = changes_of(file.design.counterfactual, wide, beside.allowed, problems)
    problems.raise_if_any()
    grammar = _described(values, problems.source, file, programs, beside.files, changes)
    grammar._make = make
    grammar._origin = (values, source, before, beside.allowed, beside.folder)
    grammar._programs.update(programs)
    return grammar


@dataclass(frozen=True)
class _Beside:
    """What a file is compiled with, besides itself: its folder, the CSV columns read so far, and what its factors may be."""

    folder: Path
    files: dict[str, tuple[float, ...]]
    allowed: Mapping[str, Allowed]


def _changes(before: Mapping[str, Any], now: Mapping[str, Any]) -> Callable[[KeyPath], bool]:
    """Tells of a path whether what stands there is not what stood there before."""

    def changed(path: KeyPath) -> bool:
        old: Any = before
        new: Any = now
        for part in path:
            if not _has(new, part):
                break  # the problem is what the parent lacks, or a name that stands for no key
            if not _has(old, part):
                return True
            old, new = old[part], new[part]
        return bool(path) and old != new

    return changed


def _has(data: Any, part: str | int) -> bool:
    return part in data if isinstance(data, Mapping) else isinstance(data, list) and isinstance(part, int) and part < len(data)


def _check_effort(values: dict[str, Any], file: SceneFile, problems: Problems) -> None:
    """The file is compiled once as it stands, and once as each preset and each corner case changes it."""
    count, variants = values_in(values), 1 + len(file.presets) + len(file.corner_cases)
    if count * variants > MOST_COMPILED:
        problems.add(
            ("corner_cases",) if len(file.corner_cases) > len(file.presets) else ("presets",),
            f"the file has {count:,} values and, with its presets and corner cases, {variants:,} variants; "
            f"values times variants may be {MOST_COMPILED:,} at most, found {count * variants:,}",
        )
        problems.raise_if_any()


def _at_width(values: dict[str, Any], file: SceneFile, width: str | None, problems: Problems) -> dict[str, Any]:
    """The data as changed by a preset of width."""
    if width is None:
        return values
    if width not in file.presets:
        problems.add(("width",), unknown("preset", width, file.presets))
        return values
    return modified(values, file.presets[width].set, problems, ("presets", width, "set"))


def _variants(wide: dict[str, Any], file: SceneFile, problems: Problems, beside: _Beside) -> Callable[[tuple[str, ...]], Program]:
    """Compiles the file as changed by a set of corner cases; problems that only the change brings are told as its own."""
    preset = tuple(Addition(name, change, strict=False) for name, change in file.presets.items() if name == file.width)

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
        program = compile_program(changed or file, own, beside.folder, beside.files, additions, tagged, beside.allowed)
        note = f" (as changed by corner case {', '.join(cases)})" if cases else ""
        for path, text in own.found:
            if (path, text) in problems.found:
                continue  # the file has it without the change
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


def _check_presets(values: dict[str, Any], file: SceneFile, problems: Problems, beside: _Beside) -> None:
    """The presets that are not in use must be right as well."""
    for name, preset in file.presets.items():
        if name == file.width:
            continue
        own = Problems(problems.source)
        changed = checked(_at_width(values, file, name, own), own)
        if changed is not None:
            compile_program(changed, own, beside.folder, beside.files, (Addition(name, preset, strict=False),), None, beside.allowed)
        for path, text in own.found:
            if (path, text) in problems.found:
                continue  # the file has it without the preset
            problems.add(("presets", *path) if path and path[0] == name else path, f"{text} (as changed by preset {name})")


def _check_quotas(file: SceneFile, problems: Problems) -> None:
    exclusive = {n: c.quota for n, c in file.corner_cases.items() if c.exclusive}
    forced = [n for n, q in exclusive.items() if q == 1]
    if len(forced) > 1:
        problems.add(("corner_cases",), f"{' and '.join(forced)}: only one of them can have a quota of 1")
    if not forced and sum(exclusive.values()) > 1 + 1e-9:
        listed = ", ".join(f"{n} {q:g}" for n, q in exclusive.items())
        problems.add(("corner_cases",), f"the quotas add up to {sum(exclusive.values()):g}, which is more than 1: {listed}")
    if file.design.method == "covering" and (pairs := _pairs([len(w) for w in levels_of(file.factors).values()])) > _MOST_PAIRS:
        told = f"covering has {pairs:,} pairs of values to cover, at most {_MOST_PAIRS:,} are allowed; use sobol, or fewer values"
        problems.add(("design", "method"), told)
    if file.design.method == "sobol" and len(file.factors) > MOST_DIMENSIONS:
        problems.add(("design", "method"), f"sobol takes at most {MOST_DIMENSIONS} factors, found {len(file.factors)}; use independent")


def _pairs(counts: Sequence[int]) -> int:
    """Pairs of values of two different factors."""
    return (sum(counts) ** 2 - sum(c * c for c in counts)) // 2


def _described(
    values: dict[str, Any],
    source: str,
    file: SceneFile,
    programs: dict[tuple[str, ...], Program],
    files: dict[str, tuple[float, ...]],
    changes: tuple[Change, ...],
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
        actors=frozenset().union(*(p.actors for p in programs.values())),
        changes=changes,
        digest=digest,
    )
