"""Which maps and vectors a run exports, from config/maps.csv."""

# Values of the words in braces of config/maps.csv.
MAP_WORDS = {
    "year": YEARS,
    "driver": DRIVERS,
    "climate": CATEGORY_DRIVERS["climate"],
    "climate_error": DRIVERS_WITH_ERROR,
    "soil": CATEGORY_DRIVERS["soil"],
    "kriged": KRIGED,
}


def maps_of_run():
    """The maps that this run has, from config/maps.csv: the words in braces have their values."""
    maps = []
    for row in filter(applies, conditional_rows("config/maps.csv")):
        for named in fillings(row["map"], MAP_WORDS):
            filled = {name: row[name].format(**named) for name in ("map", "error")}
            # maps of several years are one layer of the page
            series = row["map"] if "year" in named else ""
            maps.append(row | filled | {"series": series, "words": named})
    known = {each["map"] for each in maps}
    return [each | {"error": each["error"] if each["error"] in known else ""} for each in maps]


MAPS = maps_of_run()
MAP_NAMES = [each["map"] for each in MAPS]
# what the page needs to know of each
MAP_FIELDS = ("map", "group", "error", "series", "title", "words")
# polygons, points or stations: without any there is nothing to write
HAS_VECTORS = has("mines") or has("zones") or HAS_ATTRIBUTION or bool(STATION_VARIABLES)
