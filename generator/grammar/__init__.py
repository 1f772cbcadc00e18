"""The grammar language: scene files become grammars, grammars become SceneSpecs. See docs/grammar.md."""

from generator.grammar.explaining import explain
from generator.grammar.grammar import Grammar, load_grammar
from generator.grammar.reading import read_grammar_file
from generator.grammar.sampling import sample
from generator.grammar.schema import grammar_schema

__all__ = ["Grammar", "explain", "grammar_schema", "load_grammar", "read_grammar_file", "sample"]
