"""Readers on real files, with numbers found by other readers or decoded by hand."""

import gzip
from collections import Counter
from datetime import date

import numpy as np
import pandas as pd
import pytest
import rasterio
from affine import Affine
from pixel_means import averaged
from pyhdf.SD import SD
from pyproj import Transformer
from rasterio.warp import Resampling, reproject

from nppdrivers import rasters
from nppdrivers.checks.inspection import inspect
from nppdrivers.checks.study import Study
from nppdrivers.images import coarse_images, landsat, landsat_files, landsat_folders
from nppdrivers.images.composites import nominal_date, on_calendar
from nppdrivers.images.resampling import conserve_means
from nppdrivers.inputs.problems import report
from nppdrivers.period import Period
from nppdrivers.quality import landsat_clear, landsat_unsaturated
from nppdrivers.weather import stations

pytestmark = pytest.mark.real

COLUMNS = {
    "station": "station_id",
    "temperature": "temperature_c",
    "precipitation": "precipitation_mm",
    "solar_radiation": "solar_radiation_mj_m2",
}


@pytest.fixture
def scene(real_data):
    """Landsat 8 over Colombia, thinned to 512 x 512 pixels."""
    (found,) = landsat_folders.find_scenes(real_data / "landsat_c2")
    return found


def test_landsat_scene_is_known_by_its_name(scene):
    """Sensor, date, path and row are those in the name, though the folder is named otherwise."""
    assert (scene.sensor, scene.date, scene.path, scene.row) == ("OLI", date(2019, 12, 1), 8, 59)


def test_landsat_clear_pixels_decoded_by_hand(scene):
    """Of the 15 values of QA_PIXEL 21824, 21952 and 22080 alone have the bits 0 to 5 all zero."""
    with rasterio.open(scene.file("QA_PIXEL")) as source:
        qa = source.read(1)
    counted = Counter(qa.ravel().tolist())
    clear = {value for value in counted if f"{value:016b}".endswith("000000")}
    assert clear == {21824, 21952, 22080}
    assert landsat_clear(qa).sum() == sum(counted[value] for value in clear) == 21334


def test_landsat_saturated_pixel(scene):
    """QA_RADSAT is 30 in one pixel: bands 2 to 5 are saturated there, near infrared among them."""
    with rasterio.open(scene.file("QA_RADSAT")) as source:
        radsat = source.read(1)
    assert Counter(radsat.ravel().tolist()) == {0: 512**2 - 1, 30: 1}
    assert (~landsat_unsaturated(radsat, (4, 5))).sum() == 1
    assert (~landsat_unsaturated(radsat, (6, 7))).sum() == 0


def test_landsat_ndvi_pixel_by_pixel(scene):
    """NDVI of each clear pixel is that of its two stored numbers, computed here in double precision."""
    grid = rasters.open_grid(scene.reference)
    result, record = landsat.read_ndvi(scene, grid)
    red, nir = (rasterio.open(scene.file(f"SR_B{band}")).read(1) * 2.75e-5 - 0.2 for band in (4, 5))
    with rasterio.open(scene.file("QA_PIXEL")) as source:
        clear = landsat_clear(source.read(1)) & (red >= 0) & (red <= 1) & (nir >= 0) & (nir <= 1)
    np.testing.assert_array_equal(np.isfinite(result), clear)
    np.testing.assert_allclose(result[clear], ((nir - red) / (nir + red))[clear], atol=1e-5)
    assert record["clear_percent"] == pytest.approx(100 * clear.mean(), abs=1e-3)
    assert record["covered_percent"] == pytest.approx(100 * (1 - 80464 / 512**2), abs=1e-3)


def test_landsat_in_the_neighbouring_zone(scene):
    """In UTM zone 17 the mean NDVI of a place is that of zone 18."""
    native = rasters.open_grid(scene.reference)
    (west, south, east, north) = rasterio.warp.transform_bounds(native.crs, "EPSG:32617", *native.bounds)
    bounds = west + 50_000, south + 50_000, east - 50_000, north - 50_000
    grid = rasters.Grid.around(bounds, "EPSG:32617", 450)
    here, record = landsat.read_ndvi(scene, grid)
    there, _ = landsat.read_ndvi(scene, native)
    lon, lat = grid.lonlat()
    x, y = Transformer.from_crs("EPSG:4326", native.crs, always_xy=True).transform(lon, lat)
    row, column = native.cell_of(x, y)
    expected = np.where(row < 0, np.nan, there[row, column])
    both = np.isfinite(here) & np.isfinite(expected)
    assert record["resampling"] == "bilinear"
    assert both.sum() > 5000
    assert np.mean(np.isfinite(here) == np.isfinite(expected)) > 0.99
    assert np.corrcoef(here[both], expected[both])[0, 1] > 0.9
    assert here[both].mean() == pytest.approx(expected[both].mean(), abs=0.01)


