"""Trains detectors on real and synthetic images and mixes of both."""
