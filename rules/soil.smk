"""Soil properties by kriging of the samples, or from ready rasters."""

if KRIGED:

    rule krige_soil:
        input:
            grid="<results>/grid/grid.json",
            checks=admitted,
            dem=raw_if_given("dem"),
            elevation="<results>/grid/elevation.tif" if has("dem") else [],
            samples=raw("soil_samples"),
        output:
            mean="<results>/soil/{property}.tif",
            sd="<results>/soil/{property}_sd.tif",
            interval="<results>/soil/{property}_interval.tif",
            model="<results>/soil/{property}.json",
            candidates="<results>/soil/{property}_candidates.csv",
            variogram="<results>/soil/{property}_variogram.csv",
            residuals="<results>/soil/{property}_residuals.csv",
        log:
            "<logs>/krige_soil/{property}.log",
        benchmark:
            "<benchmarks>/krige_soil/{property}.tsv"
        wildcard_constraints:
            property="|".join(KRIGED),
        conda:
            "../envs/soil.yaml"
        resources:
            mem_mb=memory(200),
            runtime=runtime(2),
        params:
            columns=config["columns"]["soil_samples"],
            block_km=config["soil"]["block_km"],
            code=code_digest("soil/krige_soil"),
        message:
            "Map {wildcards.property} by kriging"
        script:
            "../workflow_scripts/soil/krige_soil.py"


if READY_SOIL:

    rule resample_soil:
        input:
            grid="<results>/grid/grid.json",
            checks=admitted,
            raster=lambda wildcards: raw(f"soil_raster_{wildcards.property}"),
        output:
            mean="<results>/soil/{property}.tif",
            model="<results>/soil/{property}.json",
        log:
            "<logs>/resample_soil/{property}.log",
        benchmark:
            "<benchmarks>/resample_soil/{property}.tsv"
        wildcard_constraints:
            property="|".join(READY_SOIL),
        conda:
            "../envs/soil.yaml"
        resources:
            mem_mb=memory(50),
        params:
            factor=lambda wildcards: config["soil"]["raster_factors"].get(wildcards.property, 1.0),
            code=code_digest("soil/resample_soil"),
        message:
            "Resample the ready raster of {wildcards.property} to the grid"
        script:
            "../workflow_scripts/soil/resample_soil.py"


if CATEGORY_DRIVERS["soil"]:

    rule summarise_soil:
        input:
            models=expand("<results>/soil/{property}.json", property=CATEGORY_DRIVERS["soil"]),
            residuals=expand("<results>/soil/{property}_residuals.csv", property=KRIGED),
        output:
            properties="<results>/soil/properties.csv",
            outliers="<results>/soil/outliers.csv",
        log:
            "<logs>/summarise_soil.log",
        benchmark:
            "<benchmarks>/summarise_soil.tsv"
        localrule: True
        conda:
            "../envs/soil.yaml"
        resources:
            mem_mb=500,
        params:
            properties=CATEGORY_DRIVERS["soil"],
            kriged=KRIGED,
            code=code_digest("soil/summarise_soil"),
        message:
            "Summarise the soil maps, their models and the samples that fit least"
        script:
            "../workflow_scripts/soil/summarise_soil.py"

    rule plot_soil:
        input:
            **GRID,
            drivers=[driver_raster(name) for name in CATEGORY_DRIVERS["soil"]],
            errors=expand("<results>/soil/{property}_sd.tif", property=KRIGED),
            models=expand("<results>/soil/{property}.json", property=KRIGED),
            variograms=expand("<results>/soil/{property}_variogram.csv", property=KRIGED),
            samples=raw_if_given("soil_samples"),
        output:
            **(
                {
                    "errors": figure("soil_errors"),
                    "variograms": figure("soil_variograms"),
                }
                if KRIGED
                else {}
            ),
            figure=figure("soil"),
        log:
            "<logs>/plot_soil.log",
        benchmark:
            "<benchmarks>/plot_soil.tsv"
        conda:
            "../envs/figures.yaml"
        resources:
            mem_mb=memory(300, most_cells=DRAWN_CELLS),
        params:
            imprint=IMPRINT,
            columns=config["columns"]["soil_samples"],
            drivers=CATEGORY_DRIVERS["soil"],
            kriged=KRIGED,
            code=code_digest("soil/plot_soil"),
        message:
            "Figure of the soil maps"
        script:
            "../workflow_scripts/soil/plot_soil.py"
