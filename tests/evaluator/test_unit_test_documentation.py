"""The examples of docs/unit-tests.md are files of slices that work on the street, the second on its counterfactuals."""

from __future__ import annotations

from pathlib import Path

import yaml

from evaluator.slices.definition import METRICS, SliceFile, read_slices
from evaluator.slices.fields import OF_OBJECTS
from generator.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "unit-tests.md").read_text()


def example(tmp_path: Path, number: int = 1) -> SliceFile:
    file = tmp_path / "slices.yaml"
    file.write_text(PAGE.split("```yaml\n")[number].split("```")[0])
    return read_slices(file)


def test_the_example_names_what_the_street_has(tmp_path: Path) -> None:
    file = example(tmp_path)
    street = yaml.safe_load((ROOT / "configs" / "scene" / "street.yaml").read_text())
    listed = {"subdomains": street["domain"]["subdomains"], "corner_cases": street["corner_cases"]}
    assert set(file.classes or ()) <= set(street["categories"])
    for part in file.slices.values():
        for name, rule in part.images.items():
            assert name in {**street["factors"], **listed}
            assert set(rule.values) <= set(listed.get(name, street["factors"].get(name, {}).get("choice", {})))
        assert set(part.objects) <= {*OF_OBJECTS, "tags"}
        assert set(part.objects["tags"].values if "tags" in part.objects else ()) <= set(street["corner_cases"])
    assert not file.effects  # data/street has no counterfactual images


def test_the_example_of_effects_names_what_its_dataset_changes(tmp_path: Path) -> None:
    file = example(tmp_path, 2)
    (command,) = [line for line in PAGE.splitlines() if "scenewright generate" in line]
    factor, values = command.split("counterfactual.")[1].split("'")[0].split("=")
    assert file.effects.keys() == {factor}
    assert not file.slices
    assert file.effects[factor].baseline in yaml.safe_load(values)
    assert "slices=effects.yaml" in PAGE.split(command)[1].splitlines()[1]


def test_the_page_names_all_that_there_is() -> None:
    words = set(PAGE.replace("`", " ").replace(":", " ").replace(",", " ").replace("(", " ").split())
    models = [model for model in Settings.__subclasses__() if model.__module__ == SliceFile.__module__]
    fields = {name for model in models for name in model.model_fields}
    assert {*METRICS, *OF_OBJECTS, *fields} <= words
