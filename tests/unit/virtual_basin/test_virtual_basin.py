"""The virtual basin: its raw files show its truth, in the forms that users have."""

import hashlib
import json
import re
from dataclasses import replace
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import rasterio
from pyhdf.SD import SD
from pyproj import Transformer

from nppdrivers import quality, rasters
from nppdrivers.virtual_basin import landsat_scenes, landscape, modis_files, noise, terrain
from nppdrivers.virtual_basin import truth as truths
from nppdrivers.virtual_basin.mining import damage, hazards
from nppdrivers.virtual_basin.simulation import simulate
from nppdrivers.virtual_basin.weather import Place, simulate_weather

SIZE, SEED, YEARS = 0.12, 3, range(2011, 2014)
ROY_RMA = (0.0149, 1.0035)  # NDVI of OLI from that of ETM+


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Raw data and truth of a tiny basin, 2011 to 2013."""
    path = tmp_path_factory.mktemp("basin")
    simulate(path / "raw", path / "truth", first_month="2011-01", last_month="2013-12", size=SIZE, seed=SEED)
    return path


@pytest.fixture(scope="module")
def land():
    """The landscape of the same basin."""
    return landscape.build(SIZE, SEED)


@pytest.fixture(scope="module")
def survey(land):
    """Its hazard survey."""
    return hazards.survey(land, SEED)


@pytest.fixture(scope="module")
def weather():
    """Its weather."""
    return simulate_weather(YEARS[0], YEARS[-1], SEED)


@pytest.fixture(scope="module")
def truth(land, survey, weather):
    """Its truth."""
    return truths.simulate_truth(land, survey, weather, YEARS, SEED)


def scenes(folder):
    """Platform, day and folder of every scene."""
    found = sorted((folder / "raw" / "landsat").iterdir())
    return [(path.name[:4], date.fromisoformat(path.name.split("_")[3]), path) for path in found]


def band(path, name):
    """One band of a scene."""
    with rasterio.open(next(path.glob(f"*_{name}.TIF"))) as source:
        return source.read(1)


def observed_ndvi(platform, path):
    """NDVI of a scene, without any mask."""
    red, nir = ("SR_B4", "SR_B5") if platform == "LC08" else ("SR_B3", "SR_B4")
    red, nir = (band(path, name) * 2.75e-5 - 0.2 for name in (red, nir))
    return (nir - red) / (nir + red)


def clear_share(path):
    """Share of clear pixels of a scene."""
    return quality.landsat_clear(band(path, "QA_PIXEL")).mean()


@pytest.mark.parametrize("platform", ["LT05", "LE07", "LC08"])
def test_clear_scene_shows_the_true_ndvi(platform, folder, truth, weather):
    """NDVI of a clear scene, harmonised to OLI by Roy et al., is the truth within the sensor's noise."""
    _, day, path = max((one for one in scenes(folder) if one[0] == platform), key=lambda s: clear_share(s[2]))
    ndvi = observed_ndvi(platform, path)
    if platform != "LC08":
        ndvi = ROY_RMA[0] + ROY_RMA[1] * ndvi
    clear = quality.landsat_clear(band(path, "QA_PIXEL"))
    true = truth.ndvi.on(weather.index(day))
    land = true > 0.05  # over dark water a small noise in reflectance is a large one in NDVI
    error = (ndvi - true)[clear & land]
    assert clear.mean() > 0.7
    assert abs(error.mean()) < 0.02
    assert error.std() < 0.03


def test_cloud_hides_the_ground(folder, truth, weather):
    """Pixels flagged as cloud have a spoilt NDVI."""
    cloudy = [one for one in scenes(folder) if one[1].month in (6, 7, 8) and clear_share(one[2]) < 0.5]
    platform, day, path = cloudy[0]
    cloud = band(path, "QA_PIXEL") >> 3 & 1 == 1
    error = (observed_ndvi(platform, path) - truth.ndvi.on(weather.index(day)))[cloud]
    assert np.median(np.abs(error)) > 0.1


def test_quality_words_are_those_of_the_usgs():
    """Each state of the sky gives the documented QA_PIXEL word."""
    off = np.zeros(7, bool)
    masks = {name: off.copy() for name in ("cloud", "shadow", "snow", "cirrus", "water", "gap")}
    for position, mask in enumerate(masks.values()):
        mask[position] = True
    sky = landsat_scenes.Sky(dilated=off, opacity=off, shade=off, **masks)
    oli = landsat_scenes.quality_bits(sky, oli=True)
    tm = landsat_scenes.quality_bits(sky, oli=False)
    assert list(oli) == [22280, 23888, 30048, 54596, 21952, 1, 21824]
    assert list(tm[[5, 6]]) == [1, 5440]
    assert list(quality.landsat_clear(oli)) == [False] * 4 + [True, False, True]


