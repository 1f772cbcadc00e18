"""Models of the analysis of a domain: what its factors are, how they are drawn over the images, and its corner cases."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from generator.grammar.model.nodes import Nodes
from generator.grammar.model.parts import Identifier, Name, NumberValue, Part


class Dynamic(Part):
    """A value that follows the index of the image: one of cycle, wave, drift, jump.

    cycle: the values in turn, all of them once in period_images. wave: [low, high], a sine. drift: [first, last] over
    over_images, then last. jump: a mapping from the first index of each value to the value. values or range: what else it may
    be, for modifications and for what expressions compare it with.
    """

    cycle: list[str | bool | int | float] | None = Field(default=None, min_length=1)
    wave: list[float] | None = Field(default=None, min_length=2, max_length=2)
    drift: list[float] | None = Field(default=None, min_length=2, max_length=2)
    jump: dict[int, str | bool | int | float] | None = Field(default=None, min_length=1)
    period_images: int | None = Field(default=None, ge=1)
    over_images: int | None = Field(default=None, ge=1)
    values: list[str | bool | int | float] | None = Field(default=None, min_length=1)
    range: list[float] | None = Field(default=None, min_length=2, max_length=2)

    @model_validator(mode="after")
    def _one_course(self) -> Dynamic:
        course = self.only_one(("cycle", "wave", "drift", "jump"))
        if course in ("cycle", "wave") and self.period_images is None:
            raise ValueError(f"{course} needs period_images")
        if course == "drift" and self.over_images is None:
            raise ValueError("drift needs over_images")
        if self.jump is not None and min(self.jump) > 0:
            raise ValueError("jump needs a value from index 0 on")
        return self


class Domain(Part):
    """The analysis of the domain. Every factor is semantic (it changes labels) or visual (it must not)."""

    semantic: list[str] = []
    visual: list[str] = []
    dynamics: dict[Identifier, Dynamic] = {}
    subdomains: dict[Name, NumberValue] = {}


class Modification(Part):
    """A change of the file: `set` replaces what is at dotted paths, `add` appends nodes to the scene."""

    set: dict[str, Any] = {}
    add: Nodes = {}


class CornerCase(Modification):
    """A modification for an exact share of the images. exclusive cases never share an image; quota 1 switches the others off."""

    quota: float = Field(ge=0, le=1)
    kind: Literal["rare_condition", "rare_scenario"] = "rare_scenario"
    description: str = ""
    exclusive: bool = True


class Design(Part):
    """How factors are drawn over the images: independent of one another and of the index; sobol (scrambled, low discrepancy,
    discrete factors balanced by weight); covering (all pairs of values of the discrete factors, evenly, weights ignored).

    counterfactual: factors that every scene is made with each value of: a name, names, or the values by name. Left out, the values
    are all of a discrete factor, and the lowest, middle and highest of a number.
    """

    method: Literal["independent", "sobol", "covering"] = "independent"
    counterfactual: str | list[str] | dict[str, list[str | bool | int | float] | None] | None = None
