"""Importance of the drivers, contributions in three colours, the dominant category."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from nppdrivers.categories import in_words
from nppdrivers.contribution import INDISTINCT
from nppdrivers.figures.canvas import CATEGORY_COLOURS, CATEGORY_NAMES, INK, NO_DATA, place, sheet, styled
from nppdrivers.figures.class_colours import coloured_classes
from nppdrivers.figures.frame import Column, Vector, draw_image, draw_lines
from nppdrivers.figures.labels import wrapped
from nppdrivers.figures.maps import OUTLINE, class_colours, map_sheet
from nppdrivers.grid import Grid
from nppdrivers.quantities import short_name

COMPOSITE_CHANNELS = "SMC"  # red, green, blue
WHISKERS = {"linewidth": 0.7, "capsize": 1.5, "ecolor": INK}


@styled
def importance_ranking(importance: pd.DataFrame) -> Figure:
    """Ranking of the drivers by their share of the importance, and the sums per category.

    Parameters
    ----------
    importance
        One row a driver: columns ``driver``, ``category`` (C, S or M), ``share`` [%] and, when there are
        several fits, ``sd`` [%].

    Raises
    ------
    ValueError
        When no driver has a share.
    """
    ranked = importance.dropna(subset="share").sort_values("share", kind="stable")
    if ranked.empty:
        raise ValueError("no driver has a share of the importance; did the forest learn anything?")
    height = max(1.2, 0.23 * len(ranked))
    figure = sheet(6.9, 0.48 + height + 0.22)
    axes = place(figure, 1.15, 0.48, 3.7, height)
    positions = np.arange(len(ranked))
    errors = ranked["sd"].fillna(0) if "sd" in ranked else pd.Series(0.0, index=ranked.index)
    colours = [CATEGORY_COLOURS[category] for category in ranked["category"]]
    whiskers = {"xerr": errors, "error_kw": WHISKERS} if errors.any() else {}
    axes.barh(positions, ranked["share"], height=0.74, color=colours, **whiskers)
    tips = ranked["share"] + errors
    for position, (share, tip) in enumerate(zip(ranked["share"], tips, strict=True)):
        axes.text(tip + 0.015 * tips.max(), position, f"{share:.1f}", va="center", size=6)
    axes.set(
        yticks=positions,
        yticklabels=[short_name(driver) for driver in ranked["driver"]],
        ylim=(-0.6, len(ranked) - 0.4),
    )
    axes.set(xlim=(0, tips.max() * 1.1), xlabel="Relative importance [% of the sum over all drivers]")
    axes.tick_params(axis="y", length=0, labelsize=7)
    _category_sums(place(figure, 5.35, 0.48, 1.4, min(height, 2.3)), ranked)
    return figure


def _category_sums(axes: Axes, importance: pd.DataFrame) -> None:
    """Bars of the category sums."""
    sums = importance.groupby("category")["share"].sum().reindex(list(CATEGORY_NAMES)).dropna()
    bars = axes.bar(range(len(sums)), sums, width=0.66, color=[CATEGORY_COLOURS[key] for key in sums.index])
    axes.bar_label(bars, [f"{share:.1f}" for share in sums], size=6, padding=1)
    axes.set(xticks=range(len(sums)), xticklabels=[CATEGORY_NAMES[key] for key in sums.index])
    axes.set(ylabel="Sum of the category [%]", ylim=(0, sums.max() * 1.12))
    axes.tick_params(axis="x", length=0)


def contribution_colours(relative: Mapping[str, np.ndarray]) -> np.ndarray:
    """Colours of relative contributions: red soil, green mining, blue climate.

    The largest share is brought to full brightness, so that pure cells show pure colours and an even mix is
    white; a colour still belongs to one set of shares only.

    Parameters
    ----------
    relative
        Relative contribution (H, W) [%] by category: keys S, M, C; an absent one counts as 0.

    Returns
    -------
    (H, W, 3) float
        Colours 0 to 1; grey where a share is missing.
    """
    none = np.zeros(next(iter(relative.values())).shape)
    colours = np.stack([relative.get(key, none) for key in COMPOSITE_CHANNELS], axis=-1).astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        colours = np.clip(colours / colours.max(axis=-1, keepdims=True), 0, 1)
    return np.where(np.isfinite(colours).all(axis=-1, keepdims=True), colours, to_rgba(NO_DATA)[:3])


@styled
def contribution_composite(
    relative: Mapping[str, np.ndarray], grid: Grid, *, outline: Vector | None = None
) -> Figure:
    """Relative contributions in three colours, with a colour triangle and their mean and deviation [%].

    Parameters
    ----------
    relative
        Relative contribution (H, W) [%] by category: keys S, M, C, two at least; NaN where undefined.
    grid
        Grid of the maps.
    outline
        Study area.
    """
    figure, axes, column = map_sheet(grid)
    draw_image(axes, contribution_colours(relative), grid)
    draw_lines(axes, outline, grid, **OUTLINE)
    column.heading("Relative contribution")
    _triangle(column)
    column.gap(0.2)
    column.heading("Mean ± SD [%]")
    column.gap(0.08)
    left, bottom, width, height = column.room(1.05)
    _mean_bars(place(figure, left + 0.22, bottom, width - 0.22, height), relative)
    return figure


def _triangle(column: Column) -> None:
    """Colour of every mix of the three, climate at the top."""
    side, height = 1.0, 0.87
    column.gap(0.14)
    left, bottom, width, _ = column.room(height)
    axes = place(column.figure, left + (width - side) / 2, bottom, side, height)
    x, climate = np.meshgrid(np.linspace(0, 1, 400), np.linspace(1, 0, 350))
    mining = x - climate / 2
    mix = {"C": 100 * climate, "M": 100 * mining, "S": 100 * (1 - climate - mining)}
    inside = np.all([share >= 0 for share in mix.values()], axis=0)
    colours = contribution_colours({key: np.clip(share, 0.0, 100.0) for key, share in mix.items()})
    axes.imshow(np.dstack([colours, inside]), extent=(0, 1, 0, 1), aspect="auto", interpolation="nearest")
    axes.plot([0, 1, 0.5, 0], [0, 0, 1, 0], color=INK, linewidth=0.8, clip_on=False)
    axes.set_axis_off()
    for x_corner, y_corner, key, up in (
        (0.5, 1.04, "C", True),
        (0, -0.05, "S", False),
        (1, -0.05, "M", False),
    ):
        va = "bottom" if up else "top"
        axes.text(x_corner, y_corner, f"{CATEGORY_NAMES[key]} 100 %", size=6, ha="center", va=va)
    column.gap(0.14)


def _mean_bars(axes: Axes, relative: Mapping[str, np.ndarray]) -> None:
    """Mean of each category over the area with its standard deviation [%]; colours as on the map."""
    present = [key for key in CATEGORY_NAMES if key in relative]
    values = [relative[key][np.isfinite(relative[key])].astype(float) for key in present]
    means, deviations = [v.mean() for v in values], [v.std(ddof=1) for v in values]
    colours = [tuple(float(channel == key) for channel in COMPOSITE_CHANNELS) for key in present]
    bars: dict[str, Any] = {"width": 0.66, "edgecolor": INK, "linewidth": 0.4, "color": colours}
    axes.bar(range(len(present)), means, yerr=deviations, error_kw=WHISKERS, **bars)
    top = max(np.add(means, deviations))
    for x, (mean, deviation) in enumerate(zip(means, deviations, strict=True)):
        text = f"{mean:.1f}\n±{deviation:.1f}"
        axes.text(
            x, mean + deviation + 0.03 * top, text, ha="center", va="bottom", size=5.8, linespacing=1.05
        )
    names = [CATEGORY_NAMES[key] for key in present]
    axes.set(xticks=range(len(present)), xticklabels=names, ylim=(0, top * 1.25))
    axes.tick_params(axis="x", length=0)


@styled
def dominant_map(
    codes: np.ndarray,
    legend: Mapping[int, str],
    grid: Grid,
    *,
    outline: Vector | None = None,
) -> Figure:
    """Dominant category of drivers, and the share of the area of each [%].

    Parameters
    ----------
    codes
        Codes (H, W), uint8; 0 is left blank.
    legend
        Name of each code but 0: C S M CS SC CM MC SM MS, and that of cells which noise could explain.
    grid
        Grid of the map.
    outline
        Study area.
    """
    classes = coloured_classes("dominant_category", legend)
    figure, axes, column = map_sheet(grid)
    draw_image(axes, class_colours(codes, classes), grid)
    draw_lines(axes, outline, grid, **OUTLINE)
    column.heading("Dominant category\n[% of area]")
    classes = classes.assign(share=dominant_shares(codes, classes["code"]))
    is_noise = classes["class"] == INDISTINCT
    _share_bars(column, classes[~is_noise])
    column.gap(0.1)
    for row in classes[is_noise].to_dict("records"):
        words = wrapped(row["class"].capitalize(), 20)
        column.swatch(words, f"{row['share']:.1f}", facecolor=row["colour"])
    return figure


def dominant_shares(codes: np.ndarray, classes: pd.Series) -> np.ndarray:
    """Share [%] of each of these codes among the cells that have any of them; adds up to 100."""
    counts = np.bincount(codes.ravel(), minlength=256)[classes]
    return 100 * counts / max(counts.sum(), 1)


def _share_bars(column: Column, classes: pd.DataFrame) -> None:
    """Bars of the area shares, which are the legend too."""
    shares = classes["share"]
    left, bottom, width, height = column.room(0.175 * len(shares))
    axes = place(column.figure, left + 1.0, bottom, width - 1.0, height)
    positions = np.arange(len(shares))[::-1]
    bars = axes.barh(positions, shares, height=0.78, color=classes["colour"], edgecolor=INK, linewidth=0.4)
    axes.bar_label(bars, [f"{share:.1f}" for share in shares], size=6, padding=2)
    words = [in_words(name).capitalize() for name in classes["class"]]
    axes.set(yticks=positions, yticklabels=words, ylim=(-0.6, len(shares) - 0.4))
    axes.set(xlim=(0, max(*shares, 1) * 1.5), xticks=[])
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(axis="y", length=0, labelsize=6.2)