def test_stripes_are_fill_on_landsat_7_alone(folder):
    """A sixth of a Landsat-7 scene is missing, in other places on other days; nothing of the others is."""
    gaps = {}
    for platform, day, path in scenes(folder):
        missing = band(path, "QA_PIXEL") == 1
        red = band(path, "SR_B4" if platform == "LC08" else "SR_B3")
        assert np.array_equal(missing, red == 0)
        gaps.setdefault(platform, {})[day] = missing
    assert all(0.13 < gap.mean() < 0.20 for gap in gaps["LE07"].values())
    assert not any(gap.any() for other in ("LT05", "LC08") for gap in gaps[other].values())
    assert np.mean(list(gaps["LE07"].values()), axis=0).max() < 0.5


def test_revisit_and_service_of_the_satellites(folder):
    """Passes are 16 days apart, Landsat 7 eight days from the others; in 2012 there is nothing else."""
    days = {}
    for platform, day, _ in scenes(folder):
        days.setdefault(platform, []).append(day.toordinal())
    phase = {platform: {day % 16 for day in passes} for platform, passes in days.items()}
    assert phase["LT05"] == phase["LC08"]
    assert {(day + 8) % 16 for day in phase["LE07"]} == phase["LT05"]
    assert all(len(one) == 1 for one in phase.values())
    assert max(days["LT05"]) < date(2011, 12, 1).toordinal()
    assert min(days["LC08"]) > date(2013, 4, 10).toordinal()


def test_most_scenes_are_cloudy_and_a_handful_is_clear(folder):
    """Less than half of the scenes show most of the ground, but each year has at least three that do."""
    table = pd.DataFrame([(day.year, clear_share(path)) for _, day, path in scenes(folder)])
    good = table[1] > 0.75
    assert good.mean() < 0.5
    assert (good.groupby(table[0]).sum() >= 3).all()


def test_modis_cell_is_the_mean_of_its_footprint(folder, land, truth, weather):
    """A good cell has the mean true NDVI of the fine cells inside it, on the day it names."""
    path = sorted((folder / "raw" / "coarse").glob("*A2013193*.hdf"))[0]
    file = SD(str(path))
    layer = {name: file.select(f"250m 16 days {name}").get() for name in ("NDVI", "pixel reliability")}
    day_of_year = file.select("250m 16 days composite day of the year").get()
    structure = file.attributes()["StructMetadata.0"]
    left, top = map(float, re.search(r"UpperLeftPointMtrs=\((.*?),(.*?)\)", structure).groups())
    edge = 231.65635826
    to_sinusoidal = Transformer.from_crs(
        landscape.CRS, "+proj=sinu +R=6371007.181 +units=m +no_defs", always_xy=True
    )
    x, y = to_sinusoidal.transform(*land.domain.xy())
    row, column = np.floor((top - y) / edge).astype(int), np.floor((x - left) / edge).astype(int)
    errors = []
    for r, c in np.argwhere((layer["NDVI"] > -3000) & (layer["pixel reliability"] == 0)):
        day = weather.index("2013-01-01") + int(day_of_year[r, c]) - 1
        mean = truth.ndvi.on(day)[(row == r) & (column == c)].mean()
        errors.append(layer["NDVI"][r, c] / 10000 - (modis_files.BIAS[0] + modis_files.BIAS[1] * mean))
    assert len(errors) >= 36
    assert abs(np.mean(errors)) < 0.005
    assert np.std(errors) < 0.02


def test_composites_have_the_layers_and_words_of_mod13q1(folder):
    """23 composites a year; types, fills and quality words are NASA's; fills outside the simulated area."""
    files = sorted((folder / "raw" / "coarse").glob("MOD13Q1.A*.h27v05.061.*.hdf"))
    assert len(files) == 23 * len(YEARS)
    words, reliabilities = set(), set()
    for path in files[::5]:
        file = SD(str(path))
        ndvi = file.select("250m 16 days NDVI")
        assert ndvi.attributes()["scale_factor"] == 10000.0
        assert ndvi.attributes()["valid_range"] == [-2000, 10000]
        word = file.select("250m 16 days VI Quality").get()
        reliability = file.select("250m 16 days pixel reliability").get()
        assert np.array_equal(ndvi.get() == -3000, reliability == -1)
        assert np.array_equal(word == 65535, reliability == -1)
        seen = reliability >= 0
        usable = quality.modis_vi_usable(reliability, word)
        assert np.array_equal(usable[seen], reliability[seen] <= 1)
        words |= set(word[reliability == 0].tolist())
        reliabilities |= set(reliability.ravel().tolist())
    assert words == {2112}
    assert {-1, 0, 1} < reliabilities


