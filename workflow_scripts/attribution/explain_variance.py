"""Partition the explained variance of NPP among the categories of drivers."""

from collections.abc import Mapping, Sequence

import pandas as pd

from nppdrivers.attribution.category_forests import CategoryForests
from nppdrivers.contribution import explained_variance
from nppdrivers.job import running

SCORES = ("oob_r2", "blocked_cv_r2")


def explain_variance(*, scores_path: str, table_path: str, categories: Mapping[str, Sequence[str]]) -> None:
    """Write R2 by subset, its unique and shared parts and Shapley shares, by each score that is known."""
    plan = CategoryForests(categories)
    scores = pd.read_csv(scores_path).set_index("left_out")
    tables = {}
    for score in SCORES:
        if scores[score].notna().all():
            r2 = {plan.subset(label): value for label, value in scores[score].items()}
            tables[score] = explained_variance(r2)
    pd.concat(tables, names=["score", None]).reset_index("score").to_csv(table_path, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        explain_variance(
            scores_path=snakemake.input.scores,
            table_path=snakemake.output.table,
            categories=snakemake.params.category_drivers,
        )
