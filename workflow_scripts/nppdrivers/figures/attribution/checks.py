"""Checks of the attribution: how drivers relate, shares against chance, alternative attributions."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from nppdrivers.categories import all_categories
from nppdrivers.correlation.significance import LEGEND, NEGATIVE, POSITIVE
from nppdrivers.figures.canvas import (
    GRID_INK,
    INK,
    PAGE_WIDTH,
    SERIES_COLOURS,
    SOFT_INK,
    ink_on,
    place,
    sheet,
    styled,
)
from nppdrivers.figures.class_colours import coloured_classes
from nppdrivers.figures.labels import panel_title
from nppdrivers.quantities import short_name

OTHER_COLOUR = "#999999"
SIGNS = {POSITIVE: 0.17, NEGATIVE: -0.17}  # how far above the middle of their row they are drawn


def category_colour(name: str) -> str:
    """Colour of a category; grey for one that is not registered, such as elevation."""
    return all_categories()[name].colour if name in all_categories() else OTHER_COLOUR


@styled
def driver_matrices(drivers: pd.DataFrame, pairs: pd.DataFrame) -> Figure:
    """Correlations of the drivers with their inflation factors, and what pairs of them explain.

    Parameters
    ----------
    drivers
        One row a driver: ``driver``, ``category``, ``vif``, ``q`` and a column of correlations for each.
    pairs
        One row a pair: ``first``, ``second``, ``q_both``, ``interaction``.
    """
    names = list(drivers["driver"])
    correlation = drivers.set_index("driver")[names].to_numpy()
    explained = pd.DataFrame(np.nan, index=names, columns=names)
    for row in pairs.itertuples():
        explained.loc[row.second, row.first] = row.q_both
    for row in drivers.itertuples():
        explained.loc[row.driver, row.driver] = row.q
    words = [short_name(name) for name in names]
    size, below, before = 2.4, 1.25, 1.1
    figure = sheet(PAGE_WIDTH, size + below + 0.27)
    left = place(figure, before, below, size, size)
    _matrix(left, words, correlation, "RdBu", -1)
    left.set_title("(a) Correlation", loc="left", pad=3)
    factors = place(figure, before + 0.03 + size, below, 0.4, size, xlim=(0, 1), ylim=left.get_ylim())
    factors.set_axis_off()
    factors.set_title("VIF", size=6.5, pad=3)
    for position, vif in enumerate(drivers["vif"]):
        weight = "bold" if vif >= 10 else "normal"
        factors.text(0.5, position, _vif_text(vif), ha="center", va="center", size=6.2, weight=weight)
    right = place(figure, PAGE_WIDTH - 0.1 - size, below, size, size)
    _matrix(right, words, explained.to_numpy(), "YlGn", 0)
    right.set_title("(b) Explained share q, also in pairs", loc="left", pad=3)
    for label, category in zip(left.get_yticklabels(), drivers["category"], strict=True):
        label.set_color(category_colour(category))
    return figure


def _matrix(axes: Axes, names: list[str], values: np.ndarray, colours: str, lowest: float) -> None:
    """Matrix with its numbers [hundredths]; NaN is left blank."""
    image = axes.imshow(np.ma.masked_invalid(values), cmap=colours, vmin=lowest, vmax=1)
    for (row, column), value in np.ndenumerate(values):
        if np.isfinite(value):
            text = f"{round(100 * value)}".replace("-", "−")
            ink = ink_on(image.cmap(image.norm(value)))
            axes.text(column, row, text, ha="center", va="center", size=5.2, color=ink)
    ticks = range(len(names))
    axes.set(xticks=ticks, xticklabels=names, yticks=ticks, yticklabels=names)
    axes.tick_params(length=0, labelsize=6)
    axes.tick_params(axis="x", rotation=90)
    axes.set_xlabel("Hundredths", size=6, color=SOFT_INK, labelpad=2)


def _vif_text(vif: float) -> str:
    if np.isnan(vif):
        return "–"
    return "∞" if np.isinf(vif) else f"{vif:.1f}" if vif < 100 else f"{vif:.0f}"


@styled
def shares_and_chance(shares: pd.DataFrame, windows: pd.DataFrame, *, window: int) -> Figure:
    """Shares of significant local correlations compared with those of chance, and with the window.

    Parameters
    ----------
    shares
        One row a driver and class: ``driver``, ``name``, ``share_of_defined``, ``chance_mean``,
        ``chance_low``, ``chance_high`` [%].
    windows
        One row each: ``driver``, ``window`` [cells], ``name``, ``share_of_defined`` [%].
    window
        Window of the shares [cells].
    """
    names = list(dict.fromkeys(shares["driver"]))
    height = max(1.6, 0.21 * len(names))
    figure = sheet(PAGE_WIDTH, height + 0.85)
    left = place(figure, 1.15, 0.45, 2.75, height)
    _ranges(left, shares, names)
    left.set_title(f"(a) Window of {window} cells", loc="left", pad=3)
    above: dict[str, Any] = {
        "loc": "lower left",
        "bbox_to_anchor": (0, 1 + 0.17 / height),
        "ncols": 3,
        "borderaxespad": 0,
    }
    left.legend(handletextpad=0.3, columnspacing=1, **above)
    right = place(figure, 4.4, 0.45, 1.75, height)
    _sweep(right, windows, names)
    right.axvline(window, color=SOFT_INK, linewidth=0.6, linestyle=":")
    right.set_title("(b) Both signs together", loc="left", pad=3)
    right.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), borderaxespad=0.3, handlelength=2.4)
    return figure


def _ranges(axes: Axes, shares: pd.DataFrame, names: list[str]) -> None:
    """Band and mean of chance and the observed share of each driver and sign."""
    signs = {code: LEGEND[code] for code in SIGNS}
    for code, name, colour in coloured_classes("correlation_class", signs).itertuples(index=False):
        offset = SIGNS[code]
        rows = shares[shares["name"] == name].set_index("driver").loc[names]
        positions = np.arange(len(names)) - offset
        axes.barh(
            positions,
            rows["chance_high"] - rows["chance_low"],
            left=rows["chance_low"],
            height=0.26,
            color="#cfcfcf",
            label="95 % of maps without relation" if offset > 0 else None,
        )
        style: dict[str, Any] = {"s": 12, "color": colour, "edgecolor": INK, "linewidth": 0.3, "zorder": 3}
        axes.scatter(rows["share_of_defined"], positions, label=name, **style)
    axes.set(yticks=range(len(names)), yticklabels=[short_name(name) for name in names])
    axes.set(ylim=(len(names) - 0.4, -0.6), xlim=(0, None))
    axes.set_xlabel("Share of the cells with a defined correlation [%]")
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color=GRID_INK)


def _sweep(axes: Axes, windows: pd.DataFrame, names: list[str]) -> None:
    """Significant share against the window, a line a driver."""
    significant = windows[windows["name"].isin([LEGEND[code] for code in SIGNS])]
    total = significant.groupby(["driver", "window"])["share_of_defined"].sum().unstack("driver")
    styles = ["-", "--"]
    for position, name in enumerate(names):
        turn, colour = divmod(position, len(SERIES_COLOURS))
        style: dict[str, Any] = {"color": SERIES_COLOURS[colour], "linestyle": styles[turn % 2]}
        axes.plot(total.index, total[name], marker="o", markersize=2, label=short_name(name), **style)
    axes.set(xlabel="Window [cells]", ylabel="Significant [%]", ylim=(0, 100), xticks=total.index)
    axes.grid(axis="y", color=GRID_INK)


@styled
def experiment_shares(experiments: pd.DataFrame) -> Figure:
    """What each category is given in each experiment, and how well the experiment predicts.

    Parameters
    ----------
    experiments
        One row an experiment and category: ``experiment``, ``category``, ``oob_r2``, ``blocked_r2`` and
        ``shapley_percent``, ``relative_percent``, ``permutation_percent`` [%].
    """
    names = list(dict.fromkeys(experiments["experiment"]))
    categories = list(dict.fromkeys(experiments["category"]))
    measures = {
        "shapley_percent": "Shapley share of R²",
        "relative_percent": "Relative contribution",
        "permutation_percent": "Group permutation",
    }
    height = 0.62 * len(names)
    figure = sheet(PAGE_WIDTH, height + 0.95)
    for panel, (column, title) in enumerate(measures.items()):
        axes = place(figure, 2.2 + 1.78 * panel, 0.5, 1.6, height)
        table = experiments.pivot(index="experiment", columns="category", values=column).loc[
            names, categories
        ]
        thickness = 0.8 / len(categories)
        for position, category in enumerate(categories):
            at = np.arange(len(names)) + (position - (len(categories) - 1) / 2) * thickness
            axes.barh(
                at,
                table[category],
                0.92 * thickness,
                color=category_colour(category),
                label=category.capitalize(),
            )
        axes.axvline(0, color=INK, linewidth=0.6)
        axes.set(ylim=(len(names) - 0.5, -0.5), yticks=range(len(names)), yticklabels=[], xlabel="Share [%]")
        axes.set_title(panel_title(panel, title), loc="left", pad=3)
        axes.grid(axis="x", color=GRID_INK)
        axes.tick_params(axis="y", length=0)
        if panel == 0:
            scores = experiments.drop_duplicates("experiment").to_dict("records")
            axes.set_yticklabels([_scored(row) for row in scores])
    figure.legend(
        *axes.get_legend_handles_labels(), loc="upper right", ncols=len(categories), borderaxespad=0.4
    )
    return figure


def _scored(row: Mapping[Any, Any]) -> str:
    """Experiment with its R2 below it."""
    blocked = "–" if np.isnan(row["blocked_r2"]) else f"{row['blocked_r2']:.2f}"
    return f"{row['experiment']}\nR² {row['oob_r2']:.2f}, by blocks {blocked}".replace("-", "−")
