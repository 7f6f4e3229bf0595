"""Places of a site."""

import geopandas as gpd
import pandas as pd
import pytest
from shapely import LineString, MultiLineString, box

from nppdrivers.inputs.tables import point_layer
from nppdrivers.npp.sides import split_by_line

CRS = "EPSG:32649"


def layer(shape):
    return gpd.GeoDataFrame(geometry=[shape], crs=CRS)


@pytest.mark.parametrize("bend", [0, 30, -30])
@pytest.mark.parametrize("downwards", [True, False])
def test_sides_of_a_river(bend, downwards):
    """West and east parts fill the area without overlap, also where the river ends inside it."""
    area = box(0, 0, 100, 100)
    points = [(40, 90), (40 + bend, 50), (40, 10)]
    river = LineString(points if downwards else points[::-1])
    sides = split_by_line(layer(area), layer(river), CRS)
    west, east = sides["west"].iloc[0], sides["east"].iloc[0]
    assert west.area == pytest.approx(100 * 40 + bend * 80 / 2)
    assert west.area + east.area == pytest.approx(100 * 100)
    assert west.intersection(east).area == pytest.approx(0)


def test_river_in_pieces_is_joined_or_refused():
    """Pieces that touch are one river; pieces that do not are refused."""
    area = layer(box(0, 0, 100, 100))
    touching = MultiLineString([[(40, 90), (40, 50)], [(40, 50), (40, 10)]])
    assert split_by_line(area, layer(touching), CRS)["west"].iloc[0].area == pytest.approx(4000)
    apart = MultiLineString([[(40, 90), (40, 60)], [(40, 50), (40, 10)]])
    with pytest.raises(ValueError, match="2 separate parts"):
        split_by_line(area, layer(apart), CRS)


def test_points_of_a_table(tmp_path):
    """Each place of a table counts once, rows without a place not at all."""
    rows = {"longitude": [112.6, 112.6, None, 112.7], "latitude": [35.5, 35.5, 35.5, 35.6]}
    pd.DataFrame(rows).to_csv(tmp_path / "t.csv", index=False)
    assert len(point_layer(tmp_path / "t.csv")) == 2
