"""Soil properties by kriging of the samples."""

if has("soil_samples"):

    rule krige_soil:
        input:
            grid="<results>/grid/grid.json",
            checks=ancient("<results>/inputs/checks.json"),
            elevation="<results>/grid/elevation.tif" if has("dem") else [],
            samples=raw("soil_samples"),
        output:
            mean="<results>/soil/{property}.tif",
            sd="<results>/soil/{property}_sd.tif",
            interval="<results>/soil/{property}_interval.tif",
            model="<results>/soil/{property}.json",
            candidates="<results>/soil/{property}_candidates.csv",
            variogram="<results>/soil/{property}_variogram.csv",
        log:
            "<logs>/krige_soil/{property}.log",
        benchmark:
            "<benchmarks>/krige_soil/{property}.tsv"
        conda:
            "../envs/soil.yaml"
        threads: 1
        resources:
            mem_mb=memory(200),
        params:
            block_km=config["attribution"]["block_km"],
            code=code_digest("krige_soil"),
        message:
            "Map {wildcards.property} by kriging"
        script:
            "../workflow_scripts/krige_soil.py"
