"""How much the order of the cells of a map depends on the choices of CASA."""

import numpy as np


class RankAgreement:
    """How much the rank of a cell in the map depends on the choices.

    Ranks are those among the cells of a sample, which may be all cells: a large map is never sorted.

    Parameters
    ----------
    yields : (K, m) array
        At the cells of the sample [MJ m-2 yr-1], without NaN.
    epsilon : (E, m) array
        [gC MJ-1]
    reference : (m,) array
        NPP of the run [gC m-2 yr-1].
    """

    def __init__(self, yields: np.ndarray, epsilon: np.ndarray, reference: np.ndarray) -> None:
        self._reference = np.sort(reference)
        self._members = np.sort(np.asarray(epsilon)[:, np.newaxis] * np.asarray(yields), axis=-1)
        # of the ranks of each member with those of the reference, and with themselves; of the reference's
        self._products, self._own_square = np.zeros((2, *self._members.shape[:2])), 0.0

    def add(self, yields: np.ndarray, epsilon: np.ndarray, reference: np.ndarray) -> np.ndarray:
        """Rank further cells; those of the sample are to be added too.

        Parameters
        ----------
        yields, epsilon, reference
            As of the sample, at n cells.

        Returns
        -------
        (n,) array
            Standard deviation over the E K members of the percentile rank, 0 (lowest NPP) to 100 [%]. A
            common scale, as of radiation, moves no rank.
        """
        own = _centred_ranks(reference, self._reference)
        self._own_square += own @ own
        first, second = np.zeros((2, own.size))
        for e, efficiency in enumerate(epsilon):
            for k, light_yield in enumerate(yields):
                rank = _centred_ranks(efficiency * light_yield, self._members[e, k])
                first += rank
                second += rank**2
                self._products[:, e, k] += rank @ own, rank @ rank
        members = self._products[0].size
        variance = np.maximum(second / members - (first / members) ** 2, 0.0)
        return 100.0 * np.sqrt(variance) / max(self._reference.size - 1, 1)

    @property
    def spearman(self) -> np.ndarray:
        """Rank correlation of each member with the reference (E, K) [1], of the cells added."""
        product, square = self._products
        norm = np.sqrt(square * self._own_square)
        return np.where(norm > 0, product / np.where(norm > 0, norm, 1), np.nan)


def _centred_ranks(values: np.ndarray, ordered: np.ndarray) -> np.ndarray:
    """Ranks among ordered values less the mean of all ranks; equal values share the mean of their ranks."""
    below, not_above = (np.searchsorted(ordered, values, side=side) for side in ("left", "right"))
    return (below + not_above - ordered.size) / 2
