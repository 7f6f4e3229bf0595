"""Net primary productivity by CASA: monthly, annual, mean, and its statistics."""

CASA_OPTIONS = {
    key: config["npp"][key] for key in ("fpar", "half_rule", "te2_constant", "water", "soil_texture")
}

# tables of measured NPP that the efficiencies of the classes are fitted to
FIT_TO = config["npp"]["fit_epsilon"]


rule set_vegetation_parameters:
    input:
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        land_cover="<results>/grid/land_cover.tif",
        classes=settings_table("config/land_cover.csv"),
        ndvi=expand("<results>/ndvi/monthly/{year}.tif", year=YEARS),
        temperature=expand("<results>/climate/temperature/{year}.tif", year=YEARS),
    output:
        parameters="<results>/npp/parameters_published.csv" if FIT_TO else "<results>/npp/parameters.csv",
    log:
        "<logs>/set_vegetation_parameters.log",
    benchmark:
        "<benchmarks>/set_vegetation_parameters.tsv"
    conda:
        "../envs/npp.yaml"
    resources:
        mem_mb=memory(4, base_mb=1300),
    params:
        epsilon_max=config["npp"]["epsilon_max"],
        ndvi_bounds=config["npp"]["ndvi_bounds"],
        ndvi_max_percentile=config["npp"]["ndvi_max_percentile"],
        codes=CLASS_CODES,
        code=code_digest("npp/set_vegetation_parameters"),
    message:
        "Set light use efficiency, NDVI bounds and optimum temperature of each class"
    script:
        "../workflow_scripts/npp/set_vegetation_parameters.py"


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
    resources:
        mem_mb=memory(100, base_mb=1500),
        runtime=runtime(1),
    params:
        options=CASA_OPTIONS,
        terms=config["npp"]["intermediates"],
        period=PERIOD,
        code=code_digest("npp/simulate_npp"),
    message:
        "Simulate NPP of {wildcards.year} by CASA"
    script:
        "../workflow_scripts/npp/simulate_npp.py"


rule average_npp:
    input:
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        land_cover="<results>/grid/land_cover.tif",
        parameters="<results>/npp/parameters.csv",
        unobserved="<results>/ndvi/unobserved_months.tif",
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
    resources:
        mem_mb=memory(60),
    params:
        period=PERIOD,
        columns={kind: config["columns"][kind] for kind in ("mines", "zones")},
        code=code_digest("npp/average_npp"),
    message:
        "Average NPP over the years and summarise it"
    script:
        "../workflow_scripts/npp/average_npp.py"


rule tabulate_months:
    input:
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        ndvi=expand("<results>/ndvi/monthly/{year}.tif", year=YEARS),
        npp=expand("<results>/npp/monthly/{year}.tif", year=YEARS),
        mines=raw_if_given("mines"),
        zones=raw_if_given("zones"),
    output:
        months="<results>/npp/polygon_months.csv",
    log:
        "<logs>/tabulate_months.log",
    benchmark:
        "<benchmarks>/tabulate_months.tsv"
    conda:
        "../envs/npp.yaml"
    resources:
        mem_mb=memory(20),
    params:
        columns={kind: config["columns"][kind] for kind in ("mines", "zones")},
        code=code_digest("npp/tabulate_months"),
    message:
        "Tabulate NDVI and NPP of each month in the study area and in each polygon"
    script:
        "../workflow_scripts/npp/tabulate_months.py"


rule plot_npp:
    input:
        **GRID,
        parameters="<results>/npp/parameters.csv",
        npp="<results>/npp/npp.tif",
        annual=expand("<results>/npp/annual/{year}.tif", year=YEARS),
        monthly=expand("<results>/npp/monthly/{year}.tif", year=YEARS),
        monthly_means="<results>/npp/monthly_means.csv",
    output:
        npp=figure("figure_2_npp"),
        annual=figure("annual_npp"),
        monthly=figure("monthly_npp"),
        animation="<results>/figures/monthly_npp.gif",
        season=figure("npp_season"),
    log:
        "<logs>/plot_npp.log",
    benchmark:
        "<benchmarks>/plot_npp.tsv"
    conda:
        "../envs/figures.yaml"
    resources:
        mem_mb=memory(300, most_cells=DRAWN_CELLS),
    params:
        imprint=IMPRINT,
        period=PERIOD,
        code=code_digest("npp/plot_npp"),
    message:
        "Figure 2: mean annual NPP, and its course through the year"
    script:
        "../workflow_scripts/npp/plot_npp.py"
