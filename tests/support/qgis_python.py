"""The Python that has QGIS, Debian's, for tests of what QGIS reads."""

import subprocess
from functools import cache
from pathlib import Path

PYTHON = Path("/usr/bin/python3")


def qgis(*arguments: object) -> str:
    """What Python prints that has QGIS."""
    return subprocess.run(
        [PYTHON, *map(str, arguments)],
        env={"QT_QPA_PLATFORM": "offscreen", "HOME": "/tmp", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
    ).stdout


@cache
def has_qgis() -> bool:
    """Whether Debian's python3-qgis is installed."""
    return PYTHON.exists() and "yes" in qgis("-c", "import qgis.core; print('yes')")
