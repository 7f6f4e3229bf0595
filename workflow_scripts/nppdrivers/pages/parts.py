"""What all pages share: one self-contained HTML file with a heading, notes and sections."""

import re
from collections.abc import Callable, Iterable, Mapping

from markupsafe import Markup

from nppdrivers.pages.templates import environment


def fill_template(
    title: str,
    notes: Iterable[str],
    sections: Mapping[str, Iterable[Markup]],
    language: str = "en",
    say: Callable[[str], str] = str,
) -> str:
    """Write a whole page: heading, notes, navigation, and each section from its blocks of HTML."""
    shown = [(anchor(name), name, list(blocks)) for name, blocks in sections.items()]
    template = environment().get_template("parts.html")
    return template.render(
        language=language, say=say, title=title, notes=[note for note in notes if note], sections=shown
    )


def anchor(name: str) -> str:
    """Identity of a section on its page."""
    return re.sub(r"\W+", "-", name.lower()).strip("-")
