"""Charts: seasons, variograms, validation, fusion sources, effects of one choice at a time."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import cycle
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from nppdrivers.figures.canvas import (
    GRID_INK,
    INK,
    PAGE_WIDTH,
    SERIES_COLOURS,
    SOFT_INK,
    place,
    sheet,
    styled,
)
from nppdrivers.figures.class_colours import coloured_classes
from nppdrivers.figures.labels import MONTHS, labelled, number, unit_text
from nppdrivers.figures.language import NAME, fitted_name
from nppdrivers.quantities import quantity, short_name

MARKERS = "osD^vP*X"
NPP_UNIT = "gC m-2 yr-1"
MARK_EDGE: Mapping[str, Any] = {"markeredgecolor": INK, "markeredgewidth": 0.4}
EFFECT_ROW = 0.21  # height of a row [inch]
NAME_LETTERS = 20  # of the name of a plot next to its mark
LEVELS = {
    "True": "on",
    "False": "off",
    "mvc": "maximum",
    "doy_mean": "mean of the days",
    "sr": "from SR",
    "ndvi": "from NDVI",
    "mean": "mean of both",
    "zhou_zhang": "Zhou & Zhang",
    "zhu2007": "Zhu et al. 2007",
    "zhu2007_mixed": "Zhu et al. 2007 (mixed)",
    "feng2014": "Feng et al. 2014",
    "pan2017": "Pan 2017",
    "global": "0.389 for all",
    "static": "from the table",
    "percentile": "from the images",
    "raised": "raised by 0.1",
}
CHOICES = {
    "epsilon_max": "Light use efficiency",
    "ndvi_bounds": "NDVI maximum",
    "monthly_ndvi": "Monthly NDVI",
    "half_rule": "Half rule",
    "radiation_percent": "Radiation [%]",
    "water": "Water stress",
    "fpar": "FPAR",
    "te2_constant": "Constant of Te2",
}


def class_marks(
    names: Iterable[str], colours: Mapping[str, str] | None
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name of each class with its legend entry, colour and marker; a palette colour where none is given."""
    for name, marker, colour in zip(names, cycle(MARKERS), cycle(SERIES_COLOURS), strict=False):
        yield (
            name,
            {
                "label": str(name).capitalize(),
                "color": colour if colours is None else colours.get(name, colour),
                "marker": marker,
            },
        )


@styled
def seasonal_curve(monthly: pd.DataFrame, *, colours: Mapping[str, str] | None = None) -> Figure:
    """Mean monthly NPP of each class through the year.

    Parameters
    ----------
    monthly
        Twelve rows, January to December, and a column a class [gC m-2 month-1]; a class without values
        (water) is left out.
    colours
        Colour by class, from the class table; a set safe for colour blindness when absent.

    Raises
    ------
    ValueError
        When there are not twelve rows.
    """
    if len(monthly) != 12:
        raise ValueError(f"the seasonal curve needs twelve rows, January to December; got {len(monthly)}")
    monthly = monthly.dropna(axis="columns", how="all")
    figure = sheet(4.8, 2.65)
    axes = place(figure, 0.5, 0.38, 3.1, 2.15)
    for name, mark in class_marks(monthly, colours):
        axes.plot(range(12), monthly[name], markersize=3.2, **MARK_EDGE, **mark)
    axes.set(xticks=range(12), xticklabels=MONTHS, xlim=(-0.4, 11.4))
    axes.set(
        ylabel=labelled("NPP", quantity("npp_month").unit), ylim=(min(0.0, float(monthly.min().min())), None)
    )
    axes.grid(axis="y")
    axes.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0), borderaxespad=0)
    return figure


def _date_axis(axes: Axes, dates: pd.Series, *, labels: bool) -> None:
    locator = AutoDateLocator(maxticks=9)
    axes.xaxis.set_major_locator(locator)
    # numbers in place of names of months, which would be English
    formats = {
        "formats": ("%Y", "%Y-%m", "%m-%d", "", "", ""),
        "zero_formats": ("", "%Y", "%m-%d", "", "", ""),
    }
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False, **formats))
    axes.set_xlim(dates.min() - pd.Timedelta(days=12), dates.max() + pd.Timedelta(days=12))
    axes.tick_params(labelbottom=labels)


