"""Figures of the inputs, of NPP and of its validation."""


rule plot_study_area:
    input:
        **GRID,
        land_cover="<results>/grid/land_cover.tif",
        parameters="<results>/npp/parameters.csv",
        elevation="<results>/grid/elevation.tif" if has("dem") else [],
        mines=raw_if_given("mines"),
        soil_samples=raw_if_given("soil_samples"),
        weather="<results>/climate/monthly_weather.csv" if STATION_VARIABLES else [],
    output:
        figure=figure("figure_1_study_area", "Study area"),
    log:
        "<logs>/plot_study_area.log",
    benchmark:
        "<benchmarks>/plot_study_area.tsv"
    conda:
        "../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=memory(300),
    params:
        note=NOTE,
        sample_columns=config["columns"]["soil_samples"],
        code=code_digest("plot_study_area"),
    message:
        "Figure 1: study area"
    script:
        "../workflow_scripts/plot_study_area.py"


rule plot_ndvi:
    input:
        **GRID,
        monthly=expand("<results>/ndvi/monthly/{year}.tif", year=YEARS),
        sums=fused_intervals("_sums.csv"),
    output:
        monthly=figure("monthly_ndvi", "NDVI"),
        sources=figure("fusion_sources", "NDVI"),
        shares="<results>/ndvi/fusion_sources.csv",
    log:
        "<logs>/plot_ndvi.log",
    benchmark:
        "<benchmarks>/plot_ndvi.tsv"
    conda:
        "../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=memory(600),
    params:
        note=NOTE,
        code=code_digest("plot_ndvi"),
    message:
        "Figures of fused and monthly NDVI"
    script:
        "../workflow_scripts/plot_ndvi.py"


rule plot_npp:
    input:
        **GRID,
        parameters="<results>/npp/parameters.csv",
        npp="<results>/npp/npp.tif",
        annual=expand("<results>/npp/annual/{year}.tif", year=YEARS),
        monthly_means="<results>/npp/monthly_means.csv",
    output:
        npp=figure("figure_2_npp", "NPP"),
        annual=figure("annual_npp", "NPP"),
        season=figure("npp_season", "NPP"),
    log:
        "<logs>/plot_npp.log",
    benchmark:
        "<benchmarks>/plot_npp.tsv"
    conda:
        "../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=memory(300),
    params:
        note=NOTE,
        years=YEARS,
        code=code_digest("plot_npp"),
    message:
        "Figure 2: mean annual NPP, and its course through the year"
    script:
        "../workflow_scripts/plot_npp.py"


if has("survey"):

    rule plot_land_degradation:
        input:
            **GRID,
            degradation="<results>/mining/LD.tif",
            spread="<results>/mining/land_degradation_sd.tif",
            survey=raw("survey"),
        output:
            figure=figure("figure_s2_land_degradation", "Mining"),
            spread=figure("land_degradation_sd", "Mining"),
        log:
            "<logs>/plot_land_degradation.log",
        benchmark:
            "<benchmarks>/plot_land_degradation.tsv"
        conda:
            "../envs/report.yaml"
        threads: 1
        resources:
            mem_mb=memory(300),
        params:
            note=NOTE,
            code=code_digest("plot_land_degradation"),
        message:
            "Figure S2: land degradation, and its spread among judgements"
        script:
            "../workflow_scripts/plot_land_degradation.py"


if HAS_VALIDATION:

    rule plot_validation:
        input:
            cells="<results>/validation/mod17_cells.csv",
            table="<results>/validation/table_2.csv",
            parameters="<results>/npp/parameters.csv",
        output:
            figure=figure("validation", "Validation"),
        log:
            "<logs>/plot_validation.log",
        benchmark:
            "<benchmarks>/plot_validation.tsv"
        conda:
            "../envs/report.yaml"
        threads: 1
        resources:
            mem_mb=700,
        params:
            note=NOTE,
            code=code_digest("plot_validation"),
        message:
            "Figure of the validation"
        script:
            "../workflow_scripts/plot_validation.py"
