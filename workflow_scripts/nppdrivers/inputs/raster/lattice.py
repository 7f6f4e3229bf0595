"""Whether cells of a coordinate system are squares of the stated size on the ground."""

import numpy as np
from affine import Affine
from pyproj import CRS, Proj

REFUSED_PERCENT, WARNED_PERCENT = 5.0, 2.0  # deviation of a length from that on the ground


def lattice_faults(
    crs: object, longitude: float, latitude: float, transform: Affine | None = None
) -> tuple[str, str]:
    """Why a grid cannot be taken, or is doubtful.

    Parameters
    ----------
    crs : anything that pyproj takes
    longitude, latitude : float
        Middle of the grid [deg].
    transform : Affine, optional
        Of the cells.

    Returns
    -------
    fault, doubt : str
        Empty for none. A fault: coordinates not in metres, cells not square, lengths more than 5 % wrong; a
        doubt: lengths more than 2 % wrong.
    """
    system = CRS.from_user_input(crs)
    if system.is_geographic:
        return "its coordinates are degrees", ""
    unit = system.axis_info[0]
    if not np.isclose(unit.unit_conversion_factor, 1):
        return f"its coordinates are in {unit.unit_name}, {unit.unit_conversion_factor:.6g} m each", ""
    if transform is not None and (
        transform.b or transform.d or not np.isclose(transform.a, -transform.e, rtol=1e-6)
    ):
        return "its cells are not square, or north is not up", ""
    return _scale_faults(system, longitude, latitude)


def _scale_faults(system: CRS, longitude: float, latitude: float) -> tuple[str, str]:
    """Compare lengths with those on the ground: the greatest and the least scale of all directions."""
    factors = Proj(system).get_factors(longitude, latitude)
    scales = factors.tissot_semimajor, factors.tissot_semiminor
    if not np.isfinite(scales).all():
        return f"its coordinate system ({system.name}) does not hold at the study area", ""
    deviation = 100 * max(abs(scale - 1) for scale in scales)
    text = (
        f"lengths in its coordinate system ({system.name}) are {scales[1]:.2f} to {scales[0]:.2f} times "
        "those on the ground"
    )
    if deviation > REFUSED_PERCENT:
        return text, ""
    return "", text if deviation > WARNED_PERCENT else ""
