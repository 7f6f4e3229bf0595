"""An interval fused in parts: the parts are bit for bit the whole, in memory and in files."""

import datetime as dt
import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from affine import Affine

from fusion.fuse_ndvi import fuse
from fusion.measure_scene import write_scene
from grid.gather_tiles import gather_tiles
from nppdrivers import rasters
from nppdrivers.fusion import abrupt_change, base_images, interval, interval_images
from nppdrivers.fusion.blocks import fuse_blocks
from nppdrivers.fusion.combination import Weights
from nppdrivers.fusion.scene import Scene, measure_scene
from nppdrivers.fusion.settings import FusionSettings
from nppdrivers.grid import Grid, tile_rows

GRID = Grid("EPSG:32649", Affine(100, 0, 5e5, 0, -100, 4e6), 47, 30)  # the residual's window is 5 cells
PIXEL_M = 231.656
CONFIG = {"method": "estarfm", "window": 7, "classes": 4}
SETTINGS = FusionSettings(window=7, coarse_window=5)
DATES = [dt.date(2013, 4, 1) + dt.timedelta(16 * number) for number in range(6)]


class Images:
    """Base images and coarse images of a scene in memory, as `IntervalImages` gives them."""

    def __init__(self, before, after, coarse_p):
        self.grid, self.coarse_pixel_m, self.dates = GRID, PIXEL_M, DATES[: len(coarse_p)]
        self._sides, self._coarse_p = (before, after), coarse_p

    def read(self, rows):
        """Images of some rows."""
        sides = [[(fine[:, rows], coarse[:, rows]) for fine, coarse in side] for side in self._sides]
        return *sides, self._coarse_p[:, :, rows]


def scene(bands=1, seed=0):
    """Two base images a side with clouds and a hole, dates between them, a fire; every source occurs."""
    rng = np.random.default_rng(seed)
    shape = bands, *GRID.shape
    land = rng.uniform(0.2, 0.5, shape) + np.linspace(0, 0.1, bands)[:, None, None]
    season = land * np.linspace(1, 1.4, 8)[:, None, None, None] + rng.normal(0, 0.01, (8, *shape))
    fire = np.s_[4:, -1, 10:20, 5:20]
    season[fire] *= 0.6
    coarse = (0.95 * season + rng.normal(0, 0.02, season.shape)).astype(np.float32)
    fine = season.astype(np.float32)
    fine[fire] *= 0.6  # the fine sensor sees more of it
    fine[0, :, 25:33] = fine[1, :, 30:36] = np.nan
    fine[[0, 1, 6, 7], :, 30:33, 8:20] = np.nan
    fine[[0, 1, 6, 7], :, 38:, :12] = np.nan  # wider than the windows
    fine[7, :, :, 25] = np.nan
    coarse[3, :, 44, 3] = np.nan
    before, after = ([(fine[i], coarse[i]) for i in side] for side in ((1, 0), (6, 7)))
    return before, after, coarse[2:6]


@pytest.mark.parametrize("bands", [1, 2])
@pytest.mark.parametrize("consistency", [False, True])
def test_blocks_equal_the_scene_bit_for_bit(monkeypatch, bands, consistency):
    """With gaps, a fire and every source, blocks of 9 rows give the bytes of one block."""
    settings = replace(SETTINGS, consistency_window=5 if consistency else None)
    images = Images(*scene(bands))
    whole = measure_scene(images.read, GRID.shape, SETTINGS)
    results = []
    for rows_of_block in (9, 47):
        monkeypatch.setattr(interval_images, "LEAST_BLOCK_ROWS", rows_of_block)
        monkeypatch.setattr(interval_images, "BLOCK_CELLS", 1)
        blocks = list(fuse_blocks(images, slice(0, 47), whole, settings))
        results.append(
            [
                np.concatenate([getattr(block, name) for block in blocks], axis=1)
                for name in ("fused", "source", "index_p")
            ]
            + [np.concatenate([block.residual() for block in blocks], axis=1)]
            + [np.concatenate([block.bias(7) for block in blocks])]
        )
    for parts, one in zip(*results, strict=True):
        assert parts.tobytes() == one.tobytes()
    assert set(np.unique(results[0][1])) == set(base_images.SOURCES)
    assert whole.levels.seasons
    # and both are what the plain function gives for whole arrays
    fused, source = interval.fuse_interval(*scene(bands), settings)
    np.testing.assert_array_equal(results[0][0], fused)
    np.testing.assert_array_equal(results[0][1], source)


