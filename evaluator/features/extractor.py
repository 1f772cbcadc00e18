"""What a set of features is, and which there are. One file each beside this one.

Shapes: B pictures, S pixels a side, D features.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from evaluator.settings import NetworkSettings
from generator.errors import ConfigError, unknown


@dataclass(frozen=True)
class Extractor:
    """Numbers of a picture, in one or several spaces, shallow to deep.

    spaces: names of the D features of each space, in order. fingerprint: changes whenever the numbers do; what is cached under
    another one is not used. of: (B, S, S, 3) uint8 sRGB -> (B, D of all spaces one after the other) float32.
    """

    kind: str
    spaces: Mapping[str, tuple[str, ...]]
    fingerprint: str
    of: Callable[[np.ndarray], np.ndarray]

    @property
    def dimensions(self) -> int:
        return sum(len(names) for names in self.spaces.values())

    def split(self, features: np.ndarray) -> dict[str, np.ndarray]:
        """(N, D of all) -> (N, D) by space."""
        ends = np.cumsum([len(names) for names in self.spaces.values()])[:-1]
        return dict(zip(self.spaces, np.split(features, ends, axis=1), strict=True))


Maker = Callable[[NetworkSettings], Extractor]

_MAKERS: dict[str, Maker] = {}


def extractor(kind: str) -> Callable[[Maker], Maker]:
    """Decorator: makes a function that builds an extractor known under `kind`."""

    def register(maker: Maker) -> Maker:
        if _MAKERS.setdefault(kind, maker) is not maker:
            raise ConfigError(f"two sets of features are called {kind!r}")
        return maker

    return register


def known_extractors() -> dict[str, Maker]:
    from evaluator.features import all_features  # noqa: F401  (importing them registers them)

    return dict(_MAKERS)


def extractors_named(kinds: Iterable[str], network: NetworkSettings) -> list[Extractor]:
    """Raises ConfigError for a name that no set of features has, MissingPackageError when one needs what is not installed."""
    known = known_extractors()
    for kind in kinds:
        if kind not in known:
            raise ConfigError(f"features: {unknown('set of features', kind, known)}")
    return [known[kind](network) for kind in kinds]
