"""CASA at flux towers: twice its monthly NPP against the gross production (GPP) of FLUXNET2015.

    PYTHONPATH=workflow_scripts OMP_NUM_THREADS=1 python benchmarks/towers.py FOLDER

FOLDER is CARDAMOM-FluxVal version 1.0 (folder DATA/CARDAMOM-FLUXVAL_v1.0 of the public repository
CARDAMOM-framework/CARDAMOM_v2.2 on GitHub; CC BY 4.0, Pastorello et al. 2020, Sci. Data 7:225). It has
monthly weather and LAI, but no NDVI: FPAR is 1 - exp(-k LAI), and CASA is given the NDVI of that FPAR. LAI
of months without it is the tower's mean of that calendar month. NPP is a share of GPP, one half by default.
What is fitted is fitted to the other towers. Intervals are those of towers drawn anew.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from towers_p_model import p_model_gpp

from nppdrivers import casa
from nppdrivers.agreement import agreement
from nppdrivers.npp.efficiency import LEAST_SITES, fit_factor, left_out_factors

DRIVERS = ("day", "least", "most", "radiation", "co2", "doy", "burnt", "vpd", "precipitation", "gpp", "lai")
BINARY_HEAD = 300  # numbers before the months
FIRST_YEAR, MISSING = 2001, -9999
LEAST_MONTHS = 12  # with GPP that a tower must have
# codes of towers on Svalbard and Greenland in the names of the files of GPP
OTHER_CODES = {
    "NO-Adv": "SJ-Adv",
    "NO-Blv": "SJ-Blv",
    "DK-NuF": "GL-NuF",
    "DK-ZaF": "GL-ZaF",
    "DK-ZaH": "GL-ZaH",
}
# classes of the IGBP types; all others are grassland
CLASSES = dict.fromkeys(["ENF", "EBF", "DBF", "MF"], "forest") | {"CRO": "farmland", "SNO": "bare"}
CONSTANTS = Path(__file__).resolve().parents[1] / "config" / "land_cover.csv"
BOUNDS = {"ndvi_min": 0.0, "ndvi_max": 0.9}  # any: the NDVI is that of the FPAR between them
DRAWS = 2000
REFERENCE = "fitted: one efficiency"


def read_drivers(path: Path) -> pd.DataFrame:
    """Monthly means of a day, and the GPP of half of the months, of one tower."""
    numbers = np.fromfile(path, "<f8")
    months, fields, observed = (int(n) for n in numbers[2:5])
    table = numbers[BINARY_HEAD:].reshape(months, fields + observed)[:, : len(DRIVERS)]
    return pd.DataFrame(np.where(table == MISSING, np.nan, table), columns=list(DRIVERS))


def read_towers(folder: Path) -> pd.DataFrame:
    """One row a tower and month: weather of the month, GPP [gC m-2 month-1], LAI, IGBP type and class."""
    places = pd.read_csv(folder / "location_fluxnet.csv")
    parts = []
    for number, (tower, igbp) in enumerate(zip(places["Flux_name"], places["LC"], strict=True), start=1):
        table = read_drivers(folder / "cbf_files" / f"flux_site_{number}.cbf")
        parts.append(table.assign(tower=tower, igbp=igbp, month=np.arange(len(table))))
    files = sorted((folder / "validation_data").glob("validation_*.csv"))
    rest = pd.concat(_read_gpp(path) for path in files)
    towers = pd.concat(parts).merge(rest, how="left", on=["tower", "month"])
    towers["gpp"] = towers["gpp"].fillna(towers["other_gpp"])
    year, month = FIRST_YEAR + towers["month"] // 12, towers["month"] % 12 + 1
    start = pd.PeriodIndex.from_fields(year=year, month=month, freq="M")
    for name in ("radiation", "precipitation", "gpp"):
        towers[name] = towers[name].clip(lower=0.0) * start.days_in_month
    towers["calendar_month"] = start.month
    mean_lai = towers.groupby(["tower", "calendar_month"])["lai"].transform("mean")
    towers["lai"] = towers["lai"].fillna(mean_lai)
    towers["class"] = towers["igbp"].map(CLASSES).fillna("grassland")
    towers["temperature"] = (towers["least"] + towers["most"]) / 2
    known = (towers["gpp"].notna() & towers["lai"].notna()).groupby(towers["tower"]).transform("sum")
    return towers[known >= LEAST_MONTHS].reset_index(drop=True)


def _read_gpp(path: Path) -> pd.DataFrame:
    """GPP of the other half of the months of one tower."""
    table, code = pd.read_csv(path), path.stem.removeprefix("validation_")
    tower, month = OTHER_CODES.get(code, code), table["ID"] - 1
    return pd.DataFrame({"tower": tower, "month": month, "other_gpp": table["GPP"]})


class Towers:
    """Towers with what CASA makes of them; values of a month travel as arrays of all rows."""

    def __init__(self, table: pd.DataFrame, extinction: float) -> None:
        self.table, self.number = table, table["tower"].nunique()
        fraction = np.clip(1.0 - np.exp(-extinction * table["lai"]), 0.001, 0.95)
        self.fraction = fraction
        self.ndvi = BOUNDS["ndvi_max"] * (fraction - 0.001) / 0.949
        means = table.groupby(["tower", "calendar_month"], sort=False)[["lai", "temperature"]].mean()
        greenest = means["lai"].groupby("tower", sort=False).idxmax()
        self.optimum = means["temperature"].loc[greenest].to_numpy()

    def years(self, values: pd.Series) -> np.ndarray:
        """Values of all rows as (12, towers, years)."""
        return np.moveaxis(values.to_numpy().reshape(self.number, -1, 12), 2, 0)

    def casa(self, options: casa.Options, epsilon: pd.Series) -> dict[str, np.ndarray]:
        """Terms of CASA of all rows."""
        weather = (self.table[name] for name in ("temperature", "precipitation", "radiation"))
        year = casa.simulate(
            self.years(self.ndvi),
            *(self.years(values) for values in weather),
            **BOUNDS,
            epsilon_max=self.years(epsilon)[0],
            optimum_temperature=self.optimum[:, None],
            options=replace(options, fpar="ndvi"),
            tree=self.years(self.table["class"] == "forest")[0],
        )
        return {name: np.moveaxis(getattr(year, name), 0, 2).ravel() for name in casa.model.TERMS}


def models(towers: Towers, share: float) -> Iterator[tuple[str, np.ndarray, pd.Series | None]]:
    """Name, predicted GPP and, where efficiencies are fitted, what shares one of them."""
    table = towers.table
    sets = pd.read_csv(CONSTANTS).set_index("class").filter(like="epsilon_")
    sets.columns = sets.columns.str.removeprefix("epsilon_")
    efficiency = {name: table["class"].map(sets[name]) for name in sets}
    default, one = efficiency["zhu2007_mixed"], pd.Series(1.0, table.index)
    for name, epsilon in efficiency.items():
        yield f"CASA, {name}", towers.casa(casa.Options(), epsilon)["npp"] / share, None
    for water in ("bucket", "none"):
        for name in ("zhu2007_mixed", "zhu2007"):
            npp = towers.casa(casa.Options(water=water), efficiency[name])["npp"]
            yield f"CASA, {name}, water {water}", npp / share, None
    yield "CASA, no half rule", towers.casa(casa.Options(half_rule=False), default)["npp"] / share, None
    yield "P-model", p_model_gpp(table, towers.fraction), None
    everywhere = pd.Series("all", table.index)
    terms, bucket = (towers.casa(casa.Options(water=water), one) for water in ("zhou_zhang", "bucket"))
    light = terms["apar"]
    yield REFERENCE, light, everywhere
    for name in ("t1", "t2", "water"):
        yield f"fitted: one efficiency x {name}", light * terms[name], everywhere
    yield "fitted: one efficiency x water of the bucket", light * bucket["water"], everywhere
    yield "fitted: one efficiency x all three", terms["npp"], everywhere
    yield "fitted: by class, no stress", light, table["class"]
    yield "fitted: by class x all three", terms["npp"], table["class"]
    yield "fitted: by IGBP type x all three", terms["npp"], table["igbp"]


def from_others(towers: Towers, gpp: np.ndarray, sharing: pd.Series, known: np.ndarray) -> np.ndarray:
    """Predictions times the factor of the other towers that share it; NaN where a tower is alone."""
    rows = towers.table.assign(gpp=np.where(known, towers.table["gpp"], 0.0), model=np.where(known, gpp, 0.0))
    sums = rows.groupby([sharing.rename("group"), "tower"])[["gpp", "model"]].sum()
    factors = pd.Series(np.nan, sums.index)
    for _, part in sums.groupby("group"):
        if len(part) > 1:
            factors[part.index] = left_out_factors(part["gpp"], part["model"])
    return gpp * factors.loc[list(zip(sharing, towers.table["tower"], strict=True))].to_numpy()


def squares(towers: Towers, gpp: np.ndarray, known: np.ndarray) -> pd.DataFrame:
    """Sum of squared errors and number of months of each tower."""
    error = pd.Series((gpp - towers.table["gpp"])[known] ** 2)
    return error.groupby(towers.table["tower"][known], sort=False).agg(["sum", "count"])


def interval(errors: pd.DataFrame, others: pd.DataFrame) -> tuple[float, float]:
    """95 % interval of the difference of two RMSE among towers drawn anew."""
    drawn = np.random.default_rng(0).integers(0, len(errors), (DRAWS, len(errors)))
    rmse = [
        np.sqrt(e["sum"].to_numpy()[drawn].sum(axis=1) / e["count"].to_numpy()[drawn].sum(axis=1))
        for e in (errors, others)
    ]
    low, high = np.quantile(rmse[0] - rmse[1], [0.025, 0.975])
    return low, high


def compare(towers: Towers, share: float) -> pd.DataFrame:
    """One row a model: r, level and RMSE as it is; RMSE with its level fitted to the other towers.

    low and high: interval of the last minus that of one efficiency without stress.
    """
    observed, everywhere = towers.table["gpp"].to_numpy(), pd.Series("all", towers.table.index)
    known = np.isfinite(observed) & towers.table["lai"].notna().to_numpy()
    known &= (towers.table["class"] != "bare").to_numpy()  # one tower: no other to fit to
    shown, errors = {}, {}
    for name, gpp, sharing in models(towers, share):
        fitted = from_others(towers, gpp, everywhere if sharing is None else sharing, known)
        shown[name] = gpp if sharing is None else fitted
        errors[name] = squares(towers, fitted, known)
    print(f"{towers.table['tower'][known].nunique()} towers, {known.sum()} months")
    rows = {}
    for name, gpp in shown.items():
        scores = agreement(gpp[known], observed[known])
        low, high = interval(errors[name], errors[REFERENCE])
        rows[name] = {
            "r": f"{scores.r:.3f}",
            "level": f"{gpp[known].mean() / observed[known].mean():.2f}",
            "rmse": f"{scores.rmse:.1f}",
            "rmse_fitted": f"{np.sqrt(errors[name]['sum'].sum() / known.sum()):.1f}",
            "low": f"{low:.1f}",
            "high": f"{high:.1f}",
        }
    return pd.DataFrame(rows).T


def efficiencies(towers: Towers, share: float, column: str) -> pd.DataFrame:
    """Efficiency for NPP of each class or type fitted to its towers, with the default terms of stress."""
    npp = towers.casa(casa.Options(), pd.Series(1.0, towers.table.index))["npp"]
    rows = towers.table.assign(npp=npp, measured=towers.table["gpp"] * share).dropna(
        subset=["npp", "measured"]
    )
    means = rows.groupby([column, "tower"])[["measured", "npp"]].mean()
    fits = {
        name: fit_factor(part["measured"], part["npp"])
        for name, part in means.groupby(column)
        if len(part) >= LEAST_SITES
    }
    table = pd.DataFrame(fits.values(), fits.keys())
    return table.rename(columns={"factor": "epsilon_max"})[["epsilon_max", "low", "high", "n"]]


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--extinction", type=float, default=0.5, help="k of FPAR = 1 - exp(-k LAI)")
    parser.add_argument("--share", type=float, default=0.5, help="NPP / GPP")
    settings = parser.parse_args()
    towers = Towers(read_towers(settings.folder), settings.extinction)
    print(compare(towers, settings.share).to_string())
    for column in ("class", "igbp"):
        print(efficiencies(towers, settings.share, column).round(3).to_string())


if __name__ == "__main__":
    main()