def test_mod17_follows_the_true_npp(folder, land, truth):
    """Valid cells of MOD17A3HGF lie near the footprint means of the true NPP."""
    cells = modis_files.footprints(land, 500)
    npp = SD(str(sorted((folder / "raw" / "mod17").glob("*A2012001*"))[0])).select("Npp_500m").get()
    true = cells.mean(truth.npp[YEARS.index(2012)])
    valid = npp <= 32700
    assert valid.sum() >= 4
    assert np.array_equal(valid & cells.covered, valid)
    assert np.allclose(npp[valid] * 0.1, true[valid], rtol=0.35)


def test_footprints_weigh_each_fine_cell_once(land):
    """Every fine cell counts with a total weight of at most one, and a mean of ones is one."""
    cells = modis_files.footprints(land, 250)
    area = cells.cell**2 / landscape.CELL_M**2
    share = np.asarray(cells.weights.sum(axis=0)).ravel() * area
    assert share.max() < 1.05
    assert cells.mean(np.ones(land.domain.shape))[cells.covered] == pytest.approx(1)
    assert cells.cell == pytest.approx(231.656358, abs=1e-6)


def test_landscape_has_all_of_its_parts(folder, land):
    """All classes, relief, a study area that spans the grid, and eleven mines west of the river."""
    share = {code: np.mean(land.land_cover[land.inside] == code) for code in landscape.CLASS_NAMES}
    assert min(share.values()) > 0.002
    assert 0.2 < share[landscape.FOREST] < 0.4
    assert 0.2 < share[landscape.FARMLAND] < 0.4
    assert land.elevation.min() > 640 and land.elevation.max() < 1350
    area = gpd.read_file(folder / "raw" / "study_area.gpkg")
    assert landscape.Grid.around(tuple(area.total_bounds), area.crs.to_string(), 30, 15) == land.box
    mines = gpd.read_file(folder / "raw" / "mines.gpkg")
    river = gpd.read_file(folder / "raw" / "river.gpkg").geometry.iloc[0]
    centres = mines.geometry.centroid
    nearest = [river.interpolate(river.project(point)) for point in centres]
    assert len(mines) == 11 and mines.name.is_unique
    assert all(point.x < bank.x for point, bank in zip(centres, nearest, strict=True))


def test_survey_lies_in_the_west_with_all_attributes(folder, land):
    """Each layer has its attributes, all of it in the study area, and most of the damage in the west."""
    attributes = {
        "collapse": {"depth_m", "slope_change_mm_m"},
        "subsidence": {"depth_m", "slope_change_mm_m"},
        "goaf": {"thickness_m", "depth_m"},
        "seep": {"severity"},
        "cracks": {"width_m"},
    }
    layers = {name: gpd.read_file(folder / "raw" / "survey.gpkg", layer=name) for name in attributes}
    assert all(attributes[name] < set(layer) and len(layer) for name, layer in layers.items())
    assert all(layer.within(land.outline.buffer(1)).all() for layer in layers.values())
    degradation = damage.land_degradation(layers, land.domain)
    x, _ = land.domain.xy()
    west = x < land.outline.centroid.x
    assert degradation[west].sum() > 4 * degradation[~west].sum()
    assert 0.2 < degradation.max() <= 1


def test_stations_and_samples(folder):
    """At least 14 stations from 600 to 1400 m in and around the basin, with gaps; 117 samples, few gaps."""
    raw = folder / "raw"
    stations, weather = pd.read_csv(raw / "stations.csv"), pd.read_csv(raw / "weather.csv")
    area = gpd.read_file(raw / "study_area.gpkg").to_crs(4326).geometry.iloc[0]
    points = gpd.points_from_xy(stations.longitude, stations.latitude)
    assert len(stations) >= 14
    assert 3 < points.within(area).sum() < len(stations)
    assert stations.elevation_m.between(590, 1410).all()
    assert set(weather.variable) == {
        "temperature",
        "precipitation",
        "sunshine",
        "relative_humidity",
        "wind_speed",
    }
    assert 0.001 < weather.value.isna().mean() < 0.05
    assert set(weather.date.str.len()) == {7, 10}
    samples = pd.read_csv(raw / "soil_samples.csv")
    assert len(samples) == 117
    assert 0 < samples.isna().sum().sum() < 40
    assert gpd.points_from_xy(samples.longitude, samples.latitude).within(area).all()


