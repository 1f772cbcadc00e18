"""Packed body data of people; see README.md for its source and licence."""