def steep_scene():
    """As `scene`; the second image on each side has a steep gradient, and stripes that coarse pixels hide.

    The mean of any whole window departs by less than matters from that of the first image on its side: it has
    nearly as many dark rows as light ones. A window that is cut between two rows has not.
    """
    before, after, coarse_p = scene(seed=1)
    rows = np.arange(GRID.height)
    fading = np.clip(np.minimum(rows - 3, 22 - rows) / 4, 0, 1)  # towards border and clouds
    stripes = (0.18 * (-1.0) ** rows * fading).astype(np.float32)[:, None]
    gradient = np.linspace(-0.15, 0.15, GRID.width, dtype=np.float32)
    for side in (before, after):
        fine, coarse = side[1]
        side[1] = fine + stripes + gradient, coarse + gradient
    return before, after, coarse_p


def test_steep_land_in_any_tiles_is_that_of_the_scene(monkeypatch):
    """Where only cut windows depart, 1 to 5 tiles of several blocks give the bytes of one whole."""
    settings = replace(SETTINGS, consistency_window=5)
    images = Images(*steep_scene())
    shared = measure_scene(images.read, GRID.shape, SETTINGS)
    assert not {(0, 1), (2, 3)} & set(shared.levels.seasons)
    monkeypatch.setattr(interval_images, "BLOCK_CELLS", 1)
    results = []
    for tiles, rows_of_block in ((1, 47), (1, 4), (2, 5), (3, 4), (4, 4), (5, 3)):
        monkeypatch.setattr(interval_images, "LEAST_BLOCK_ROWS", rows_of_block)
        cuts = [tile_rows(f"{i}-of-{tiles}", GRID.height) for i in range(1, tiles + 1)]
        blocks = [b for rows in cuts for b in fuse_blocks(images, rows, shared, settings)]
        layers = [np.concatenate([getattr(b, name) for b in blocks], axis=1) for name in ("fused", "source")]
        results.append([*layers, np.concatenate([block.residual() for block in blocks], axis=1)])
    for parts in results[1:]:
        for part, one in zip(parts, results[0], strict=True):
            assert part.tobytes() == one.tobytes()


def test_cut_windows_do_not_decide_what_matters_in_a_scene(monkeypatch):
    """Measured in strips of 10 rows, the dates whose levels are compared are those of one strip."""
    images = Images(*steep_scene())
    whole = measure_scene(images.read, GRID.shape, SETTINGS).levels
    monkeypatch.setattr("nppdrivers.fusion.scene.STRIP_ROWS", 10)
    strips = measure_scene(images.read, GRID.shape, SETTINGS).levels
    assert list(strips.seasons) == list(whole.seasons) != []


def test_constants_survive_a_file():
    """Thresholds, season and bias are the same bits after a JSON file."""
    images = Images(*scene())
    before = measure_scene(images.read, GRID.shape, SETTINGS)
    after = Scene.from_numbers(json.loads(json.dumps(before.as_numbers())))
    assert list(before.constants) == list(after.constants) != []
    assert before.bias == after.bias
    np.testing.assert_array_equal(before.season.medians, after.season.medians)
    assert after.season.medians.dtype == np.float32
    assert after.levels.usual == before.levels.usual
    assert list(after.levels.seasons) == list(before.levels.seasons) != []
    for key, season in before.levels.seasons.items():
        np.testing.assert_array_equal(season.limits, after.levels.seasons[key].limits)
        np.testing.assert_array_equal(season.medians, after.levels.seasons[key].medians)
    for key, found in before.constants.items():
        assert set(found) == {"sigma", "centre"}
        for name, values in found.items():
            np.testing.assert_array_equal(values, after.constants[key][name])


