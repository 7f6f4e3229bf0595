"""Words and numbers as figures print them: months, units, numbers, wrapped lines."""

import re

import numpy as np

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def unit_text(unit: str) -> str:
    """Unit as printed: ``gC m-2 yr-1`` becomes ``gC m⁻² yr⁻¹``, ``degC`` becomes ``°C``, ``1`` nothing."""
    if unit in ("", "1"):
        return ""
    raised = re.sub(r"(?<=[A-Za-z])-?\d+\b", lambda power: power[0].translate(_SUPERSCRIPT), unit)
    return raised.replace("degC", "°C")


def labelled(name: str, unit: str) -> str:
    """Name with its unit in brackets."""
    printed = unit_text(unit)
    return f"{name} [{printed}]".lstrip() if printed else name


def number(value: float, digits: int = 3) -> str:
    """Number with this many significant digits, a true minus sign and no exponent where it is avoidable."""
    if not np.isfinite(value):
        return "–"
    places = 0 if value == 0 else max(0, digits - 1 - int(np.floor(np.log10(abs(value)))))
    return f"{value:,.{min(places, 6)}f}".replace("-", "−")


def panel_title(position: int, title: str) -> str:
    """Title of a panel with its letter, such as "(a) Climate" for the first."""
    return f"({chr(97 + position)}) {title}"


def wrapped(text: str, width: int = 26) -> str:
    """Break a heading into lines that fit the legend column."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) + 1 > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)