def test_monthly_climate_sums_up_the_days(weather):
    """The climate of a month is the mean or the sum of the days at the same place."""
    place = Place.at(
        *(np.array(v) for v in ([650e3, 660e3], [3935e3, 3940e3], [700.0, 1250.0], [35.5, 35.6]))
    )
    daily, monthly = weather.daily(weather.month("2012-04"), place), weather.monthly("2012-04", place)
    assert np.allclose(daily["temperature"].mean(axis=0), monthly["temperature"])
    assert np.allclose(daily["precipitation"].sum(axis=0), monthly["precipitation"])
    assert np.allclose(daily["sunshine"].sum(axis=0), monthly["sunshine"], rtol=0.03)
    assert monthly["temperature"][0] - monthly["temperature"][1] == pytest.approx(0.55 * 6, rel=0.15)


def test_years_do_not_depend_on_each_other():
    """The weather of a year is the same whichever other years are simulated."""
    alone, among = simulate_weather(2012, 2012, SEED), simulate_weather(2010, 2014, SEED)
    first, last = (among.index(day) for day in ("2012-01-01", "2012-12-31"))
    here = alone.index("2012-01-01")
    assert np.array_equal(alone.temperature[here : here + 366], among.temperature[first : last + 1])


def test_truth_files_hold_the_truth(folder, land, truth, weather):
    """True NDVI on the middle days, the mean of the annual NPP, and the parameters are on file."""
    path = folder / "truth" / "ndvi" / "2012.tif"
    names = rasters.band_names(path)
    assert names[0] == "2012-01-09" and names[-1] == "2012-12-26" and len(names) == 23
    ndvi = rasters.read(path, land.box, bands=12)
    assert np.array_equal(ndvi, truth.ndvi.on(weather.index(names[11]))[land.in_box])
    years = np.stack([rasters.read(folder / "truth" / f"npp_{y}.tif", land.box, bands=1) for y in YEARS])
    assert np.allclose(rasters.read(folder / "truth" / "npp.tif", land.box, bands=1), years.mean(axis=0))
    stated = json.loads((folder / "truth" / "truth.json").read_text())
    assert stated["seed"] == SEED and stated["size"] == SIZE
    assert len(stated["events"]) == 3


def test_npp_ranks_the_classes(land, truth):
    """Forest fixes most and water next to nothing; the level is that of the region."""
    mean = truth.npp.mean(axis=0)
    by_class = [mean[land.inside & (land.land_cover == code)].mean() for code in landscape.CLASS_NAMES]
    assert np.argmax(by_class) == 0
    assert by_class[4] < 2
    assert 200 < mean[land.inside].mean() < 450


def test_ndvi_is_possible_on_every_day(truth, weather):
    """NDVI stays within what vegetation and water can have."""
    days = range(weather.index("2011-01-01"), weather.index("2013-12-31"), 9)
    extremes = [(one.min(), one.max()) for one in map(truth.ndvi.on, days)]
    assert min(low for low, _ in extremes) > -0.15
    assert max(high for _, high in extremes) < 0.96


def test_sudden_subsidence_lowers_ndvi_from_its_day_on(land, survey, truth, weather):
    """Where ground sinks during the record, NDVI falls that day against the same class elsewhere."""
    event = truth.parameters["events"][0]
    sunken = landscape.burn([survey.events.geometry.iloc[0]], land.domain)
    day = weather.index(event["date"])
    step = truth.ndvi.on(day) - truth.ndvi.on(day - 1)
    vegetated = np.isin(land.land_cover, (landscape.FOREST, landscape.GRASSLAND, landscape.FARMLAND))
    assert step[sunken & vegetated].mean() < -0.02
    assert np.abs(step[~sunken]).max() < 0.03


def test_uniform_soil_contributes_nothing(land, survey, weather):
    """A category that does not vary contributes exactly 0; the others still contribute."""
    uniform = {name: np.full_like(values, values.mean()) for name, values in land.soil.items()}
    truth = truths.simulate_truth(replace(land, soil=uniform), survey, weather, range(2012, 2013), SEED)
    assert np.abs(truth.contribution["soil"]).max() < 1e-3
    assert truth.contribution["mining"].std() > 1


