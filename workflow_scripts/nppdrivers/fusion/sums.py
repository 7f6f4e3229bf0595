"""Sums over cells that describe a fused interval, and the tables made from them.

All sums are whole numbers, of cells or of steps of 2^-30: in any order and by any tiles they are the same.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from nppdrivers.fusion.base_images import SOURCES
from nppdrivers.fusion.blocks import FusedBlock

STEP = 2.0**-30  # of NDVI; squares of 100 million cells still fit into 64 bits


def sums_of_block(block: FusedBlock, inside: np.ndarray) -> pd.DataFrame:
    """Sums over the cells of a block inside the study area, one row a date.

    Parameters
    ----------
    block : fused block
    inside : study area, (rows, width) of the block

    Returns
    -------
    DataFrame
        cells; cells by source, under its name; bias (sum of fine less coarse on the base dates [steps]);
        residual_cells, residual and residual_squares (number, sum and sum of squares of the residual at the
        coarse scale [steps]).
    """
    source, residual = block.source[:, inside], block.residual()[:, inside]
    known = np.isfinite(residual)
    residual = np.where(known, residual, 0.0)
    sums = {"cells": np.full(len(source), inside.sum())}
    sums |= {name: (source == code).sum(axis=1) for code, name in SOURCES.items()}
    sums["bias"] = np.full(len(source), _in_steps(block.bias()[inside]).sum())
    sums["residual_cells"] = known.sum(axis=1)
    sums["residual"] = _in_steps(residual).sum(axis=1)
    sums["residual_squares"] = _in_steps(residual**2).sum(axis=1)
    return pd.DataFrame(sums)


def _in_steps(values: np.ndarray) -> np.ndarray:
    return np.rint(values / STEP).astype(np.int64)


def add_sums(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Sums of parts of a scene; the index, or dates in it, are those of each part."""
    total, *others = parts
    for part in others:
        total = total + part
    return total


def shares_of_sources(sums: pd.DataFrame) -> pd.DataFrame:
    """Share [%] of the study area by source, one row a date."""
    return sums[list(SOURCES.values())].div(sums["cells"], axis=0) * 100


def residuals(sums: pd.DataFrame) -> pd.DataFrame:
    """Mean bias between the sensors, mean and RMS of the residual at the coarse scale, one row a date."""
    number = sums["residual_cells"].where(sums["residual_cells"] > 0)
    return pd.DataFrame(
        {
            "sensor_bias": sums["bias"] * STEP / sums["cells"],
            "residual_mean": sums["residual"] * STEP / number,
            "residual_rms": np.sqrt(sums["residual_squares"] * STEP / number),
        }
    )
