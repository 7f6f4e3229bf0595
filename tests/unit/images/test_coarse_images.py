"""MODIS: HDF4-EOS and GeoTIFF layers, scales, masks, days, mosaics, resampling that conserves means."""

from datetime import date

import numpy as np
import pytest
import rasterio
from affine import Affine
from coarse_writers import (
    LEFT,
    PIXEL,
    SINUSOIDAL,
    TOP,
    grid_inside,
    name_of,
    reflectance_layers,
    vegetation_layers,
    write_hdf,
)
from pixel_means import averaged

from nppdrivers.grid import Grid
from nppdrivers.images import coarse_images
from nppdrivers.images.resampling import conserve_means
from nppdrivers.rasters import to_grid
from nppdrivers.vegetation_index import as_index

EPOCH_2010 = 14610  # days from 1970-01-01 to 2010-01-01


@pytest.fixture
def ndvi():
    """NDVI of 30 x 40 pixels."""
    return np.random.default_rng(5).uniform(-0.1, 0.9, (30, 40))


def test_ndvi_and_its_grid(tmp_path, ndvi):
    """NDVI is the stored number divided by 10000; the grid is the stated corners over the stated size."""
    path = write_hdf(tmp_path / name_of("2010129"), vegetation_layers(ndvi))
    values, days, crs, transform = coarse_images.read_vegetation_index([path])
    np.testing.assert_allclose(values, ndvi, atol=6e-5)
    assert values.dtype == days.dtype == np.float32
    np.testing.assert_allclose(list(transform)[:6], [PIXEL, 0, LEFT, 0, -PIXEL, TOP], atol=1e-5)
    assert rasterio.CRS.from_wkt(crs) == rasterio.CRS.from_proj4(SINUSOIDAL)


def test_middle_of_the_period_without_a_day_layer(tmp_path, ndvi):
    """Without the layer of days the middle of the period stands, day 129 + 8 of 2010."""
    path = write_hdf(tmp_path / name_of("2010129"), vegetation_layers(ndvi))
    assert (coarse_images.read_vegetation_index([path])[1] == EPOCH_2010 + 128 + 8).all()


def test_days_wrap_at_the_end_of_the_year(tmp_path, ndvi):
    """In the composite of day 353, days 1 to 3 are of the next year; fill takes the middle of the period."""
    day = np.full(ndvi.shape, 360)
    day[0, 0], day[0, 1], day[0, 2] = 2, 353, -1
    path = write_hdf(tmp_path / name_of("2010353"), vegetation_layers(ndvi, day=day))
    days = coarse_images.read_vegetation_index([path])[1]
    assert days[0, :4].tolist() == [
        EPOCH_2010 + 365 + 1,
        EPOCH_2010 + 352,
        EPOCH_2010 + 360,
        EPOCH_2010 + 359,
    ]


def test_days_of_aqua_wrap_too(tmp_path, ndvi):
    """Aqua's last composite begins on day 361 and reaches to day 11: days below 20 are of the next year."""
    day = np.full(ndvi.shape, 364)
    day[0, 0], day[0, 1], day[0, 2] = 11, 361, 1
    path = write_hdf(tmp_path / name_of("2010361").replace("MOD", "MYD"), vegetation_layers(ndvi, day=day))
    days = coarse_images.read_vegetation_index([path])[1]
    assert (days[0, :4] - EPOCH_2010).tolist() == [365 + 10, 360, 365, 363]


def test_500_m_product(tmp_path, ndvi):
    """MOD13A1 names its layers "500m 16 days ..." and is read the same."""
    layers = vegetation_layers(ndvi, day=np.full(ndvi.shape, 130))
    layers = {name.replace("250m", "500m"): layer for name, layer in layers.items()}
    write_hdf(tmp_path / name_of("2010129").replace("13Q1", "13A1"), layers)
    assert coarse_images.find_composites(tmp_path) == {}
    ((_, files),) = coarse_images.find_composites(tmp_path, "MOD13A1").items()
    values, days, *_ = coarse_images.read_vegetation_index(files)
    np.testing.assert_allclose(values, ndvi, atol=6e-5)
    assert (days == EPOCH_2010 + 129).all()


