"""How far mean annual NPP depends on the choices of CASA, and how much climate is built into it."""

SPREAD = config["npp"]["spread"]
METHODS = list(dict.fromkeys([config["ndvi"]["monthly"], *SPREAD["monthly_ndvi"]]))


use rule set_vegetation_parameters as set_parameters_of_method with:
    input:
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        land_cover="<results>/grid/land_cover.tif",
        classes=settings_table("config/land_cover.csv"),
        ndvi=lambda wildcards: monthly_ndvi(wildcards.method),
        temperature=expand("<results>/climate/temperature/{year}.tif", year=YEARS),
    output:
        parameters="<results>/npp/spread/parameters_{method}.csv",
    log:
        "<logs>/set_parameters_of_method/{method}.log",
    benchmark:
        "<benchmarks>/set_parameters_of_method/{method}.tsv"
    params:
        epsilon_max=config["npp"]["epsilon_max"],
        ndvi_bounds="percentile",
        ndvi_max_percentile=config["npp"]["ndvi_max_percentile"],
        codes=CLASS_CODES,
        code=code_digest("npp/set_vegetation_parameters"),
    message:
        "Set NDVI bounds and optimum temperature of each class from NDVI by {wildcards.method}"


# files and choices of the ensemble
SPREAD_INPUTS = {
    **{f"ndvi_{method}": monthly_ndvi(method) for method in METHODS},
    **{f"parameters_{method}": f"<results>/npp/spread/parameters_{method}.csv" for method in METHODS},
    "grid": "<results>/grid/grid.json",
    "study_area": "<results>/grid/study_area.tif",
    "land_cover": "<results>/grid/land_cover.tif",
    "classes": settings_table("config/land_cover.csv"),
    "npp": "<results>/npp/npp.tif",
    "fitted": "<results>/npp/parameters.csv" if FIT_TO else [],
    "temperature": expand("<results>/climate/temperature/{year}.tif", year=YEARS),
    "precipitation": expand("<results>/climate/precipitation/{year}.tif", year=YEARS),
    "radiation": expand("<results>/climate/solar_radiation/{year}.tif", year=YEARS),
}
RUN_CHOICES = {
    "monthly_ndvi": config["ndvi"]["monthly"],
    "radiation_percent": 0,
    **{
        key: config["npp"][key]
        for key in ("epsilon_max", "ndvi_bounds", "half_rule", "water", "fpar", "te2_constant")
    },
    **({"epsilon_max": "fitted"} if FIT_TO else {}),
}
SPREAD_CHOICES = {
    "run": RUN_CHOICES,
    "levels": SPREAD,
    "soil_texture": config["npp"]["soil_texture"],
    "period": PERIOD,
}
# its maps and tables, and what a tile writes in place of tables
SPREAD_MAPS = {
    "mean": "<results>/npp/spread/mean.tif",
    "sd": "<results>/npp/spread/sd.tif",
    "rank": "<results>/npp/spread/rank_spread.tif",
}
SPREAD_TABLES = {
    "members": "<results>/npp/spread/members.csv",
    "shares": "<results>/npp/spread/variance_shares.csv",
    "effects": "<results>/npp/spread/one_at_a_time.csv",
}
SPREAD_SUMS = {
    "sums": "<results>/npp/spread/sums.csv",
    "rank_sums": "<results>/npp/spread/rank_sums.csv",
}
SPREAD_SAMPLE = "<results>/npp/spread/sample.npz"


rule spread_npp:
    input:
        **SPREAD_INPUTS,
        sample=[] if TILES == 1 else SPREAD_SAMPLE,
    output:
        **{name: cut(path) for name, path in SPREAD_MAPS.items()},
        **(SPREAD_TABLES if TILES == 1 else {name: cut(path) for name, path in SPREAD_SUMS.items()}),
    log:
        part("<logs>/spread_npp.log"),
    benchmark:
        part("<benchmarks>/spread_npp.tsv")
    conda:
        "../envs/npp.yaml"
    resources:
        mem_mb=memory(600, tiles=TILES),
        runtime=runtime(7, tiles=TILES),
    params:
        tile=tile,
        choices=SPREAD_CHOICES,
        code=code_digest("npp/spread_npp"),
    message:
        "Spread of NPP among the published choices of CASA"
    script:
        "../workflow_scripts/npp/spread_npp.py"


rule hold_climate_constant:
    input:
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        land_cover="<results>/grid/land_cover.tif",
        parameters="<results>/npp/parameters.csv",
        npp="<results>/npp/npp.tif",
        ndvi=expand("<results>/ndvi/monthly/{year}.tif", year=YEARS),
        temperature=expand("<results>/climate/temperature/{year}.tif", year=YEARS),
        precipitation=expand("<results>/climate/precipitation/{year}.tif", year=YEARS),
        radiation=expand("<results>/climate/solar_radiation/{year}.tif", year=YEARS),
    output:
        climate="<results>/npp/constant_climate.tif",
        temperature="<results>/npp/constant_temperature.tif",
        precipitation="<results>/npp/constant_precipitation.tif",
        radiation="<results>/npp/constant_radiation.tif",
        table="<results>/npp/constant_climate.csv",
    log:
        "<logs>/hold_climate_constant.log",
    benchmark:
        "<benchmarks>/hold_climate_constant.tsv"
    conda:
        "../envs/npp.yaml"
    resources:
        mem_mb=memory(400, base_mb=1500),
        runtime=runtime(4),
    params:
        options=CASA_OPTIONS,
        period=PERIOD,
        code=code_digest("npp/hold_climate_constant"),
    message:
        "Run CASA with climate held at its spatial mean"
    script:
        "../workflow_scripts/npp/hold_climate_constant.py"


rule plot_npp_spread:
    input:
        **GRID,
        npp="<results>/npp/npp.tif",
        parameters="<results>/npp/parameters.csv",
        mean="<results>/npp/spread/mean.tif",
        sd="<results>/npp/spread/sd.tif",
        rank="<results>/npp/spread/rank_spread.tif",
        effects="<results>/npp/spread/one_at_a_time.csv",
        climate="<results>/npp/constant_climate.tif",
        temperature="<results>/npp/constant_temperature.tif",
        precipitation="<results>/npp/constant_precipitation.tif",
        radiation="<results>/npp/constant_radiation.tif",
    output:
        spread=figure("npp_spread"),
        effects=figure("npp_choices"),
        held=figure("npp_constant_climate"),
    log:
        "<logs>/plot_npp_spread.log",
    benchmark:
        "<benchmarks>/plot_npp_spread.tsv"
    conda:
        "../envs/figures.yaml"
    resources:
        mem_mb=memory(300, most_cells=DRAWN_CELLS),
    params:
        imprint=IMPRINT,
        code=code_digest("npp/plot_npp_spread"),
    message:
        "Figures of the spread of NPP and of NPP with climate held constant"
    script:
        "../workflow_scripts/npp/plot_npp_spread.py"
