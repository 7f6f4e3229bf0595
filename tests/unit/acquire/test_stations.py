"""Weather stations, TerraClimate and SoilGrids: what is chosen, and in which unit it arrives."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from scipy.io import netcdf_file

from nppdrivers.acquire.archives.land_classes import CODES, code_table
from nppdrivers.acquire.archives.soil import topsoil, wanted_soil
from nppdrivers.acquire.archives.sources import all_sources, chosen_sources
from nppdrivers.acquire.archives.stations import (
    nearest_stations,
    read_ghcn_lists,
    read_gsod_list,
    wanted_gsod,
)
from nppdrivers.acquire.archives.terraclimate import monthly_rasters, wanted_climate
from nppdrivers.acquire.area import Area
from nppdrivers.acquire.network.mosaics import fetch_mosaic

AREA = Area(
    "EPSG:32649",
    (650000, 3935000, 655000, 3940000),
    "POLYGON ((112.66 35.55, 112.72 35.55, 112.72 35.59, 112.66 35.59, 112.66 35.55))",
)
GHCN = [
    ("CHM00053771", 35.6, 112.7, 700),
    ("CHM00053772", 36.6, 112.7, -999.9),
    ("CHM00053773", 35.7, 112.8, 500),
]


@pytest.fixture
def ghcn(tmp_path) -> list[Path]:
    """Lists of three stations: complete; without a mean, from extremes; no rain since 2011."""
    lines = [f"{name:11s} {lat:8.4f} {lon:9.4f} {high:6.1f}    NAME" for name, lat, lon, high in GHCN]
    years = {
        GHCN[0][0]: {"PRCP": (1951, 2020), "TAVG": (1951, 2020), "SNWD": (1951, 2020)},
        GHCN[1][0]: {"PRCP": (1951, 2014), "TMAX": (1960, 2020), "TMIN": (1961, 2020)},
        GHCN[2][0]: {"PRCP": (1951, 2011), "TAVG": (1951, 2020)},
    }
    places = {name: (lat, lon) for name, lat, lon, _ in GHCN}
    inventory = [
        f"{name:11s} {places[name][0]:8.4f} {places[name][1]:9.4f} {element} {first} {last}"
        for name, elements in years.items()
        for element, (first, last) in elements.items()
    ]
    paths = [tmp_path / "ghcnd-stations.txt", tmp_path / "ghcnd-inventory.txt"]
    for path, content in zip(paths, (lines, inventory), strict=True):
        path.write_text("\n".join(content) + "\n")
    return paths


def test_years_of_a_station_are_those_of_all_it_needs(ghcn):
    """Rain and temperature, mean or both extremes, bound the years; an unknown elevation stays so."""
    table = read_ghcn_lists(*ghcn).set_index("station")
    assert table.loc[GHCN[0][0], ["first_year", "last_year"]].tolist() == [1951, 2020]
    assert table.loc[GHCN[1][0], ["first_year", "last_year"]].tolist() == [1961, 2014]
    assert np.isnan(table.loc[GHCN[1][0], "elevation_m"])


def test_the_nearest_with_enough_years_are_chosen(ghcn):
    """Stations with too few years are left out; the others come by distance, with the years they miss."""
    chosen = nearest_stations(read_ghcn_lists(*ghcn), AREA, range(2010, 2016), 8)
    assert chosen["station"].tolist() == [GHCN[0][0], GHCN[1][0]]
    assert chosen["years_missing"].tolist() == [0, 1]
    assert chosen["distance_km"].tolist() == pytest.approx([3.4, 114.6], abs=0.3)


def test_gsod_stations_and_their_files(tmp_path):
    """Numbers of a station are joined to the name of its file; years without a file are not asked for."""
    path = tmp_path / "isd-history.csv"
    path.write_text(
        '"USAF","WBAN","STATION NAME","CTRY","STATE","ICAO","LAT","LON","ELEV(M)","BEGIN","END"\n'
        '"537750","99999","TOWN","CH","","","+35.600","+112.700","+0700.0","19730101","20141231"\n'
        '"537760","99999","NOWHERE","CH","","","","","","19730101","20141231"\n'
    )
    stations = nearest_stations(read_gsod_list(path), AREA, range(2010, 2016), 8)
    assert stations["station"].tolist() == ["53775099999"]
    assert wanted_gsod("http://x/", stations, 2014)[0].href == "http://x/2014/53775099999.csv"
    assert wanted_gsod("http://x/", stations, 2015) == []


def write_nc(path: Path, name: str, values: np.ndarray) -> None:
    """Write a part of TerraClimate as its server gives it: packed, times in days, north first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with netcdf_file(path, "w") as file:
        for axis, numbers in (
            ("time", np.arange(12) * 30.0),
            ("lat", 36 - np.arange(4) / 24),
            ("lon", 112 + np.arange(5) / 24),
        ):
            file.createDimension(axis, len(numbers))
            variable = file.createVariable(axis, "d", (axis,))
            variable[:] = numbers
        file.variables["lat"].units, file.variables["lon"].units = "degrees_north", "degrees_east"
        file.variables["time"].units = "days since 2013-01-01"
        packed = file.createVariable(name, "i2", ("time", "lat", "lon"))
        packed.scale_factor, packed.add_offset, packed._FillValue = 0.01, 0.0, np.int16(-32768)
        packed[:] = np.round(values / 0.01).astype("int16")


