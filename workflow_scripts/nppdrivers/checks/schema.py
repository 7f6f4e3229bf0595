"""Differences between the settings and their schema, each as one line that says what to write instead."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

_TYPES = {
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "string": "text",
    "array": "a list, as in [a, b]",
    "object": "a table, as in {key: value}",
    "null": "null",
}
_PATTERNS = {
    "^[A-Za-z0-9_-]+$": "letters, digits, _ and -",
    r"^[^{}\x00-\x1f\x7f]*$": "one line without braces",
    "^[0-9]{4}-[0-9]{2}$": 'a month as "YYYY-MM", in quotes',
}

# Settings of 0.1.0 that lie in another place now
MOVED = {
    "ndvi_smoothing": "ndvi.smoothing",
    "monthly_ndvi": "ndvi.monthly",
    "modis": "coarse",
    "attribution.sampling": "attribution.points.sampling",
    "attribution.window": "attribution.local.window",
    "attribution.significance": "attribution.local.significance",
    "attribution.window_sweep": "attribution.local.window_sweep",
    "attribution.surrogates": "attribution.local.surrogates",
    "attribution.trees": "attribution.forests.trees",
    "attribution.mtry": "attribution.forests.mtry",
    "attribution.seeds": "attribution.forests.seeds",
    "attribution.bootstraps": "attribution.resampling.replicates",
    "attribution.bootstrap_trees": "attribution.resampling.trees",
}


def schema_problems(settings: Mapping[str, Any], schema: Mapping[str, Any]) -> list[str]:
    """Compare the settings with their schema.

    Parameters
    ----------
    settings : mapping
        Sections as read from YAML.
    schema : mapping
        JSON schema, draft 2020-12.

    Returns
    -------
    list of str
        "section.key: value is ...; take ...", one line for each difference.
    """
    errors = Draft202012Validator(schema).iter_errors(settings)
    return list(dict.fromkeys(line for error in errors for line in _lines(error)))


def alternatives(names: Iterable[object]) -> str:
    """List alternatives: "a, b or c"."""
    *first, last = (shown(name) for name in names)
    return f"{', '.join(first)} or {last}" if first else last


def nearest(word: object, names: Iterable[object]) -> str:
    """Question after the nearest of some names, empty when none is near."""
    texts = [shown(name) for name in names]
    lower = {text.lower(): text for text in texts}
    close = get_close_matches(shown(word).lower(), lower, n=1)
    return f"did you mean {lower[close[0]]}?" if close else ""


def shown(value: object) -> str:
    """A value as it is written in the settings."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {shown(inner)}' for key, inner in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(shown, value))}]"
    return str(value)


def _lines(error: ValidationError) -> Iterator[str]:
    """Lines for one error; of a choice between forms those of the form that was meant."""
    key = ".".join(part for part in error.absolute_path if isinstance(part, str)) or "the settings"
    found, rule = error.instance, error.validator_value
    if "propertyNames" in error.absolute_schema_path:
        yield f"{key}: {shown(found)} is not a name of this table; {_choice(found, rule)}"
    elif error.validator == "additionalProperties":
        known = list(error.schema.get("properties", ()))
        prefix = "" if key == "the settings" else f"{key}."
        for name in [name for name in found if name not in known]:
            place = MOVED.get(f"{prefix}{name}")
            remedy = f"it is {place} now" if place else _choice(name, known)
            yield f"{prefix}{name}: there is no such setting; {remedy}"
    elif error.validator == "required":
        for name in [name for name in rule if name not in found]:
            yield f"{key}: {name} is missing; add it"
    elif error.validator == "oneOf":
        meant = [inner for inner in error.context or () if inner.schema_path[0] == _form_meant(found, rule)]
        if meant:
            for inner in meant:
                yield from _lines(inner)
        else:
            words = [form["const"] for form in rule if "const" in form]
            forms = [form for form in rule if "const" not in form]
            wanted = [*words, *(_TYPES[form["type"]] for form in forms)]
            yield f"{key}: {shown(found)} is not a choice; take {_out_of(found, wanted, words)}"
    else:
        yield f"{key}: {shown(found)} {_difference(error)}"


def _form_meant(found: object, forms: Sequence[Mapping[str, Any]]) -> int | None:
    """Number of the form with the type of the value; None when no form has it."""
    for number, form in enumerate(forms):
        if "type" in form and Draft202012Validator({"type": form["type"]}).is_valid(found):
            return number
    return None


def _choice(name: object, names: Iterable[object]) -> str:
    """The nearest right name, or all of them."""
    names = list(names)
    return nearest(name, names) or f"take {alternatives(names)}"


def _out_of(found: object, names: Iterable[object], words: Iterable[object]) -> str:
    """All of some names, and the nearest of those that are words."""
    question = nearest(found, words)
    return alternatives(names) + (f" ({question})" if question else "")


def _difference(error: ValidationError) -> str:
    """What is wrong with a single value, and what to take."""
    found, rule = error.instance, error.validator_value
    match error.validator:
        case "enum":
            return f"is not a choice; take {_out_of(found, rule, rule)}"
        case "type":
            kinds = [rule] if isinstance(rule, str) else rule
            quotes = ", in quotes" if isinstance(found, date) and "string" in kinds else ""
            return f"is {_type_of(found)}; take {alternatives(_TYPES[kind] for kind in kinds)}{quotes}"
        case "minimum" | "exclusiveMinimum" | "maximum" | "exclusiveMaximum":
            size = "small" if "inimum" in error.validator else "large"
            return f"is too {size}; take {_range(error.schema)}{_other_unit(error)}"
        case "pattern":
            return f"is not as expected; take {_PATTERNS.get(rule, rule.strip('^$'))}"
        case "minItems" | "maxItems":
            few = error.validator == "minItems"
            return f"has too {'few' if few else 'many'} values; take at {'least' if few else 'most'} {rule}"
        case "uniqueItems":
            return "has a value twice; take each once"
        case "not" if rule == {"multipleOf": 2}:
            return "is even; take an odd number"
    return f"does not fit ({error.message})"


def _type_of(value: object) -> str:
    """Type of a value in words."""
    if isinstance(value, date):
        return "a date"
    kinds = (kind for kind in _TYPES if Draft202012Validator({"type": kind}).is_valid(value))
    return _TYPES[next(kinds, "string")].split(",")[0]


def _range(schema: Mapping[str, Any]) -> str:
    """Numbers that a setting may be."""
    words = {"minimum": "from", "exclusiveMinimum": "above", "maximum": "to", "exclusiveMaximum": "below"}
    limits = [f"{word} {schema[name]}" for name, word in words.items() if name in schema]
    return f"a number {' '.join(limits)}"


def _other_unit(error: ValidationError) -> str:
    """Remark on a fraction that stands for percent, or the reverse."""
    value, low = error.instance, error.schema.get("minimum", 0)
    high = error.schema.get("maximum", error.schema.get("exclusiveMaximum", 0))
    unit = "percent" if high == 100 else "a fraction" if high == 1 else ""
    other = 100 * value if unit == "percent" else value / 100
    return f": it is {unit}, as in {other:g}" if unit and low <= other <= high else ""
