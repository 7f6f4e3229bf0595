"""The interface file: its inputs, and its results as patterns of paths."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import house
import yaml

INTERFACE: Mapping[str, Any] = yaml.safe_load(
    (house.REPOSITORY / "interface.yaml").read_text(encoding="utf-8")
)
# Wildcards whose values no list can give.
OPEN = {
    "year": r"\d{4}",
    "span": r"\d{8}_\d{8}",
    "map": r"[\w/]+",
    "item": r"[\w-]+",
    "table": r"[\w/]+",
    "omitted": "[a-z_]+",
}


def results() -> Iterator[dict[str, Any]]:
    """All results, each with stage, path and `when` of a condition; rasters with product, unit, bands."""
    for stage, kinds in INTERFACE["results"].items():
        common = {"stage": stage} | {key: kinds[key] for key in ("when",) if key in kinds}
        yield from ({**common, **raster} for raster in kinds.get("rasters", ()))
        for file in kinds.get("files", ()):
            yield {**common, **(file if isinstance(file, Mapping) else {"path": file})}


def pattern(path: str) -> re.Pattern[str]:
    """Expression for the paths of a result, with a group for each wildcard."""
    parts = re.split(r"\{(\w+)\}", path)
    values = {name: OPEN.get(name) or "|".join(INTERFACE["wildcards"][name]) for name in parts[1::2]}
    pieces = [re.escape(part) for part in parts]
    for i in range(1, len(parts), 2):
        is_repeated = parts[i] in parts[1:i:2]
        pieces[i] = f"(?P={parts[i]})" if is_repeated else f"(?P<{parts[i]}>{values[parts[i]]})"
    return re.compile("".join(pieces))