def test_mining_contribution_is_negative_on_damaged_ground(land, truth):
    """Degraded ground loses NPP against the mean state of the basin, sound ground gains."""
    contribution, degradation = truth.contribution["mining"], truth.degradation[land.in_box]
    water = land.land_cover[land.in_box] == landscape.WATER
    mean = land.basin_mean(truth.degradation)
    assert (contribution[(degradation > mean + 0.05) & ~water] < 0).mean() > 0.95
    assert (contribution[(degradation < 1e-6) & ~water] > 0).all()


def test_same_seed_same_bytes(tmp_path):
    """Two simulations with one seed give byte-identical files; another seed gives another basin."""
    period = {"first_month": "2013-01", "last_month": "2013-12"}
    digests = []
    for name in ("one", "two"):
        simulate(tmp_path / name / "raw", tmp_path / name / "truth", **period, size=0.1, seed=1)
        files = sorted(path for path in (tmp_path / name).rglob("*") if path.is_file())
        digests.append(
            {p.relative_to(tmp_path / name): hashlib.sha256(p.read_bytes()).digest() for p in files}
        )
    assert len(digests[0]) > 150
    assert digests[0] == digests[1]
    assert not np.array_equal(landscape.build(0.1, 1).elevation, landscape.build(0.1, 2).elevation)


def test_erosion_drains_every_cell():
    """Each cell drains to one that rising water reaches earlier, and hollows are drained too."""
    ground = np.random.default_rng(0).uniform(0, 100, (30, 40))
    order, receiver = terrain._flow(ground)
    position = np.empty(order.size, int)
    position[order] = np.arange(order.size)
    assert np.array_equal(np.sort(order), np.arange(order.size))
    inner = receiver >= 0
    assert inner.sum() == 28 * 38
    assert (position[receiver[inner]] < position[inner]).all()
    eroded = terrain.erode(ground, np.zeros_like(ground), 30.0)
    assert eroded.max() <= ground.max() and eroded.min() >= ground.min()


def test_fields_are_standard_and_named_streams_independent():
    """Smooth fields have mean 0, deviation 1 and the wanted correlation; names separate the streams."""
    field = noise.smooth(noise.stream(1, "a"), (400, 400), 12)
    assert abs(field.mean()) < 1e-5 and field.std() == pytest.approx(1, abs=1e-5)
    assert np.mean(field[:, 12:] * field[:, :-12]) == pytest.approx(np.exp(-1), abs=0.12)
    draws = [noise.stream(1, name).random() for name in ("a", "a", "b")]
    assert draws[0] == draws[1] != draws[2]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"first_month": "2010-03", "last_month": "2011-12"}, "whole years"),
        ({"first_month": "2012-01", "last_month": "2011-12"}, "comes after"),
        ({"size": 0.05}, "at least 0.1"),
    ],
)
def test_impossible_settings_are_refused(tmp_path, settings, message):
    """A broken year or a basin without room for its parts is refused before anything is written."""
    with pytest.raises(ValueError, match=message):
        simulate(tmp_path / "raw", tmp_path / "truth", **settings)
    assert not list(tmp_path.iterdir())


def test_each_year_has_the_satellites_of_its_time():
    """Landsat 5 ends in 2011, 8 begins in 2013, 9 in 2021; 7 has stripes since 2003."""
    seen = {
        year: {
            platform.prefix
            for platform, _ in landsat_scenes._passes(landsat_scenes.PLATFORMS, range(year, year + 1), SEED)
        }
        for year in (2001, 2012, 2015, 2023)
    }
    assert seen == {
        2001: {"LT05", "LE07"},
        2012: {"LE07"},
        2015: {"LE07", "LC08"},
        2023: {"LC08", "LC09"},
    }
    platforms = {platform.prefix: platform for platform in landsat_scenes.PLATFORMS}
    days = [date(2003, 5, 1), date(2003, 6, 5)]
    assert [platforms["LE07"].is_striped(day) for day in days] == [False, True]
    assert not platforms["LT05"].is_striped(days[1])


def test_there_is_no_basin_before_modis(tmp_path):
    """A period that begins before the first whole year of MODIS is refused."""
    with pytest.raises(ValueError, match="no whole year of its sensors before 2001"):
        simulate(tmp_path / "raw", tmp_path / "truth", first_month="1999-01", last_month="2003-12", size=SIZE)
