"""Tests for networks: parts of a dataset with names, limits on how well a detector finds what is in them, and effects of factors."""
