"""Random fields and named random streams: the same seed and name always give the same draw."""

import zlib
from collections.abc import Callable

import numpy as np
from scipy import fft


def stream(seed: int, *names: object) -> np.random.Generator:
    """Generator of its own for everything that has a name, so that one part never shifts another's draws."""
    return np.random.default_rng([seed, *(zlib.crc32(str(name).encode()) for name in names)])


def smooth(rng: np.random.Generator, shape: tuple[int, int], length_cells: float) -> np.ndarray:
    """Gaussian random field of mean 0 and standard deviation 1, correlation exp(-(h / length)^2).

    Parameters
    ----------
    rng : Generator
    shape : (rows, columns)
    length_cells : float
        Distance at which the correlation has fallen to 1/e [cells].

    Returns
    -------
    (rows, columns) float32 [1]
    """
    return _field(rng, shape, lambda k: np.exp(-((np.pi * length_cells * k) ** 2) / 2), 3 * length_cells)


def fractal(
    rng: np.random.Generator, shape: tuple[int, int], longest_cells: float, slope: float = 1.9
) -> np.ndarray:
    """Power-law random field of mean 0 and standard deviation 1.

    The amplitude falls as (k^2 + 1 / longest^2)^(-slope / 2) with the wave number k: details at every scale
    below `longest_cells`; a larger slope is smoother.

    Parameters
    ----------
    rng : Generator
    shape : (rows, columns)
    longest_cells : float
        Scale above which there is no further structure [cells].
    slope : float

    Returns
    -------
    (rows, columns) float32 [1]
    """
    return _field(
        rng, shape, lambda k: (k**2 + 1 / longest_cells**2) ** (-slope / 2), min(longest_cells, max(shape))
    )


def _field(
    rng: np.random.Generator,
    shape: tuple[int, ...],
    amplitude: Callable[[np.ndarray], np.ndarray],
    margin: float,
) -> np.ndarray:
    """White noise filtered in the frequency domain; the margin keeps opposite borders independent."""
    padded = [fft.next_fast_len(int(n + min(margin, 2 * n)), real=True) for n in shape]
    spectrum = fft.rfft2(rng.standard_normal(padded, dtype=np.float32))
    wave = np.hypot(fft.fftfreq(padded[0])[:, None], fft.rfftfreq(padded[1])[None, :])
    spectrum *= amplitude(wave).astype(np.float32)
    spectrum[0, 0] = 0
    field = fft.irfft2(spectrum, padded)[: shape[0], : shape[1]]
    return ((field - field.mean()) / field.std()).astype(np.float32)


def rank(values: np.ndarray) -> np.ndarray:
    """Share of all values that are smaller, 0 to 1, shaped like the values."""
    order = np.argsort(values, axis=None, kind="stable")
    share = np.empty(values.size, np.float32)
    share[order] = np.linspace(0, 1, values.size, dtype=np.float32)
    return share.reshape(values.shape)