def test_masks_are_local(tmp_path, ndvi):
    """Fill, values out of range, snow, cloud and bad quality are NaN in NDVI and day; nothing else is."""
    reliability, quality = np.zeros(ndvi.shape), np.full(ndvi.shape, 2112)
    ndvi[0, 0], ndvi[0, 1] = np.nan, -0.25
    reliability[1, 0], reliability[1, 1], reliability[1, 2], reliability[1, 3] = -1, 2, 3, 1
    quality[2, 0], quality[2, 1] = 65535, 2112 | 1 << 10
    layers = vegetation_layers(ndvi, reliability=reliability, quality=quality)
    values, days, *_ = coarse_images.read_vegetation_index([write_hdf(tmp_path / name_of("2010129"), layers)])
    missing = [(0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 0), (2, 1)]
    assert list(zip(*np.nonzero(np.isnan(values)), strict=True)) == missing
    np.testing.assert_array_equal(np.isnan(values), np.isnan(days))


@pytest.mark.parametrize("factor", [10000.0, 0.0001])
def test_scale_is_divided_or_multiplied(tmp_path, factor):
    """A scale factor of 10000 is divided by, one of 0.0001 multiplied with."""
    layers = {"sur_refl_b01": (np.full((3, 4), 2500, "int16"), {"scale_factor": factor, "add_offset": 0.0})}
    layer = coarse_images.read_layer(write_hdf(tmp_path / "any.A2010001.hdf", layers), "sur_refl_b01")
    np.testing.assert_allclose(layer.physical(), 0.25)


def test_tiles_are_mosaicked_without_a_seam(tmp_path, ndvi):
    """Two tiles side by side give what one file of both gives, natively and on a grid across the seam."""
    write_hdf(tmp_path / name_of("2010129", "h27v05"), vegetation_layers(ndvi[:, :17]))
    write_hdf(
        tmp_path / name_of("2010129", "h28v05"), vegetation_layers(ndvi[:, 17:]), left=LEFT + 17 * PIXEL
    )
    (tmp_path / "one").mkdir()
    whole = write_hdf(tmp_path / "one" / name_of("2010129"), vegetation_layers(ndvi))
    tiles = [tmp_path / name_of("2010129", tile) for tile in ("h27v05", "h28v05")]
    (one, _, _, transform), (other, *_) = (coarse_images.read_vegetation_index(p) for p in (tiles, [whole]))
    np.testing.assert_array_equal(one, other)
    assert transform.c == pytest.approx(LEFT)
    grid = grid_inside(12, 8)
    for a, b in zip(
        coarse_images.read_composite(tiles, grid), coarse_images.read_composite([whole], grid), strict=True
    ):
        np.testing.assert_allclose(a, b, atol=1e-6)  # corners are stated to six decimals


def test_window_equals_whole_tile(tmp_path, ndvi):
    """Reading only the part around the grid gives the same as reading the whole tile."""
    path = write_hdf(tmp_path / name_of("2010129"), vegetation_layers(ndvi))
    grid = grid_inside(10, 8)
    values, _, crs, transform = coarse_images.read_vegetation_index([path], grid)
    assert values.size < ndvi.size
    whole, _, crs, whole_transform = coarse_images.read_vegetation_index([path])
    np.testing.assert_array_equal(
        to_grid(values, crs, transform, grid, resampling="nearest"),
        to_grid(whole, crs, whole_transform, grid, resampling="nearest"),
    )


def test_composite_on_the_grid(tmp_path, ndvi):
    """On the grid NDVI is missing where the nearest pixel is, and each value has its day."""
    ndvi[12:15, 18:22] = np.nan
    day = np.full(ndvi.shape, 133)
    path = write_hdf(tmp_path / name_of("2010129"), vegetation_layers(ndvi, day=day))
    grid = grid_inside(12, 10)
    fine, days = coarse_images.read_composite([path], grid)
    native, _, crs, transform = coarse_images.read_vegetation_index([path])
    nearest = to_grid(native, crs, transform, grid, resampling="nearest")
    assert (
        np.mean(np.isnan(nearest) == np.isnan(fine)) > 0.999
    )  # cells on the edge of a pixel may fall either way
    np.testing.assert_array_equal(np.isnan(fine), np.isnan(days))
    assert np.nanmin(days) == np.nanmax(days) == EPOCH_2010 + 132
    assert 0.05 < np.isnan(fine).mean() < 0.2


def test_bands_of_a_composite(tmp_path, ndvi):
    """Red and NIR lie where NDVI does, sum to what was stored, and their index is near NDVI on the grid."""
    ndvi[12:15, 18:22] = np.nan
    path = write_hdf(tmp_path / name_of("2010129"), vegetation_layers(ndvi) | reflectance_layers(ndvi))
    grid = grid_inside(12, 10)
    bands, day = coarse_images.read_bands([path], grid)
    fine, fine_day = coarse_images.read_composite([path], grid)
    np.testing.assert_array_equal(np.isnan(bands), np.isnan([fine, fine]))
    np.testing.assert_array_equal(day, fine_day)
    np.testing.assert_allclose(np.nanmean(bands.sum(axis=0)), 0.4, atol=2e-3)
    np.testing.assert_allclose(np.nanmean(as_index(bands) - fine), 0.0, atol=5e-3)


