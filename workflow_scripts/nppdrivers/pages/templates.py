"""The templates of this room, in which every text is shown as text."""

from functools import cache
from importlib.resources import files

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup


@cache
def environment() -> Environment:
    """Jinja environment of the templates of this room; texts are escaped, a missing value is an error."""
    folder = str(files("nppdrivers") / "pages")
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def macro(template: str, name: str, *arguments: object) -> Markup:
    """HTML that a macro of a template makes."""
    filled: Markup = getattr(environment().get_template(template).module, name)(*arguments)
    return filled
