"""Which images the virtual basin writes, and the coarse products that a run then reads.

The standard library alone: the rules read this.
"""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

from nppdrivers.inputs.paths import is_virtual
from nppdrivers.period import Period

# Products by virtual_basin.coarse; the first are those of the settings' defaults
PRODUCTS = {"modis": ["MOD13Q1"], "viirs": ["VNP13A1"], "modis_then_viirs": ["MOD13A1", "VNP13A1"]}
# First whole years of the sensors
_COARSE_YEARS = {"modis": 2001, "viirs": 2012, "modis_then_viirs": 2001}
_FINE_YEARS = {"landsat": 1985, "hls": 2014, "sentinel2": 2016}


@dataclass(frozen=True)
class Sensors:
    """Images of the virtual basin.

    Attributes
    ----------
    coarse : {"modis", "viirs", "modis_then_viirs"}
        MODIS of 250 m, VIIRS of 500 m, or both of 500 m.
    fine : {"landsat", "hls", "sentinel2"}
    modis_until : str or None
        Last month, "YYYY-MM", in which composites of MODIS begin.
    """

    coarse: str = "modis"
    fine: str = "landsat"
    modis_until: str | None = None

    @property
    def first_year(self) -> int:
        """First year that the simulation may begin with."""
        return max(_COARSE_YEARS[self.coarse], _FINE_YEARS[self.fine])


def sensors_of(config: Mapping[str, Any]) -> Sensors:
    """Images that the settings ask of the virtual basin."""
    asked = config["virtual_basin"]
    return Sensors(asked["coarse"], asked["fine"], asked["modis_until"])


def take_virtual_products(config: MutableMapping[str, Any]) -> None:
    """Read the products that the virtual basin writes, where the settings leave those of the defaults.

    The change from MODIS to VIIRS is then, unless given, the month after the last one of MODIS.
    """
    asked = config.get("virtual_basin") or {}
    if (
        not is_virtual(config)
        or asked.get("coarse") not in PRODUCTS
        or not isinstance(config["coarse"], dict)
    ):
        return
    coarse = config["coarse"]
    if coarse.get("products") == PRODUCTS["modis"]:
        coarse["products"] = list(PRODUCTS[asked["coarse"]])
    if asked["coarse"] == "modis_then_viirs" and asked.get("modis_until") and not coarse.get("change"):
        coarse["change"] = month_after(asked["modis_until"])


def month_after(month: str) -> str:
    """The month after a month, "YYYY-MM"."""
    following = Period(month, f"{int(month[:4]) + 1}{month[4:]}").months
    return following[1]
