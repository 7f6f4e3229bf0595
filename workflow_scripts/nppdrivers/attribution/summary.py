"""The attribution in plain words: sentences with the numbers of a run, for those who manage the land."""

from collections.abc import Iterable, Mapping

import numpy as np

from nppdrivers.attribution.findings import Findings
from nppdrivers.quantities import short_name

HALF = 50.0  # percent of the land
LEAD = 10.0  # percentage points by which the first category must be ahead of the second
CONFOUNDED = 0.5  # share of climate that elevation explains, above which the two cannot be distinguished
NEGLIGIBLE = 5.0  # percent that climate accounts for, below which where it comes from is left out
UNSURE = 80.0  # percent of the land where noise could explain the lead, above which no place is named
ALIKE = 0.9  # correlation of NPP and absorbed light from which their maps are called nearly the same
HALF_ALIKE = 0.71  # from which light makes half of the variance


def summarise(findings: Findings) -> dict[str, list[str]]:
    """Sentences by heading.

    Nothing is named as a driver when NPP is not predicted in land that was left out, and no place when noise
    could explain what leads nearly everywhere.

    Parameters
    ----------
    findings

    Returns
    -------
    dict of heading to sentences
    """
    sections = {
        "What drives plant growth here": _what(findings),
        "Where": _where(findings),
        "How sure this is": _how_sure(findings),
        "What is built into NPP": [*_light(findings), *_built_in(findings)],
        "What not to conclude": _cautions(findings),
    }
    return {heading: sentences for heading, sentences in sections.items() if sentences}


def _what(f: Findings) -> list[str]:
    if not f.is_predictive:
        return [
            f"No driver can be named. In land that the model has not seen, {_listed(f.explained)} do not "
            "predict how much carbon the plants fix (NPP): what looks like a pattern may be chance."
        ]
    ranked = _ranked(_parts(f.explained))
    (first, most), (_, next_) = ranked[:2]
    others = _listed(f"{name} {_percent(share)}" for name, share in ranked[1:])
    if first == "climate" and f.is_climate_unknown:
        return [
            "No kind of driver can be named as the first: climate seems to be, but its maps vary less than "
            "their own error, so that what they explain may be chance."
        ]
    if most - next_ >= LEAD and f.whole.area[first] > HALF:
        return [
            f"Over the whole area {first} leads: of what the drivers explain about the carbon that plants "
            f"fix (NPP), it accounts for {_percent(most)}, {others}."
        ]
    return [
        f"No single kind of driver stands out over most of the land: of what the drivers explain about the "
        f"carbon fixed by plants (NPP), {first} accounts for {_percent(most)}, {others}."
    ]


def _where(f: Findings) -> list[str]:
    if not f.is_predictive:
        return ["No place can be named either: the map of the dominant category shows noise."]
    if f.whole.indistinct > UNSURE:
        return [
            "Which kind of driver leads in which place cannot be determined: on "
            f"{_percent(f.whole.indistinct)} of the land noise could explain it. Use the map of the dominant "
            "category for the whole area only."
        ]
    areas = _listed(f"{name} on {_percent(share)}" for name, share in _ranked(f.whole.area))
    first, most = _ranked(f.whole.area)[0]
    if first == "climate" and f.is_climate_unknown:
        return ["No place can be named either: where climate seems to lead, its maps may show errors."]
    lines = [f"Best guess of what contributes most, by area: {areas} of the land."]
    lines.append(
        f"The lead of {first} is more than noise on {_percent(f.whole.sure[first])} of the land."
        if most > HALF
        else "No kind of driver leads on more than half of the land."
    )
    for zone, counts in f.zones.items():
        (name, share), (other, rest) = _ranked(counts.area)[:2]
        if counts.indistinct > UNSURE or (name == "climate" and f.is_climate_unknown):
            lines.append(f"{zone}: cannot be determined.")
        elif share - rest < LEAD:
            lines.append(f"{zone}: mixed, {name} {_percent(share)} and {other} {_percent(rest)} of the land.")
        else:
            lines.append(f"{zone}: {name} leads, on {_percent(share)} of the land.")
    return lines


def _how_sure(f: Findings) -> list[str]:
    lines = [f"Of the differences in NPP the model explains {_share(f.random_r2)} at single points left out"]
    if np.isnan(f.blocked_r2):
        lines[0] += "; the area is too small to leave out whole blocks of land, the more honest test."
    else:
        lines[0] += f" and {_share(f.blocked_r2)} in whole blocks of land left out."
        lines[0] += " The second figure is the honest one."
    if f.is_predictive:
        lines.append(
            f"With other points of measurement the same kind of driver would lead in about "
            f"{_tenths(f.leading_probability)} of 10 places; on {_percent(f.whole.indistinct)} of the land "
            "noise could explain which kind leads."
        )
    if f.inside_percent == 100:
        lines.append("All of the land is like the sampled points.")
    elif not np.isnan(f.inside_percent):
        inside = _percent(f.inside_percent)
        lines.append(
            f"{inside.capitalize()} of the land is like the sampled points; elsewhere the model extrapolates."
        )
    if f.beyond_chance:
        beyond = [_in_words(name) for name, more in f.beyond_chance.items() if more]
        lines.append(
            f"Single drivers: {_percent(f.local_percent)} of the land shows a significant local correlation, "
            f"and maps without any relation would show {_percent(f.chance_percent)}. "
            f"{len(beyond)} of {len(f.beyond_chance)} drivers show more than chance"
            + (f" ({', '.join(beyond)})." if beyond else ".")
        )
    return lines


