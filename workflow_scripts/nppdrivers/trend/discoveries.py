"""Which of many tests count: the false discovery rate of a field."""

import numpy as np


def discoveries(p: np.ndarray, rate: float = 0.05) -> tuple[np.ndarray, float]:
    """Tests that count at this false discovery rate.

    The largest p-value with ``p_(i) <= i rate / m``, sorted ascending, and all below it.

    Parameters
    ----------
    p : array
        p-values of all tests of the field [0 to 1]; NaN is no test.
    rate : float
        Share of the discoveries that may be false [0 to 1].

    Returns
    -------
    found : bool array, shaped like p
    threshold : float
        Largest p-value that counts; 0 where none does.

    References
    ----------
    Benjamini & Hochberg (1995), J. R. Stat. Soc. B 57:289. Wilks (2016), Bull. Am. Meteorol. Soc. 97:2263.

    Examples
    --------
    >>> import numpy as np
    >>> from nppdrivers import trend
    >>> trend.discoveries(np.array([0.001, 0.02, 0.04, 0.9]), rate=0.05)
    (array([ True,  True, False, False]), 0.02)
    """
    p = np.asarray(p, dtype=np.float64)
    ordered = np.sort(p[np.isfinite(p)])
    below = ordered <= np.arange(1, ordered.size + 1) * rate / max(ordered.size, 1)
    if not below.any():
        return np.zeros(p.shape, dtype=bool), 0.0
    threshold = float(ordered[np.flatnonzero(below)[-1]])
    return p <= threshold, threshold