def test_sample_of_a_large_scene_is_that_of_its_strips(monkeypatch):
    """Classes and medians measured in strips are those of every third row and column of the whole."""
    monkeypatch.setattr(abrupt_change, "SAMPLED_PIXELS", 200)
    #    monkeypatch.setattr("nppdrivers.fusion.scene.STRIP_ROWS", 10)
    before, after, coarse_p = scene()
    images = Images(before, after, coarse_p)
    season = measure_scene(images.read, GRID.shape, SETTINGS).season
    series = np.stack([before[0][1], *coarse_p, after[0][1]])[:, 0]
    expected = abrupt_change.season_of(series[:, ::3, ::3].reshape(len(series), -1))
    assert abrupt_change.lattice_step(*GRID.shape) == 3
    np.testing.assert_array_equal(season.limits, expected.limits)
    np.testing.assert_array_equal(season.medians, expected.medians)


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    """Files of two intervals, one span, with two base images before and one after."""
    folder = tmp_path_factory.mktemp("run")
    paths = {name: folder / f"{name}.tif" for name in ("study_area", "fine", "coarse", "coarse_day")}
    before, after, coarse_p = scene()
    GRID.save(folder / "grid.json")
    study_area = np.ones(GRID.shape, "uint8")
    study_area[:, :4] = 0
    rasters.write(paths["study_area"], study_area, GRID, "study_area")
    names = [day.isoformat() for day in DATES]
    rasters.write(
        paths["fine"],
        np.stack([before[1][0], before[0][0], after[0][0]])[:, 0],
        GRID,
        "ndvi",
        bands=[names[0], "2013-04-05", names[-1]],
    )
    coarse = np.stack([before[0][1], *coarse_p, after[0][1]])[:, 0]
    rasters.write(paths["coarse"], coarse, GRID, "coarse_ndvi", bands=names)
    days = interval_images.day_numbers(DATES)[:, None, None] + np.zeros(coarse.shape, "float32")
    rasters.write(paths["coarse_day"], days.astype("float32"), GRID, "composite_day", bands=names)
    base = f"2013-04-05 {names[0]},{names[-1]}"
    rows = [f"20130410_20130610,{dates},{base}\n" for dates in ("20130410_20130510", "20130511_20130610")]
    (folder / "intervals.csv").write_text("span,interval,before,after\n" + "".join(rows))
    series = {name: [paths[name]] for name in ("fine", "coarse", "coarse_day")}
    (folder / "weights.json").write_text(json.dumps({"model": [0.9, 0.6, 0.5, 0.2], "coarse": [0.1] * 4}))
    return SimpleNamespace(
        grid=folder / "grid.json",
        weights=folder / "weights.json",
        study_area=paths["study_area"],
        intervals=folder / "intervals.csv",
        scene=[],
        **series,
    )


def outputs(folder, name):
    """Paths of the outputs of a fusion job."""
    ends = {"ndvi": ".tif", "source": "_source.tif", "sums": "_sums.csv"}
    return SimpleNamespace(**{key: folder / f"{name}{end}" for key, end in ends.items()})


