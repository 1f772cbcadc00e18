"""Street scenes seen from a car."""
