"""Random fields and named random streams: the same seed and name always give the same draw."""

import zlib
from functools import lru_cache
from typing import NamedTuple

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
    return _field(rng, shape, Spectrum(length_cells), 3 * length_cells)


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
    return _field(rng, shape, Spectrum(longest_cells, slope), min(longest_cells, max(shape)))


def skip_fractal(rng: np.random.Generator, shape: tuple[int, int], longest_cells: float) -> None:
    """Draw what `fractal` draws, for what the generator draws next, where the field itself is not wanted."""
    rng.standard_normal(_padded(shape, min(longest_cells, max(shape))), dtype=np.float32)


class Spectrum(NamedTuple):
    """Amplitudes of a field: those of a Gaussian of this length [cells], or of a power law of this slope."""

    length: float
    slope: float | None = None

    def amplitude(self, k: np.ndarray) -> np.ndarray:
        """Amplitude at wave numbers [1 / cell]."""
        if self.slope is None:
            return np.exp(-((np.pi * self.length * k) ** 2) / 2)
        return (k**2 + 1 / self.length**2) ** (-self.slope / 2)


def _field(rng: np.random.Generator, shape: tuple[int, ...], spectrum: Spectrum, margin: float) -> np.ndarray:
    """White noise filtered in the frequency domain; the margin keeps opposite borders independent."""
    rows, columns = _padded(shape, margin)
    waves = fft.rfft2(rng.standard_normal((rows, columns), dtype=np.float32))
    waves *= _filter(rows, columns, spectrum)
    field = fft.irfft2(waves, (rows, columns))[: shape[0], : shape[1]]
    field = field - field.mean()
    return field / np.sqrt(np.mean(field**2))


def _padded(shape: tuple[int, ...], margin: float) -> tuple[int, int]:
    """Rows and columns with the margin, as many as are transformed quickly."""
    rows, columns = (fft.next_fast_len(int(n + min(margin, 2 * n)), real=True) for n in shape)
    return rows, columns


@lru_cache(maxsize=8)  # fields of one kind are drawn for every scene and every day
def _filter(rows: int, columns: int, spectrum: Spectrum) -> np.ndarray:
    """Amplitudes of all waves of a field but the mean."""
    wave = np.hypot(fft.fftfreq(rows)[:, None], fft.rfftfreq(columns)[None, :])
    amplitude = spectrum.amplitude(wave).astype(np.float32)
    amplitude[0, 0] = 0
    return amplitude


def rank(values: np.ndarray) -> np.ndarray:
    """Share of all values that are smaller, 0 to 1, shaped like the values."""
    order = np.argsort(values, axis=None, kind="stable")
    share = np.empty(values.size, np.float32)
    share[order] = np.linspace(0, 1, values.size, dtype=np.float32)
    return share.reshape(values.shape)
