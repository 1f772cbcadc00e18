"""Imports every module under `scenes`, so that their actors register. A new actor is one new file and no other edit."""

from importlib import import_module
from pkgutil import walk_packages

import scenes

for _module in walk_packages(scenes.__path__, "scenes."):
    if _module.name != __name__:
        import_module(_module.name)
