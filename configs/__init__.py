"""The Hydra tree: one primary file a command, one folder a group."""
