"""Figures and tables of the page and of the report: their sections, captions and files."""

from nppdrivers.pages.words import speaker

say = speaker(config["language"])
CONTENTS = conditional_rows("config/contents.csv")


def contents(kind):
    """Name to (section, caption) of the figures or tables that this run has, from config/contents.csv."""
    return {
        row["name"]: [row["section"], caption_of(row)]
        for row in CONTENTS
        if row["kind"] == kind and applies(row)
    }


def caption_of(row):
    """Caption of a figure or table; of mean annual NPP with the months that make it, where these are no year."""
    if "annual NPP" not in row["caption"] or not PART_OF_YEAR:
        return row["caption"]
    return f"{row['caption']} Of {PART_OF_YEAR} alone, not of a whole year."


FIGURES = contents("figure")
TABLES = contents("table")


def figure(name):
    """Files of a figure; the report that Snakemake makes shows it in its section, with its caption."""
    row = next((row for row in CONTENTS if (row["kind"], row["name"]) == ("figure", name)), None)
    if row is None:
        raise WorkflowError(f"config/contents.csv: no row for the figure {name}; add one")
    further = [f"<results>/figures/{name}.{ending}" for ending in config["vector_figures"]]
    return [in_report(f"<results>/figures/{name}.png", row["section"], caption_of(row), "figure"), *further]


def table(name):
    """Readable copy of a table; those of the page are in the report too."""
    path = f"<results>/tables/{name}.csv"
    if name not in TABLES:
        return path
    section, caption = TABLES[name]
    return in_report(path, section, caption, "table")


def in_report(path, section, caption, kind):
    """Mark a file for the report that Snakemake makes, in the language of the run."""
    return report(path, category=say(section), labels={say("Shows"): say(caption), say("Kind"): say(kind)})
