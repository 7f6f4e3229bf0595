"""Which tables a run writes for people and other programs, from config/contents.csv."""

# Values of the words in braces of the names of tables in config/contents.csv.
TABLE_WORDS = {"year": YEARS, "variable": STATION_VARIABLES, "property": KRIGED}


def tables_of_run():
    """Name and caption of each table that this run has, also of those that the page does not show."""
    tables = {}
    for name, (_, caption) in {**TABLES, **contents("data")}.items():
        words = [word for word in TABLE_WORDS if f"{{{word}}}" in name]
        for value in TABLE_WORDS[words[0]] if words else [""]:
            named = {word: value for word in words}
            tables[name.format(**named)] = caption.format(**named) if words else caption
    return tables


RUN_TABLES = tables_of_run()
