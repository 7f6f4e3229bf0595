"""Where the data of a run come from, and under which licence: for tables, catalogue and citation."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from nppdrivers.acquire.manifest import read_entries


class Source(NamedTuple):
    """What the data are, and their licence, empty where the run does not know it."""

    title: str
    licence: str = ""


def sources_of_run(inputs: Iterable[str], manifest: Path | None, virtual_title: str) -> list[Source]:
    """List the sources of a run.

    Parameters
    ----------
    inputs : iterable of str
        Names of the raw inputs, as in the settings.
    manifest : Path, optional
        Of the files that were fetched, with the licence of each.
    virtual_title : str
        Title of the virtual basin, empty for any other site.

    Returns
    -------
    list of Source
        The virtual basin; or each collection that was fetched, or else each input of the user.
    """
    if virtual_title:
        return [Source(f"{virtual_title}, simulated by nppdrivers", "free to use")]
    if manifest:
        entries = [entry for entry in read_entries(manifest) if entry.file]
        return sorted({Source(entry.collection, entry.licence) for entry in entries})
    return [Source(f"{name}, as given in the settings") for name in inputs]