def test_intervals_of_a_span_are_fused_as_each_alone(inputs, tmp_path):
    """One job writes for two intervals the values and sums that a job for each writes."""
    settings = {"tile": "1-of-1", "fusion": CONFIG | {"consistency": False}, "coarse_pixel_m": PIXEL_M}
    together = outputs(tmp_path, "together")
    fuse(span="20130410_20130610", inputs=inputs, output=together, **settings)
    table = pd.read_csv(inputs.intervals).assign(span=lambda rows: rows["interval"])
    table.to_csv(tmp_path / "intervals.csv", index=False)
    alone = SimpleNamespace(**vars(inputs) | {"intervals": tmp_path / "intervals.csv"})
    parts = [outputs(tmp_path, name) for name in table["span"]]
    for name, part in zip(table["span"], parts, strict=True):
        fuse(span=name, inputs=alone, output=part, **settings)
    for kind in ("ndvi", "source"):
        both = np.concatenate([rasters.read(getattr(part, kind), GRID) for part in parts])
        np.testing.assert_array_equal(rasters.read(getattr(together, kind), GRID), both)
    sums = pd.concat([pd.read_csv(part.sums) for part in parts], ignore_index=True)
    pd.testing.assert_frame_equal(pd.read_csv(together.sums), sums)


@pytest.mark.parametrize("consistency", [False, True])
def test_gathered_tiles_are_the_files_of_one_job(inputs, tmp_path, consistency):
    """Rasters and tables of three tiles, put together, are byte for byte those of a job without tiles."""
    settings = {"span": "20130410_20130610", "fusion": CONFIG | {"consistency": consistency}}
    settings["coarse_pixel_m"] = PIXEL_M
    whole = outputs(tmp_path, "whole")
    fuse(tile="1-of-1", inputs=inputs, output=whole, **settings)
    shared = SimpleNamespace(**vars(inputs) | {"scene": tmp_path / "scene.json"})
    write_scene(
        span=settings["span"],
        inputs=inputs,
        fusion=settings["fusion"],
        coarse_pixel_m=PIXEL_M,
        scene_path=shared.scene,
    )
    tiles = [f"{number}-of-3" for number in (1, 2, 3)]
    parts = [outputs(tmp_path, tile) for tile in tiles]
    for tile, part in zip(tiles, parts, strict=True):
        fuse(tile=tile, inputs=shared, output=part, **settings)
    gathered = outputs(tmp_path, "gathered")
    lists = {key: [getattr(part, key) for part in parts] for key in vars(whole)}
    gather_tiles(grid_path=inputs.grid, parts=lists, output=vars(gathered))
    for key in vars(whole):
        assert getattr(gathered, key).read_bytes() == getattr(whole, key).read_bytes(), key
    sums = pd.read_csv(whole.sums, index_col="date")
    assert (sums["cells"] == 47 * 26).all()
    assert (sums[list(base_images.SOURCES.values())].sum(axis=1) == sums["cells"]).all()


@pytest.mark.parametrize("consistency", [False, True])
def test_cells_that_are_wanted_are_those_of_the_whole(consistency):
    """Fusing few cells of a block gives these the bits that they have when all are fused."""
    images, wanted = Images(*scene()), np.zeros(GRID.shape, bool)
    wanted[5:9, 20:24] = wanted[40, 3] = True
    settings = replace(SETTINGS, consistency_window=SETTINGS.coarse_window if consistency else None)
    measured, rows = measure_scene(images.read, GRID.shape, settings), slice(0, GRID.height)
    whole, few = (next(fuse_blocks(images, rows, measured, settings, cells)) for cells in (None, wanted))
    assert np.isfinite(whole.fused[:, wanted]).all()
    np.testing.assert_array_equal(few.fused[:, wanted], whole.fused[:, wanted])


@pytest.mark.parametrize(("pixel_m", "filled_from"), [(232.0, "time"), (463.0, "space")])
def test_pinholes_are_as_wide_as_the_pixels_of_the_product(inputs, tmp_path, pixel_m, filled_from):
    """A hole of 300 m is a cloud among pixels of 232 m, but a pinhole among those of 463 m."""
    coarse = rasters.read(inputs.coarse[0], GRID)
    coarse[2, 20:23, 15:18] = np.nan
    holed = tmp_path / "coarse.tif"
    rasters.write(holed, coarse, GRID, "coarse_ndvi", bands=[day.isoformat() for day in DATES])
    series = interval_images.open_series(SimpleNamespace(**vars(inputs) | {"coarse": [holed]}), GRID, pixel_m)
    images = interval_images.IntervalImages([DATES[0]], [DATES[-1]], [DATES[2]], **series)
    *_, coarse_p = images.read(slice(0, GRID.height))
    expected = {"time": coarse[[1, 3], 21, 16].mean(), "space": np.nanmean(coarse[2, 19:24, 14:19])}
    assert coarse_p[0, 0, 21, 16] == pytest.approx(expected[filled_from], abs=1e-6)


