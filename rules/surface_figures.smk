"""Figures of climate and soil, and of their errors."""


rule plot_climate:
    input:
        **GRID,
        drivers=[driver_raster(name) for name in CATEGORY_DRIVERS["climate"]],
        weather="<results>/climate/monthly_weather.csv" if STATION_VARIABLES else [],
        errors=expand("<results>/climate/mean/{driver}_sd.tif", driver=DRIVERS_WITH_ERROR),
    output:
        **({"errors": figure("climate_errors", "Climate")} if DRIVERS_WITH_ERROR else {}),
        figure=figure("climate", "Climate"),
    log:
        "<logs>/plot_climate.log",
    benchmark:
        "<benchmarks>/plot_climate.tsv"
    conda:
        "../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=memory(300),
    params:
        note=NOTE,
        drivers=CATEGORY_DRIVERS["climate"],
        drivers_with_error=DRIVERS_WITH_ERROR,
        code=code_digest("plot_climate"),
    message:
        "Figure of the mean climate"
    script:
        "../workflow_scripts/plot_climate.py"


if CATEGORY_DRIVERS["soil"]:

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
                    "errors": figure("soil_errors", "Soil"),
                    "variograms": figure("soil_variograms", "Soil"),
                }
                if KRIGED
                else {}
            ),
            figure=figure("soil", "Soil"),
        log:
            "<logs>/plot_soil.log",
        benchmark:
            "<benchmarks>/plot_soil.tsv"
        conda:
            "../envs/report.yaml"
        threads: 1
        resources:
            mem_mb=memory(300),
        params:
            note=NOTE,
            columns=config["columns"]["soil_samples"],
            drivers=CATEGORY_DRIVERS["soil"],
            kriged=KRIGED,
            code=code_digest("plot_soil"),
        message:
            "Figure of the soil maps"
        script:
            "../workflow_scripts/plot_soil.py"
