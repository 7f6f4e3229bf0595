"""The documents agree with the project: links, paths, tables, version."""

import re

import house
import pytest
import yaml

from nppdrivers import __version__

PAGES = sorted(
    [
        *house.REPOSITORY.glob("*.md"),
        *(house.REPOSITORY / "docs").rglob("*.md"),
        house.REPOSITORY / "config/README.md",
    ]
)
FOLDERS = ("benchmarks", "config", "docs", "envs", "profiles", "rules", "tests", "workflow_scripts")


def text_of(page):
    """Text of a page."""
    return page.read_text(encoding="utf-8")


def anchors(page):
    """Anchors of the headings of a page, as GitHub and the site make them."""
    headings = re.findall(r"^#+ (.+)$", text_of(page), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page):
    """Each link to a file or heading of the project has that file or heading at its end."""
    wrong = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text_of(page)):
        path, _, anchor = target.partition("#")
        file = page.parent / path if path else page
        if not re.match(r"https?:", target) and (
            not file.exists() or (anchor and anchor not in anchors(file))
        ):
            wrong.append(target)
    assert not wrong


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_named_paths_exist(page):
    """Each path of the project that a page names exists."""
    named = re.findall(rf"`((?:{'|'.join(FOLDERS)})/[\w/.]+)`", text_of(page))
    assert [path for path in named if "my_" not in path and not (house.REPOSITORY / path).exists()] == []


def test_table_of_rooms_is_current():
    """The architecture page lists the rooms and arrows that the imports show."""
    assert house.table_of_rooms() in text_of(house.ARCHITECTURE), (
        "run python tests/support/house.py to renew it"
    )


def test_version_is_the_same_everywhere():
    """The citation and the newest section of the changelog have the version of the package."""
    citation = yaml.safe_load((house.REPOSITORY / "CITATION.cff").read_text(encoding="utf-8"))
    newest = re.search(r"^## (\d\S+)", text_of(house.REPOSITORY / "CHANGELOG.md"), flags=re.MULTILINE)
    assert citation["version"] == newest[1] == __version__
