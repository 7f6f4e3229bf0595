"""Which questions of later jobs each input is asked."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from nppdrivers.checks.findings import Findings
from nppdrivers.checks.later_jobs import climate, efficiency, events, ground, series
from nppdrivers.checks.study import FINE_INPUTS, Study

Check = Callable[[Study, Path], Findings]

_AREA: tuple[Check, ...] = (ground.check_cells, ground.check_classes)
_CHECKS: dict[str, tuple[Check, ...]] = {
    "grid.like": _AREA,
    "weather": (climate.check_places,),
    "monthly_weather": (climate.check_places,),
    **{name: (partial(series.check_pairs, name=name),) for name in FINE_INPUTS},
    "coarse": (series.check_composites,),
    "mines": (partial(events.check_events, name="mines"),),
    "zones": (partial(events.check_events, name="zones"),),
    **{name: (partial(efficiency.check_sites, name=name),) for name in ("plots", "npp_points")},
}


def later_checks(study: Study, name: str) -> tuple[Check, ...]:
    """Checks of an input of this name by the rules of later jobs."""
    if name == "study_area":
        return () if study.like else _AREA
    if name.startswith(("climate_raster_", "soil_raster_")):
        return (partial(ground.check_ready, name=name),)
    return _CHECKS.get(name, ())