def test_composite_without_bands_is_refused(tmp_path, ndvi):
    """Without reflectance layers the message names the layer, the composite and the setting."""
    path = write_hdf(tmp_path / name_of("2010129"), vegetation_layers(ndvi))
    with pytest.raises(ValueError, match=r"no layer 'red reflectance' .* 2010-05-09; .* fusion.layers: ndvi"):
        coarse_images.read_bands([path], grid_inside(12, 10))


def test_means_of_coarse_pixels_are_kept():
    """The mean of the fine cells of a pixel is its value, five times closer than without the correction."""
    rng = np.random.default_rng(8)
    coarse = rng.uniform(0.2, 0.8, (30, 40)).astype("float32")
    crs, transform = SINUSOIDAL, Affine(PIXEL, 0, LEFT, 0, -PIXEL, TOP)
    grid = grid_inside(22, 16)
    errors = {}
    for name, fine in (
        ("bilinear", to_grid(coarse, crs, transform, grid, resampling="bilinear")),
        ("conserving", conserve_means(coarse, crs, transform, grid, limits=(-0.2, 1.0))),
    ):
        lost = averaged(fine, grid, crs, transform, coarse.shape) - coarse
        assert np.isfinite(lost).sum() > 100
        errors[name] = np.sqrt(np.nanmean(lost**2))
    assert errors["conserving"] < 0.015
    assert errors["conserving"] < 0.2 * errors["bilinear"]


def test_constant_image_stays_constant():
    """A constant coarse image gives the same constant on the grid, next to gaps too."""
    coarse = np.full((30, 40), 0.4, "float32")
    coarse[14:16, 19:21] = np.nan
    place = SINUSOIDAL, Affine(PIXEL, 0, LEFT, 0, -PIXEL, TOP), grid_inside(12, 10)
    fine = conserve_means(coarse, *place, limits=(-0.2, 1.0))
    np.testing.assert_allclose(fine[np.isfinite(fine)], 0.4, atol=1e-6)
    assert np.isnan(fine).any()


@pytest.mark.parametrize(
    "name",
    [
        "MOD13Q1.A2010129.{}.tif",
        "MOD13Q1.A2010129.h27v05.061.2015240103215_{}.tif",
        "MOD13Q1.061__{}_doy2010129_aid0001.tif",
        "MOD13Q1.061__{}_doy2010129000000_aid0001.tif",
    ],
    ids=["short", "cloud-optimised copies in catalogues", "AppEEARS", "AppEEARS with hour and minute"],
)
def test_geotiff_layers(tmp_path, ndvi, name):
    """One GeoTIFF a layer, named as catalogues and AppEEARS name them, is read like the HDF file."""
    transform = Affine(PIXEL, 0, LEFT, 0, -PIXEL, TOP)
    layout = {
        "driver": "GTiff",
        "height": 30,
        "width": 40,
        "count": 1,
        "crs": SINUSOIDAL,
        "transform": transform,
    }
    quality = np.full(ndvi.shape, 2112)
    quality[0, 0] = 2112 | 1 << 14
    reliability, day = np.zeros(ndvi.shape), np.full(ndvi.shape, 131)
    reliability[0, 1] = -1
    layers = vegetation_layers(ndvi, reliability=reliability, quality=quality, day=day)
    for layer, (values, _) in layers.items():
        path = tmp_path / name.format(layer.replace(" ", "_"))
        with rasterio.open(path, "w", dtype=values.dtype, **layout) as target:
            target.write(values, 1)
    ((start, files),) = coarse_images.find_composites(tmp_path).items()
    assert start == date(2010, 5, 9)
    values, days, *_ = coarse_images.read_vegetation_index(files)
    assert np.isnan(values[0, :2]).all()
    np.testing.assert_allclose(values[1:], ndvi[1:], atol=6e-5)
    assert np.nanmin(days) == EPOCH_2010 + 130


