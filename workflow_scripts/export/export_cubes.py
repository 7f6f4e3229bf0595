"""Write monthly NDVI and NPP as NetCDF files."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from nppdrivers import __version__
from nppdrivers.export.cubes import Place, Variable, write_cube
from nppdrivers.grid import Grid
from nppdrivers.job import running
from nppdrivers.period import Period

# what a value of monthly NDVI is of its month
NDVI_OF_MONTH = {"mvc": "maximum", "doy_mean": "mean"}


class Inputs(Protocol):
    """Files that the rule reads, of each series one for each year."""

    grid: str
    study_area: str
    ndvi: Sequence[str]
    observations: Sequence[str]
    npp: Sequence[str]
    annual: Sequence[str]


def export_cubes(
    inputs: Inputs, monthly_ndvi: str, period: Period, title: str, paths: Mapping[str, str]
) -> None:
    """Write NDVI with its observations, and NPP by months and years."""
    series = {
        "ndvi": [
            Variable("ndvi", inputs.ndvi, NDVI_OF_MONTH[monthly_ndvi]),
            Variable("observations", inputs.observations, "sum"),
        ],
        "npp": [Variable("npp", inputs.npp, "sum"), Variable("npp_year", inputs.annual, "sum")],
    }
    place = Place(Grid.load(inputs.grid), inputs.study_area)
    for name, path in paths.items():
        about = {"title": title, "source": f"nppdrivers {__version__}"}
        write_cube(Path(path), series[name], place, period, about)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        export_cubes(
            snakemake.input,
            snakemake.params.monthly_ndvi,
            Period(**snakemake.params.period),
            snakemake.params.title,
            dict(snakemake.output.items()),
        )
