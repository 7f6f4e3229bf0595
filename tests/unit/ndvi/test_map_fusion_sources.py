"""Which base images made the fused NDVI, by year and in all."""

import numpy as np
from affine import Affine

from ndvi.map_fusion_sources import Output, map_fusion_sources
from nppdrivers import rasters
from nppdrivers.grid import Grid

GRID = Grid("EPSG:32649", Affine(30, 0, 600_000, 0, -30, 3_900_000), 2, 3)


def test_most_frequent_source_and_shares(tmp_path):
    """The source of most dates of a year, of two the better one; shares of all dates; nothing outside."""
    GRID.save(tmp_path / "grid.json")
    inside = np.ones(GRID.shape, "uint8")
    inside[1, 2] = 0
    rasters.write(tmp_path / "area.tif", inside, GRID, "study_area")
    codes = np.ones((4, *GRID.shape), "uint8")
    codes[:, 0, 0] = 3, 1, 5, 5  # a tie in 2013, the coarse image in 2014
    codes[:, 0, 1] = 0, 0, 2, 0  # no coarse image in 2013
    dates = ["2013-01-09", "2013-01-25", "2014-01-09", "2014-01-25"]
    for number, span in enumerate((slice(0, 3), slice(3, 4))):  # a span of intervals goes over the year
        path = tmp_path / f"{number}.tif"
        rasters.write(path, codes[span], GRID, "fusion_source", bands=dates[span])
    years = {year: str(tmp_path / f"{year}.tif") for year in (2013, 2014)}
    map_fusion_sources(
        sources=[str(tmp_path / "1.tif"), str(tmp_path / "0.tif")],
        study_area=str(tmp_path / "area.tif"),
        grid_path=str(tmp_path / "grid.json"),
        output=Output(years, str(tmp_path / "shares.tif")),
    )
    first, second = (rasters.read(path, GRID, bands=1) for path in years.values())
    assert first.tolist() == [[1, 0, 1], [1, 1, 0]]
    assert second.tolist() == [[5, 2, 1], [1, 1, 0]]
    shares = rasters.read(tmp_path / "shares.tif", GRID)
    assert shares[:, 0, 0].tolist() == [25, 0, 25, 0, 50]
    assert shares[:, 0, 1].tolist() == [0, 25, 0, 0, 0]
    assert shares[:, 0, 2].tolist() == [100, 0, 0, 0, 0]
    assert np.isnan(shares[:, 1, 2]).all()
    assert rasters.band_names(tmp_path / "shares.tif")[0] == "nearest base pair"