@pytest.fixture
def ready(real_data, tmp_path):
    """Two ready reflectance images of boreal forest."""
    (tmp_path / "images.csv").write_text(
        "path,date,sensor,red_band,nir_band,scale,offset\n"
        "landsat5_tm_sr_2010-08-17_60m.tif,2010-08-17,TM,3,4,0.0001,0\n"
        "landsat7_etm_sr_2011-08-12_60m.tif,2011-08-12,ETM+,3,4,0.0001,0\n"
    )
    return landsat_files.read_ready_table(tmp_path / "images.csv", real_data / "boreal")


def test_stripes_of_the_ready_images(ready):
    """Landsat 7's stripes hold -306 (red) and -760 (NIR) in place of nodata: only they are missing."""
    image = ready[1]
    result, record = landsat.read_ndvi(image, rasters.open_grid(image.reference), "none")
    with rasterio.open(image.file_path) as source:
        red, nir = source.read([3, 4]).astype(float)
        assert source.nodata == -9999
    stripes = (red == -306) | (nir < 0)
    np.testing.assert_array_equal(np.isnan(result), stripes)
    assert stripes.mean() == pytest.approx(0.0184, abs=1e-4)
    assert record["slc_off"]
    np.testing.assert_allclose(result[~stripes], ((nir - red) / (nir + red))[~stripes], atol=1e-5)


def test_landsat_5_has_no_gap(ready):
    """The image of 2010 is complete; forest has an NDVI around 0.63 after harmonisation."""
    result, record = landsat.read_ndvi(ready[0], rasters.open_grid(ready[0].reference))
    assert record["clear_percent"] == 100
    assert np.median(result) == pytest.approx(0.633, abs=1e-3)


HDF = "modis_hdf4/MOD13A2.A2025001.h18v09.061.2025022080611.hdf"
KEYS = "_FillValue", "valid_range", "scale_factor"


def test_modis_hdf_layers(real_data):
    """Raw numbers, scale, fill and grid are those of the file; values are usable where both layers say so."""
    path = real_data / HDF
    values, days, _, transform = coarse_images.read_vegetation_index([path])
    content = SD(str(path))
    stored, reliability, quality, day = (
        content.select(f"1 km 16 days {name}").get()
        for name in ("NDVI", "pixel reliability", "VI Quality", "composite day of the year")
    )
    text = [f"{number:016b}" for number in quality.ravel()]
    good = np.array(
        [
            t[-2:] in ("00", "01") and int(t[10:14], 2) <= 12 and {t[7], t[5], t[1], t[0]} == {"0"}
            for t in text
        ]
    ).reshape(quality.shape)
    good &= (reliability == 0) | (reliability == 1)
    np.testing.assert_array_equal(np.isfinite(values), good)
    np.testing.assert_allclose(values[good], stored[good] / 10000, atol=1e-6)
    np.testing.assert_array_equal(days[good], 20089 + day[good] - 1)  # 2025-01-01 is day 20089
    assert transform.a == pytest.approx(1111950.519667 / 1200)
    assert good.sum() == 8082
    assert np.isin(reliability, (0, 1)).sum() == 12721


@pytest.mark.parametrize(
    ("product", "start", "usable", "mean", "days"),
    [
        ("MOD13A2", date(2025, 1, 1), 8082, 0.60435, (1, 15)),
        ("MOD13A2", date(2025, 1, 17), 18206, 0.69934, (19, 31)),
        ("MYD13A2", date(2025, 1, 9), 4239, 0.70376, (9, 24)),
    ],
)
def test_modis_hdf_tiles(real_data, product, start, usable, mean, days):
    """Usable pixels, their mean and days of each tile are those that plain loops over its bits gave."""
    composites = coarse_images.find_composites(real_data / "modis_hdf4", product)
    assert on_calendar(start, product)
    values, day, *_ = coarse_images.read_vegetation_index(composites[start])
    valid = np.isfinite(values)
    assert valid.sum() == usable
    assert values[valid].mean(dtype=float) == pytest.approx(mean, abs=1e-5)
    first = (date(2025, 1, 1) - date(1970, 1, 1)).days - 1
    assert (day[valid].min() - first, day[valid].max() - first) == days


