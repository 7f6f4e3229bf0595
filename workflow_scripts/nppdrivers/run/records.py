"""Results whose records are lost: what has changed since they were made, as Snakemake cannot know."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path

import yaml


def changes_without_records(
    results: str | Path, records: str | Path, settings: Mapping[str, object], code: Mapping[str, str]
) -> list[str]:
    """Name settings and scripts that differ from those of results that Snakemake has no records of.

    Such results were copied from elsewhere, or their records were deleted: Snakemake compares nothing then
    and takes every file for up to date. The results' own `settings.yaml` and `code.yaml` are compared
    instead.

    Parameters
    ----------
    results : path
        Folder of the results of a site, written with ``/`` and relative to the working directory.
    records : path
        Folder of Snakemake's records (``.snakemake``).
    settings : mapping
        Settings of this call.
    code : mapping of str to str
        Digest of the code of each script of this call.

    Returns
    -------
    list of str
        Empty where there are records or no results, or where nothing differs.
    """
    written = Path(results, "settings.yaml")
    if not written.exists() or _record(records, written).exists():
        return []
    changes = _differences(yaml.safe_load(written.read_text(encoding="utf-8")), settings)
    code_then = Path(results, "code.yaml")
    if code_then.exists():
        then = yaml.safe_load(code_then.read_text(encoding="utf-8"))
        changes += [f"the code of {script}" for script, digest in code.items() if then.get(script) != digest]
    return changes


def _record(records: str | Path, path: Path) -> Path:
    """Snakemake's record of one short path."""
    return Path(records, "metadata", urlsafe_b64encode(path.as_posix().encode()).decode())


def _differences(then: object, now: object, name: str = "") -> list[str]:
    """Dotted names of the settings that differ."""
    if isinstance(then, Mapping) and isinstance(now, Mapping):
        keys = sorted({*then, *now}, key=str)
        return [
            difference
            for key in keys
            for difference in _differences(then.get(key), now.get(key), f"{name}.{key}".lstrip("."))
        ]
    return [] if then == now else [name]