def test_climate_arrives_in_our_units(tmp_path):
    """Mean temperature, monthly radiation, humidity of vapour pressure and wind at 2 m, in twelve bands."""
    shape = (12, 4, 5)
    stored = {"tmax": 30.0, "tmin": 10.0, "ppt": 55.5, "srad": 200.0, "vap": 1.5, "ws": 3.0}
    for name, value in stored.items():
        write_nc(tmp_path / f"climate/terraclimate/{name}_2013.nc", name, np.full(shape, value))
    made = monthly_rasters(tmp_path, 2013)
    assert len(made) == 5
    values = {}
    for path in made:
        with rasterio.open(tmp_path / path) as source:
            assert source.count == 12
            assert source.transform.almost_equals(
                Affine(1 / 24, 0, 112 - 1 / 48, 0, -1 / 24, 36 + 1 / 48), 1e-6
            )
            values[path.split("/")[1].rpartition("_")[0]] = source.read()
    assert values["temperature"][0, 0, 0] == pytest.approx(20)
    assert values["precipitation"][3, 2, 1] == pytest.approx(55.5)
    assert values["solar_radiation"][1, 0, 0] == pytest.approx(200 * 0.0864 * 28)
    # Allen et al. 1998 (FAO-56), table 2.3: 4.243 kPa at 30 degC and 1.228 kPa at 10 degC
    assert values["relative_humidity"][0, 0, 0] == pytest.approx(100 * 1.5 / ((4.243 + 1.228) / 2), rel=1e-3)
    assert values["wind_speed"][0, 0, 0] == pytest.approx(3 * 0.748)


def test_climate_from_south_to_north_and_with_gaps(tmp_path):
    """Rows come from north to south whatever the order in the file; fill is missing; a cut file is named."""
    for name in ("tmax", "tmin", "ppt", "srad", "vap", "ws"):
        path = tmp_path / f"climate/terraclimate/{name}_2013.nc"
        values = np.broadcast_to(np.array([1.0, 2, 3, 4])[:, None], (12, 4, 5)).copy()
        values[0, 0, 0] = -327.68
        write_nc(path, name, values)
        with netcdf_file(path, "a") as file:
            file.variables["lat"][:] = file.variables["lat"][::-1].copy()
    monthly_rasters(tmp_path, 2013)
    with rasterio.open(tmp_path / "climate/precipitation_2013.tif") as source:
        assert source.read(2)[:, 0].tolist() == [4, 3, 2, 1]
        assert np.isnan(source.read(1)[3, 0]) and source.transform.f == pytest.approx(36 + 1 / 48)
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(ValueError, match=r"ws_2013\.nc: cannot be read; delete it"):
        monthly_rasters(tmp_path, 2013)


def test_climate_is_asked_for_around_the_area():
    """The server is asked for the area with a margin, and one year."""
    rows = wanted_climate("http://x/{variable}.nc", AREA, 2013)
    assert [row.asset for row in rows] == ["tmax", "tmin", "ppt", "srad", "vap", "ws"]
    assert "time_start=2013-01-01" in rows[0].href and rows[2].href.startswith("http://x/ppt.nc?var=ppt&")


def test_topsoil_is_the_mean_by_thickness_in_our_unit(tmp_path):
    """5, 10 and 15 cm weigh 1, 2 and 3; whole numbers become g kg-1; no prediction stays missing."""
    for row in wanted_soil("http://x/", 1):
        value = {"0-5cm": 60, "5-15cm": 120, "15-30cm": 240}[row.asset]
        path = tmp_path / row.file
        path.parent.mkdir(parents=True, exist_ok=True)
        profile = {"driver": "GTiff", "count": 1, "height": 2, "width": 2, "dtype": "int16", "nodata": -32768}
        with rasterio.open(
            path, "w", **profile, crs="ESRI:54052", transform=Affine(250, 0, 0, 0, -250, 0)
        ) as target:
            target.write(np.array([[value, -32768], [0, value]], "int16"), 1)
    assert topsoil(tmp_path) == [f"soil/{name}.tif" for name in ("SOC", "TN", "pH", "CF", "BD")]
    mean = (60 + 2 * 120 + 3 * 240) / 6
    for name, factor in {"SOC": 0.1, "TN": 0.01, "pH": 0.1, "CF": 0.1, "BD": 0.01}.items():
        with rasterio.open(tmp_path / f"soil/{name}.tif") as source:
            values = source.read(1)
        assert values[0, 0] == pytest.approx(mean * factor)
        assert np.isnan(values[0, 1]) and np.isnan(values[1, 0])


