"""Every metric against closed forms, against independent libraries, and for what it must do."""

from __future__ import annotations

import numpy as np
import ot
import pytest
import torch
from scipy.stats import wasserstein_distance
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.metrics.pairwise import polynomial_kernel, rbf_kernel
from sklearn.neighbors import NearestNeighbors
from torchmetrics.image.fid import _compute_fid
from torchmetrics.image.kid import poly_mmd

from evaluator.gap.cmd import ORDERS
from evaluator.gap.comparison import MOST_TIMES, Points, Resampling, compare, full_value, scale_of
from evaluator.gap.frechet import frechet
from evaluator.gap.metrics import Metric, distance, known_metrics, metrics_named
from evaluator.gap.mmd import median_squared
from evaluator.gap.pairs import squared_distances
from evaluator.gap.wasserstein import directions
from generator.errors import ConfigError
from generator.streams import Stream

METRICS = known_metrics()
RESAMPLING = Resampling(halves=40, permutations=99, splits=20)
ALL = pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)


def gaussian(seed: int, n: int, d: int, mean: float = 0.0, deviation: float = 1.0) -> np.ndarray:
    return np.random.default_rng(seed).normal(mean, deviation, (n, d))


def points(values: np.ndarray) -> Points:
    return Points(values, np.arange(len(values)))


