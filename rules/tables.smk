"""Which tables a run writes for people and other programs, and what its catalogue lists."""

# Values of the words in braces of the names of tables in config/contents.csv.
TABLE_WORDS = {"year": YEARS, "variable": STATION_VARIABLES, "property": KRIGED}


def tables_of_run():
    """Name and caption of each table that this run has, also of those that the page does not show."""
    tables = {}
    for name, (_, caption) in {**TABLES, **contents("data")}.items():
        for named in fillings(name, TABLE_WORDS):
            tables[name.format(**named)] = caption.format(**named)
    return tables


RUN_TABLES = tables_of_run()
# results that stand for the whole run, with their titles
WHOLE_RESULTS = {
    "project.qgz": "Project for QGIS with all maps",
    "datapackage.json": "Tables with type, unit and meaning of every column",
    "cubes/ndvi.nc": "Monthly NDVI with its observations",
    "cubes/npp.nc": "Monthly and annual NPP",
} | ({"vectors.gpkg": "Mines, zones, points and stations with their results"} if HAS_VECTORS else {})
# items of the catalogue, one for each map
ITEMS = ["-".join(Path(name).parts) for name in MAP_NAMES]