def test_a_mosaic_is_cut_from_the_tiles_that_the_area_meets(client, server, tmp_path):
    """Tiles are joined on the lattice of the mosaic; larger pixels are repeated; far tiles are not opened."""
    folder = server.folder / "soil"
    folder.mkdir(exist_ok=True)
    cell, left, top = 250, 640000, 3950000
    rng = np.random.default_rng(1)
    whole = rng.integers(1, 500, (120, 120)).astype("int16")
    sources = []
    for number, (row, column) in enumerate([(0, 0), (0, 60), (60, 0), (60, 60)]):
        values = whole[row : row + 60, column : column + 60]
        size = cell
        if number == 1:  # one tile has pixels three times as large
            values = values[::3, ::3]
            whole[row : row + 60, column : column + 60] = np.kron(values, np.ones((3, 3), "int16"))
            size = 3 * cell
        profile = {
            "driver": "GTiff",
            "count": 1,
            "height": values.shape[0],
            "width": values.shape[1],
            "dtype": "int16",
            "nodata": -32768,
        }
        place = Affine(size, 0, left + column * cell, 0, -size, top - row * cell)
        with rasterio.open(
            folder / f"t{number}.tif", "w", **profile, crs="EPSG:32649", transform=place
        ) as target:
            target.write(values, 1)
        sources.append(
            f'<ComplexSource><SourceFilename relativeToVRT="1">t{number}.tif</SourceFilename>'
            f'<SrcRect xOff="0" yOff="0" xSize="{values.shape[1]}" ySize="{values.shape[0]}"/>'
            f'<DstRect xOff="{column}" yOff="{row}" xSize="60" ySize="60"/></ComplexSource>'
        )
    (folder / "soc.vrt").write_text(
        f'<VRTDataset rasterXSize="120" rasterYSize="120"><SRS>EPSG:32649</SRS>'
        f"<GeoTransform>{left}, {cell}, 0, {top}, 0, -{cell}</GeoTransform>"
        f'<VRTRasterBand dataType="Int16" band="1"><NoDataValue>-32768</NoDataValue>{"".join(sources)}'
        "</VRTRasterBand></VRTDataset>"
    )
    fetch_mosaic(client, f"{server.url}soil/soc.vrt", tmp_path / "soc.tif", AREA)
    with rasterio.open(tmp_path / "soc.tif") as source:
        column, row = round((source.transform.c - left) / cell), round((top - source.transform.f) / cell)
        np.testing.assert_array_equal(
            source.read(1), whole[row : row + source.height, column : column + source.width]
        )
        assert source.nodata == -32768
        assert source.bounds.left < AREA.bounds[0] and source.bounds.top > AREA.bounds[3]
    asked = {request for request in server.requests if "/t" in request}
    assert asked == {f"/soil/t{number}.tif" for number in (0, 1, 2, 3)} - {
        f"/soil/t{number}.tif"
        for number, (r, c) in enumerate([(0, 0), (0, 60), (60, 0), (60, 60)])
        if r >= row + source.height or r + 60 <= row or c >= column + source.width or c + 60 <= column
    }


@pytest.mark.parametrize(
    ("years", "name"),
    [
        (range(2010, 2016), "ESA-CCI-LC"),
        (range(1985, 1990), "ESA-CCI-LC"),
        (range(2019, 2025), "ESA-WorldCover"),
    ],
)
def test_land_cover_is_that_of_the_period(years, name):
    """The data set with the year nearest to the middle of the period."""
    assert [source.name for source in chosen_sources(["land_cover"], [], list(years))] == [name]


def test_classes_of_land_cover():
    """Codes of both products become classes, and unknown codes none."""
    cci, world = code_table("ESA-CCI-LC"), code_table("ESA-WorldCover")
    assert [cci[code] for code in (0, 10, 61, 130, 190, 201, 210)] == [0, 3, 1, 2, 4, 6, 5]
    assert [world[code] for code in (0, 10, 30, 40, 50, 60, 80)] == [0, 1, 2, 3, 4, 6, 5]
    assert set(cci) | set(world) == {0, *CODES.values()}


def test_every_source_has_a_licence_and_a_citation():
    """No data without its terms."""
    assert all(source.licence and source.citation and source.title for source in all_sources().values())
