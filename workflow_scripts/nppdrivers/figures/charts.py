"""Charts: seasons, NDVI series, variograms, validation, fusion sources."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from nppdrivers.figures.canvas import (
    INK,
    PAGE_WIDTH,
    SERIES_COLOURS,
    SOFT_INK,
    labelled,
    number,
    place,
    sheet,
    styled,
    unit_text,
)
from nppdrivers.figures.panels import MONTHS
from nppdrivers.products import product

MARKERS = "osD^vP*X"
NPP_UNIT = "gC m-2 yr-1"
MISSING_COLOUR = "#e3e3e3"


def by_class(names: list[str], colours: Mapping[str, str] | None) -> Iterator[tuple[str, str, str]]:
    """Name, colour and marker of each class; a colour of the palette where none is given."""
    given = {} if colours is None else dict(colours)
    for position, name in enumerate(names):
        yield (
            name,
            given.get(name, SERIES_COLOURS[position % len(SERIES_COLOURS)]),
            MARKERS[position % len(MARKERS)],
        )


@styled
def seasonal_curve(
    monthly: pd.DataFrame, *, colours: Mapping[str, str] | None = None, note: str = ""
) -> Figure:
    """Mean monthly NPP of each class through the year.

    Parameters
    ----------
    monthly
        Twelve rows, January to December, and a column a class [gC m-2 month-1]; a class without values
        (water) is left out.
    colours
        Colour by class, from the class table; a set safe for colour blindness when absent.
    note
        Short remark printed at the corner.

    Raises
    ------
    ValueError
        When there are not twelve rows.
    """
    if len(monthly) != 12:
        raise ValueError(f"the seasonal curve needs twelve rows, January to December; got {len(monthly)}")
    monthly = monthly.dropna(axis="columns", how="all")
    figure = sheet(4.8, 2.65, note)
    axes = place(figure, 0.5, 0.38, 3.1, 2.15)
    style = {"markersize": 3.2, "markeredgecolor": INK, "markeredgewidth": 0.4}
    for name, colour, marker in by_class(list(monthly), colours):
        axes.plot(
            range(12), monthly[name], color=colour, marker=marker, label=str(name).capitalize(), **style
        )
    axes.set(xticks=range(12), xticklabels=MONTHS, xlim=(-0.4, 11.4))
    axes.set(
        ylabel=labelled("NPP", product("npp_month").unit), ylim=(min(0.0, float(monthly.min().min())), None)
    )
    axes.grid(axis="y")
    axes.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0), borderaxespad=0)
    return figure


@styled
def ndvi_series(fused: pd.DataFrame, clear: pd.DataFrame, *, columns: int = 1, note: str = "") -> Figure:
    """Fused NDVI through time at a few points, with the clear fine observations.

    Parameters
    ----------
    fused
        Columns ``point``, ``date``, ``ndvi`` [1]: the fused series; a missing value breaks the line.
    clear
        Same columns: clear Landsat observations.
    columns
        Panels in a row.
    note
        Short remark printed at the corner.
    """
    names = list(dict.fromkeys(fused["point"]))
    rows, room = -(-len(names) // columns), (PAGE_WIDTH - 0.2) / columns
    figure = sheet(PAGE_WIDTH, 0.55 + 1.2 * rows, note)
    fused, clear = (table.assign(date=pd.to_datetime(table["date"])) for table in (fused, clear))
    dates = pd.concat([fused["date"], clear["date"]])
    for position, name in enumerate(names):
        row, column = divmod(position, columns)
        bottom = 0.36 + 1.2 * (rows - 1 - row)
        axes = place(figure, 0.52 + column * room, bottom, room - 0.42, 0.95)
        line, dots = fused[fused["point"] == name].sort_values("date"), clear[clear["point"] == name]
        axes.plot(line["date"], line["ndvi"], color=SERIES_COLOURS[2], label="fused, every 16 days")
        style = {"facecolor": "white", "edgecolor": INK, "linewidth": 0.7, "zorder": 3}
        axes.scatter(dots["date"], dots["ndvi"], s=9, label="clear Landsat", **style)
        axes.set_title(str(name), loc="left", pad=3)
        _date_axis(axes, dates, labels=position + columns >= len(names))
        axes.set(ylim=(-0.05, 1.0), yticks=[0, 0.25, 0.5, 0.75, 1.0], ylabel="" if column else "NDVI")
        axes.grid(axis="y")
    place_of_legend = {"loc": "upper right", "bbox_to_anchor": (1 - 0.1 / PAGE_WIDTH, 1.0)}
    figure.legend(*axes.get_legend_handles_labels(), ncols=2, borderaxespad=0.35, **place_of_legend)
    return figure


def _date_axis(axes: Axes, dates: pd.Series, *, labels: bool) -> None:
    locator = AutoDateLocator(maxticks=9)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))
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
    note: str = "",
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
    note
        Short remark printed at the corner.
    """
    columns = min(columns, max(2, len(empirical)))
    rows = -(-len(empirical) // columns)
    room, row_height = (PAGE_WIDTH - 0.3) / columns, 1.65
    sheet_height = 0.38 + rows * row_height
    figure = sheet(PAGE_WIDTH, sheet_height, note)
    for position, (name, points) in enumerate(empirical.items()):
        row, column = divmod(position, columns)
        bottom = 0.46 + (rows - 1 - row) * row_height
        axes = place(figure, 0.56 + column * room, bottom, room - 0.42, row_height - 0.5)
        curve = fitted[name]
        axes.plot(curve["distance_m"] / 1000, curve["semivariance"], color=SERIES_COLOURS[4])
        size = 4 + 26 * points["pairs"] / points["pairs"].max()
        dots = {"s": size, "color": SERIES_COLOURS[0], "linewidth": 0, "zorder": 3}
        axes.scatter(points["distance_m"] / 1000, points["semivariance"], **dots)
        axes.set_title(f"{name}{_squared(units[name])}", loc="left", pad=3)
        top = max(points["semivariance"].max(), curve["semivariance"].max()) or 1.0
        axes.set(xlim=(0, None), ylim=(0, top * 1.12))
        axes.text(
            0.98, 0.05, captions.get(name, ""), transform=axes.transAxes, ha="right", va="bottom", size=5.6
        )
        axes.tick_params(pad=2)
    figure.text(0.1 / PAGE_WIDTH, 0.5, "Semivariance", rotation=90, va="center", size=7)
    text = "Distance [km]. Dots: empirical, larger with more pairs; line: fitted model"
    figure.text(0.56 / PAGE_WIDTH, 0.08 / sheet_height, text, size=7)
    return figure


def _squared(unit: str) -> str:
    """Unit of a semivariance, in brackets."""
    return "" if unit == "1" else f" [({unit_text(unit)})²]"


@styled
def validation_scatter(
    reference: pd.DataFrame,
    plots: pd.DataFrame | None = None,
    *,
    colours: Mapping[str, str] | None = None,
    reference_name: str = "MOD17A3",
    note: str = "",
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
    note
        Short remark printed at the corner.
    """
    has_plots = plots is not None and len(plots) > 0
    figure = sheet(PAGE_WIDTH if has_plots else 3.75, 3.65, note)
    axes = place(figure, 0.55, 0.5, 3.0, 3.0)
    classes = list(dict.fromkeys(reference["class"]))
    for name, colour, marker in by_class(classes, colours):
        cells = reference[reference["class"] == name]
        label = f"{str(name).capitalize()} ({len(cells)})"
        style = {"s": 12, "color": colour, "marker": marker, "edgecolor": INK, "linewidth": 0.25}
        axes.scatter(cells["reference"], cells["simulated"], alpha=0.85, label=label, **style)
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
    style = {"color": SERIES_COLOURS[4], "markeredgecolor": INK, "markeredgewidth": 0.4, "elinewidth": 0.8}
    axes.errorbar(plots["measured"], plots["simulated"], xerr=deviation, fmt="o", markersize=4.5, **style)
    ends = pd.concat([plots["measured"] - deviation, plots["measured"] + deviation])
    _one_to_one(axes, ends, plots["simulated"])
    for row in plots.itertuples():
        axes.annotate(
            str(row.plot), (row.measured, row.simulated), (5, 5), textcoords="offset points", size=7
        )
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
def fusion_shares(shares: pd.DataFrame, *, note: str = "") -> Figure:
    """How each fused date was made: stacked shares of the area [%] by source.

    Parameters
    ----------
    shares
        Indexed by date, a column a source ("two base pairs", "one base pair", "observed", "missing" ...)
        [% of the study area]; a row adds up to at most 100. A source that was never used is left out; one
        whose name begins with "missing" is drawn pale.
    note
        Short remark printed at the corner.
    """
    shares = shares.loc[:, (shares > 0).any()]
    dates = pd.to_datetime(pd.Series(shares.index))
    columns = min(3, len(shares.columns))  # the names are long
    rows = -(-len(shares.columns) // max(columns, 1))
    figure = sheet(PAGE_WIDTH, 2.25 + 0.16 * rows, note)
    axes = place(figure, 0.5, 0.34, PAGE_WIDTH - 0.65, 1.75)
    step = dates.diff().median() if len(dates) > 1 else pd.Timedelta(days=16)
    base = np.zeros(len(shares))
    for position, source in enumerate(shares):
        colour = (
            MISSING_COLOUR if source.startswith("missing") else SERIES_COLOURS[position % len(SERIES_COLOURS)]
        )
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
