"""The analysis grid, with elevation and land cover on it."""


rule make_grid:
    input:
        checks=admitted,
        study_area=raw_if_given("study_area"),
        like=LIKE or [],
    output:
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
    log:
        "<logs>/make_grid.log",
    benchmark:
        "<benchmarks>/make_grid.tsv"
    conda:
        "../envs/inputs.yaml"
    resources:
        mem_mb=memory(),
    params:
        cell_size_m=config["grid"]["cell_size_m"],
        crs=config["grid"]["crs"],
        origin_m=config["grid"]["origin_m"],
        code=code_digest("grid/make_grid"),
    message:
        "Build the analysis grid"
    script:
        "../workflow_scripts/grid/make_grid.py"


rule prepare_dem:
    input:
        grid="<results>/grid/grid.json",
        dem=raw_if_given("dem"),
    output:
        elevation="<results>/grid/elevation.tif",
    log:
        "<logs>/prepare_dem.log",
    benchmark:
        "<benchmarks>/prepare_dem.tsv"
    conda:
        "../envs/inputs.yaml"
    resources:
        mem_mb=memory(40),
    params:
        code=code_digest("grid/prepare_dem"),
    message:
        "Resample the elevation model to the grid"
    script:
        "../workflow_scripts/grid/prepare_dem.py"


rule prepare_land_cover:
    input:
        grid="<results>/grid/grid.json",
        land_cover=raw_if_given("land_cover"),
    output:
        land_cover="<results>/grid/land_cover.tif",
    log:
        "<logs>/prepare_land_cover.log",
    benchmark:
        "<benchmarks>/prepare_land_cover.tsv"
    conda:
        "../envs/inputs.yaml"
    resources:
        mem_mb=memory(40),
    params:
        codes=CLASS_CODES,
        everywhere=config["land_cover"]["everywhere"],
        code=code_digest("grid/prepare_land_cover"),
    message:
        "Bring land cover classes onto the grid"
    script:
        "../workflow_scripts/grid/prepare_land_cover.py"


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
        figure=figure("figure_1_study_area"),
    log:
        "<logs>/plot_study_area.log",
    benchmark:
        "<benchmarks>/plot_study_area.tsv"
    conda:
        "../envs/figures.yaml"
    resources:
        mem_mb=memory(300, most_cells=DRAWN_CELLS),
    params:
        imprint=IMPRINT,
        sample_columns=config["columns"]["soil_samples"],
        code=code_digest("grid/plot_study_area"),
    message:
        "Figure 1: study area"
    script:
        "../workflow_scripts/grid/plot_study_area.py"