def test_composites_are_grouped_by_date(tmp_path, ndvi):
    """Tiles of one date come together, dates in order, other products apart."""
    for name in (name_of("2010145"), name_of("2010129"), name_of("2010129", "h28v05")):
        (tmp_path / name).touch()
    (tmp_path / name_of("2010129").replace("MOD", "MYD")).touch()
    found = coarse_images.find_composites(tmp_path)
    assert [(start.isoformat(), len(files)) for start, files in found.items()] == [
        ("2010-05-09", 2),
        ("2010-05-25", 1),
    ]
    assert list(coarse_images.find_composites(tmp_path, "MYD13Q1")) == [date(2010, 5, 9)]


def test_terra_and_aqua_together(tmp_path):
    """Composites of both satellites come in one order of dates; asked for one, that one alone comes."""
    for product, day in (("MYD13Q1", "2010009"), ("MOD13Q1", "2010017"), ("MOD13Q1", "2010001")):
        (tmp_path / name_of(day).replace("MOD13Q1", product)).touch()
    both = coarse_images.find_composites(tmp_path, "MOD13Q1", "MYD13Q1")
    assert list(both) == [date(2010, 1, 1), date(2010, 1, 9), date(2010, 1, 17)]
    assert [path.name[:3] for (path,) in both.values()] == ["MOD", "MYD", "MOD"]
    assert list(coarse_images.find_composites(tmp_path, "MYD13Q1")) == [date(2010, 1, 9)]


def test_annual_npp_keeps_its_fill_classes(tmp_path):
    """Stored numbers of MOD17A3HGF pass as they are, all fill classes apart."""
    stored = np.array([[5000, 32761, 32762], [32766, 32767, -20]], "int16")
    about = {"_FillValue": 32767, "valid_range": (-30000, 32700), "scale_factor": 0.0001}
    path = write_hdf(tmp_path / "MOD17A3HGF.A2010001.h27v05.061.hdf", {"Npp_500m": (stored, about)})
    layer = coarse_images.read_native([path], "Npp_500m")
    np.testing.assert_array_equal(layer.values, stored)
    np.testing.assert_allclose(layer.physical()[0, 0], 0.5)
    assert layer.valid.tolist() == [[True, False, False], [False, False, True]]


def test_errors_name_the_file(tmp_path, ndvi):
    """Damaged files, other projections, absent layers and tiles elsewhere are reported with the file."""
    damaged = tmp_path / name_of("2010129")
    damaged.write_bytes(b"\x0e\x03\x13\x01 cut off")
    with pytest.raises(ValueError, match=r"A2010129.*cannot be read"):
        coarse_images.read_vegetation_index([damaged])
    other = write_hdf(tmp_path / name_of("2010145"), vegetation_layers(ndvi), projection="GCTP_GEO")
    with pytest.raises(ValueError, match=r"A2010145.*projection GCTP_GEO"):
        coarse_images.read_vegetation_index([other])
    good = write_hdf(tmp_path / name_of("2010161"), vegetation_layers(ndvi))
    with pytest.raises(ValueError, match=r"A2010161.*no layer 'EVI'"):
        coarse_images.read_layer(good, "EVI")
    far = Grid("EPSG:32649", Affine(30, 0, 100005, 0, -30, 3940005), 20, 30)
    with pytest.raises(ValueError, match=r"A2010161.*none touches the study grid"):
        coarse_images.read_vegetation_index([good], far)


def test_a_window_of_a_tile_gives_the_bits_of_the_tile(tmp_path):
    """Wherever a window begins, its layers, and the index on the grid, are those of the whole tile."""
    ndvi = np.random.default_rng(8).uniform(-0.1, 0.9, (60, 60))
    whole = write_hdf(tmp_path / name_of("2010129"), vegetation_layers(ndvi))
    grid = grid_inside(12, 10)
    expected = coarse_images.read_composite([whole], grid)
    names = ("250m 16 days NDVI", "250m 16 days VI Quality", "250m 16 days pixel reliability")
    for cut in range(1, 5):
        paths = []
        for name in names:
            layer = coarse_images.read_layer(whole, name)
            paths.append(tmp_path / f"{whole.stem}_{cut}_{name.replace(' ', '_')}.tif")
            place = layer.transform @ Affine.translation(cut, cut)
            profile = {"driver": "GTiff", "count": 1, "height": 60 - cut, "width": 60 - cut}
            profile |= {
                "dtype": layer.values.dtype,
                "nodata": layer.fills[0],
                "crs": layer.crs,
                "transform": place,
            }
            with rasterio.open(paths[-1], "w", **profile) as target:
                target.write(layer.values[cut:, cut:], 1)
        for found, wanted in zip(coarse_images.read_composite(paths, grid), expected, strict=True):
            np.testing.assert_array_equal(found, wanted)
