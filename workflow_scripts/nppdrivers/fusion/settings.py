"""How an interval is fused: the settings that travel together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nppdrivers.fusion.combination import Weights
from nppdrivers.vegetation_index import MAPPED


@dataclass(frozen=True)
class FusionSettings:
    """Settings of the fusion, made once from those of a run (`from_config`).

    Attributes
    ----------
    method : key of the fusion model in `models.table.MODELS`
    window : side of the moving window [cells], odd
    classes : number of land cover classes that sets the threshold of similarity
    scale : value that stands for 1 in the fused layer (of reflectance it is always 1)
    valid_range : lowest and highest possible value of the fused layer [its unit]
    extrapolate : whether slopes apply beyond the coarse change between the base dates. Off by default: two
        base dates on both sides of a season's peak may differ little while the peak differs much
    split_at_changes : whether to look for abrupt changes (see `abrupt_change.side_of_change`)
    coarse_window : window [cells], one to two coarse pixels wide, in which fine images that saw more of an
        abrupt change than the coarse ones are given the coarse level (see `abrupt_change.level_changed_land`)
    weights : weights of the model's prediction and of the simple ones (see `combination`); None leaves the
        prediction as it is
    consistency_window : window [cells] in which the fused image is given the mean of the coarse one, the bias
        between both on the base dates apart (see `consistency.coarse_residual`); None leaves it as it is
    """

    method: str = "estarfm"
    window: int = 51
    classes: int = 4
    scale: float = 1.0
    valid_range: tuple[float, float] = MAPPED.valid_range
    extrapolate: bool = False
    split_at_changes: bool = True
    coarse_window: int = 9
    consistency_window: int | None = None
    weights: Weights | None = None

    @classmethod
    def from_config(
        cls, fusion: Mapping[str, Any], coarse_window: int, weights: Weights | None = None
    ) -> "FusionSettings":
        """Settings of a run; two coarse pixels in its cells; weights of a method that has them."""
        return cls(
            method=fusion["method"],
            window=fusion["window"],
            classes=fusion["classes"],
            coarse_window=coarse_window,
            consistency_window=coarse_window if fusion["consistency"] else None,
            weights=weights,
        )
