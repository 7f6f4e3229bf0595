"""Every place of the package and its scripts that refuses something by ValueError, by the code itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

from house import PACKAGE, SCRIPTS

TABLE = Path(__file__).with_name("refusals.csv")
ROOMS_LEFT_OUT = ("checks", "virtual_basin", "inputs", "weather")
_ERRORS = {"ValueError", "InputError", "_refused"}


def refusing_functions() -> set[tuple[str, str]]:
    """File below workflow_scripts and function of each raise.

    The readers of tables, vectors, rasters and weather run in the checks themselves and are left out.
    """
    return {
        (str(path.relative_to(SCRIPTS)), name)
        for path in SCRIPTS.rglob("*.py")
        if not {PACKAGE / room for room in ROOMS_LEFT_OUT} & set(path.parents)
        for name in _functions(ast.parse(path.read_text(encoding="utf-8")))
    }


def _functions(tree: ast.Module) -> Iterator[str]:
    """Names of the functions that raise."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            raised = (node.exc for node in ast.walk(function) if isinstance(node, ast.Raise))
            calls = (exc.func for exc in raised if isinstance(exc, ast.Call))
            if any(isinstance(call, ast.Name) and call.id in _ERRORS for call in calls):
                yield function.name
