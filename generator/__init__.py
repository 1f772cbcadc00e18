"""Scenewright's library: from a grammar in YAML to labelled images. Importing it loads no bpy, torch, ray or hydra."""

__version__ = "0.1.0"
