"""Refit of the relations between sensors: planted lines, outliers, pairs in time, refusals."""

from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from affine import Affine
from landsat_writers import write_scene

from images.fit_harmonisation import fit_harmonisation
from images.prepare_landsat import prepare_landsat
from nppdrivers import rasters
from nppdrivers.grid import Grid
from nppdrivers.images import harmonisation, landsat_folders

GRID = Grid("EPSG:32649", Affine(30, 0, 650025, 0, -30, 3940005), 40, 50)
LINE = (0.02, 0.97)  # planted: OLI = 0.02 + 0.97 ETM+


def counted(sensor: np.ndarray, reference: np.ndarray, pairs: int = 4) -> harmonisation.PairCounts:
    """Counts of these cells, in as many pairs of images."""
    counts = harmonisation.PairCounts()
    for one, other in zip(np.array_split(sensor, pairs), np.array_split(reference, pairs), strict=True):
        counts.add(one, other)
    return counts


@pytest.fixture
def cells():
    """NDVI of ETM+ and OLI of 40,000 cells: a planted line with the same noise in both."""
    rng = np.random.default_rng(4)
    truth = rng.uniform(0.1, 0.85, 40_000)
    noise = rng.normal(0, 0.015, (2, truth.size))
    return truth + noise[0], LINE[0] + LINE[1] * truth + noise[1]


def test_reduced_major_axis_of_all_cells(cells):
    """Without outliers the line is that of s_y / s_x of the cells themselves, to the width of the bins."""
    x, y = cells
    fitted = harmonisation.fit_relation("ETM+", "OLI", counted(x, y))
    slope = y.std() / x.std()
    assert fitted.slope == pytest.approx(slope, abs=2e-3)
    assert fitted.intercept == pytest.approx(y.mean() - slope * x.mean(), abs=1e-3)
    assert fitted.r == pytest.approx(np.corrcoef(x, y)[0, 1], abs=1e-3)
    assert fitted.rmsd_before == pytest.approx(np.sqrt(np.mean((y - x) ** 2)), rel=0.03)
    assert (fitted.pairs, fitted.n) == (4, 40_000)
    assert fitted.dropped_percent < 1


def test_error_of_the_level_is_that_of_the_pairs(cells):
    """Ten pairs with offsets of +-0.01 leave the level uncertain by 0.01 / sqrt(10), however many cells."""
    x, y = cells
    y = y + np.repeat([0.01, -0.01] * 5, x.size // 10)
    fitted = harmonisation.fit_relation("ETM+", "OLI", counted(x, y, 10))
    assert fitted.level_error == pytest.approx(0.01 / np.sqrt(10), rel=0.1)


def test_outliers_do_not_move_the_line(cells):
    """With a tenth of the cells cleared between the images the planted line is found; plain sums miss it."""
    x, y = cells
    y = y.copy()
    y[::10] -= 0.3
    fitted = harmonisation.fit_relation("ETM+", "OLI", counted(x, y))
    at_half = fitted.intercept + 0.5 * fitted.slope
    assert at_half == pytest.approx(LINE[0] + 0.5 * LINE[1], abs=2e-3)
    assert fitted.slope == pytest.approx(LINE[1], abs=0.01)
    assert fitted.dropped_percent == pytest.approx(10, abs=1)
    plain = y.mean() + y.std() / x.std() * (0.5 - x.mean())
    assert abs(plain - (LINE[0] + 0.5 * LINE[1])) > 0.02


def test_order_of_images_and_gaps_do_not_matter(cells):
    """Counts are sums: any division into images, with any cells missing in one of the two, gives the same."""
    x, y = cells
    with_gaps = np.concatenate([x, np.full(50, np.nan), np.full(50, 0.4)])
    reference = np.concatenate([y, np.full(50, 0.4), np.full(50, np.nan)])
    one, other = counted(x[::-1], y[::-1], 4), counted(with_gaps, reference, 7)
    np.testing.assert_array_equal(one.counts, other.counts)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda x, y: counted(x, y, 2), "2 pairs of ETM"),
        (lambda x, y: counted(x[:900], y[:900]), "900 clear cells"),
        (lambda x, y: counted(x, np.roll(y, 100)), "correlation of"),
        (lambda x, y: harmonisation.PairCounts(), "0 pairs"),
    ],
)
def test_too_little_is_refused(cells, change, message):
    """Too few pairs or cells, or hardly any correlation, is an error that names the way out."""
    with pytest.raises(ValueError, match=f"{message}.*Set it to roy2016_rma"):
        harmonisation.fit_relation("ETM+", "OLI", change(*cells))


