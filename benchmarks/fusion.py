"""The fusion stage on given data: whether the consistency switch pays, what gaps cost, what a fire leaves.

`python benchmarks/fusion.py consistency FOLDER` prints RMSE of NDVI on the test set of Zhu et al. (2010) by
window of the switch (files tm0524, tm0711, tm0812 and modis0524 ...: int16, 3 bands, 400 x 400).
`python benchmarks/fusion.py gaps RUN` fuses the intervals of a finished run of the virtual basin (the folder
with grid, ndvi and truth) twice, once with 30 % of the cells of every fine and coarse image taken away at
random, and prints errors against the truth. `--every 4` takes each fourth interval, `--cells 200` the central
200 x 200 cells.
`python benchmarks/fusion.py fire FOLDER` prints, for each composite around a forest fire between two Landsat
images (landsat*_YYYY-MM-DD_*.tif of blue to near infrared, MOD13Q1*NDVI.tif), NDVI in the scar minus that of
a ring around it. Run with OMP_NUM_THREADS=1 and PYTHONPATH=workflow_scripts.
"""

import argparse
import re
import time
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import rasterio
from rasterio.warp import Resampling, reproject
from scipy import ndimage

from nppdrivers import rasters
from nppdrivers.dated_bands import DatedBands, day_numbers
from nppdrivers.fusion.base_images import SOURCES, select_base_images
from nppdrivers.fusion.interval import fuse_interval
from nppdrivers.fusion.interval_images import REACH, clear_days
from nppdrivers.fusion.settings import FusionSettings
from nppdrivers.fusion.time_interpolation import coarse_on_date, fill_pinholes
from nppdrivers.fusion.windows import coarse_cell
from nppdrivers.grid import Grid
from nppdrivers.images.coarse_products import pixel_width_m

GAPS = 0.3
SELECTION = {"min_clear_share": 0.8, "images_per_side": 5}  # as in config/config.yaml
GREEN = 0.4  # mean NDVI of a composite in the growing season


def rmse(a: np.ndarray, b: np.ndarray) -> float:
    """Root mean square difference."""
    return float(np.sqrt(np.nanmean((a.astype(float) - b) ** 2)))


def print_consistency(folder: Path) -> None:
    """RMSE on the withheld date by window of the consistency correction."""
    images = {}
    for path in folder.glob("*[0-9]"):
        bands = np.maximum(np.fromfile(path, "<i2").reshape(3, 400, 400).astype(float), 1.0)
        images[path.name] = (bands[2] - bands[1]) / (bands[2] + bands[1])
    before, after = ([(images[f"tm{day}"], images[f"modis{day}"])] for day in ("0524", "0812"))
    for window in (None, 17, 33, 51):
        settings = FusionSettings(consistency_window=window)
        fused, _ = fuse_interval(before, after, images["modis0711"][None], settings)
        print(f"consistency window {window}: RMSE {rmse(fused[0], images['tm0711']):.4f}")


def with_gaps(images: np.ndarray, dates: list[date], seed: int) -> np.ndarray:
    """Images that lack 30 % of their cells, each date's own ones."""
    holes = [np.random.default_rng((seed, day.toordinal())).random(images.shape[1:]) < GAPS for day in dates]
    return np.where(holes, np.float32(np.nan), images)


