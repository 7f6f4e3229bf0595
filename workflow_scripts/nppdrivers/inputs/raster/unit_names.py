"""Units that files state, and what brings their values to the unit of the project."""

import re

from nppdrivers.quantities import Quantity

# By unit of the project: value in it = value x factor + shift
_CONVERSIONS: dict[str, dict[str, tuple[float, float]]] = {
    "m": {
        "dm": (0.1, 0),
        "cm": (0.01, 0),
        "mm": (0.001, 0),
        "km": (1000, 0),
        "ft": (0.3048, 0),
        "us survey foot": (1200 / 3937, 0),
    },
    "degC": {"k": (1, -273.15), "degf": (5 / 9, -160 / 9), "0.1 degc": (0.1, 0), "0.1 k": (0.1, -273.15)},
    "mm month-1": {"kg m-2": (1, 0), "cm": (10, 0), "m": (1000, 0), "in": (25.4, 0), "0.1 mm": (0.1, 0)},
    "h month-1": {"min": (1 / 60, 0), "s": (1 / 3600, 0), "0.1 h": (0.1, 0)},
    "MJ m-2 month-1": {"kj m-2": (1e-3, 0), "j m-2": (1e-6, 0), "kwh m-2": (3.6, 0)},
    "%": {"g kg-1": (0.1, 0), "0.1 %": (0.1, 0)},
    "g kg-1": {"%": (10, 0), "dg kg-1": (0.1, 0), "cg kg-1": (0.01, 0), "mg kg-1": (1e-3, 0)},
    "mg kg-1": {"ppm": (1, 0), "g kg-1": (1000, 0)},
    "g cm-3": {"kg dm-3": (1, 0), "t m-3": (1, 0), "kg m-3": (1e-3, 0), "cg cm-3": (0.01, 0)},
}  # fmt: skip
_SPELLINGS = {
    "m": "metre meter metres meters",
    "ft": "foot feet foot_intl international_foot",
    "us survey foot": "us_survey_foot us_survey_feet ftus us-ft foot_us us_foot",
    "cm": "centimetre centimeter centimetres centimeters",
    "dm": "decimetre decimeter decimetres decimeters",
    "km": "kilometre kilometer kilometres kilometers",
    "mm": "millimetre millimeter millimetres millimeters",
    "in": "inch inches",
    "k": "kelvin degk deg_k",
    "degc": "c celsius °c deg_c degrees_celsius degree_celsius degrees_c",
    "degf": "f fahrenheit °f deg_f degrees_fahrenheit degree_fahrenheit",
    "%": "percent per_cent pct",
    "h": "hr hrs hour hours",
    "min": "minute minutes",
}
_PLAIN = {
    f"{spelling}".replace("_", " "): name for name, text in _SPELLINGS.items() for spelling in text.split()
}
# Units of another kind: values in them need more than a factor
_OTHER_KINDS = re.compile(r"w m-2|.*(day-1|d-1|s-1|yr-1|year-1)|deg|degrees?|radians?|rad")
_NO_UNIT = ("", "1", "-", "none", "unknown", "unitless", "n/a", "dn", "dimensionless")


def conversion(stated: str, quantity: Quantity, file: str) -> tuple[tuple[float, float], str]:
    """What brings values of a stated unit to that of a quantity.

    Parameters
    ----------
    stated : str
        As in the file; empty where it states none.
    quantity : Quantity
    file : str
        For the message.

    Returns
    -------
    (factor, shift), remark
        The remark says what was converted, or that a unit is not known and taken for that of the quantity.

    Raises
    ------
    ValueError
        For a unit of another kind, as mm per day for a sum over a month.
    """
    plain, wanted = _plain(stated), quantity.unit
    own = {_plain(wanted), _plain(wanted.removesuffix(" month-1"))}
    if plain in _NO_UNIT or plain in own:
        return (1.0, 0.0), ""
    known = _CONVERSIONS.get(wanted, {})
    if plain in known:
        factor, shift = known[plain]
        words = f"x {factor:.6g}" + (f" {shift:+.6g}" if shift else "")
        return (factor, shift), f"states the unit {stated}: converted to {wanted} ({words})"
    if _OTHER_KINDS.fullmatch(plain):
        raise ValueError(
            f"{file}: states the unit {stated}, but {wanted} is needed; convert the values, or correct the "
            "unit that the file states"
        )
    return (1.0, 0.0), f"states the unit {stated}, which is not known: its values are taken for {wanted}"


def _plain(unit: str) -> str:
    """Unit in small letters, "g kg-1" for "g/kg", by the month as without it."""
    text = re.sub(r"[\s_*·]+", " ", unit.strip().lower().replace("^", "").replace("²", "2"))
    if text in _NO_UNIT:
        return text
    text = re.sub(r" ?/ ?([a-z]+)(\d?)", lambda below: f" {below[1]}-{below[2] or 1}", text)
    text = text.removesuffix(" month-1").removesuffix(" mon-1")
    return _PLAIN.get(text, text)
