"""Numbers of an attribution that its summary in plain words states."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from nppdrivers.contribution import INDISTINCT

LEAST_R2 = 0.2  # explained share of NPP, in land not seen, below which nothing is named


@dataclass(frozen=True)
class Leads:
    """What leads in a zone, in percent of its cells with a class.

    Attributes
    ----------
    area : mapping of category to float
        Cells where the category contributes most, the best guess.
    sure : mapping of category to float
        The part of them where that is more than noise would give.
    """

    area: Mapping[str, float]
    sure: Mapping[str, float]

    @property
    def indistinct(self) -> float:
        """Cells where noise could explain what leads [%]."""
        return sum(self.area.values()) - sum(self.sure.values())


@dataclass(frozen=True)
class Findings:
    """Numbers of a run that the sentences state; NaN for what a run does not have.

    Attributes
    ----------
    whole : Leads
        Of the study area.
    zones : mapping of name to Leads
        Sides of the river, classes of land cover.
    explained : mapping of category to float
        Shapley share of the explained variance [%].
    random_r2, blocked_r2 : float
        R2 at points left out at random, and in whole blocks of land left out.
    leading_probability : float
        Mean share of replicates on resampled land that give the same leading category [0 to 1].
    inside_percent : float
        Cells inside the area of applicability [%].
    beyond_chance : mapping of driver to bool
        Whether more cells are significant, of either sign, than in 97.5 % of maps without relation.
    local_percent, chance_percent : float
        Cells with a significant local correlation, mean of the drivers: found, and by chance [%].
    variance_gone_percent : float
        Variance of NPP that goes when climate is held constant in the model of NPP [%].
    climate_held_percent, climate_level_percent : float
        Share of climate in the explained variance with climate held constant in NPP, and with the part of
        elevation taken out of the drivers [%].
    elevation_r2 : mapping of climate driver to float
        Share of its variance that elevation explains [0 to 1].
    unknown_climate : sequence of str
        Climate drivers whose maps vary less than their own standard error.
    light_r : float
        Correlation over the cells of mean annual NPP with the radiation that its plants absorb [-1 to 1].
    """

    whole: Leads
    explained: Mapping[str, float]
    random_r2: float
    blocked_r2: float
    leading_probability: float
    inside_percent: float = np.nan
    zones: Mapping[str, Leads] = field(default_factory=dict)
    beyond_chance: Mapping[str, bool] = field(default_factory=dict)
    local_percent: float = np.nan
    chance_percent: float = np.nan
    variance_gone_percent: float = np.nan
    climate_held_percent: float = np.nan
    climate_level_percent: float = np.nan
    elevation_r2: Mapping[str, float] = field(default_factory=dict)
    unknown_climate: Sequence[str] = ()
    light_r: float = np.nan

    @property
    def is_climate_unknown(self) -> bool:
        """Whether no map of climate varies more than its own error, so that nothing rests on climate."""
        return bool(self.unknown_climate) and set(self.elevation_r2) <= set(self.unknown_climate)

    @property
    def elevation_share(self) -> float:
        """Share of the variance of the climate drivers that elevation explains, their mean [0 to 1]."""
        known = [share for share in self.elevation_r2.values() if np.isfinite(share)]
        return float(np.mean(known)) if known else np.nan

    @property
    def score(self) -> float:
        """The honest R2: in blocks of land where known."""
        return self.random_r2 if np.isnan(self.blocked_r2) else self.blocked_r2

    @property
    def is_predictive(self) -> bool:
        """Whether the drivers predict NPP where it was not sampled, so that anything may be named."""
        return self.score >= LEAST_R2


def leads(
    plain: np.ndarray, marked: np.ndarray, legend: Mapping[int, str], letters: Mapping[str, str]
) -> Leads:
    """Count where each category contributes most, and where that is more than noise.

    Parameters
    ----------
    plain
        Dominant category of the cells of a zone, 0 where undefined.
    marked
        The same with a code of its own where noise could explain it (`certainty.mark_indistinct`).
    legend
        Name of every code of `marked`; of a pair of letters the first is that of the leading category.
    letters
        Letter of each category, by its name.
    """
    plain, marked = plain[plain != 0], marked[plain != 0]
    leading = {
        name: np.isin(plain, [code for code, label in legend.items() if label[0] == letter])
        for name, letter in letters.items()
    }
    is_indistinct = np.isin(marked, [code for code, label in legend.items() if label == INDISTINCT])
    count = max(plain.size, 1)
    return Leads(
        {name: 100 * cells.sum() / count for name, cells in leading.items()},
        {name: 100 * (cells & ~is_indistinct).sum() / count for name, cells in leading.items()},
    )
