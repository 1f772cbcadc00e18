"""Who may import whom, and what the pure core must not touch. The rules are those of docs/architecture.md."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("generator", "scenes", "render_farm", "evaluator", "configs", "assets")
FILES = sorted(p for package in PACKAGES for p in (ROOT / package).rglob("*.py"))

# package that is imported -> the places that may do so
ONLY_IN = {
    "bpy": ("generator/render/",),
    "mathutils": ("generator/render/",),
    "torch": ("evaluator/",),
    "torchvision": ("evaluator/",),
    "fsspec": ("generator/storage/",),
    "ray": ("render_farm/ray_backend.py",),
    "resvg_py": ("scenes/cards/svg_deck.py",),
    "hydra": ("generator/cli.py", "generator/commands/"),
    "omegaconf": ("generator/cli.py", "generator/commands/"),
}
# room -> what it must not import
MUST_NOT = {
    "generator/labels/": ("generator.render", "render_farm", "scenes", "generator.cli", "generator.commands"),
    "generator/storage/": ("generator.writers", "generator.dataset", "generator.render", "render_farm", "scenes", "generator.commands"),
    "generator/writers/": ("generator.render", "render_farm", "scenes", "generator.cli", "generator.commands"),
    "generator/grammar/": (
        "generator.render",
        "generator.labels",
        "generator.writers",
        "render_farm",
        "generator.cli",
        "generator.commands",
    ),
    "generator/sensor/": ("generator.render", "generator.grammar", "render_farm"),
    "generator/render/": (
        "generator.grammar",
        "generator.labels",
        "generator.writers",
        "render_farm",
        "generator.cli",
        "generator.commands",
    ),
    "render_farm/": ("generator.cli", "generator.commands", "evaluator"),
    "evaluator/": ("generator.render", "generator.grammar", "render_farm"),
}
SCENES_MAY = (
    "scenes",
    "generator.actor",
    "generator.mesh",
    "generator.picture",
    "generator.geometry",
    "generator.streams",
    "generator.colors",
    "generator.spec",
    "generator.errors",
    "assets",
)
PURE = ("generator/grammar/", "generator/labels/", "generator/writers/", "generator/sensor/", "scenes/")
CLOCKS = {
    ("time", "time"),
    ("time", "perf_counter"),
    ("time", "monotonic"),
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("uuid", "uuid4"),
    ("os", "urandom"),
}
GENERATORS = {"Generator", "PCG64", "Philox", "SeedSequence", "BitGenerator"}


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported(path: Path) -> set[str]:
    """Every module that a file imports, at any depth of its code; `from a import b` counts as a and a.b."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def inside(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


@pytest.mark.parametrize("path", FILES, ids=place)
def test_import_directions(path: Path) -> None:
    modules = imported(path)
    for package, places in ONLY_IN.items():
        if any(inside(m, package) for m in modules):
            assert place(path).startswith(places), f"{place(path)} imports {package}, which is allowed only in {places}"
    for room, forbidden in MUST_NOT.items():
        if place(path).startswith(room):
            wrong = [m for m in modules if any(inside(m, f) for f in forbidden)]
            assert not wrong, f"{place(path)} must not import {wrong}"
    if place(path).startswith("scenes/"):
        own = [m for m in modules if m.split(".")[0] in PACKAGES]
        assert all(any(inside(m, allowed) for allowed in SCENES_MAY) for m in own), f"{place(path)} imports more than the pure core: {own}"


@pytest.mark.parametrize("path", FILES, ids=place)
def test_no_relative_imports_and_no_dangerous_calls(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{place(path)}:{node.lineno} uses a relative import"
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = {a.name for a in node.names} | {getattr(node, "module", None)}
            assert not names & {"pickle", "marshal", "shelve", "dill", "cloudpickle"}, f"{place(path)}:{node.lineno} unpickles"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in {"eval", "exec"}, f"{place(path)}:{node.lineno} calls {node.func.id}"
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"unsafe_load", "full_load"}, f"{place(path)}:{node.lineno} loads YAML unsafely"


def test_pure_core_uses_no_global_randomness_and_no_clock() -> None:
    problems = []
    for path in (p for p in FILES if place(p).startswith(PURE)):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import | ast.ImportFrom):
                modules = {a.name for a in node.names} | {getattr(node, "module", "") or ""}
                problems += [f"{place(path)}:{node.lineno} imports {m}" for m in modules & {"random", "secrets", "uuid"}]
            if isinstance(node, ast.Attribute):
                owner = node.value
                if isinstance(owner, ast.Name) and (owner.id, node.attr) in CLOCKS:
                    problems.append(f"{place(path)}:{node.lineno} reads {owner.id}.{node.attr}")
                if isinstance(owner, ast.Attribute) and owner.attr == "random" and node.attr not in GENERATORS:
                    problems.append(f"{place(path)}:{node.lineno} uses numpy.random.{node.attr}")
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "default_rng" and not node.args:
                problems.append(f"{place(path)}:{node.lineno} makes an unseeded generator")
    assert not problems, "\n".join(problems)


def test_importing_the_library_loads_nothing_heavy() -> None:
    code = (
        "import generator, generator.spec, generator.grammar, sys;"
        "print(sorted({'bpy', 'torch', 'ray', 'hydra', 'omegaconf', 'cv2', 'matplotlib'} & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert out.strip() == "[]"


def test_installed_packages_carry_their_data() -> None:
    """What is read at run time must be listed as package data, or a wheel lacks it."""
    import tomllib

    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["*"]
    for package in ("configs", "assets", "scenes", "generator"):
        for file in (ROOT / package).rglob("*"):
            if file.is_file() and file.suffix not in {".py", ".pyc"}:
                assert any(file.match(p) for p in patterns), f"{place(file)} matches none of {patterns}"
