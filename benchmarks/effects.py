"""How often intervals of effects hold what was planted in the virtual basin, and how often none is called.

Run:  OMP_NUM_THREADS=1 NUMBA_NUM_THREADS=1 PYTHONPATH=workflow_scripts python benchmarks/effects.py

Basins of ten seeds with mines that open, close and are reclaimed; NPP is the truth plus an error of its own
in each year, as large and smooth as one run on the virtual basin had. Placebos are the shapes and years of
the same mines on land where nothing happened.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.ndimage import distance_transform_edt

from nppdrivers.change.effects import tables
from nppdrivers.change.events import EVENTS
from nppdrivers.change.gaps import Rules
from nppdrivers.change.land import TERRAIN, Land, cells_of, land_of_controls, slope_of
from nppdrivers.change.planted import EFFECT, HIGH, LOW, PLANTED, held, with_planted
from nppdrivers.grid import Grid
from nppdrivers.impact import fake_places
from nppdrivers.virtual_basin import landscape
from nppdrivers.virtual_basin.landscape import CELL_M
from nppdrivers.virtual_basin.mining import hazards
from nppdrivers.virtual_basin.mining.histories import draw_histories, with_years
from nppdrivers.virtual_basin.noise import smooth, stream
from nppdrivers.virtual_basin.truth import Truth, simulate_truth
from nppdrivers.virtual_basin.weather import simulate_weather

ERROR, SMOOTH_CELLS = (
    38.0,
    3.0,
)  # standard deviation [gC m-2 yr-1], half of its variance smooth over these cells
RULES = Rules(distance_m=150, block_m=250, caliper=1.0, fakes=99)


def basin(seed: int, size: float, years: range) -> tuple[landscape.Landscape, gpd.GeoDataFrame, Truth]:
    """Landscape, mines with their years, and truth."""
    land = landscape.build(size, seed)
    survey = hazards.survey(land, seed)
    histories = draw_histories(years, seed)
    truth = simulate_truth(land, survey, simulate_weather(years[0], years[-1], seed), years, seed, histories)
    mines = with_years(survey.mines, histories)
    mines[list(EVENTS)] = mines[list(EVENTS)].astype(float)
    return land, mines, truth


def observed(npp: np.ndarray, seed: int) -> np.ndarray:
    """NPP (T, H, W) with an error that is new in each year."""
    errors = [
        (smooth(rng, npp.shape[1:], SMOOTH_CELLS) + rng.standard_normal(npp.shape[1:])) / np.sqrt(2)
        for rng in (stream(seed, "error", year) for year in range(len(npp)))
    ]
    return (npp + ERROR * np.stack(errors)).astype(np.float32)


def seen_land(
    land: landscape.Landscape, mines: gpd.GeoDataFrame, truth: Truth, years: range, seed: int
) -> Land:
    """The land as the stage sees it."""
    area = gpd.GeoSeries([land.outline], crs=mines.crs)
    free = cells_of(land_of_controls(area, mines.geometry, RULES.distance_m), land.domain) & land.inside
    npp = observed(truth.npp, seed)
    npp[:, ~land.inside] = np.nan
    seen = Land.empty(years, TERRAIN, list(land.soil), free, CELL_M)
    terrain = land.elevation, slope_of(land.elevation, CELL_M)
    seen.fill(npp, land.land_cover, [*terrain, *land.soil.values()])
    return seen


def placebos(
    land: Land, places: pd.DataFrame, mask_of: Callable[[int], np.ndarray], seed: int
) -> pd.DataFrame:
    """Effects of the years of the mines in places of their shape where nothing happened."""
    found = []
    for number in range(len(places)):
        for laid in fake_places(mask_of(number), land.free & land.usable, 1, stream(seed, "placebo", number)):
            mask = np.zeros(land.free.shape, bool)
            mask[laid] = True
            apart = distance_transform_edt(~mask) * CELL_M > RULES.distance_m
            other = replace(land, free=land.free & apart)
            found.append(
                tables(other, places.iloc[[number]], lambda _, mask=mask: mask, RULES, seed)["effects"]
            )
    return pd.concat(found)


def main(seeds: int, size: float, years: range) -> None:
    """Print the shares."""
    real, none, lost, start = [], [], 0, time.process_time()
    for seed in range(seeds):
        land, mines, truth = basin(seed, size, years)
        begin = time.process_time()
        seen = seen_land(land, mines, truth, years, seed)
        places = pd.DataFrame(mines.drop(columns="geometry")).assign(kind="mines")
        places = places[places[list(EVENTS)].notna().any(axis=1)].reset_index(drop=True)
        shapes = mines.geometry[mines[list(EVENTS)].notna().any(axis=1)].reset_index(drop=True)

        def mask_of(number: int, shapes: gpd.GeoSeries = shapes, grid: Grid = land.domain) -> np.ndarray:
            return cells_of(shapes[[number]], grid)

        effects = tables(seen, places, mask_of, RULES, seed)["effects"]
        spent = time.process_time() - begin
        events = mines.set_index("name")[list(EVENTS)]
        real.append(with_planted(effects, events, truth.planted, np.array(years)).assign(seed=seed))
        lost += len(effects) - len(real[-1])
        none.append(placebos(seen, places, mask_of, seed).assign(seed=seed))
        print(f"seed {seed}: {len(effects)} events, {spent:.1f} CPU-s for {len(places)} mines", flush=True)
    print(f"{lost} events without controls")
    report(pd.concat(real), pd.concat(none))
    print(f"{time.process_time() - start:.0f} CPU-s in all")


def report(known: pd.DataFrame, none: pd.DataFrame) -> None:
    """Print how often intervals hold the planted effect, and how often placebos are called effects."""
    print(f"{len(known)} events; median fakes {known['fakes'].median():.0f}")
    for compared, rows in known.groupby("compared"):
        error = np.sqrt(((rows[EFFECT] - rows[PLANTED]) ** 2).mean())
        print(
            f"{compared}: {len(rows)} events, intervals hold the planted effect in "
            f"{100 * held(rows).mean():.0f} %, median width {(rows[HIGH] - rows[LOW]).median():.0f}, "
            f"median size planted {rows[PLANTED].abs().median():.0f}, RMS error {error:.0f}"
        )
    before = known[known["compared"] == "before and after"]
    polygons = held(before).groupby([before["seed"], before["name"]]).mean()
    print(f"{len(polygons)} polygons, planted effects held in {100 * polygons.mean():.0f} % of them")
    for compared, rows in none[np.isfinite(none[EFFECT])].groupby("compared"):
        called = 100 * (rows["p"] <= 0.05).mean()
        print(f"placebos, {compared}: {len(rows)}, called effects (p <= 0.05) {called:.1f} %")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--size", type=float, default=0.3, help="of the basin")
    parser.add_argument("--years", type=int, nargs=2, default=(2008, 2015), help="first and last year")
    arguments = parser.parse_args()
    main(arguments.seeds, arguments.size, range(arguments.years[0], arguments.years[1] + 1))
