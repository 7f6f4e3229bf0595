"""Settings under their former names: read as before, with a note. The standard library alone."""

from collections.abc import MutableMapping
from typing import Any

# Former name of a section, and of an input of the same content: their name now
RENAMED = {"modis": "coarse"}
# Settings of a section that belong to the whole run now, under the same name
MOVED_UP = {"fusion": "tiles"}


def take_old_names(settings: MutableMapping[str, Any]) -> list[tuple[str, str, str]]:
    """Move settings with a former name to where they belong now.

    Where both are there, the former one is that of a file of settings, the other one that of the defaults:
    the former counts. An input has no default: there the name of now counts.

    Parameters
    ----------
    settings : mapping
        Sections as read from YAML; changed in place.

    Returns
    -------
    list of (setting, what it is, what to do)
        A note for each.
    """
    notes = []
    for old, new in RENAMED.items():
        if isinstance(settings.get(old), dict):
            settings[new] = {**settings.get(new, {}), **settings.pop(old)}
            notes.append((old, f"is called {new} now, and was read as such", f"write {new} in its place"))
        inputs = settings.get("inputs")
        if isinstance(inputs, dict) and inputs.get(old) and not inputs.get(new):
            inputs[new] = inputs.pop(old)
            message = f"is called inputs.{new} now, and was read as such"
            notes.append((f"inputs.{old}", message, f"write inputs.{new} in its place"))
    for section, name in MOVED_UP.items():
        if isinstance(settings.get(section), dict) and name in settings[section]:
            settings[name] = settings[section].pop(name)
            message = f"is called {name} now, outside {section}, and was read as such"
            notes.append((f"{section}.{name}", message, f"write {name} on a line of its own, not indented"))
    return notes
