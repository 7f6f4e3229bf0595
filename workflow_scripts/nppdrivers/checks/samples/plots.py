"""Checks of the places of validation: biomass plots and points of measured NPP."""

from pathlib import Path

from nppdrivers.checks.findings import Findings, listed, span
from nppdrivers.checks.samples.places import place_findings
from nppdrivers.checks.samples.production import production_findings
from nppdrivers.checks.study import WGS84, Study
from nppdrivers.inputs.problems import InputWarning, Problem
from nppdrivers.inputs.tables import read_npp_points, read_plots
from nppdrivers.npp.reference_models import CARBON_SHARE


def check_plots(study: Study, path: Path) -> Findings:
    """Check the plots, and that at least one was measured during the study."""
    plots = read_plots(path, WGS84, study.columns.get("plots"))
    years = plots["first_year"].min(), plots["last_year"].max()
    yield f"{len(plots)} plots, measured {years[0]:.0f} to {years[1]:.0f}"
    yield f"biomass {span(plots['biomass_g_m2_yr'], 'g m-2 yr-1')}"
    yield from place_findings(plots, study, path)
    yield from production_findings(plots, "biomass_g_m2_yr", study, path, carbon_share=CARBON_SHARE)
    first, last = study.period.years[0], study.period.years[-1]
    if not ((plots["first_year"] <= last) & (plots["last_year"] >= first)).any():
        message = f"no plot was measured in {first} to {last}"
        yield Problem(str(path), "columns first_year, last_year", message, "check the years")
    known = list(study.plan.class_codes)
    unknown = [name for name in plots["land_cover"].dropna().unique() if name not in known]
    if known and unknown:
        message = f"{listed(unknown)}: not among the classes of the run"
        yield InputWarning(str(path), "column land_cover", message, f"the classes are {listed(known, 20)}")


def check_npp_points(study: Study, path: Path) -> Findings:
    """Check the points of measured NPP."""
    points = read_npp_points(path, WGS84, study.columns.get("npp_points"))
    yield f"{len(points)} points, {span(points['npp_gC_m2_yr'], 'gC m-2 yr-1')}"
    yield from place_findings(points, study, path)
    yield from production_findings(points, "npp_gC_m2_yr", study, path)