@pytest.mark.parametrize("bands", [1, 2])
def test_weighed_blocks_equal_the_scene_bit_for_bit(monkeypatch, bands):
    """Predictions weighed after their residual was taken away are the same in blocks of 9 rows."""
    settings = replace(SETTINGS, consistency_window=5, weights=Weights())
    images = Images(*scene(bands))
    images.before = [DATES[0], DATES[0] - dt.timedelta(20)]
    images.after = [DATES[4], DATES[5]]
    whole = measure_scene(images.read, GRID.shape, settings)
    results = []
    for rows_of_block in (9, 47):
        monkeypatch.setattr(interval_images, "LEAST_BLOCK_ROWS", rows_of_block)
        monkeypatch.setattr(interval_images, "BLOCK_CELLS", 1)
        blocks = list(fuse_blocks(images, slice(0, 47), whole, settings))
        results.append(np.concatenate([block.fused for block in blocks], axis=1))
    assert results[0].tobytes() == results[1].tobytes()
    model = next(fuse_blocks(images, slice(0, 47), whole, replace(settings, weights=None)))
    assert (results[1] != model.fused).mean() > 0.5


def test_lines_in_time_end_at_an_abrupt_change(inputs, tmp_path):
    """Weights of 0 give the line in time, on each side of a change one image; without any the model stays."""
    weights = {name: [0.0] * 4 for name in ("model", "coarse", "detail")}
    (tmp_path / "weights.json").write_text(json.dumps(weights))
    found = []
    for name, path in (("model", []), ("line", tmp_path / "weights.json")):
        given = SimpleNamespace(**vars(inputs) | {"weights": path})
        settings = {"fusion": CONFIG | {"consistency": False}, "coarse_pixel_m": PIXEL_M}
        written = outputs(tmp_path, name)
        fuse(span="20130410_20130610", tile="1-of-1", inputs=given, output=written, **settings)
        found.append([rasters.read(path, GRID) for path in (written.ndvi, written.source)])
    (model, source), (line, same) = found
    np.testing.assert_array_equal(source, same)
    alone = np.isin(source, (base_images.COARSE, base_images.MISSING))
    np.testing.assert_array_equal(model[alone], line[alone])
    assert (model[~alone] != line[~alone]).mean() > 0.9
    for first, second in ((0, 1), (2, 3)):  # the fire is between the second and the third date
        changed = (source[first] == base_images.OWN_SIDE) & (source[second] == base_images.OWN_SIDE)
        assert changed.sum() > 20
        np.testing.assert_array_equal(line[first][changed], line[second][changed])


@pytest.mark.parametrize(
    ("before", "after", "dates", "message"),
    [
        ([], [], DATES[1:3], "no base image before or after"),
        ([DATES[0]], [], [], "no composite lies in the interval"),
        ([dt.date(2013, 1, 1)], [], DATES[1:3], "no fine image of 2013-01-01"),
        ([DATES[-1]], [], DATES[1:3], "base images before it reach to 2013-06-20"),
    ],
)
def test_intervals_that_cannot_be_fused_are_refused(inputs, before, after, dates, message):
    """No image, no date, an image that no file holds, one on the wrong side: a ValueError names the dates."""
    series = interval_images.open_series(inputs, GRID, PIXEL_M)
    with pytest.raises(ValueError, match=message):
        interval_images.IntervalImages(before, after, dates, **series)
