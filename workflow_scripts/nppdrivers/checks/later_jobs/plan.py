"""What a run does with its inputs, as far as later jobs may refuse them for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Plan:
    """Settings that inputs have to suit.

    Attributes
    ----------
    cell_size_m, origin_m : float
        Of the grid around the study area, as in `Grid.around` [m].
    window, tiles : int
        Of the fusion: side of the moving window [cells], and number of bands of rows.
    bands : bool
        Whether red and near infrared are fused instead of NDVI.
    automatic_smoothness : bool
        Whether the smoothness of NDVI is found from the series itself.
    polynomial : int
        Degree of the polynomial that smooths NDVI; 0 without one.
    refit_days : int, optional
        Largest distance in time of the images that sensors are compared by [d]; None without refit.
    attribution : bool
        Whether points are drawn.
    calibrated : bool
        Whether radiation of the stations gives the Angstrom coefficients.
    climate_variables : sequence of str
        All variables of the run.
    soil_properties : sequence of str
        All properties of the run.
    classes : str, optional
        Path of the constants of the land cover classes.
    class_codes : mapping of str to int
        Code of each class of the run.
    efficiencies : sequence of str
        Names of the sets of light use efficiencies that are used.
    fit_to : sequence of str
        Tables of measured NPP that efficiencies are fitted to.
    events : sequence of str, optional
        Inputs whose polygons have years that are compared; None without the stage of change.
    control_distance_m : float
        Least distance of what they are compared with [m].
    remarks : sequence of (setting, what it is, what to do)
        What looks wrong in the settings but may be meant.
    """

    cell_size_m: float = 30.0
    origin_m: float = 0.0
    window: int = 3
    tiles: int = 1
    bands: bool = False
    automatic_smoothness: bool = False
    polynomial: int = 0
    refit_days: int | None = None
    attribution: bool = False
    calibrated: bool = False
    climate_variables: Sequence[str] = ()
    soil_properties: Sequence[str] = ()
    classes: str | None = None
    class_codes: Mapping[str, int] = field(default_factory=dict)
    efficiencies: Sequence[str] = ()
    fit_to: Sequence[str] = ()
    events: Sequence[str] | None = None
    control_distance_m: float = 0.0
    remarks: Sequence[Sequence[str]] = ()