def gap(metric: Metric, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """How far from "equal", so that larger is farther for all."""
    return np.abs(distance(metric, a, b) - metric.equal) if metric.closer_is_larger else distance(metric, a, b)


# Closed forms


def test_wasserstein_of_shifted_gaussians_is_the_shift() -> None:
    a, b = gaussian(0, 20000, 2), gaussian(1, 20000, 2, mean=0.7)
    assert distance(METRICS["wasserstein"], a, b) == pytest.approx(0.7, abs=0.02)


def test_wasserstein_of_scaled_gaussians() -> None:
    """W1 of N(0, 1) and N(0, s^2) is |s - 1| E|z| = |s - 1| sqrt(2 / pi)."""
    a, b = gaussian(0, 20000, 2), gaussian(1, 20000, 2, deviation=1.5)
    assert distance(METRICS["wasserstein"], a, b) == pytest.approx(0.5 * np.sqrt(2 / np.pi), abs=0.02)


def test_sliced_wasserstein_of_a_shift_along_one_axis() -> None:
    """Each direction sees the shift times its cosine."""
    a = gaussian(0, 4000, 5)
    b = a + np.array([3.0, 0, 0, 0, 0])
    assert distance(METRICS["sliced_wasserstein"], a, b) == pytest.approx(3 * np.abs(directions(5)[0]).mean(), rel=1e-5)


def test_mmd_of_gaussians() -> None:
    """With k of variance s^2 in D dimensions, E k(x, y) = (s^2 / (s^2 + 2))^(D/2) exp(-d^2 / (2 (s^2 + 2)))."""
    d, shift, ratios = 4, 0.6, []
    for seed in range(10):  # one draw of 1,000 is good to 7.5 %: its means are to 0.045, and the distance goes with their square
        a, b = gaussian(2 * seed, 1000, d), gaussian(2 * seed + 1, 1000, d, mean=shift)
        s2 = median_squared(squared_distances(np.concatenate([a, b])))
        expected = 2 * (s2 / (s2 + 2)) ** (d / 2) * (1 - np.exp(-d * shift**2 / (2 * (s2 + 2))))
        ratios.append(distance(METRICS["mmd"], a, b)[0] / expected)
    assert np.mean(ratios) == pytest.approx(1.0, abs=0.06)


def test_frechet_of_gaussians_and_of_their_parameters() -> None:
    """Commuting covariances: |m|^2 + sum (s - t)^2."""
    a, b = gaussian(0, 40000, 3), gaussian(1, 40000, 3, mean=0.5, deviation=2.0)
    assert distance(METRICS["frechet"], a, b) == pytest.approx(3 * 0.25 + 3 * 1.0, rel=0.03)
    exact = frechet(np.zeros((1, 2)), np.diag([1.0, 4.0])[None], np.ones((1, 2)), np.diag([9.0, 4.0])[None])
    assert exact == pytest.approx(2 + 4, rel=1e-4)


def test_cmd_is_its_definition() -> None:
    a, b = gaussian(0, 50, 3), gaussian(1, 40, 3, mean=0.3, deviation=1.4)
    width = np.ptp(np.concatenate([a, b]), axis=0)
    expected = np.linalg.norm((a.mean(0) - b.mean(0)) / width)
    for k in range(2, ORDERS + 1):
        moments = [((x - x.mean(0)) ** k).mean(0) for x in (a, b)]
        expected += np.linalg.norm((moments[0] - moments[1]) / width**k)
    assert distance(METRICS["cmd"], a, b) == pytest.approx(expected, rel=1e-9)


def test_proxy_a_of_gaussians_is_the_bayes_error() -> None:
    """Two unit Gaussians whose means are 2 apart: error Phi(-1) = 0.1587."""
    a, b = gaussian(0, 4000, 1), gaussian(1, 4000, 1, mean=2.0)
    assert distance(METRICS["proxy_a"], a, b) == pytest.approx(2 * (1 - 2 * 0.1587), abs=0.05)


def test_proxy_a_of_one_set_against_itself_is_not_its_training_score() -> None:
    a = gaussian(0, 200, 40)
    assert abs(distance(METRICS["proxy_a"], a, gaussian(1, 200, 40))[0]) < 0.35


def test_manifold_of_half_covered_clusters() -> None:
    """Real images lie in two clusters, synthetic ones in the first: all precise, half recalled."""
    near, far = gaussian(0, 100, 2, deviation=0.1), gaussian(1, 100, 2, mean=9, deviation=0.1)
    precision, recall, density, coverage = distance(METRICS["manifold"], np.concatenate([near, far]), gaussian(2, 200, 2, deviation=0.1))
    assert precision > 0.85
    assert recall == pytest.approx(0.5, abs=0.06)
    assert density > 0.8
    assert coverage == pytest.approx(0.5, abs=0.05)


# Independent libraries


def test_wasserstein_against_scipy() -> None:
    a, b = gaussian(0, 37, 4), gaussian(1, 53, 4, mean=0.4, deviation=2)
    expected = np.mean([wasserstein_distance(a[:, i], b[:, i]) for i in range(4)])
    assert distance(METRICS["wasserstein"], a, b) == pytest.approx(expected, rel=1e-5)


def test_sliced_wasserstein_against_pot() -> None:
    a, b = gaussian(0, 80, 6), gaussian(1, 80, 6, mean=0.4)
    expected = ot.sliced.sliced_wasserstein_distance(a, b, projections=directions(6), p=1)
    assert distance(METRICS["sliced_wasserstein"], a, b) == pytest.approx(expected, rel=1e-5)


def unbiased(kernel: np.ndarray, n: int) -> float:
    m = len(kernel) - n
    xx, yy, xy = kernel[:n, :n], kernel[n:, n:], kernel[:n, n:]
    return float((xx.sum() - np.trace(xx)) / (n * (n - 1)) + (yy.sum() - np.trace(yy)) / (m * (m - 1)) - 2 * xy.mean())


def test_mmd_against_scikit_learn() -> None:
    a, b = gaussian(0, 60, 5), gaussian(1, 45, 5, mean=0.3)
    both = np.concatenate([a, b])
    s2 = median_squared(squared_distances(both))
    assert s2 == pytest.approx(np.median(((both[:, None] - both[None]) ** 2).sum(2)[np.triu_indices(105, 1)]), rel=1e-5)
    assert distance(METRICS["mmd"], a, b)[0] == pytest.approx(unbiased(rbf_kernel(both, gamma=0.5 / s2), 60), abs=1e-6)
    summed = np.mean([rbf_kernel(both, gamma=0.5 / (f * s2)) for f in (0.25, 0.5, 1, 2, 4)], axis=0)
    assert distance(METRICS["mmd"], a, b)[1] == pytest.approx(unbiased(summed, 60), abs=1e-6)


def test_kid_against_torchmetrics_and_scikit_learn() -> None:
    a, b = gaussian(0, 50, 8), gaussian(1, 50, 8, mean=0.5)
    expected = float(poly_mmd(torch.from_numpy(a), torch.from_numpy(b), degree=3, gamma=None, coef=1.0))
    assert distance(METRICS["kid"], a, b) == pytest.approx(expected, rel=1e-4)
    both = np.concatenate([a, b])
    assert distance(METRICS["kid"], a, b) == pytest.approx(unbiased(polynomial_kernel(both, degree=3), 50), rel=1e-4)


def test_frechet_against_torchmetrics() -> None:
    a, b = gaussian(0, 300, 6) @ np.random.default_rng(5).normal(size=(6, 6)), gaussian(1, 250, 6, mean=0.5)
    torched = [(torch.from_numpy(x.mean(0)), torch.from_numpy(np.cov(x.T))) for x in (a, b)]
    expected = float(_compute_fid(torched[0][0], torched[0][1], torched[1][0], torched[1][1]))
    assert distance(METRICS["frechet"], a, b) == pytest.approx(expected, rel=1e-4)


def test_proxy_a_against_scikit_learn_s_discriminant() -> None:
    from evaluator.gap.proxy_a import folded

    a, b = gaussian(0, 150, 6), gaussian(1, 150, 6, mean=0.4)
    both, is_a = np.concatenate([a, b]), np.arange(300) < 150
    fold = folded(both, np.arange(300)).fold
    wrong = np.zeros(300)
    for f in range(5):
        fit = LinearDiscriminantAnalysis(priors=[0.5, 0.5]).fit(both[fold != f], is_a[fold != f])
        wrong[fold == f] = fit.predict(both[fold == f]) != is_a[fold == f]
    expected = 2 * (1 - (wrong[is_a].mean() + wrong[~is_a].mean()))
    assert distance(METRICS["proxy_a"], a, b) == pytest.approx(expected, abs=0.03)


def test_manifold_against_its_definition_by_scikit_learn() -> None:
    a, b = gaussian(0, 70, 3), gaussian(1, 55, 3, mean=0.8)

    def radius(x: np.ndarray) -> np.ndarray:
        return np.asarray(NearestNeighbors(n_neighbors=6).fit(x).kneighbors(x)[0][:, -1])

    between = np.linalg.norm(a[:, None] - b[None], axis=2)
    in_a, in_b = between <= radius(a)[:, None], between <= radius(b)[None]
    expected = [in_a.any(0).mean(), in_b.any(1).mean(), in_a.sum() / (5 * 55), in_a.any(1).mean()]
    assert distance(METRICS["manifold"], a, b) == pytest.approx(expected)


# Behaviour, of every metric there is


@ALL
def test_halves_of_one_set_are_no_gap(metric: Metric) -> None:
    values = gaussian(3, 240, 6)
    for found in compare(metric, points(values[:120]), points(values[120:]), RESAMPLING, Stream.root(1)):
        assert found.p_value > 0.02
        assert found.baseline_low is not None
        assert found.baseline_high is not None
        assert found.same_size is not None
        spread = max(found.baseline_high - found.baseline_low, 1e-3)
        assert found.baseline_low - spread < found.same_size < found.baseline_high + spread


@ALL
def test_it_grows_with_the_shift_and_is_found_significant(metric: Metric) -> None:
    real = gaussian(0, 150, 4)
    gaps = np.array([gap(metric, real, gaussian(1, 150, 4, mean=shift)) for shift in (0.0, 0.5, 1.0, 2.0)])
    assert (np.diff(gaps, axis=0) > 0).all()
    for found in compare(metric, points(real), points(gaussian(1, 150, 4, mean=2.0)), RESAMPLING, Stream.root(1)):
        assert found.p_value == pytest.approx(0.01)
        assert found.baseline is not None
        assert abs(found.value - found.equal) > abs(found.baseline - found.equal)


@ALL
def test_order_of_points_does_not_matter(metric: Metric) -> None:
    if metric.by_group:
        pytest.skip("its folds follow the order")
    a, b = gaussian(0, 60, 4), gaussian(1, 50, 4, mean=0.5)
    order = np.random.default_rng(2).permutation(60)
    assert distance(metric, a[order], b) == pytest.approx(distance(metric, a, b), rel=1e-4, abs=1e-6)


@ALL
def test_the_same_call_gives_the_same_numbers(metric: Metric) -> None:
    a, b = points(gaussian(0, 40, 4)), points(gaussian(1, 40, 4))
    assert compare(metric, a, b, RESAMPLING, Stream.root(1)) == compare(metric, a, b, RESAMPLING, Stream.root(1))


@ALL
def test_intervals_are_of_numbers_that_can_be(metric: Metric) -> None:
    """Of few images they are wide: a share is still no less than 0 and no more than 1."""
    a, b = points(gaussian(1, 16, 4)), points(gaussian(2, 16, 4, mean=0.8))
    for i, found in enumerate(compare(metric, a, b, RESAMPLING, Stream.root(1))):
        least, most = metric.bounds[i] if metric.bounds else (-np.inf, np.inf)
        assert least <= found.low <= found.high <= most
    assert len(metric.bounds) in (0, len(metric.numbers))


@ALL
def test_too_few_images_give_nothing(metric: Metric) -> None:
    few = points(gaussian(0, metric.needs - 1, 4))
    assert compare(metric, few, points(gaussian(1, 40, 4)), RESAMPLING, Stream.root(1)) == ()


def test_there_is_no_ratio_to_a_baseline_of_nearly_nothing() -> None:
    """Real images that hardly differ, or by rounding alone, and others ten away: 10 / 1e-6 would say how alike the real ones are."""
    far = points(gaussian(1, 60, 4, mean=10))
    for deviation, has_ratio in ((1.0, True), (1e-6, False), (0.0, False)):
        (found,) = compare(METRICS["wasserstein"], points(gaussian(0, 60, 4, deviation=deviation)), far, RESAMPLING, Stream.root(1))
        assert found.has_baseline
        assert found.beyond_ratios == (not has_ratio)
        assert (found.times_baseline is not None) == has_ratio
        assert found.times_baseline is None or found.times_baseline < MOST_TIMES


@pytest.mark.parametrize("seed", range(5))
def test_there_is_no_ratio_to_a_baseline_around_zero(seed: int) -> None:
    """Unbiased MMD and KID of equal sets scatter around 0: their mean, which may be anything, is no unit."""
    real, far = points(gaussian(seed, 60, 4)), points(gaussian(seed + 50, 60, 4, mean=1))
    for name in ("mmd", "kid"):
        for found in compare(METRICS[name], real, far, RESAMPLING, Stream.root(seed)):
            assert found.baseline_low is not None
            assert found.baseline_low < 0
            assert found.times_baseline is None


@ALL
def test_constant_features_are_no_trouble(metric: Metric) -> None:
    a, b = gaussian(0, 40, 4), gaussian(1, 40, 4, mean=1)
    a[:, 2] = b[:, 2] = 0.0
    assert all(np.isfinite([e.value, e.low, e.high]).all() for e in compare(metric, points(a), points(b), RESAMPLING, Stream.root(1)))


@pytest.mark.parametrize("name", ["wasserstein", "mmd", "proxy_a", "frechet"])
def test_p_values_are_those_of_chance(name: str) -> None:
    """Under equal distributions a p value below 0.25 comes in a quarter of the cases (60 of them: 15, give or take 3.4), whatever
    the real set's own deviation did to the units."""
    small = 0
    for seed in range(60):
        values = gaussian(seed, 40, 30)
        center, unit = scale_of(values[:20], values[20:])
        scaled = (values - center) / unit
        found, *_ = compare(METRICS[name], points(scaled[:20]), points(scaled[20:]), Resampling(20, 39, 10), Stream.root(seed))
        small += found.p_value <= 0.25
    assert 5 <= small <= 26


@pytest.mark.parametrize(("name", "truth"), [("wasserstein", 0.5), ("frechet", 0.75)])
def test_intervals_hold_the_closed_form(name: str, truth: float) -> None:
    """Gaussians 0.5 apart in 3 dimensions. 95 % of 40 is 38; a fair interval misses at most 6 nearly always. The Frechet distance
    lies above the truth by its bias, which is small at 1,000 images."""
    held = 0
    for seed in range(40):
        a, b = gaussian(2 * seed, 1000, 3), gaussian(2 * seed + 1, 1000, 3, mean=0.5)
        (found,) = compare(METRICS[name], points(a), points(b), Resampling(60, 19, 10), Stream.root(seed))
        held += found.low <= truth <= found.high
    assert held >= 34


def test_crops_of_one_image_are_drawn_together() -> None:
    """Ten identical crops an image are worth one: taken for independent, equal distributions would look different."""
    small = 0
    for seed in range(30):
        values, image = np.repeat(gaussian(seed, 24, 3), 10, axis=0), np.repeat(np.arange(24), 10)
        sides = Points(values[:120], image[:120]), Points(values[120:], image[120:])
        (found,) = compare(METRICS["wasserstein"], *sides, Resampling(20, 39, 10), Stream.root(seed))
        small += found.p_value <= 0.05
    assert small <= 6


def test_blocks_average_to_the_whole() -> None:
    a, b = gaussian(0, 3000, 3), gaussian(1, 2000, 3, mean=0.4)
    metric = METRICS["kid"]
    assert full_value(metric, points(a), points(b), Stream.root(1)) == pytest.approx(distance(metric, a, b), rel=0.1)


def test_units_are_the_real_set_s_deviation_and_never_nothing() -> None:
    real = np.column_stack([gaussian(0, 100, 1, deviation=5), np.full(100, 3.0), np.zeros(100)])
    made = np.column_stack([gaussian(1, 100, 1), np.full(100, 4.0), np.zeros(100)])
    center, unit = scale_of(real, made)
    assert center[1] == 3.0
    assert unit == pytest.approx([real[:, 0].std(), 0.05, 1.0])


def test_an_unknown_metric_is_told() -> None:
    with pytest.raises(ConfigError, match=r'there is no metric "mmds"\. Did you mean "mmd"'):
        metrics_named(["mmds"])
