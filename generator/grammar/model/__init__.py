"""The language of scene files as pydantic models: what may stand where. Compiling gives it meaning (rules.py, ...)."""
