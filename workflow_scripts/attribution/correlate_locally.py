"""Map the local correlation of NPP with one driver and where it is significant."""

from typing import Protocol

from nppdrivers import rasters
from nppdrivers.correlation import local_correlation
from nppdrivers.correlation.significance import class_shares, classify, least_pairs
from nppdrivers.grid import Grid
from nppdrivers.job import running


class Inputs(Protocol):
    """Files that the rule gives."""

    grid: str
    study_area: str
    npp: str
    driver: str


class Outputs(Protocol):
    """Files that the rule wants."""

    correlation: str
    classes: str
    shares: str


def correlate_locally(
    *, inputs: Inputs, output: Outputs, driver: str, window: int, significance: float
) -> None:
    """Write r and number of pairs (two bands), the significance class, and the area shares of the classes."""
    grid = Grid.load(inputs.grid)
    inside = rasters.read_mask(inputs.study_area, grid)
    npp = rasters.read_inside(inputs.npp, inputs.study_area, grid)
    least = least_pairs(window)
    r, n = local_correlation(npp, rasters.read(inputs.driver, grid, bands=1), window=window)
    r[~inside] = float("nan")
    classes, legend = classify(r, n, significance, least)
    stated = {"driver": driver, "window": window, "significance": significance, "least_pairs": least}
    rasters.write(output.correlation, r, grid, "local_correlation", **stated)
    rasters.write(output.classes, classes, grid, "correlation_class", legend=legend, **stated)
    class_shares(classes, legend, inside).to_csv(output.shares, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        correlate_locally(
            inputs=snakemake.input,
            output=snakemake.output,
            driver=snakemake.wildcards.driver,
            window=snakemake.params.window,
            significance=snakemake.params.significance,
        )