@styled
def variograms(
    empirical: Mapping[str, pd.DataFrame],
    fitted: Mapping[str, pd.DataFrame],
    captions: Mapping[str, str],
    *,
    units: Mapping[str, str],
    columns: int = 4,
) -> Figure:
    """Empirical variogram and fitted curve of each property.

    Parameters
    ----------
    empirical
        By property: columns ``distance_m`` [m], ``semivariance`` [unit squared] and ``pairs``.
    fitted
        By property: columns ``distance_m`` [m] and ``semivariance`` of the fitted model.
    captions
        By property: transform, model and parameters in a few words; may be empty.
    units
        By property: unit of the values that were compared, "1" for transformed ones.
    columns
        Panels in a row.
    """
    columns = min(columns, max(2, len(empirical)))
    rows = -(-len(empirical) // columns)
    room, row_height = (PAGE_WIDTH - 0.3) / columns, 1.78
    sheet_height = 0.4 + rows * row_height
    figure = sheet(PAGE_WIDTH, sheet_height)
    for position, (name, points) in enumerate(empirical.items()):
        row, column = divmod(position, columns)
        bottom = 0.46 + (rows - 1 - row) * row_height
        axes = place(figure, 0.56 + column * room, bottom, room - 0.42, row_height - 0.62)
        curve = fitted[name]
        axes.plot(curve["distance_m"] / 1000, curve["semivariance"], color=SERIES_COLOURS[4])
        size = 4 + 26 * points["pairs"] / points["pairs"].max()
        dots: dict[str, Any] = {"s": size, "color": SERIES_COLOURS[0], "linewidth": 0, "zorder": 3}
        axes.scatter(points["distance_m"] / 1000, points["semivariance"], **dots)
        axes.set_title(f"{short_name(name)}{_squared(units[name])}", loc="left", pad=3)
        top = max(points["semivariance"].max(), curve["semivariance"].max()) or 1.0
        axes.set(xlim=(0, None), ylim=(0, top * 1.12))
        axes.text(
            0.98, 0.05, captions.get(name, ""), transform=axes.transAxes, ha="right", va="bottom", size=5.6
        )
        axes.tick_params(pad=2)
    figure.text(0.1 / PAGE_WIDTH, 0.5, "Semivariance", rotation=90, va="center", size=7)
    text = "Distance [km]. Dots: empirical, larger with more pairs; line: fitted model (the better of two)"
    figure.text(0.56 / PAGE_WIDTH, 0.08 / sheet_height, text, size=7)
    return figure


def _squared(unit: str) -> str:
    """Unit of a semivariance, in brackets on a line of its own."""
    return "" if unit == "1" else f"\n[({unit_text(unit)})²]"


@styled
def validation_scatter(
    reference: pd.DataFrame,
    plots: pd.DataFrame | None = None,
    *,
    colours: Mapping[str, str] | None = None,
    reference_name: str = "MOD17A3HGF",
) -> Figure:
    """Simulated NPP against the reference product by class and, at its right, against felled plots.

    Parameters
    ----------
    reference
        Columns ``class``, ``reference``, ``simulated`` [gC m-2 yr-1], one row a coarse cell.
    plots
        Columns ``plot``, ``measured``, ``simulated`` [gC m-2 yr-1] and, when known, ``sd`` of the measured
        value; absent when there are none.
    colours
        Colour by class.
    reference_name
        Name of the reference product on the axis.
    """
    has_plots = plots is not None and len(plots) > 0
    figure = sheet(PAGE_WIDTH if has_plots else 3.75, 3.65)
    axes = place(figure, 0.55, 0.5, 3.0, 3.0)
    classes = list(dict.fromkeys(reference["class"]))
    for name, mark in class_marks(classes, colours):
        cells = reference[reference["class"] == name]
        style = mark | {"label": f"{mark['label']} ({len(cells)})", "edgecolor": INK, "linewidth": 0.25}
        axes.scatter(cells["reference"], cells["simulated"], s=12, alpha=0.85, **style)
    _one_to_one(axes, reference["reference"], reference["simulated"])
    axes.set(xlabel=labelled(reference_name, NPP_UNIT), ylabel=labelled("Simulated", NPP_UNIT))
    text = _agreement(reference["reference"], reference["simulated"])
    axes.text(0.03, 0.97, text, transform=axes.transAxes, va="top", size=6.2)
    axes.legend(
        loc="lower right", title="Class (cells)", title_fontsize=6.5, alignment="left", handletextpad=0.2
    )
    if has_plots:
        _plot_panel(place(figure, 4.3, 0.5, 3.0, 3.0), plots)
    return figure


def _plot_panel(axes: Axes, plots: pd.DataFrame) -> None:
    """Felled plots: measured against simulated, with the deviation of the measured value."""
    deviation = plots["sd"].fillna(0) if "sd" in plots else pd.Series(0.0, index=plots.index)
    style: dict[str, Any] = {"fmt": "o", "markersize": 4.5, "color": SERIES_COLOURS[4], "elinewidth": 0.8}
    axes.errorbar(plots["measured"], plots["simulated"], xerr=deviation, **style, **MARK_EDGE)
    ends = pd.concat([plots["measured"] - deviation, plots["measured"] + deviation])
    _one_to_one(axes, ends, plots["simulated"])
    for row in plots.itertuples():
        name, at = fitted_name(str(row.plot), NAME_LETTERS), (row.measured, row.simulated)
        axes.annotate(name, at, (5, 5), textcoords="offset points", size=7, label=NAME)
    axes.set(xlabel=labelled("Measured at the plots", NPP_UNIT), ylabel=labelled("Simulated", NPP_UNIT))


def _one_to_one(axes: Axes, x: pd.Series, y: pd.Series) -> None:
    """Equal axes with the line of equality."""
    both = np.concatenate([x, y]).astype(float)
    both = both[np.isfinite(both)]
    if both.size == 0:
        both = np.array([0.0, 1.0])
    margin = 0.08 * max(np.ptp(both), 0.1 * abs(both).max(), 1e-9)
    limits = (both.min() - margin, both.max() + margin)
    axes.plot(limits, limits, color=SOFT_INK, linewidth=0.8, linestyle="--", zorder=0)
    axes.set(xlim=limits, ylim=limits)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
    axes.grid()


def _agreement(reference: pd.Series, simulated: pd.Series) -> str:
    """Number of cells, correlation, bias and root mean square error of the complete pairs."""
    pairs = np.column_stack([reference, simulated]).astype(float)
    pairs = pairs[np.isfinite(pairs).all(axis=1)]
    if len(pairs) < 3:
        return f"n = {len(pairs)}"
    difference, unit = pairs[:, 1] - pairs[:, 0], unit_text(NPP_UNIT)
    r, rmse = np.corrcoef(pairs.T)[0, 1], np.sqrt(np.mean(difference**2))
    lines = [f"n = {len(pairs)}", f"r = {number(r, 2)}", f"bias {number(difference.mean())} {unit}"]
    return "\n".join([*lines, f"RMSE {number(rmse)} {unit}"])


@styled
def fusion_shares(shares: pd.DataFrame) -> Figure:
    """How each fused date was made: stacked shares of the area [%] by source.

    Parameters
    ----------
    shares
        Indexed by date, a column a class of `fusion_source` [% of the study area]; a row adds up to at most
        100. A source that was never used is left out.
    """
    shares = shares.loc[:, (shares > 0).any()]
    dates = pd.to_datetime(pd.Series(shares.index))
    columns = min(3, len(shares.columns))  # the names are long
    rows = -(-len(shares.columns) // max(columns, 1))
    figure = sheet(PAGE_WIDTH, 2.25 + 0.16 * rows)
    axes = place(figure, 0.5, 0.34, PAGE_WIDTH - 0.65, 1.75)
    step = dates.diff().median() if len(dates) > 1 else pd.Timedelta(days=16)
    base = np.zeros(len(shares))
    classes = coloured_classes("fusion_source", dict(enumerate(shares.columns)))
    for source, colour in zip(classes["class"], classes["colour"], strict=True):
        axes.bar(
            dates, shares[source], width=0.94 * step, bottom=base, color=colour, linewidth=0, label=source
        )
        base += shares[source].fillna(0).to_numpy()
    _date_axis(axes, dates, labels=True)
    axes.set(ylim=(0, 100), ylabel="Share of the study area [%]")
    axes.legend(
        loc="lower left", bbox_to_anchor=(0, 1.0), ncols=columns, borderaxespad=0.4, columnspacing=1.5
    )
    return figure


@styled
def effects_by_class(effects: pd.DataFrame, *, colours: Mapping[str, str] | None = None) -> Figure:
    """Draw the change of NPP by each choice, a mark a class.

    Parameters
    ----------
    effects
        Columns ``choice``, ``instead_of``, ``taken`` and one a class [%]; a class without values is left out.
    colours
        Colour by class, from the class table; a set safe for colour blindness when absent.

    Raises
    ------
    ValueError
        When there is no choice.
    """
    if effects.empty:
        raise ValueError("no choice to draw: the run and the ensemble have one and the same")
    classes = effects.drop(columns=["choice", "instead_of", "taken"]).dropna(axis="columns", how="all")
    height = 0.62 + EFFECT_ROW * len(effects)
    figure = sheet(7.2, height)
    axes = place(figure, 3.45, 0.5, 2.6, height - 0.6)
    rows = range(len(effects))
    axes.axvline(0, color=INK, linewidth=0.7)
    for name, mark in class_marks(classes, colours):
        axes.plot(classes[name], rows, linestyle="none", markersize=4, **MARK_EDGE, **mark)
    names = [
        f"{CHOICES.get(row.choice, row.choice)}: {_words(row.taken)} instead of {_words(row.instead_of)}"
        for row in effects.itertuples()
    ]
    axes.set(yticks=list(rows), yticklabels=names)
    axes.set(ylim=(len(effects) - 0.4, -0.6), xlabel="Change of mean annual NPP [%]")
    axes.grid(axis="both", color=GRID_INK)
    axes.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0), borderaxespad=0)
    return figure


def _words(level: object) -> str:
    """Level of a choice in words."""
    return LEVELS.get(str(level), str(level).replace("_", " ").replace("-", "−"))
