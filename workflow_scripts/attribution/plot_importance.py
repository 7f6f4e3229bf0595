"""Draw the importance of the drivers."""

from collections.abc import Mapping, Sequence

import pandas as pd

from nppdrivers.categories import category
from nppdrivers.figures.attribution.contributions import importance_ranking
from nppdrivers.figures.canvas import Imprint, save
from nppdrivers.job import running


def plot_importance(
    *, importance: str, categories: Mapping[str, Sequence[str]], figure_paths: Sequence[str], imprint: Imprint
) -> None:
    """Save Figure 4."""
    table = pd.read_csv(importance)
    letters = {name: category(key).letter for key, names in categories.items() for name in names}
    table["category"] = table["driver"].map(letters)
    save(importance_ranking(table), figure_paths, imprint)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        plot_importance(
            importance=snakemake.input.importance,
            categories=snakemake.params.category_drivers,
            figure_paths=snakemake.output.figure,
            imprint=Imprint(**snakemake.params.imprint),
        )
