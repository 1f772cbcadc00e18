"""Importing this registers every set of features."""

from evaluator.features import network, pixels, spectrum

__all__ = ["network", "pixels", "spectrum"]