def test_tm_goes_by_way_of_etm():
    """TM to ETM+ 0.01 + 1.1 x, then ETM+ to OLI 0.02 + 0.9 x, is 0.029 + 0.99 x."""
    table = pd.DataFrame(
        {
            "sensor": ["ETM+", "TM"],
            "reference": ["OLI", "ETM+"],
            "intercept": [0.02, 0.01],
            "slope": [0.9, 1.1],
        }
    )
    lines = harmonisation.onto_oli(table)
    np.testing.assert_allclose(lines["ETM+"], (0.02, 0.9))
    np.testing.assert_allclose(lines["TM"], (0.02 + 0.9 * 0.01, 0.9 * 1.1))


@pytest.mark.parametrize(
    ("sensors", "needed"),
    [
        (["OLI"], []),
        (["ETM+", "OLI"], [("ETM+", "OLI")]),
        (["TM"], [("ETM+", "OLI"), ("TM", "ETM+")]),
    ],
)
def test_only_relations_of_the_sensors_there_are(sensors, needed):
    """A run of OLI alone needs no relation; TM needs both steps."""
    assert harmonisation.needed_relations(sensors) == needed


@pytest.fixture
def scenes(tmp_path):
    """Folder of ETM+ scenes of 2013 and OLI scenes 8 days later, one pair 24 days apart; ETM+ by `LINE`."""
    rng = np.random.default_rng(6)
    ndvi = rng.uniform(0.1, 0.85, GRID.shape)
    first = date(2013, 5, 1)
    for number, (satellite, days) in enumerate(
        [("LE07", 0), ("LC08", 8), ("LE07", 16), ("LC08", 24), ("LE07", 200), ("LC08", 224)]
    ):
        truth = np.roll(ndvi, 7, axis=0) if number == 5 else ndvi
        seen = (truth - LINE[0]) / LINE[1] if satellite == "LE07" else truth
        seen = seen + rng.normal(0, 0.005, GRID.shape)
        day = f"{first + timedelta(days):%Y%m%d}"
        write_scene(
            tmp_path / "landsat", f"{satellite}_L2SP_125035_{day}_20200912_02_T1",
            0.2 * (1 - seen), 0.2 * (1 + seen), transform=GRID.transform,
        )  # fmt: skip
    return tmp_path / "landsat"


def test_pairs_are_near_in_time(scenes):
    """Of images on days 0, 8, 16, 24, 200, 224 three pairs are within 8 days, five within 24."""
    images = landsat_folders.find_scenes(scenes)
    for max_days, number in ((7, 0), (8, 3), (24, 5)):
        found = harmonisation.count_pairs(images, GRID, max_days)
        assert len(found["ETM+", "OLI"].means) == number
        assert found["TM", "ETM+"].means == []
        assert found["ETM+", "OLI"].counts.sum() == number * 40 * 50


def test_from_scenes_to_harmonised_ndvi(scenes, tmp_path):
    """The rule's table holds the planted line, and the NDVI that is prepared with it is that of OLI."""
    inputs = SimpleNamespace(grid=tmp_path / "grid.json", study_area=tmp_path / "area.tif")
    inputs.harmonisation = tmp_path / "harmonisation.csv"
    GRID.save(inputs.grid)
    landsat_only = {"landsat": str(scenes)}
    fit_harmonisation(
        grid_path=inputs.grid, sources=landsat_only, years=[2013], max_days=8, table_path=inputs.harmonisation
    )
    fitted = pd.read_csv(inputs.harmonisation).iloc[0]
    assert fitted["slope"] == pytest.approx(LINE[1], abs=2e-3)
    assert fitted["intercept"] == pytest.approx(LINE[0], abs=2e-3)
    assert fitted["rmsd_after"] == pytest.approx(0.005 * np.sqrt(2), rel=0.1)
    rasters.write(inputs.study_area, np.ones(GRID.shape, "uint8"), GRID, "study_area")
    output = SimpleNamespace(ndvi=tmp_path / "2013.tif", scenes=tmp_path / "2013.csv")
    prepare_landsat(
        year=2013, inputs=inputs, output=output, sources=landsat_only, harmonise="refit", slc_off="keep",
        min_scene_percent=5, bands=False,
    )  # fmt: skip
    etm, oli = rasters.read(output.ndvi, GRID, bands=[1, 2])
    assert abs(np.mean(etm - oli)) < 1e-3
    assert list(pd.read_csv(output.scenes)["harmonised"][:2]) == ["refit", "none"]
