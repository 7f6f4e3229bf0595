"""The settings and their schema say the same."""

from pathlib import Path

import pandas as pd
import pytest
import settings_page
import yaml

from nppdrivers.quantities import quantities

CONFIG = Path(__file__).resolve().parents[2] / "config"
SETTINGS = yaml.safe_load((CONFIG / "config.yaml").read_text())
SCHEMA = yaml.safe_load((CONFIG / "schema.yaml").read_text())
# Tables whose keys the user chooses.
TABLES = ("stations", "weather", "monthly_weather", "soil_samples", "plots", "npp_points")
FREE = {"land_cover.codes", *(f"columns.{name}" for name in TABLES)}


def settings_keys(section, path=""):
    """Dotted names of all keys of the settings."""
    for key, value in section.items():
        name = f"{path}{key}"
        yield name
        if isinstance(value, dict) and name not in FREE:
            yield from settings_keys(value, f"{name}.")


def schema_keys(section, path=""):
    """Dotted names of all keys that the schema describes, with their descriptions."""
    for key, value in section.get("properties", {}).items():
        yield f"{path}{key}", value.get("description", "")
        yield from schema_keys(value, f"{path}{key}.")


def test_every_setting_is_in_the_schema_and_the_reverse():
    """No key of the settings is unknown to the schema, and none of the schema's lacks an example."""
    assert set(settings_keys(SETTINGS)) == {name for name, _ in schema_keys(SCHEMA)}


def test_every_setting_is_described():
    """Each key of the schema has a description that is a sentence."""
    undescribed = [name for name, text in schema_keys(SCHEMA) if not text.endswith(".")]
    assert undescribed == []


def test_settings_are_short_and_commented():
    """The settings stay within 150 lines."""
    assert len((CONFIG / "config.yaml").read_text().splitlines()) <= 150


def test_example_site_names_known_inputs():
    """The template names inputs that the schema knows, all of them but those that replace others."""
    example = yaml.safe_load((CONFIG / "example_site.yaml").read_text())["inputs"]
    known = SCHEMA["properties"]["inputs"]["oneOf"][1]["properties"]
    replacing = {"fine_images", "monthly_weather", "soil_rasters", "climate_rasters"}
    assert set(known) - set(example) == replacing
    assert set(example) <= set(known)


def test_settings_know_the_registered_quantities():
    """Weather variables and soil properties of the settings are those of the register, written once."""
    assert SCHEMA["$defs"]["weather_variable"]["enum"] == list(quantities("weather"))
    assert SCHEMA["$defs"]["soil_property"]["enum"] == list(quantities("soil"))
    text = (CONFIG / "schema.yaml").read_text()
    assert text.count("relative_humidity") == text.count("SOC, ") == 1


def test_constants_have_a_source():
    """Each row of the tables of constants says where its values come from."""
    for name in ("land_cover.csv", "hazard_indicators.csv"):
        assert pd.read_csv(CONFIG / name)["source"].str.len().gt(10).all(), name


def test_page_of_settings_equals_the_schema():
    """The page lists every setting with the type, range, default and unit that the schema gives it."""
    page = settings_page.PAGE.read_text(encoding="utf-8")
    renewed = settings_page.renewed(page)
    if page != renewed:  # a readable message in place of two long pages
        different = set(renewed.splitlines()) ^ set(page.splitlines())
        pytest.fail("run `python docs/settings_page.py` to renew:\n" + "\n".join(sorted(different)))
