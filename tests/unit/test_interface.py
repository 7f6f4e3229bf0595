"""The interface file agrees with the settings, the register of quantities and the folders of the scripts."""

import re

import house
import pandas as pd
import yaml
from interface import INTERFACE, OPEN, results

from nppdrivers.quantities import quantity

SCHEMA = yaml.safe_load((house.REPOSITORY / "config" / "schema.yaml").read_text(encoding="utf-8"))
INPUTS = INTERFACE["inputs"]


def allowed(schema, *keys):
    """Words that the schema allows at a place, shared definitions followed."""
    for key in keys:
        schema = schema[key]
    if "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]
    return (
        schema["enum"] if "enum" in schema else [word for part in schema["anyOf"] for word in allowed(part)]
    )


def test_inputs_are_those_of_the_settings():
    """The inputs have the names that the settings know, and the README lists the same."""
    names = set(INPUTS)
    assert names == set(SCHEMA["properties"]["inputs"]["oneOf"][1]["properties"])
    section = (house.REPOSITORY / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", section, flags=re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row)} == names


def test_columns_are_those_that_the_settings_map():
    """Each table has the columns whose names a user may map in the settings, and no others."""
    tables = SCHEMA["properties"]["columns"]["properties"]
    for table in tables:
        assert set(INPUTS[table]["columns"]) == set(
            allowed(SCHEMA, "properties", "columns", "properties", table, "propertyNames")
        ), table


def test_units_of_samples_are_registered():
    """Soil samples have the units of the maps made from them."""
    for name in INTERFACE["wildcards"]["property"]:
        assert INPUTS["soil_samples"]["columns"][name] == quantity(name).unit


def test_survey_has_the_layers_of_the_indicators():
    """Layers and attributes of the survey are those that the table of hazard indicators reads."""
    indicators = pd.read_csv(house.REPOSITORY / "config" / "hazard_indicators.csv", keep_default_na=False)
    read = {}
    for row in indicators.itertuples():
        for layer in row.layers.split("+"):
            read.setdefault(layer, set()).update(filter(None, row.attribute.split("/")))
    assert {layer: set(attributes) for layer, attributes in INPUTS["survey"]["layers"].items()} == read


def test_wildcards_have_the_values_of_the_settings():
    """Variables, properties, terms and methods are those that the settings allow."""
    wildcards, top = INTERFACE["wildcards"], SCHEMA["properties"]
    assert set(wildcards["variable"]) == set(allowed(top, "climate", "properties", "variables", "items"))
    assert set(wildcards["property"]) == set(allowed(top, "soil", "properties", "properties", "items"))
    assert set(wildcards["term"]) == set(allowed(top, "npp", "properties", "intermediates", "items"))
    assert set(OPEN) | {"variable", "driver", "property", "term", "method", "series"} == set(wildcards)


def test_products_have_their_registered_unit():
    """Each raster names a registered product with its unit, or products that its wildcard stands for."""
    for result in results():
        name = result.get("product", "")
        if "{" in name:
            wildcard, ending = re.fullmatch(r"\{(\w+)\}(\w*)", name).groups()
            assert all(quantity(value + ending) for value in INTERFACE["wildcards"][wildcard])
        elif name:
            assert quantity(name).unit == result["unit"], result["path"]


def test_stages_have_scripts():
    """Each stage that writes results has a folder of scripts."""
    assert all((house.SCRIPTS / stage).is_dir() for stage in INTERFACE["results"])
