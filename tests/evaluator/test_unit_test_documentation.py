"""The example of docs/unit-tests.md is a file of slices that works on the street."""

from __future__ import annotations

from pathlib import Path

import yaml

from evaluator.slices.definition import METRICS, SliceFile, read_slices
from evaluator.slices.fields import OF_OBJECTS
from generator.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "unit-tests.md").read_text()


def example(tmp_path: Path) -> SliceFile:
    file = tmp_path / "slices.yaml"
    file.write_text(PAGE.split("```yaml\n")[1].split("```")[0])
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
    assert set(file.effects) <= set(street["factors"])


def test_the_page_names_all_that_there_is() -> None:
    words = set(PAGE.replace("`", " ").replace(":", " ").replace(",", " ").replace("(", " ").split())
    models = [model for model in Settings.__subclasses__() if model.__module__ == SliceFile.__module__]
    fields = {name for model in models for name in model.model_fields}
    assert {*METRICS, *OF_OBJECTS, *fields} <= words
