"""Settings of Sphinx: `make docs` builds a site from the pages of this folder."""

import re
import sys
from pathlib import Path

from sphinx.application import Sphinx

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY / "workflow_scripts"))

from nppdrivers import __version__  # noqa: E402  (the package need not be installed)

project = "nppdrivers"
author = "The nppdrivers developers"
copyright = "the nppdrivers developers, BSD 3-Clause"
version = release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
myst_heading_anchors = 3
templates_path: list[str] = []

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings give types with units and shapes
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True

html_theme = "alabaster"
html_static_path = ["site"]
html_css_files = ["style.css"]
html_title = f"nppdrivers {release}"
html_theme_options = {
    "description": "What drives vegetation productivity in mining areas",
    "fixed_sidebar": True,
    "page_width": "1200px",
    "sidebar_width": "230px",
    "body_max_width": "auto",
    "font_family": "system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
    "head_font_family": "inherit",
    "code_font_family": "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace",
    "font_size": "16px",
    "code_font_size": "0.86em",
    "link": "#1b6a3a",
    "link_hover": "#0f4625",
    "show_powered_by": False,
    "show_relbars": False,
}
html_sidebars = {"**": ["about.html", "searchbox.html", "navigation.html"]}
html_copy_source = False
html_show_sourcelink = False


def escape_marks(app: Sphinx, kind: str, name: str, item: object, options: object, lines: list[str]) -> None:
    """Keep bars, as in |x|, and underscores at the end of names in docstrings: they mark nothing here."""
    lines[:] = [re.sub(r"\||(?<=\w)_(?![\w`])", r"\\\g<0>", line) for line in lines]


def setup(app: Sphinx) -> None:
    """Connect what this project adds to Sphinx."""
    app.connect("autodoc-process-docstring", escape_marks)
