"""Packed data that the content needs, each folder with its source and licence."""
