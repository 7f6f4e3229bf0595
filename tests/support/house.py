"""The structure of the project as its own code shows it: rooms of the package, and who imports whom.

Run as a script it renews the table and the drawing of the rooms in docs/architecture.md.
"""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

REPOSITORY = Path(__file__).resolve().parents[2]
SCRIPTS = REPOSITORY / "workflow_scripts"
PACKAGE = SCRIPTS / "nppdrivers"
ARCHITECTURE = REPOSITORY / "docs" / "architecture.md"

# From the ground up: a room may import rooms above it in this list, never one next to it or below it.
FLOOR_ROOMS = {
    "ground": [
        "registers", "language", "grid", "rasters", "dated_bands", "quantities", "categories", "period",
        "blocks", "agreement", "job", "run",
    ],
    "methods": [
        "quality", "vegetation_index", "evapotranspiration", "estarfm", "casa", "spline",
        "kriging", "correlation", "forest", "contribution", "degradation", "trend", "impact",
    ],
    "inputs": ["inputs"],
    "observations": ["images", "weather"],
    "acquisition": ["acquire"],
    "surfaces": ["fusion", "climate"],
    "months": ["ndvi"],
    "npp": ["npp"],
    "attribution": ["attribution"],
    "change": ["change"],
    "checks": ["checks"],
    "figures": ["figures"],
    "export": ["export"],
    "pages": ["pages"],
    "virtual basin": ["virtual_basin"],
    "command": ["command"],
}  # fmt: skip
FLOORS = {room: floor for floor, rooms in enumerate(FLOOR_ROOMS.values()) for room in rooms}
STAGES = [room for floor in list(FLOOR_ROOMS)[2:] for room in FLOOR_ROOMS[floor]]
# Stages of the workflow that need no room of their own: the last room that their scripts may import.
SCRIPT_ROOMS = {"grid": "images", "soil": "climate", "mining": "climate", "validation": "change"}


class Arrow(NamedTuple):
    """One import of one room by another, or by a script of a stage."""

    source: str
    target: str
    place: str


def room_of(path: Path) -> str:
    """Room of a module of the package: its folder, or its own name where it is a single module."""
    name = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return "command" if name == "__main__" else name


def imported_rooms(path: Path) -> Iterator[tuple[str, str]]:
    """Rooms that a file imports, with file and line of each import."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        names = [alias.name for alias in node.names]
        if isinstance(node, ast.ImportFrom):
            is_door = node.module == "nppdrivers"
            names = [f"nppdrivers.{name}" for name in names] if is_door else [node.module or ""]
        for name in names:
            parts = name.split(".")
            if parts[0] == "nppdrivers" and len(parts) > 1 and parts[1] != "__version__":
                yield parts[1], f"{path.relative_to(REPOSITORY)}:{node.lineno}"


def package_arrows() -> list[Arrow]:
    """All imports between two rooms of the package."""
    return [
        Arrow(room_of(path), target, place)
        for path in sorted(PACKAGE.rglob("*.py"))
        if path != PACKAGE / "__init__.py"
        for target, place in imported_rooms(path)
        if target != room_of(path)
    ]


def script_arrows() -> list[Arrow]:
    """All imports of rooms by scripts, the stage of the script as their source."""
    return [
        Arrow(path.parent.name, target, place)
        for path in sorted(SCRIPTS.glob("*/*.py"))
        if path.parent != PACKAGE
        for target, place in imported_rooms(path)
    ]


def module_imports() -> dict[str, set[str]]:
    """Dotted name of each module to the modules of the package that it imports."""
    modules = {
        ".".join(path.relative_to(SCRIPTS).with_suffix("").parts): path for path in PACKAGE.rglob("*.py")
    }
    imports: defaultdict[str, set[str]] = defaultdict(set)
    for name, path in modules.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                named = {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
                imports[name] |= {found for found in named if found in modules}
    return imports


def table_of_rooms() -> str:
    """Rooms by floor, with the rooms that each imports, as a table in Markdown."""
    targets: defaultdict[str, set[str]] = defaultdict(set)
    for arrow in package_arrows():
        targets[arrow.source].add(arrow.target)
    rows = ["| floor | room | imports |", "|---|---|---|"]
    for floor, rooms in FLOOR_ROOMS.items():
        for room in rooms:
            below = ", ".join(f"`{target}`" for target in sorted(targets[room], key=lambda r: (FLOORS[r], r)))
            rows.append(f"| {floor} | `{room}` | {below or '-'} |")
    return "\n".join(rows)


def edges_of_rooms() -> set[tuple[str, str]]:
    """Which stage or method uses which, by imports of the package and of the scripts; without the ground."""
    left_out = {*FLOOR_ROOMS["ground"], "figures", "pages"}  # all stages use these
    return {
        (arrow.source, arrow.target)
        for arrow in package_arrows() + script_arrows()
        if arrow.source != arrow.target
        and arrow.source not in FLOOR_ROOMS["ground"]
        and (arrow.target not in left_out or (arrow.source, arrow.target) == ("pages", "figures"))
    }


def draw_rooms(path: Path) -> None:
    """Draw the graph of the rooms, the last stages at the top."""
    from nppdrivers.figures.canvas import save
    from nppdrivers.figures.flow import rule_graph

    kinds = dict.fromkeys(FLOOR_ROOMS["methods"], "method") | dict.fromkeys(STAGES, "stage")
    save(
        rule_graph(edges_of_rooms(), stages=kinds | dict.fromkeys(SCRIPT_ROOMS, "stage of scripts only")),
        path,
    )


def renew_page() -> None:
    """Write the table of rooms into its page, and draw their graph."""
    page = ARCHITECTURE.read_text(encoding="utf-8")
    table = re.compile(r"\| floor \| room \|.*?(?=\n\n)", re.DOTALL)
    ARCHITECTURE.write_text(table.sub(lambda _: table_of_rooms(), page), encoding="utf-8")
    draw_rooms(ARCHITECTURE.parent / "images" / "architecture.png")


if __name__ == "__main__":
    sys.path.insert(0, str(SCRIPTS))
    renew_page()
