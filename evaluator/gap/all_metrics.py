"""Importing this registers every metric."""

from evaluator.gap import cmd, frechet, kid, manifold, mmd, proxy_a, wasserstein

__all__ = ["cmd", "frechet", "kid", "manifold", "mmd", "proxy_a", "wasserstein"]