def test_modis_attributes(real_data):
    """A file of collection 6.1 states the fill values, ranges and scale that the readers count on."""
    content = SD(str(real_data / HDF))
    stated = {
        name: {key: content.select(f"1 km 16 days {name}").attributes().get(key) for key in KEYS}
        for name in ("NDVI", "VI Quality", "pixel reliability", "composite day of the year")
    }
    assert stated == {
        "NDVI": {"_FillValue": -3000, "valid_range": [-2000, 10000], "scale_factor": 10000.0},
        "VI Quality": {"_FillValue": 65535, "valid_range": [0, 65534], "scale_factor": None},
        "pixel reliability": {"_FillValue": -1, "valid_range": [0, 3], "scale_factor": None},
        "composite day of the year": {"_FillValue": -1, "valid_range": [1, 366], "scale_factor": None},
    }


def test_modis_lies_where_it_should(real_data):
    """Tile h18v09 begins at 0 E, 0 N; its land is Gabon and Equatorial Guinea, 5 to 10 degrees east."""
    values, _, crs, transform = coarse_images.read_vegetation_index([real_data / HDF])
    row, column = (index.mean() for index in np.nonzero(np.isfinite(values)))
    lon, lat = Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform(*(transform @ (column, row)))
    assert 5 < lon < 10
    assert -2.2 < lat < 0


def test_modis_09_is_multiplied(real_data):
    """MOD09A1 states 0.0001 and is multiplied: reflectance of the clip lies between 0 and 1."""
    (path,) = (real_data / "modis_hdf4").glob("MOD09A1*.hdf")
    layer = coarse_images.read_layer(path, "sur_refl_b01")
    assert layer.factor == 0.0001
    assert layer.physical().min() == pytest.approx(0.0057)
    assert layer.physical().max() == pytest.approx(0.5012)


def test_terra_and_aqua_are_kept_apart(real_data):
    """The two products in one folder are found by their own names."""
    assert len(coarse_images.find_composites(real_data / "modis_hdf4", "MOD13A2")) == 2
    assert list(coarse_images.find_composites(real_data / "modis_hdf4", "MYD13A2")) == [date(2025, 1, 9)]


def test_geotiff_composites(real_data, ready):
    """35 composites, 2010-05-09 to 2011-11-01; on the grid each keeps the native mean within 0.005."""
    composites = coarse_images.find_composites(real_data / "boreal")
    assert len(composites) == 35
    assert (min(composites), max(composites)) == (date(2010, 5, 9), date(2011, 11, 1))
    grid = rasters.open_grid(ready[0].reference)
    for start in (date(2010, 8, 13), date(2011, 8, 29)):
        fine, day = coarse_images.read_composite(composites[start], grid)
        native, *_ = coarse_images.read_vegetation_index(composites[start], grid)
        assert np.isfinite(fine).mean() > 0.95
        assert np.nanmean(fine) == pytest.approx(np.nanmean(native), abs=5e-3)
        assert np.nanmin(day) == (nominal_date(start) - date(1970, 1, 1)).days


