"""Effect of one choice at a time."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from nppdrivers.figures.canvas import GRID_INK, INK, place, sheet, styled
from nppdrivers.figures.charts import MARK_EDGE, class_marks

ROW = 0.21  # height of a row [inch]
LEVELS = {
    "True": "on",
    "False": "off",
    "mvc": "maximum",
    "doy_mean": "mean of the days",
    "sr": "from SR",
    "ndvi": "from NDVI",
    "mean": "mean of both",
    "zhou_zhang": "Zhou & Zhang",
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
    height = 0.62 + ROW * len(effects)
    figure = sheet(6.7, height)
    axes = place(figure, 2.95, 0.5, 2.6, height - 0.6)
    rows = range(len(effects))
    axes.axvline(0, color=INK, linewidth=0.7)
    for name, mark in class_marks(classes, colours):
        axes.plot(classes[name], rows, linestyle="none", markersize=4, **MARK_EDGE, **mark)
    names = [
        f"{CHOICES.get(row.choice, row.choice)}: {_text(row.taken)} instead of {_text(row.instead_of)}"
        for row in effects.itertuples()
    ]
    axes.set(yticks=list(rows), yticklabels=names)
    axes.set(ylim=(len(effects) - 0.4, -0.6), xlabel="Change of mean annual NPP [%]")
    axes.grid(axis="both", color=GRID_INK)
    axes.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0), borderaxespad=0)
    return figure


def _text(level: object) -> str:
    """Level of a choice in words."""
    return LEVELS.get(str(level), str(level).replace("_", " ").replace("-", "−"))
