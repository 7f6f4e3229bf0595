"""Monthly climate surfaces by thin-plate smoothing splines, radiation, reference evapotranspiration, annual means."""

WEATHER_INPUTS = ("stations", "weather", "monthly_weather")


rule tabulate_weather:
    input:
        dem=raw_if_given("dem"),
        checks=admitted,
        stations=raw_if_given("stations"),
        weather=raw_if_given("weather"),
        monthly_weather=raw_if_given("monthly_weather"),
    output:
        weather="<results>/climate/monthly_weather.csv",
        stations="<results>/climate/stations.csv",
    log:
        "<logs>/tabulate_weather.log",
    benchmark:
        "<benchmarks>/tabulate_weather.tsv"
    conda:
        "../envs/climate.yaml"
    resources:
        mem_mb=weather_memory,
    params:
        paths={name: INPUTS[name] for name in WEATHER_INPUTS if has(name)},
        weather_format=config["climate"]["weather_format"],
        columns={name: config["columns"][name] for name in WEATHER_INPUTS},
        period=PERIOD,
        variables=STATION_VARIABLES,
        measured_too=["sunshine", "solar_radiation"] if CALIBRATED else [],
        min_days_percent=config["climate"]["min_days_percent"],
        code=code_digest("climate/tabulate_weather"),
    message:
        "Bring the station records into one monthly table"
    script:
        "../workflow_scripts/climate/tabulate_weather.py"


if STATION_VARIABLES:

    rule interpolate_climate:
        input:
            grid="<results>/grid/grid.json",
            elevation="<results>/grid/elevation.tif" if has("dem") else [],
            weather="<results>/climate/monthly_weather.csv",
        output:
            surfaces=expand("<results>/climate/{{variable}}/{year}.tif", year=YEARS),
            error="<results>/climate/{variable}/standard_error.tif",
            log_table="<results>/climate/{variable}/log.csv",
            residuals="<results>/climate/{variable}/residuals.csv",
        log:
            "<logs>/interpolate_climate/{variable}.log",
        benchmark:
            "<benchmarks>/interpolate_climate/{variable}.tsv"
        wildcard_constraints:
            variable="|".join(STATION_VARIABLES),
        conda:
            "../envs/climate.yaml"
        resources:
            mem_mb=memory(20, base_mb=1000 + 40 * len(YEARS)),
            runtime=runtime(3),
        params:
            years=YEARS,
            code=code_digest("climate/interpolate_climate"),
        message:
            "Interpolate monthly {wildcards.variable} by a thin-plate smoothing spline"
        script:
            "../workflow_scripts/climate/interpolate_climate.py"


if READY_CLIMATE:

    rule resample_climate:
        input:
            grid="<results>/grid/grid.json",
            checks=admitted,
            raster=lambda wildcards: raw(f"climate_raster_{wildcards.variable}_{wildcards.year}"),
        output:
            surface="<results>/climate/{variable}/{year}.tif",
        log:
            "<logs>/resample_climate/{variable}_{year}.log",
        benchmark:
            "<benchmarks>/resample_climate/{variable}_{year}.tsv"
        wildcard_constraints:
            variable="|".join(READY_CLIMATE),
        conda:
            "../envs/climate.yaml"
        resources:
            mem_mb=memory(40),
        params:
            code=code_digest("climate/resample_climate"),
        message:
            "Resample the ready rasters of {wildcards.variable} {wildcards.year} to the grid"
        script:
            "../workflow_scripts/climate/resample_climate.py"


if "solar_radiation" not in CLIMATE:

    rule set_angstrom:
        input:
            weather="<results>/climate/monthly_weather.csv" if CALIBRATED else [],
        output:
            coefficients="<results>/climate/angstrom.csv",
        log:
            "<logs>/set_angstrom.log",
        benchmark:
            "<benchmarks>/set_angstrom.tsv"
        localrule: True
        conda:
            "../envs/climate.yaml"
        resources:
            mem_mb=1000,
        params:
            given=config["climate"]["angstrom"],
            code=code_digest("climate/set_angstrom"),
        message:
            "Set the coefficients between sunshine and radiation"
        script:
            "../workflow_scripts/climate/set_angstrom.py"

    rule compute_radiation:
        input:
            grid="<results>/grid/grid.json",
            sunshine="<results>/climate/sunshine/{year}.tif",
            coefficients="<results>/climate/angstrom.csv",
        output:
            radiation="<results>/climate/solar_radiation/{year}.tif",
        log:
            "<logs>/compute_radiation/{year}.log",
        benchmark:
            "<benchmarks>/compute_radiation/{year}.tsv"
        conda:
            "../envs/climate.yaml"
        resources:
            mem_mb=memory(base_mb=1400),
        params:
            code=code_digest("climate/compute_radiation"),
        message:
            "Compute solar radiation of {wildcards.year} from sunshine duration"
        script:
            "../workflow_scripts/climate/compute_radiation.py"


rule compute_et0:
    input:
        grid="<results>/grid/grid.json",
        elevation="<results>/grid/elevation.tif",
        temperature="<results>/climate/temperature/{year}.tif",
        relative_humidity="<results>/climate/relative_humidity/{year}.tif",
        wind_speed="<results>/climate/wind_speed/{year}.tif",
        radiation="<results>/climate/solar_radiation/{year}.tif",
    output:
        et0="<results>/climate/et0/{year}.tif",
    log:
        "<logs>/compute_et0/{year}.log",
    benchmark:
        "<benchmarks>/compute_et0/{year}.tsv"
    conda:
        "../envs/climate.yaml"
    resources:
        mem_mb=memory(base_mb=1300),
    params:
        code=code_digest("climate/compute_et0"),
    message:
        "Compute FAO-56 reference evapotranspiration of {wildcards.year}"
    script:
        "../workflow_scripts/climate/compute_et0.py"
