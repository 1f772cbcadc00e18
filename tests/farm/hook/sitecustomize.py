"""Put first on PYTHONPATH by the tests: makes the test actors known in every process of a run, the bpy children included."""

import tests.actors
import tests.farm.trouble  # noqa: F401