def _in_words(driver: str) -> str:
    """Driver within a sentence."""
    words = short_name(driver)
    return words[0].lower() + words[1:]


def _light(f: Findings) -> list[str]:
    """How much of the map of NPP is that of absorbed light."""
    if np.isnan(f.light_r):
        return []
    light = "the map of absorbed light, which is NDVI times radiation"
    r = f"(r = {f.light_r:.2f})"
    if f.light_r > ALIKE:
        return [
            f"The map of NPP is nearly {light} {r}: what explains NPP here explains how green the land is, "
            "as satellites see it."
        ]
    if f.light_r > HALF_ALIKE:
        return [
            f"More than half of the pattern of NPP is that of {light} {r}; the efficiency of its land cover, "
            "temperature and water make the rest."
        ]
    return [
        f"Less than half of the pattern of NPP is that of {light} {r}: the efficiency of its land cover, "
        "temperature and water make most of it."
    ]


def _built_in(f: Findings) -> list[str]:
    if f.is_climate_unknown:
        return []
    lines = []
    gone, held = f.variance_gone_percent, f.climate_held_percent
    if not np.isnan(gone):
        effect = (
            f"{_percent(gone)} of the differences in NPP vanish"
            if gone > 0
            else "the differences in NPP do not get smaller"
        )
        lines.append(
            "NPP was computed from temperature, rain and sunshine, so part of the answer 'climate' is built "
            f"in by the method. With climate the same everywhere, {effect}."
        )
    before = _parts(f.explained).get("climate", 0.0)
    if f.is_predictive and before >= NEGLIGIBLE and not np.isnan(held):
        meaning = (
            "most of its share does not come from the method, but climate also stands for whatever else "
            "changes along with it over the land"
            if held > 0.7 * before
            else "much of its share comes from the method"
        )
        lines.append(
            f"Without that part climate accounts for {_percent(held)} instead of {_percent(before)}: "
            f"{meaning}."
        )
    level = f.elevation_share
    if not np.isnan(level):
        alike = ": here 'climate' and 'elevation' can hardly be distinguished" if level > CONFOUNDED else ""
        lines.append(
            f"Elevation alone explains {_share(level)} of the differences in the climate maps{alike}."
        )
        if f.is_predictive and not np.isnan(f.climate_level_percent):
            share = _percent(f.climate_level_percent)
            lines.append(f"Without the part that follows elevation climate accounts for {share}.")
    return lines


def _cautions(f: Findings) -> list[str]:
    lines = [
        "These are patterns on a map, not an experiment: a driver that shows where plants grow well need not "
        "be what makes them grow, and changing it need not change them."
    ]
    if f.unknown_climate:
        lines.append(
            f"Conclude nothing from {_listed(map(_in_words, f.unknown_climate))}: over this area the map "
            "varies less than its own standard error. More or nearer stations would be needed."
        )
    if not f.is_predictive:
        lines.append("Do not plan measures from these maps.")
    elif f.whole.indistinct > HALF:
        lines.append("Do not decide on a single field or pixel from the map of the dominant category.")
    if f.is_predictive and f.elevation_share > CONFOUNDED:
        lines.append("Do not read the share of climate as what a warmer or wetter future would do.")
    if f.inside_percent < 95:
        lines.append("Do not use the maps where the land is unlike the sampled points.")
    return lines


def _parts(explained: Mapping[str, float]) -> dict[str, float]:
    """Shares that add up to 100 %; a negative share counts as none."""
    positive = {name: max(share, 0.0) for name, share in explained.items()}
    total = sum(positive.values())
    return {name: 100 * share / total for name, share in positive.items()} if total else positive


def _ranked(shares: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(shares.items(), key=lambda item: -item[1])


def _listed(parts: Iterable[str]) -> str:
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last


def _percent(value: float) -> str:
    """Whole percent; nothing is rounded to none or all of it."""
    if np.isnan(value):
        return "an unknown share"
    if value < 0:
        return "nothing"
    if 0 < value < 1:
        return "less than 1 %"
    return "more than 99 %" if 99 < value < 100 else f"{value:.0f} %"


def _share(value: float) -> str:
    """Explained share of the differences; nothing where the model does worse than the mean."""
    return "nothing" if value <= 0 else _percent(100 * value)


def _tenths(value: float) -> str:
    return "an unknown number" if np.isnan(value) else f"{10 * value:.0f}"
