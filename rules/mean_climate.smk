"""Mean annual climate drivers, their standard errors, and the summary of the climate stage."""

MONTHLY_OF_MEAN = {
    "MAT": "temperature",
    "MAP": "precipitation",
    "MAE": "et0",
    "MAS": "solar_radiation",
}


rule average_climate:
    input:
        grid="<results>/grid/grid.json",
        monthly=lambda wildcards: expand(
            f"<results>/climate/{MONTHLY_OF_MEAN[wildcards.driver]}/{{year}}.tif",
            year=YEARS,
        ),
    output:
        mean="<results>/climate/mean/{driver}.tif",
    log:
        "<logs>/average_climate/{driver}.log",
    benchmark:
        "<benchmarks>/average_climate/{driver}.tsv"
    conda:
        "../envs/climate.yaml"
    resources:
        mem_mb=memory(),
    params:
        statistic=lambda wildcards: "mean" if wildcards.driver == "MAT" else "sum",
        code=code_digest("climate/average_climate"),
    message:
        "Average climate over the years: {wildcards.driver}"
    script:
        "../workflow_scripts/climate/average_climate.py"


rule estimate_climate_error:
    input:
        grid="<results>/grid/grid.json",
        elevation="<results>/grid/elevation.tif" if has("dem") else [],
        errors=lambda wildcards: expand(
            "<results>/climate/{variable}/standard_error.tif",
            variable=CLIMATE_SOURCES[wildcards.driver],
        ),
        angstrom=lambda wildcards: (
            "<results>/climate/angstrom.csv" if "sunshine" in CLIMATE_SOURCES[wildcards.driver] else []
        ),
        # the change of evapotranspiration with a variable depends on all of them
        monthly=lambda wildcards: (
            expand(
                "<results>/climate/{variable}/{year}.tif",
                variable=["temperature", "relative_humidity", "wind_speed", "solar_radiation"],
                year=YEARS,
            )
            if wildcards.driver == "MAE"
            else []
        ),
    output:
        error="<results>/climate/mean/{driver}_sd.tif",
    log:
        "<logs>/estimate_climate_error/{driver}.log",
    benchmark:
        "<benchmarks>/estimate_climate_error/{driver}.tsv"
    conda:
        "../envs/climate.yaml"
    resources:
        mem_mb=memory(),
    params:
        variables=lambda wildcards: CLIMATE_SOURCES[wildcards.driver],
        years=YEARS,
        code=code_digest("climate/estimate_climate_error"),
    message:
        "Estimate the standard error of {wildcards.driver}"
    script:
        "../workflow_scripts/climate/estimate_climate_error.py"


rule summarise_climate:
    input:
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        elevation="<results>/grid/elevation.tif" if has("dem") else [],
        stations="<results>/climate/stations.csv" if STATION_VARIABLES else [],
        surfaces=expand("<results>/climate/{variable}/{year}.tif", variable=CLIMATE, year=YEARS),
        logs=expand("<results>/climate/{variable}/log.csv", variable=STATION_VARIABLES),
        residuals=expand("<results>/climate/{variable}/residuals.csv", variable=STATION_VARIABLES),
        errors=expand("<results>/climate/{variable}/standard_error.tif", variable=STATION_VARIABLES),
        drivers=[driver_raster(name) for name in CATEGORY_DRIVERS["climate"]],
        driver_errors=expand("<results>/climate/mean/{driver}_sd.tif", driver=DRIVERS_WITH_ERROR),
    output:
        variables="<results>/climate/variables.csv",
        drivers="<results>/climate/drivers.csv",
        residuals="<results>/climate/largest_residuals.csv",
    log:
        "<logs>/summarise_climate.log",
    benchmark:
        "<benchmarks>/summarise_climate.tsv"
    conda:
        "../envs/climate.yaml"
    resources:
        mem_mb=memory(20),
    params:
        variables=CLIMATE,
        station_variables=STATION_VARIABLES,
        drivers=CATEGORY_DRIVERS["climate"],
        drivers_with_error=DRIVERS_WITH_ERROR,
        code=code_digest("climate/summarise_climate"),
    message:
        "Summarise the climate surfaces, their errors and the stations that fit least"
    script:
        "../workflow_scripts/climate/summarise_climate.py"


rule plot_climate:
    input:
        **GRID,
        drivers=[driver_raster(name) for name in CATEGORY_DRIVERS["climate"]],
        weather="<results>/climate/monthly_weather.csv" if STATION_VARIABLES else [],
        errors=expand("<results>/climate/mean/{driver}_sd.tif", driver=DRIVERS_WITH_ERROR),
    output:
        **({"errors": figure("climate_errors")} if DRIVERS_WITH_ERROR else {}),
        figure=figure("climate"),
    log:
        "<logs>/plot_climate.log",
    benchmark:
        "<benchmarks>/plot_climate.tsv"
    conda:
        "../envs/figures.yaml"
    resources:
        mem_mb=memory(300, most_cells=DRAWN_CELLS),
    params:
        imprint=IMPRINT,
        drivers=CATEGORY_DRIVERS["climate"],
        drivers_with_error=DRIVERS_WITH_ERROR,
        code=code_digest("climate/plot_climate"),
    message:
        "Figure of the mean climate"
    script:
        "../workflow_scripts/climate/plot_climate.py"
