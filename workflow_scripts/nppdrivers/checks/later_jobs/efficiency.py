"""What the fit of light use efficiencies asks of measured NPP: three places or more in some class."""

from pathlib import Path

import geopandas as gpd
import pandas as pd

from nppdrivers.checks.findings import Findings
from nppdrivers.checks.study import WGS84, Study
from nppdrivers.inputs.problems import InputWarning, Problem
from nppdrivers.inputs.raster.door import sample
from nppdrivers.npp.efficiency import LEAST_SITES
from nppdrivers.npp.sites import read_sites
from nppdrivers.quantities import quantity

_UNNAMED = "the one class of the run"


def check_sites(study: Study, path: Path, *, name: str) -> Findings:
    """Some class has places enough for a fit; those that keep the published efficiency are named."""
    fit_to = [kind for kind in study.plan.fit_to if kind in study.inputs]
    if name != next(iter(fit_to), None) or study.area is None:
        return  # the first of the tables is asked for all of them
    sites = read_sites({kind: study.inputs[kind] for kind in fit_to}, study.columns, WGS84)
    sites = sites[sites.within(study.area.union_all()) & sites["measured"].notna()]
    counts = _classes(study, sites).value_counts()
    shown = ", ".join(f"{name} {number}" for name, number in counts.items()) or "none where plants grow"
    yield f"places for the fit of efficiencies: {shown}"
    remedy = "give more places, or take npp.fit_epsilon out"
    if not (counts >= LEAST_SITES).any():
        fault = f"no class has the {LEAST_SITES} places of measured NPP that npp.fit_epsilon needs: {shown}"
        yield Problem(str(path), "", fault, remedy)
    elif len(few := counts[counts < LEAST_SITES]):
        kept = ", ".join(f"{name} {number}" for name, number in few.items())
        fault = f"classes with fewer than {LEAST_SITES} places keep their published efficiency: {kept}"
        yield InputWarning(str(path), "", fault, "give more places where it matters")


def _classes(study: Study, sites: gpd.GeoDataFrame) -> pd.Series:
    """Class of each place: as its table says, or else of the land cover there; NaN where nothing grows."""
    plan, barren = study.plan, set()
    if plan.classes:
        table = pd.read_csv(plan.classes)
        barren = set(table["class"][~table["vegetated"].astype(bool)])
    names = {code: name for name, code in plan.class_codes.items() if name not in barren}
    stated = sites["class"].where(sites["class"].isin(names.values()))
    if "land_cover" not in study.inputs:
        return stated.fillna(_UNNAMED)
    codes = sample(study.inputs["land_cover"], sites.geometry.x, sites.geometry.y, quantity("land_cover"))
    return stated.fillna(pd.Series(codes, sites.index).map(names))
