"""COCO's numbers of one class from its matches, for many weightings of the images at once: the inner loop of the intervals.

Letters: B weightings, I images, D detections, P right ones, T overlaps, R recalls (0:0.01:1). A weight says how often an image was
drawn; weights of 1 give the numbers of pycocotools.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from evaluator.slices.definition import METRICS
from evaluator.slices.matching import Matches

RECALLS = np.linspace(0, 1, 101)
_AT_50, _AT_75 = 0, 5  # of the ten overlaps
_CELLS = 4_000_000  # of the largest array: 32 MB of int64


def class_numbers(matches: Matches, weights: np.ndarray) -> np.ndarray:
    """(B, 4) float64 in the order of METRICS; NaN where a weighting leaves nothing to find. weights: (B, I) int."""
    rows = max(1, _CELLS // max(len(matches.scores), len(RECALLS), 1))
    parts = [_numbers(matches, weights[start : start + rows]) for start in range(0, len(weights), rows)]
    return np.concatenate(parts) if parts else np.zeros((0, len(METRICS)))


def mean_numbers(classes: Iterable[np.ndarray]) -> np.ndarray:
    """(B, 4): the mean over those classes that have something to find; NaN where none has."""
    stacked = np.stack(list(classes))
    known = ~np.isnan(stacked)
    counts = known.sum(axis=0)
    return np.where(counts > 0, np.where(known, stacked, 0.0).sum(axis=0) / np.maximum(counts, 1), np.nan)


def _numbers(matches: Matches, weights: np.ndarray) -> np.ndarray:
    to_find = weights @ matches.objects  # (B,)
    weighted = weights[:, matches.image].astype(np.int64)  # (B, D)
    last = np.flatnonzero(matches.right.any(axis=0))
    until = int(last[-1]) + 1 if len(last) else 0  # what comes after the last right one changes nothing
    precision = np.empty((len(matches.right), len(weights)))
    recall = np.empty_like(precision)
    least = _least_right(np.maximum(to_find, 1))
    for t in range(len(matches.right)):
        precision[t], recall[t] = _at_overlap(
            weighted[:, :until], matches.right[t, :until], matches.ignored[t, :until], np.maximum(to_find, 1), least
        )
    columns = {"ap": precision.mean(axis=0), "ap50": precision[_AT_50], "ap75": precision[_AT_75], "recall": recall.mean(axis=0)}
    return np.where((to_find > 0)[:, None], np.stack([columns[name] for name in METRICS], axis=1), np.nan)


def _least_right(to_find: np.ndarray) -> np.ndarray:
    """(B, R) int64: how many right detections reach each recall, exactly as `right / to_find >= recall` says in floats."""
    guess = np.ceil(RECALLS * to_find[:, None]).astype(np.int64)
    guess -= (guess - 1) / to_find[:, None] >= RECALLS
    guess += guess / to_find[:, None] < RECALLS
    return guess


def _at_overlap(
    weighted: np.ndarray, right: np.ndarray, ignored: np.ndarray, to_find: np.ndarray, least: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(B,) mean precision over the recalls, (B,) recall. weighted: (B, D); right, ignored: (D,); least: (B, R)."""
    places = np.flatnonzero(right)
    if not len(places):
        return np.zeros(len(weighted)), np.zeros(len(weighted))
    hits = np.cumsum(weighted[:, places], axis=1)  # (B, P)
    shown = np.cumsum(np.where(ignored, 0, weighted), axis=1)[:, places]
    precision = np.divide(hits, shown, out=np.zeros(hits.shape), where=shown > 0)
    best_from = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
    padded = np.concatenate([best_from, np.zeros((len(hits), 1))], axis=1)  # a recall that is never reached has precision 0
    step = int(max(hits.max(), least.max())) + 1
    rows = np.arange(len(hits))[:, None]
    at = np.searchsorted((hits + rows * step).ravel(), (least + rows * step).ravel(), side="left").reshape(least.shape)
    return padded[rows, at - rows * hits.shape[1]].mean(axis=1), hits[:, -1] / to_find
