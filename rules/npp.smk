"""Net primary productivity by CASA: monthly, annual, mean, its statistics, and climate-only models beside it."""

CASA_OPTIONS = {
    key: config["npp"][key] for key in ("fpar", "half_rule", "te2_constant", "water", "soil_texture")
}


rule set_vegetation_parameters:
    input:
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        land_cover="<results>/grid/land_cover.tif",
        classes=settings_table("config/land_cover.csv"),
        ndvi=expand("<results>/ndvi/monthly/{year}.tif", year=YEARS),
        temperature=expand("<results>/climate/temperature/{year}.tif", year=YEARS),
    output:
        parameters="<results>/npp/parameters.csv",
    log:
        "<logs>/set_vegetation_parameters.log",
    benchmark:
        "<benchmarks>/set_vegetation_parameters.tsv"
    conda:
        "../envs/npp.yaml"
    threads: 1
    resources:
        mem_mb=memory(400),
    params:
        epsilon_max=config["npp"]["epsilon_max"],
        ndvi_bounds=config["npp"]["ndvi_bounds"],
        ndvi_max_percentile=config["npp"]["ndvi_max_percentile"],
        codes=config["land_cover"]["codes"],
        code=code_digest("set_vegetation_parameters"),
    message:
        "Set light use efficiency, NDVI bounds and optimum temperature of each class"
    script:
        "../workflow_scripts/set_vegetation_parameters.py"


rule simulate_npp:
    input:
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        land_cover="<results>/grid/land_cover.tif",
        parameters="<results>/npp/parameters.csv",
        ndvi="<results>/ndvi/monthly/{year}.tif",
        temperature="<results>/climate/temperature/{year}.tif",
        precipitation="<results>/climate/precipitation/{year}.tif",
        radiation="<results>/climate/solar_radiation/{year}.tif",
    output:
        monthly="<results>/npp/monthly/{year}.tif",
        annual="<results>/npp/annual/{year}.tif",
        terms=expand("<results>/npp/terms/{term}/{{year}}.tif", term=config["npp"]["intermediates"]),
    log:
        "<logs>/simulate_npp/{year}.log",
    benchmark:
        "<benchmarks>/simulate_npp/{year}.tsv"
    conda:
        "../envs/npp.yaml"
    threads: 1
    resources:
        mem_mb=memory(100, base_mb=1500),
    params:
        options=CASA_OPTIONS,
        terms=config["npp"]["intermediates"],
        period=PERIOD,
        code=code_digest("simulate_npp"),
    message:
        "Simulate NPP of {wildcards.year} by CASA"
    script:
        "../workflow_scripts/simulate_npp.py"


rule average_npp:
    input:
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        land_cover="<results>/grid/land_cover.tif",
        parameters="<results>/npp/parameters.csv",
        monthly=expand("<results>/npp/monthly/{year}.tif", year=YEARS),
        river=raw_if_given("river"),
        area=raw_if_given("study_area"),
        mines=raw_if_given("mines"),
        zones=raw_if_given("zones"),
    output:
        npp="<results>/npp/npp.tif",
        cells="<results>/npp/cells.csv",
        statistics="<results>/npp/statistics.csv",
        monthly_means="<results>/npp/monthly_means.csv",
        sides="<results>/npp/west_east.csv",
    log:
        "<logs>/average_npp.log",
    benchmark:
        "<benchmarks>/average_npp.tsv"
    conda:
        "../envs/npp.yaml"
    threads: 1
    resources:
        mem_mb=memory(200),
    params:
        period=PERIOD,
        code=code_digest("average_npp"),
    message:
        "Average NPP over the years and summarise it"
    script:
        "../workflow_scripts/average_npp.py"


rule compare_npp:
    input:
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        land_cover="<results>/grid/land_cover.tif",
        parameters="<results>/npp/parameters.csv",
        npp="<results>/npp/npp.tif",
        temperature="<results>/climate/mean/MAT.tif",
        precipitation="<results>/climate/mean/MAP.tif",
        points=raw_if_given("npp_points"),
    output:
        models="<results>/npp/climate_models.csv",
        points="<results>/npp/points.csv",
    log:
        "<logs>/compare_npp.log",
    benchmark:
        "<benchmarks>/compare_npp.tsv"
    conda:
        "../envs/validation.yaml"
    threads: 1
    resources:
        mem_mb=memory(150),
    params:
        point_columns=config["columns"]["npp_points"],
        code=code_digest("compare_npp"),
    message:
        "Compare NPP with models of climate alone and with measured points"
    script:
        "../workflow_scripts/compare_npp.py"
