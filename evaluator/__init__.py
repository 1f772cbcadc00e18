"""Reads dataset folders and judges them. The only place that may import torch."""