class Run:
    """Images of a finished run."""

    def __init__(self, folder: Path, cells: int) -> None:
        self.grid = Grid.load(folder / "grid" / "grid.json")
        self.part = tuple(
            slice(max(0, side // 2 - cells // 2), side // 2 + cells // 2) for side in self.grid.shape
        )
        self.inside = rasters.read_mask(folder / "grid" / "study_area.tif", self.grid)[self.part]
        names = {
            "fine": "ndvi/landsat/*.tif",
            "coarse": "ndvi/coarse/????.tif",
            "day": "ndvi/coarse/*_day.tif",
        }
        names["truth"] = "truth/ndvi/*.tif"
        self.series = {name: DatedBands(sorted(folder.glob(pattern))) for name, pattern in names.items()}
        images = clear_days(sorted(folder.glob("ndvi/landsat/*.csv")))
        self.intervals = select_base_images(images, self.series["coarse"].dates, **SELECTION)

    def read(self, name: str, dates: list[date]) -> np.ndarray:
        """Images of a series, the part wanted, (dates, height, width)."""
        return self.series[name].read(dates, self.grid, self.part[0])[:, :, self.part[1]]

    def fuse(self, interval: pd.Series, gaps: bool) -> tuple[np.ndarray, np.ndarray, list[date]]:
        """Fused NDVI and sources of the study area, (dates, cells), and the dates."""
        sides = [[date.fromisoformat(day) for day in interval[side]] for side in ("before", "after")]
        first, last = interval["first_date"].date(), interval["last_date"].date()
        dates = [day for day in self.series["coarse"].dates if first <= day <= last]
        base = sides[0] + sides[1]
        begin, end = min(base + dates) - REACH, max(base + dates) + REACH
        near = [day for day in self.series["coarse"].dates if begin <= day <= end]
        coarse, fine = self.read("coarse", near), self.read("fine", base)
        if gaps:
            coarse, fine = with_gaps(coarse, near, 1), with_gaps(fine, base, 2)
        coarse = fill_pinholes(coarse, coarse_cell(pixel_width_m(["MOD13Q1"]), self.grid.cell_size_m))
        coarse = coarse_on_date(coarse, self.read("day", near), day_numbers(base + dates))
        pairs = list(zip(fine, coarse, strict=False))
        before, after = pairs[: len(sides[0])], pairs[len(sides[0]) :]
        fused, source = fuse_interval(before, after, coarse[len(base) :], FusionSettings(coarse_window=17))
        return fused[:, self.inside], source[:, self.inside], dates


def print_gaps(folder: Path, every: int, cells: int) -> None:
    """Errors against the truth with and without gaps, missing cells, and what the cells were made from."""
    run, begin, errors = Run(folder, cells), time.process_time(), []
    chosen = [interval for _, interval in run.intervals.iterrows()][::every]
    for gaps in (False, True):
        squares = number = missing = 0.0
        codes = np.zeros(len(SOURCES))
        for interval in chosen:
            fused, source, dates = run.fuse(interval, gaps)
            error = fused - run.read("truth", dates)[:, run.inside]
            squares += np.nansum(error.astype(float) ** 2)
            number += np.isfinite(error).sum()
            missing += np.isnan(fused).sum()
            codes += np.bincount(source.ravel(), minlength=len(SOURCES))
        errors.append(np.sqrt(squares / number))
        print(f"{'30 % gaps' if gaps else 'whole'}: RMSE {errors[-1]:.4f}, {missing:.0f} missing; made from")
        for name, share in zip(SOURCES.values(), 100 * codes / codes.sum(), strict=True):
            print(f"   {share:5.1f} % {name}")
    print(f"{len(chosen)} of {len(run.intervals)} intervals, ratio {errors[1] / errors[0]:.3f}, ", end="")
    print(f"{time.process_time() - begin:.0f} CPU s")


class Fire:
    """Two Landsat images, the composites around them on their grid, the scar and a ring around it."""

    def __init__(self, folder: Path) -> None:
        paths = sorted(folder.glob("landsat*.tif"))
        self.base_days = [date.fromisoformat(re.search(r"\d{4}-\d\d-\d\d", path.name)[0]) for path in paths]
        self.fine = []
        for path in paths:
            with rasterio.open(path) as file:
                bands, self.profile = file.read([1, 2, 3, 4]).astype(np.float32), file.profile
            ndvi = (bands[3] - bands[2]) / (bands[3] + bands[2])
            self.fine.append(np.where((bands > 0).all(axis=0), ndvi, np.nan))
        composites = sorted(folder.glob("MOD13Q1*NDVI.tif"))
        self.coarse = np.stack([self.on_grid(path) for path in composites])
        self.days = [datetime.strptime(path.name.split(".")[1], "A%Y%j").date() for path in composites]
        self.scar = ndimage.binary_erosion(self.fine[0] - self.fine[1] > 0.3, iterations=2)
        away = ndimage.distance_transform_edt(~self.scar)
        self.ring = (away > 10) & (away <= 25)

    def on_grid(self, path: Path) -> np.ndarray:
        """A composite on the grid of the Landsat images."""
        out = np.full(self.fine[0].shape, np.nan, np.float32)
        with rasterio.open(path) as file:
            values = file.read(1)
            source = np.where(values == file.nodata, np.nan, values * 1e-4).astype(np.float32)
            grids = {"src_transform": file.transform, "src_crs": file.crs}
        grids |= {"dst_transform": self.profile["transform"], "dst_crs": self.profile["crs"]}
        reproject(source, out, src_nodata=np.nan, resampling=Resampling.bilinear, **grids)
        return out

    def contrast(self, image: np.ndarray) -> float:
        """Mean in the scar minus that in the ring."""
        return float(np.nanmean(image[self.scar]) - np.nanmean(image[self.ring]))

    def fuse(self) -> np.ndarray:
        """All composites fused, the ones before, between and after the Landsat images apart."""
        middle = np.array([day.toordinal() + 8 for day in self.days])
        base = [day.toordinal() for day in self.base_days]
        coarse = coarse_on_date(self.coarse, middle, base)
        first, last = ([pair] for pair in zip(self.fine, coarse, strict=True))
        part = np.searchsorted(base, middle, side="right")
        sides = (([], first + last), (first, last), (last + first, []))
        images = (fuse_interval(*side, self.coarse[part == i])[0] for i, side in enumerate(sides))
        return np.concatenate(list(images))


def print_fire(folder: Path) -> None:
    """Contrast of the scar with its ring on each composite, MODIS and fused, and cells low without reason."""
    fire = Fire(folder)
    middle = np.array([day.toordinal() + 8 for day in fire.days])
    for day, fine in zip(fire.base_days, fire.fine, strict=True):
        coarse = coarse_on_date(fire.coarse, middle, day.toordinal())
        print(f"{day}: contrast Landsat {fire.contrast(fine):+.3f}, MODIS {fire.contrast(coarse):+.3f}")
    print("composite  mean  MODIS   fused   off     < -0.2")
    worst = {True: 0.0, False: 0.0}
    for day, coarse, fused in zip(fire.days, fire.coarse, fire.fuse(), strict=True):
        off, low = fire.contrast(fused) - fire.contrast(coarse), (fused < -0.2) & (coarse > 0)
        green = bool(np.nanmean(coarse) > GREEN)
        worst[green] = max(worst[green], abs(off))
        seen, made = fire.contrast(coarse), fire.contrast(fused)
        print(f"{day:%Y%j}  {np.nanmean(coarse):+.2f}  {seen:+.3f}  {made:+.3f}  {off:+.3f}  {low.sum():5d}")
    print(f"largest difference: growing season {worst[True]:.3f}, other composites {worst[False]:.3f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("consistency", "gaps", "fire"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--every", type=int, default=1, help="take each n-th interval")
    parser.add_argument("--cells", type=int, default=10**6, help="side of the square taken from the middle")
    arguments = parser.parse_args()
    if arguments.what == "gaps":
        print_gaps(arguments.folder, arguments.every, arguments.cells)
    else:
        {"consistency": print_consistency, "fire": print_fire}[arguments.what](arguments.folder)
