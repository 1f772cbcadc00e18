"""The example of docs/grammar.md is a scene file that works."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from generator.grammar import Grammar, load_grammar, read_grammar_file, sample
from generator.grammar.distributions import DISTRIBUTIONS
from generator.grammar.expressions import FUNCTIONS
from generator.grammar.model.conditions import REQUIREMENTS
from generator.grammar.model.placements import RELATIONS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "grammar.md").read_text()


def example(tmp_path: Path) -> Grammar:
    file = tmp_path / "crossing.yaml"
    file.write_text(PAGE.split("```yaml\n")[1].split("```")[0])
    return load_grammar(read_grammar_file(file), source=str(file))


def test_the_example_draws_what_it_says(tmp_path: Path) -> None:
    grammar = example(tmp_path)
    specs = [sample(grammar, 1, i) for i in range(80)]
    cases = Counter(case for s in specs for case in s.corner_cases)
    assert abs(cases["dense_fog"] - 4) < 2
    assert abs(cases["stopped_van"] - 4) < 2
    assert {s.factors["season"] for s in specs} == {"winter"}
    assert {o.category for s in specs for o in s.objects} == {"car", "van", "bench", None}
    assert all(any(o.tags for o in s.objects) for s in specs if s.corner_cases == ("stopped_van",))


def test_the_page_names_all_that_there_is() -> None:
    words = set(PAGE.replace("`", " ").replace(":", " ").replace("(", " ").split())
    assert {*DISTRIBUTIONS, *FUNCTIONS, *RELATIONS, *REQUIREMENTS} <= words
