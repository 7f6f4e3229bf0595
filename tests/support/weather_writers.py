"""Write small files as the weather services do, for the tests of their readers."""

from pathlib import Path

CMA_CODES = {"TEM": "12001", "PRE": "13011", "SSD": "14032", "RHU": "13003", "WIN": "11002"}
GSOD_HEADER = (
    "STATION,DATE,LATITUDE,LONGITUDE,ELEVATION,NAME,TEMP,TEMP_ATTRIBUTES,DEWP,DEWP_ATTRIBUTES,SLP,"
    "SLP_ATTRIBUTES,STP,STP_ATTRIBUTES,VISIB,VISIB_ATTRIBUTES,WDSP,WDSP_ATTRIBUTES,MXSPD,GUST,MAX,"
    "MAX_ATTRIBUTES,MIN,MIN_ATTRIBUTES,PRCP,PRCP_ATTRIBUTES,SNDP,FRSHTT"
)


def cma_file(folder: Path, element: str, month: str, lines: list[str]) -> Path:
    """Write the file of an element and a month (YYYYMM)."""
    path = folder / f"SURF_CLI_CHN_MUL_DAY-{element}-{CMA_CODES[element]}-{month}.TXT"
    folder.mkdir(exist_ok=True, parents=True)
    path.write_text("\n".join(lines) + "\n")
    return path


def dly_line(station: str, year: int, month: int, element: str, days: list[str]) -> str:
    """Write a month of one element; a day is five characters of value and three of flags."""
    line = f"{station}{year}{month:02d}{element}" + "".join(days) + (31 - len(days)) * "-9999   "
    assert len(line) == 269
    return line


def station_line(station: str, latitude: float, longitude: float, elevation: float, name: str) -> str:
    """Write a line of ghcnd-stations.txt."""
    line = f"{station} {latitude:8.4f} {longitude:9.4f} {elevation:6.1f}    {name:30s} GSN     53000"
    assert line[41:71].strip() == name
    return line


def gsod_file(path: Path, rows: list[dict]) -> Path:
    """Write a file of a station and year; columns that a row leaves out are as where nothing was measured."""
    absent = {"TEMP": "9999.9", "DEWP": "9999.9", "WDSP": "999.9", "PRCP": "99.99", "SNDP": "999.9"}
    absent |= {"FRSHTT": "000000", "PRCP_ATTRIBUTES": " ", "NAME": "LOWER TOWN, CH", "SLP": "9999.9"}
    lines = [GSOD_HEADER]
    for row in rows:
        cells = absent | row
        lines.append(",".join(f'"{cells.get(name, " 0")}"' for name in GSOD_HEADER.split(",")))
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text("\n".join(lines) + "\n")
    return path
