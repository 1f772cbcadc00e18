"""What the models of scene files share: places for values, names, and the base of all parts.

`Value`, `NumberValue` and `TextValue` are places for a constant, a distribution or an expression.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

Value = Annotated[Any, WithJsonSchema({"takes": "Value"})]  # schema.py turns these into references
NumberValue = Annotated[Any, WithJsonSchema({"takes": "NumberValue"})]
TextValue = Annotated[Any, WithJsonSchema({"takes": "TextValue"})]
Name = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9_\-]+$")]
Identifier = Annotated[str, Field(max_length=80, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    def only_one(self, names: Sequence[str]) -> str:
        """The one of the fields `names` that is given. Raises ValueError when none or several are."""
        given = [name for name in names if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"needs exactly one of {', '.join(names)}; found {', '.join(given) or 'none'}")
        return given[0]
