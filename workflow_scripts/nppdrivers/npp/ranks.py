"""How much the order of the cells of a map depends on the choices of CASA."""

import numpy as np
import pandas as pd


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
        # of the doubled ranks of each member with those of the reference, and with themselves; of the
        # reference's: whole numbers, whose sums are the same in any order
        self._products, self._squares = np.zeros((2, *self._members.shape[:2]), np.int64)
        self._own_square = 0

    def add(
        self,
        yields: np.ndarray,
        epsilon: np.ndarray,
        reference: np.ndarray,
        sampled: slice = slice(None),
    ) -> np.ndarray:
        """Rank further cells; those of the sample are to be added too.

        Parameters
        ----------
        yields, epsilon, reference
            As of the sample, at n cells.
        sampled
            Those of the cells that belong to the sample: they count for the rank correlation.

        Returns
        -------
        (n,) array
            Standard deviation over the E K members of the percentile rank, 0 (lowest NPP) to 100 [%]. A
            common scale, as of radiation, moves no rank.
        """
        own = _doubled_ranks(reference, self._reference)
        self._own_square += int(own[sampled] @ own[sampled])
        first, second = np.zeros((2, own.size))
        for e, efficiency in enumerate(epsilon):
            for k, light_yield in enumerate(yields):
                doubled = _doubled_ranks(efficiency * light_yield, self._members[e, k])
                self._products[e, k] += doubled[sampled] @ own[sampled]
                self._squares[e, k] += doubled[sampled] @ doubled[sampled]
                rank = doubled / 2
                first += rank
                second += rank**2
        members = self._products.size
        variance = np.maximum(second / members - (first / members) ** 2, 0.0)
        return 100.0 * np.sqrt(variance) / max(self._reference.size - 1, 1)

    def sums(self) -> pd.DataFrame:
        """Whole numbers by member, to be added to those of other cells: product, square, own_square."""
        columns = {"product": self._products.ravel(), "square": self._squares.ravel()}
        return pd.DataFrame(columns | {"own_square": self._own_square}).rename_axis("member")


def rank_correlation(sums: pd.DataFrame) -> np.ndarray:
    """Rank correlation of each member with the reference (E K,) [1], over the cells of the sample.

    Parameters
    ----------
    sums
        Of a `RankAgreement` to which the sample was added, or of several with a part of it each, added.
    """
    norm = np.sqrt(sums["square"].astype(float) * sums["own_square"].astype(float))
    return (sums["product"] / norm.where(norm > 0)).to_numpy()


def _doubled_ranks(values: np.ndarray, ordered: np.ndarray) -> np.ndarray:
    """Twice the ranks among ordered values less the mean of all ranks; equal values share a rank."""
    below, not_above = (np.searchsorted(ordered, values, side=side) for side in ("left", "right"))
    return below + not_above - ordered.size
