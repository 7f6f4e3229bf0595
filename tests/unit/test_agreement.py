"""Agreement of predictions with observations."""

import numpy as np
import pytest
from scipy import stats

from nppdrivers.agreement import AgreementInParts, agreement, coverage_90


def test_agreement_against_definitions():
    """Each score equals its textbook form over the complete pairs."""
    rng = np.random.default_rng(1)
    observed = rng.normal(300, 80, 200)
    predicted = 0.8 * observed + 90 + rng.normal(0, 30, 200)
    observed[3], predicted[5] = np.nan, np.nan
    kept = ~np.isnan(observed) & ~np.isnan(predicted)
    p, o = predicted[kept], observed[kept]
    scores = agreement(predicted, observed)
    assert scores.n == 198
    assert scores.bias == pytest.approx(sum(p - o) / 198, rel=1e-12)
    assert scores.mae == pytest.approx(sum(abs(p - o)) / 198, rel=1e-12)
    assert scores.rmse == pytest.approx((sum((p - o) ** 2) / 198) ** 0.5, rel=1e-12)
    assert scores.r == pytest.approx(stats.pearsonr(p, o).statistic, rel=1e-12)
    # Lin (1989): concordance = correlation x bias factor of scale shift v and location shift u.
    v, u = p.std() / o.std(), (p.mean() - o.mean()) / np.sqrt(p.std() * o.std())
    assert scores.concordance == pytest.approx(scores.r * 2 / (v + 1 / v + u**2), rel=1e-12)


def test_concordance_is_one_only_for_equality():
    """Equal pairs score 1; a constant offset keeps r = 1 but lowers the concordance."""
    observed = np.array([100.0, 200.0, 300.0])
    assert agreement(observed, observed).concordance == pytest.approx(1.0, rel=1e-15)
    shifted = agreement(observed + 100, observed)
    assert shifted.r == pytest.approx(1.0, rel=1e-12)
    assert shifted.concordance == pytest.approx(2 * (2e4 / 3) / (2 * (2e4 / 3) + 1e4), rel=1e-12)


def test_agreement_of_too_few_pairs():
    """No pair gives NaN, one pair errors alone, constants no correlation; unequal shapes are refused."""
    assert np.isnan(agreement([np.nan], [1.0]).bias)
    one = agreement([3.0], [1.0])
    assert (one.n, one.bias, one.mae, one.rmse) == (1, 2.0, 2.0, 2.0)
    assert np.isnan(one.r)
    assert np.isnan(agreement([1.0, 2.0], [5.0, 5.0]).concordance)
    with pytest.raises(ValueError, match="one shape"):
        agreement([1.0], [1.0, 2.0])


def in_parts(predicted, observed, ends):
    """Agreement of pairs that are added part by part."""
    parts = AgreementInParts()
    for part in zip(np.split(predicted, ends), np.split(observed, ends), strict=True):
        parts.add(*part)
    return parts.result()


def test_agreement_in_parts_is_that_of_all():
    """Parts of any size, empty ones and ones without a pair give the scores of all pairs at once."""
    rng = np.random.default_rng(4)
    observed = rng.normal(0.5, 0.1, 300)
    predicted = observed + rng.normal(0, 0.05, 300)
    observed[:40], predicted[70] = np.nan, np.nan
    found = in_parts(predicted, observed, [20, 20, 25, 250])
    assert vars(found) == pytest.approx(vars(agreement(predicted, observed)), rel=1e-12)


@pytest.mark.parametrize(("predicted", "observed"), [([], []), ([3.0], [1.0]), ([0.1] * 9, [0.3] * 9)])
def test_agreement_in_parts_of_too_few_pairs(predicted, observed):
    """No pair, one pair and constants have no more scores in parts than at once."""
    found = in_parts(np.array(predicted), np.array(observed), [1])
    assert vars(found) == pytest.approx(vars(agreement(predicted, observed)), nan_ok=True)


def test_coverage_of_normal_errors():
    """Right standard deviations cover 90 % of normal errors, halved ones about 59 %; no error gives NaN."""
    errors = np.random.default_rng(3).normal(size=20_000)
    assert coverage_90(errors) == pytest.approx(0.9, abs=0.01)
    assert coverage_90(2 * errors) == pytest.approx(2 * stats.norm.cdf(1.6449 / 2) - 1, abs=0.01)
    assert np.isnan(coverage_90([]))
