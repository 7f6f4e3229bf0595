"""Tell how the shares of local correlations with one driver hang on the window, and what chance gives."""

import pandas as pd

from nppdrivers import rasters
from nppdrivers.correlation import local_correlation
from nppdrivers.correlation.significance import class_shares, classify, least_pairs
from nppdrivers.correlation.surrogates import chance_shares
from nppdrivers.grid import Grid
from nppdrivers.job import running


def shares_by_window(driver, npp, inside, windows, alpha):
    """Area shares of the classes for each window."""
    tables = []
    for window in windows:
        codes, legend = classify(*local_correlation(npp, driver, window=window), alpha, least_pairs(window))
        table = class_shares(codes, legend, inside)
        table.insert(0, "window", window)
        tables.append(table)
    return pd.concat(tables)


def check_local_correlation(*, inputs, output, window, windows, significance, surrogates, seed):
    """Write the shares by window, and beside those of the run's window what surrogates of the driver give."""
    grid = Grid.load(inputs.grid)
    inside = rasters.read_mask(inputs.study_area, grid)
    npp, driver = (rasters.read_inside(path, inputs.study_area, grid) for path in (inputs.npp, inputs.driver))
    shares_by_window(driver, npp, inside, windows, significance).to_csv(output.windows, index=False)
    chance = chance_shares(driver, npp, window=window, alpha=significance, surrogates=surrogates, seed=seed)
    chance.to_csv(output.chance, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        settings = dict(snakemake.params.items())
        settings.pop("code")
        check_local_correlation(inputs=snakemake.input, output=snakemake.output, **settings)