def test_coarse_means_of_a_real_forest(ready):
    """Landsat NDVI averaged to MODIS pixels and put back on 30 m keeps the means eight times closer."""
    with rasterio.open(ready[0].file_path) as source:
        red, nir = source.read([3, 4]).astype("float32")
    grid = rasters.Grid("EPSG:32649", Affine(30, 0, 642300, 0, -30, 3945000), *red.shape)
    crs = "+proj=sinu +R=6371007.181 +units=m"
    west, south, east, north = rasterio.warp.transform_bounds(grid.crs, crs, *grid.bounds)
    size = 231.65635826
    transform = Affine(size, 0, size * (west // size), 0, -size, size * (north // size + 1))
    shape = int((north - south) / size) + 3, int((east - west) / size) + 3
    coarse = np.full(shape, np.nan, "float32")
    reproject(
        (nir - red) / (nir + red), coarse, src_crs=grid.crs, src_transform=grid.transform, src_nodata=np.nan,
        dst_crs=crs, dst_transform=transform, dst_nodata=np.nan, resampling=Resampling.average,
    )  # fmt: skip
    errors = {}
    for name, fine in (
        ("bilinear", rasters.to_grid(coarse, crs, transform, grid, resampling="bilinear")),
        ("conserving", conserve_means(coarse, crs, transform, grid, limits=(-0.2, 1.0))),
    ):
        lost = averaged(fine, grid, crs, transform, shape) - coarse
        errors[name] = float(np.sqrt(np.nanmean(lost**2))), float(np.nanmax(np.abs(lost)))
    np.testing.assert_allclose(errors["bilinear"], (0.016, 0.112), rtol=0.05)
    np.testing.assert_allclose(errors["conserving"], (0.002, 0.013), rtol=0.05)


def test_snow_is_masked(real_data):
    """In January no pixel is usable: all are flagged as snow or as cloud."""
    composites = coarse_images.find_composites(real_data / "boreal")
    values, *_ = coarse_images.read_vegetation_index(composites[date(2011, 1, 1)])
    assert not np.isfinite(values).any()


def test_wide_climate_table(real_data):
    """All 12 sites have the three variables in all 24 months, as a plain reader finds them."""
    path = real_data / "boreal" / "climate_monthly_2010_2011.csv"
    table = stations.read_monthly_wide(path, COLUMNS)
    plain = pd.read_csv(path)
    assert len(table) == 3 * len(plain) == 3 * 12 * 24
    for variable, name in list(COLUMNS.items())[1:]:
        mine = table[table["variable"] == variable]
        assert mine["value"].sum() == pytest.approx(plain[name].sum())
    first = table.query("variable == 'temperature' and station == 'CN-Cha' and month == '2010-01'")
    assert first["value"].item() == -14.895


def test_daily_stations(real_data, tmp_path):
    """A month of Catalan stations through our table: means and sums as plain pandas gives them."""
    with gzip.open(real_data / "stations" / "meteocat_2022_04_daily.csv.gz") as file:
        plain = pd.read_csv(file)
    places = plain.drop_duplicates("station_id").drop_duplicates(["lon", "lat"])
    plain = plain[plain["station_id"].isin(places["station_id"])]
    names = {"station_id": "station", "station_name": "name", "lon": "longitude", "lat": "latitude"}
    places = places.rename(columns=names | {"altitude": "elevation_m"})
    places[["station", "name", "longitude", "latitude", "elevation_m"]].to_csv(
        tmp_path / "s.csv", index=False
    )
    variables = {
        "mean_temperature": "temperature",
        "precipitation": "precipitation",
        "global_solar_radiation": "solar_radiation",
    }
    tidy = plain.melt(["station_id", "timestamp"], list(variables), "variable", "value")
    tidy = tidy.assign(variable=tidy["variable"].map(variables), date=tidy["timestamp"].str[:10])
    tidy.rename(columns=names).drop(columns="timestamp").to_csv(tmp_path / "w.csv", index=False)
    table = stations.read_stations(tmp_path / "s.csv")
    months = stations.monthly(stations.read_weather(tmp_path / "w.csv", table), table)
    for theirs, ours in variables.items():
        complete = plain.groupby("station_id")[theirs].agg(["mean", "count"]).query("count == 30")["mean"]
        found = months[(months["variable"] == ours) & (months["n_days"] == 30)].set_index("station")["value"]
        factor = 1 if ours == "temperature" else 30
        pd.testing.assert_series_equal(found, complete * factor, check_names=False, rtol=1e-9)
        assert len(found) > 100


def test_checks_pass(real_data, tmp_path, ready):
    """The boreal inputs are in order: no false alarm on real data."""
    study = Study(
        {
            "fine_images": tmp_path / "images.csv",
            "coarse": real_data / "boreal",
            "monthly_weather": real_data / "boreal" / "climate_monthly_2010_2011.csv",
        },
        period=Period("2010-05", "2011-10"),
        land_cover_codes=[1],
        columns={"monthly_weather": COLUMNS},
        data_folder=real_data / "boreal",
        like=ready[0].reference,
    )
    assert report(inspect(study).problems) == "All inputs are in order.\n"
