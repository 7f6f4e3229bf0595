"""Change over the years: trends of NPP and NDVI, and what of them is weather."""

CHANGE = config["change"]
# NPP as it was, and as it would have been in the weather of the mean year
ANNUAL_NPP = expand("<results>/npp/annual/{year}.tif", year=FULL_YEARS)
HELD_NPP = expand("<results>/change/held_weather/{year}.tif", year=FULL_YEARS)
WEATHER = {
    variable: expand(f"<results>/climate/{variable}/{{year}}.tif", year=FULL_YEARS)
    for variable in ("temperature", "precipitation", "solar_radiation")
}
# maps of each way to part a trend, by the name that the script gives them
CAUSE_MAPS = {
    f"{method}_{kind}": f"<results>/change/causes/{method}_{kind}.tif"
    for method in ("held", "regression")
    for kind in ("slope", "rising", "class", "probability")
}


rule fit_trend:
    input:
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        values=lambda wildcards: (
            ANNUAL_NPP
            if wildcards.series == "npp"
            else expand("<results>/ndvi/monthly/{year}.tif", year=FULL_YEARS)
        ),
        # the growing season follows from it
        temperature=lambda wildcards: [] if wildcards.series == "npp" else WEATHER["temperature"],
    output:
        slope="<results>/change/{series}/slope.tif",
        p="<results>/change/{series}/p.tif",
        classes="<results>/change/{series}/class.tif",
    log:
        "<logs>/fit_trend/{series}.log",
    benchmark:
        "<benchmarks>/fit_trend/{series}.tsv"
    conda:
        "../envs/change.yaml"
    resources:
        mem_mb=memory(20),
        runtime=runtime(2),
    params:
        years=FULL_YEARS,
        rate=CHANGE["false_discovery_rate"],
        season_degc=CHANGE["growing_season_degc"],
        code=code_digest("change/fit_trend"),
    message:
        "Map the trend of {wildcards.series}"
    script:
        "../workflow_scripts/change/fit_trend.py"


rule average_weather:
    input:
        **WEATHER,
        grid="<results>/grid/grid.json",
    output:
        **{variable: f"<results>/change/mean_weather/{variable}.tif" for variable in WEATHER},
    log:
        "<logs>/average_weather.log",
    benchmark:
        "<benchmarks>/average_weather.tsv"
    conda:
        "../envs/change.yaml"
    resources:
        mem_mb=memory(),
    params:
        code=code_digest("change/average_weather"),
    message:
        "Average the weather of each month over the years"
    script:
        "../workflow_scripts/change/average_weather.py"


use rule simulate_npp as simulate_held_weather with:
    input:
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        land_cover="<results>/grid/land_cover.tif",
        parameters="<results>/npp/parameters.csv",
        ndvi="<results>/ndvi/monthly/{year}.tif",
        temperature="<results>/change/mean_weather/temperature.tif",
        precipitation="<results>/change/mean_weather/precipitation.tif",
        radiation="<results>/change/mean_weather/solar_radiation.tif",
    output:
        monthly=temp("<results>/change/held_weather/{year}_months.tif"),
        annual="<results>/change/held_weather/{year}.tif",
        terms=[],
    log:
        "<logs>/simulate_held_weather/{year}.log",
    benchmark:
        "<benchmarks>/simulate_held_weather/{year}.tsv"
    params:
        options=CASA_OPTIONS,
        terms=[],
        period=PERIOD,
        code=code_digest("npp/simulate_npp"),
    message:
        "Simulate NPP of {wildcards.year} in the weather of the mean year"


rule split_trend:
    input:
        **WEATHER,
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        npp=ANNUAL_NPP,
        held=HELD_NPP,
    output:
        **CAUSE_MAPS,
    log:
        "<logs>/split_trend.log",
    benchmark:
        "<benchmarks>/split_trend.tsv"
    conda:
        "../envs/change.yaml"
    resources:
        mem_mb=memory(0, base_mb=1200),
        runtime=runtime(4),
    params:
        years=FULL_YEARS,
        weather=CHANGE["weather"],
        least_probability=CHANGE["least_probability"],
        code=code_digest("change/split_trend"),
    message:
        "Part the trend of NPP into weather and the rest"
    script:
        "../workflow_scripts/change/split_trend.py"
