"""Plug-ins by their `kind`: one file each under `scenes`, found by registration."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from pydantic import BaseModel

from generator.errors import ConfigError


class Registry[T: BaseModel]:
    """Classes by the default of their field `kind`. `what` is their name in errors: "actors"."""

    def __init__(self, what: str) -> None:
        self.what = what
        self._classes: dict[str, type[T]] = {}

    def add(self, cls: type[T]) -> None:
        """Makes a class known. Raises ConfigError when another one has its kind."""
        fields: dict[str, Any] = cls.__pydantic_fields__
        kind = fields["kind"].default
        if self._classes.get(kind, cls).__qualname__ != cls.__qualname__:
            raise ConfigError(f"two {self.what} are called {kind!r}: {self._classes[kind].__qualname__} and {cls.__qualname__}")
        self._classes[kind] = cls

    def kinds(self) -> dict[str, type[T]]:
        """All classes by kind, sorted; the first call imports every module under `scenes`."""
        import_module("scenes.all")
        return dict(sorted(self._classes.items()))
