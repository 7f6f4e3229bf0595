"""The tables of docs/configuration.md: every setting of config/schema.yaml, with its default.

Run as a script it renews the page.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

REPOSITORY = Path(__file__).resolve().parents[1]
PAGE = REPOSITORY / "docs" / "configuration.md"
CONFIG = REPOSITORY / "config"
BEGIN = "<!-- settings: written by docs/settings_page.py -->"
END = "<!-- end of the settings -->"
HEADER = "| key | default | unit | values | meaning |\n|---|---|---|---|---|"


class Setting(NamedTuple):
    """One key of the settings: dotted name, its part of the schema, its default as written in YAML."""

    name: str
    schema: Mapping[str, Any]
    default: str


def with_definitions(schema: Mapping[str, Any], part: Any) -> Any:
    """Part of a schema in which every reference to a shared definition is replaced by that definition."""
    if isinstance(part, list):
        return [with_definitions(schema, item) for item in part]
    if not isinstance(part, Mapping):
        return part
    definition: Any = schema if "$ref" in part else {}
    for key in filter(None, part.get("$ref", "").removeprefix("#").split("/")):
        definition = definition[key]
    merged = {**definition, **{key: value for key, value in part.items() if key != "$ref"}}
    return {key: with_definitions(schema, value) for key, value in merged.items()}


def keys_of(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """Keys that a section describes, also where a word may stand in place of the section."""
    tables = (form["properties"] for form in part.get("oneOf", ()) if "properties" in form)
    return part.get("properties") or next(tables, {})


def settings(section: Mapping[str, Any], defaults: Mapping[str, Any], path: str = "") -> Iterator[Setting]:
    """All keys of a section and of the sections in it."""
    for key, part in keys_of(section).items():
        default = defaults.get(key)
        if not keys_of(part) or "pattern" in part:  # the pattern allows a word in place of a table
            yield Setting(f"{path}{key}", part, yaml_text(default) if key in defaults else "")
        yield from settings(part, default if isinstance(default, Mapping) else {}, f"{path}{key}.")


def yaml_text(value: object) -> str:
    """A value as it would be written on one line of the settings."""
    text = yaml.safe_dump(value, default_flow_style=True, width=1000, sort_keys=False)
    return text.removesuffix("\n").removesuffix("\n...")


def choices(part: Mapping[str, Any]) -> list[str]:
    """Words that a part of the schema allows, listed at once or in several lists."""
    return [*part.get("enum", ()), *(word for form in part.get("anyOf", ()) for word in choices(form))]


def values(part: Mapping[str, Any]) -> str:
    """What a key may be, in words: choices, type and range."""
    if "const" in part:
        return f"`{part['const']}`"
    if "enum" in part:
        return ", ".join(f"`{yaml_text(choice)}`" for choice in part["enum"])
    if "oneOf" in part:
        return ", or ".join(values(form) for form in part["oneOf"])
    kinds = [part["type"]] if isinstance(part["type"], str) else part["type"]
    return ", or ".join(values_of_type(kind, part) for kind in kinds)


def values_of_type(kind: str, part: Mapping[str, Any]) -> str:
    """Values of one type."""
    match kind:
        case "null":
            return "`null`"
        case "boolean":
            return "`true`, `false`"
        case "string":
            word = re.fullmatch(r"\^(\w+)\$", part.get("pattern", ""))
            return f"`{word[1]}`" if word else "text"
        case "array":
            return f"list: {values(part['items'])}"
        case "object":
            keys = choices(part.get("propertyNames", {})) or list(keys_of(part))
            names = f" of {', '.join(f'`{key}`' for key in keys)}" if keys else ""
            further = part.get("additionalProperties")
            return f"table{names}" + (f" (each: {values(further)})" if further else "")
    return number_range("whole number" if kind == "integer" else "number", part)


def number_range(kind: str, part: Mapping[str, Any]) -> str:
    """Type and range of a number."""
    words = {
        "minimum": "from",
        "exclusiveMinimum": "above",
        "maximum": "to",
        "exclusiveMaximum": "below",
    }
    return " ".join([kind, *(f"{word} {part[limit]}" for limit, word in words.items() if limit in part)])


def row(setting: Setting) -> str:
    """Row of the table; the unit that stands in brackets in the description gets a column of its own."""
    description = setting.schema["description"]
    unit = re.search(r" \[([^\]]+)\]", description)
    meaning = description.replace(unit[0], "") if unit else description
    default = f"`{setting.default}`" if setting.default else ""
    cells = [f"`{setting.name}`", default, unit[1] if unit else "", values(setting.schema), meaning]
    return f"| {' | '.join(cells)} |".replace("<", "&lt;")


def tables() -> str:
    """All settings as tables in Markdown, one for each section."""
    schema = yaml.safe_load((CONFIG / "schema.yaml").read_text(encoding="utf-8"))
    sections = with_definitions(schema, schema["properties"])
    defaults = yaml.safe_load((CONFIG / "config.yaml").read_text(encoding="utf-8"))
    rows: dict[str, list[str]] = {}
    for setting in settings({"properties": sections}, defaults):
        section = setting.name.split(".")[0] if "." in setting.name else ""
        rows.setdefault(section, []).append(row(setting))
    parts = []
    for name, lines in rows.items():
        heading = f"### `{name}`\n\n{sections[name]['description']}" if name else "### The run"
        parts.append("\n".join([f"{heading}\n\n{HEADER}", *lines]))
    return "\n\n".join(parts)


def renewed(page: str) -> str:
    """The page with the part between its two marks written anew."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{tables()}\n\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
