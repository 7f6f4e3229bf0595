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
    """Path below the results, group and title of each map that this run has, from config/maps.csv."""
    maps = []
    for row in filter(applies, conditional_rows("config/maps.csv")):
        words = [word for word in MAP_WORDS if f"{{{word}}}" in row["map"]]
        for value in MAP_WORDS[words[0]] if words else [""]:
            named = {word: value for word in words}
            maps.append((row["map"].format(**named), row["group"], row["title"].format(**named)))
    return maps


MAPS = maps_of_run()
# polygons, points or stations: without any there is nothing to write
HAS_VECTORS = has("mines") or has("zones") or HAS_ATTRIBUTION or bool(STATION_VARIABLES)
