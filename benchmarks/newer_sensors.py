"""Fused NDVI of runs of the virtual basin with other sensors, against the truth: RMSE, bias, step.

`python benchmarks/newer_sensors.py results/modis results/viirs` takes finished runs (to
ndvi/fusion_by_date.csv) and prints, on the dates of the truth that all of them have, RMSE and mean error of
each and by year, the share of cells within 1.645 standard errors, and the step: mean error of the dates
within 90 days after the turn of each year minus that of the dates within 90 days before.
Run with OMP_NUM_THREADS=1 and PYTHONPATH=workflow_scripts.
"""

import argparse
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from nppdrivers import rasters
from nppdrivers.dated_bands import DatedBands
from nppdrivers.grid import Grid

STEP_DAYS = 90


class Run:
    """Fused NDVI, its standard error and the truth of a finished run."""

    def __init__(self, folder: Path) -> None:
        self.name = folder.name
        self.grid = Grid.load(folder / "grid" / "grid.json")
        self.area = rasters.read_mask(folder / "grid" / "study_area.tif", self.grid)
        fused = sorted((folder / "ndvi" / "fused").glob("????????_????????.tif"))
        self.fused = DatedBands(fused)
        self.errors = DatedBands([path.with_name(f"{path.stem}_sd.tif") for path in fused])

    def against(self, truth: DatedBands, dates: list[date]) -> tuple[np.ndarray, np.ndarray]:
        """Error and standard error (dates, cells of the study area) on these dates."""
        fused, errors, true = (bands.read(dates, self.grid) for bands in (self.fused, self.errors, truth))
        return (fused - true)[:, self.area], errors[:, self.area]


def step(error: np.ndarray, dates: list[date], change: date) -> float:
    """Mean error after a day minus that before it."""
    near = timedelta(STEP_DAYS)
    before = [change - near <= day < change for day in dates]
    after = [change <= day < change + near for day in dates]
    return float(np.nanmean(error[after]) - np.nanmean(error[before]))


def main() -> None:
    """Print a row for each run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--truth", type=Path, help="folder of the true NDVI; by default of the first run")
    given = parser.parse_args()
    runs = [Run(folder) for folder in given.folders]
    truth = DatedBands(sorted((given.truth or given.folders[0] / "truth" / "ndvi").glob("*.tif")))
    dates = sorted(set(truth.dates).intersection(*(run.fused.dates for run in runs)))
    years = sorted({day.year for day in dates})
    for run in runs:
        error, spread = run.against(truth, dates)
        by_year = [error[[day.year == year for day in dates]] for year in years]
        print(
            f"{run.name}: {len(dates)} dates, RMSE {np.sqrt(np.nanmean(error**2)):.4f}",
            f"mean error {np.nanmean(error):+.4f}",
            f"within 1.645 standard errors {np.nanmean(np.abs(error) < 1.645 * spread):.3f}",
            *(f"{year}: {np.sqrt(np.nanmean(e**2)):.4f}" for year, e in zip(years, by_year, strict=True)),
            *(f"step {year}: {step(error, dates, date(year, 1, 1)):+.4f}" for year in years[1:]),
            sep=", ",
        )


if __name__ == "__main__":
    main()
