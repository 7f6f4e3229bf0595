"""Stages that can be cut into tiles: bands of rows of the grid, a job each, whose files one more job puts together."""

TILES = config["tiles"]

if TILES > 1:

    scattergather:
        tiles=TILES,


def tile(wildcards):
    """Name of the tile of a job: all of the grid is the first and only one."""
    return wildcards.get("scatteritem", "1-of-1")


def part(path):
    """Path of a file of a job: its own where the grid is not cut, that of its tile where it is."""
    stem, end = os.path.splitext(path)
    return path if TILES == 1 else f"{stem}/{{scatteritem}}{end}"


def cut(path):
    """Output of a job; that of a tile goes when all are together."""
    return path if TILES == 1 else temp(part(path))


def parts(path):
    """That output of all tiles."""
    stem, end = os.path.splitext(path.replace("{", "{{").replace("}", "}}"))
    return gather.tiles(f"{stem}/{{scatteritem}}{end}")
