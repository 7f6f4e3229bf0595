"""Shares of significant local correlations that maps without any relation would show."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import fft

from nppdrivers.correlation.local import local_correlation
from nppdrivers.correlation.significance import LEGEND, classify, critical_correlation, least_pairs
from nppdrivers.correlation.whole_numbers import count_classes, whole_numbers

BLOCK = 1_000_000  # values compared at a time
LEEWAY = 1e-4  # share of the cells whose class whole numbers may change by their rounding


def surrogate_maps(values: np.ndarray, rng: np.random.Generator, number: int) -> Iterator[np.ndarray]:
    """Draw random maps with the values and about the autocorrelation of another.

    The phases of the map's spectrum are replaced by those of white noise and the ranks of the outcome are
    given the values of the map, so that its distribution (also wide areas of one value) is kept exactly.

    Parameters
    ----------
    values
        Map (H, W) [any unit]; NaN outside the study area.
    rng
        Random generator.
    number
        Of surrogates.

    Yields
    ------
    (H, W) array of the type of the map
        Surrogate in its unit, NaN where the map is.

    References
    ----------
    Theiler et al. (1992), Physica D 58:77 (amplitude-adjusted Fourier surrogates).
    """
    valid = np.isfinite(values)
    known = np.sort(values[valid])
    mean = known.mean(dtype=np.float64) if known.size else np.float64(0)
    amplitude = np.abs(fft.rfft2(np.where(valid, values, mean) - mean))
    for _ in range(number):
        yield _surrogate(known, valid, amplitude, rng)


# A large map bears few copies of its spectrum: what follows works in place and drops what it has used.


def _surrogate(
    known: np.ndarray, valid: np.ndarray, amplitude: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Random map with this spectrum, about, and with these sorted values where the map is valid."""
    ranked = np.empty_like(known)
    ranked[_order(_noise(valid, amplitude, rng))] = known
    surrogate = np.full(valid.shape, np.nan, known.dtype)
    surrogate[valid] = ranked
    return surrogate


def _noise(valid: np.ndarray, amplitude: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Values (n,) of white noise that is given this spectrum, where the map is valid."""
    spectrum = fft.rfft2(rng.standard_normal(valid.shape))
    size = np.abs(spectrum)
    spectrum *= amplitude
    spectrum /= np.maximum(size, np.finfo(float).tiny, out=size)
    del size
    field = fft.irfft2(spectrum, s=valid.shape, overwrite_x=True)
    del spectrum
    return field[valid]


def _order(values: np.ndarray) -> np.ndarray:
    """Stable order of values, by the quicker sort where no two of them are equal."""
    order = np.argsort(values)
    for start in range(0, len(order), BLOCK):
        ordered = values[order[start : start + BLOCK + 1]]
        if (ordered[1:] == ordered[:-1]).any():
            del order
            return np.argsort(values, kind="stable")
    return order


def chance_shares(
    driver: np.ndarray,
    response: np.ndarray,
    *,
    window: int = 11,
    alpha: float = 0.05,
    surrogates: int = 99,
    seed: int = 0,
) -> pd.DataFrame:
    """Shares of significant windows that maps without any relation would show.

    The driver is replaced by surrogates with its values and autocorrelation; autocorrelation alone makes most
    windows of two smooth maps significant. The surrogates are counted on a scale of whole numbers, where that
    gives the classes of the driver; where it does not, as where a density fades out to values that are tiny
    against the range, they are counted as the driver is.

    Parameters
    ----------
    driver, response
        Maps (H, W); NaN outside the study area.
    window
        Side of the window [cells].
    alpha
        Two-sided level [0 to 1].
    surrogates
        Number of surrogates.
    seed
        Seed of the surrogates.

    Returns
    -------
    DataFrame
        One row a class (without undefined): name, observed [% of defined cells], chance_mean, chance_low,
        chance_high [%] (the last two 2.5 and 97.5 % quantiles of the surrogates),
        p = (1 + #{surrogate >= observed}) / (1 + surrogates).
    """
    rng = np.random.default_rng(seed)
    critical, least = critical_correlation(window**2, alpha), least_pairs(window)

    def count_mapped(x: np.ndarray) -> np.ndarray:
        codes, _ = classify(*local_correlation(x, response, window=window), alpha, least)
        return np.bincount(codes[np.isfinite(x) & np.isfinite(response)], minlength=len(LEGEND))

    def count_whole(x: np.ndarray) -> np.ndarray:
        return count_classes(x, whole_response, window, critical, least)

    counted = count_mapped(driver)
    whole, whole_response = whole_numbers(driver, window), whole_numbers(response, window)
    alike = np.abs(count_whole(whole) - counted).sum() <= LEEWAY * counted.sum()
    count, replaced = (count_whole, whole) if alike else (count_mapped, driver)
    observed = _shares(counted)
    chance = _shares(np.array([*map(count, surrogate_maps(replaced, rng, surrogates))]))
    low, high = np.nanquantile(chance, [0.025, 0.975], axis=0)
    return pd.DataFrame(
        {
            "name": list(LEGEND.values())[1:],
            "observed": observed,
            "chance_mean": np.nanmean(chance, axis=0),
            "chance_low": low,
            "chance_high": high,
            "p": (1 + (chance >= observed).sum(axis=0)) / (1 + surrogates),
        }
    )


def _shares(counts: np.ndarray) -> np.ndarray:
    """Shares [%] of the defined classes (..., 3) from counts (..., 4); NaN where no cell is defined."""
    defined = counts[..., 1:]
    total = defined.sum(axis=-1, keepdims=True)
    return np.where(total > 0, 100 * defined / np.maximum(total, 1), np.nan)
