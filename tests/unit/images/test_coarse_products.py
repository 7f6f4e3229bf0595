"""The table of coarse products: its agreement with the settings, the products that may be combined."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from nppdrivers.images.coarse_products import PRODUCTS, coarse_product, disagreements, pixel_width_m

REPOSITORY = Path(__file__).resolve().parents[3]
TILE_M = 1_111_950.519667  # of the sinusoidal grid of the land products


def test_settings_offer_the_products_of_the_table():
    """The schema allows the products that can be read, and no other."""
    schema = yaml.safe_load((REPOSITORY / "config" / "schema.yaml").read_text())
    offered = schema["properties"]["coarse"]["properties"]["products"]["items"]["enum"]
    assert sorted(offered) == sorted(PRODUCTS)


def test_pixels_divide_a_tile():
    """A tile has 4800, 2400 or 1200 pixels a side, by the letters of the product's name."""
    pixels = {"Q1": 4800, "A1": 2400, "A2": 1200}
    for name, product in PRODUCTS.items():
        assert product.pixel_m == pytest.approx(TILE_M / pixels[name[-2:]], abs=1e-5)


def test_products_of_one_series():
    """One of each satellite with pixels of one width is a series."""
    assert disagreements(["MOD13A1", "MYD13A1"]) == []
    assert pixel_width_m(["MOD13A1", "MYD13A1"]) == pytest.approx(463.3, abs=0.1)


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (["MOD13Q1", "MOD13Q1"], "two of one satellite"),
        (["VNP13A1", "VJ113A1"], "two with composites of the same days"),
        (["MOD13Q1", "MYD13A1"], r"different width, MOD13Q1 \(232 m\) and MYD13A1 \(463 m\)"),
    ],
)
def test_products_that_make_no_series(names, reason):
    """Two of one satellite, or pixels of different width: refused with the reason."""
    with pytest.raises(ValueError, match=reason):
        pixel_width_m(names)


def test_unknown_product():
    """A product that is not in the table is an error that names those there are."""
    with pytest.raises(ValueError, match=r"'MOD09A1' is no coarse product.*MOD13Q1"):
        coarse_product("MOD09A1")


@pytest.mark.parametrize(
    "module", ["images.coarse_products", "checks.image.settings", "acquire.site", "inputs.settings.old_names"]
)
def test_rules_can_read_the_table(module):
    """What the Snakefile asks, outside of all environments, needs the standard library alone."""
    code = f"import nppdrivers.{module}; print(*sys.modules)"
    folder = REPOSITORY / "workflow_scripts"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.append({str(folder)!r}); {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {name.split(".")[0] for name in done.stdout.split()} - {"nppdrivers"}
    assert loaded <= set(sys.stdlib_module_names) | {"__main__"}
