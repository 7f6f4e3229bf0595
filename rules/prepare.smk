"""Check the raw inputs, build the grid, and bring images, elevation and land cover onto it."""


rule validate_inputs:
    input:
        **{name: raw(name) for name in INPUTS},
    output:
        problems="<results>/inputs/problems.json",
        page=report("<results>/inputs/checks.html", category="Inputs"),
    log:
        "<logs>/validate_inputs.log",
    benchmark:
        "<benchmarks>/validate_inputs.tsv"
    conda:
        "../envs/prepare.yaml"
    threads: 1
    resources:
        mem_mb=weather_memory,
    params:
        inputs=INPUTS,
        like=in_data_folder(config["grid"]["like"]) if config["grid"]["like"] else None,
        asked={
            **PERIOD,
            "land_cover_codes": list(config["land_cover"]["codes"].values()),
            "variables": STATION_VARIABLES,
            "soil_properties": KRIGED,
            "modis_products": config["modis"]["products"],
            "columns": config["columns"],
            "weather_format": config["climate"]["weather_format"],
            "data_folder": config["data"],
            "min_base_percent": config["fusion"]["min_base_percent"],
            "soil_factors": config["soil"]["raster_factors"],
            "slc_off": config["landsat"]["slc_off"],
        },
        title=config["title"],
        note=NOTE,
        code=code_digest("validate_inputs"),
    message:
        "Check all raw inputs before any heavy job"
    script:
        "../workflow_scripts/validate_inputs.py"


# the checks end well in any case, so that Snakemake keeps their report; this job refuses for them
rule admit_inputs:
    input:
        problems="<results>/inputs/problems.json",
        page="<results>/inputs/checks.html",
    output:
        checks="<results>/inputs/checks.json",
    log:
        "<logs>/admit_inputs.log",
    benchmark:
        "<benchmarks>/admit_inputs.tsv"
    conda:
        "../envs/prepare.yaml"
    threads: 1
    resources:
        mem_mb=300,
    params:
        code=code_digest("admit_inputs"),
    message:
        "Refuse inputs with problems before any heavy job"
    script:
        "../workflow_scripts/admit_inputs.py"


rule make_grid:
    input:
        checks=ancient("<results>/inputs/checks.json"),
        study_area=raw_if_given("study_area"),
        like=in_data_folder(config["grid"]["like"]) if config["grid"]["like"] else [],
    output:
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
    log:
        "<logs>/make_grid.log",
    benchmark:
        "<benchmarks>/make_grid.tsv"
    conda:
        "../envs/prepare.yaml"
    threads: 1
    resources:
        mem_mb=1000,
    params:
        cell_size_m=config["grid"]["cell_size_m"],
        crs=config["grid"]["crs"],
        origin_m=config["grid"]["origin_m"],
        code=code_digest("make_grid"),
    message:
        "Build the analysis grid"
    script:
        "../workflow_scripts/make_grid.py"


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
        "../envs/prepare.yaml"
    threads: 1
    resources:
        mem_mb=memory(40),
    params:
        code=code_digest("prepare_dem"),
    message:
        "Resample the elevation model to the grid"
    script:
        "../workflow_scripts/prepare_dem.py"


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
        "../envs/prepare.yaml"
    threads: 1
    resources:
        mem_mb=memory(40),
    params:
        codes=config["land_cover"]["codes"],
        everywhere=config["land_cover"]["everywhere"],
        code=code_digest("prepare_land_cover"),
    message:
        "Bring land cover classes onto the grid"
    script:
        "../workflow_scripts/prepare_land_cover.py"


rule prepare_landsat:
    input:
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        images=(images_of_year("landsat") if has("landsat") else raw_if_given("fine_images")),
        harmonisation="<results>/ndvi/landsat/harmonisation.csv" if IS_REFIT else [],
    output:
        **layers_of_year("landsat"),
        scenes="<results>/ndvi/landsat/{year}.csv",
    log:
        "<logs>/prepare_landsat/{year}.log",
    benchmark:
        "<benchmarks>/prepare_landsat/{year}.tsv"
    conda:
        "../envs/prepare.yaml"
    threads: 1
    resources:
        mem_mb=memory(160 if BANDS else 80),
    params:
        sources=IMAGE_SOURCES,
        harmonise=config["landsat"]["harmonise"],
        slc_off=config["landsat"]["slc_off"],
        min_scene_percent=config["landsat"]["min_scene_percent"],
        bands=BANDS,
        code=code_digest("prepare_landsat"),
    message:
        "Read the fine images of {wildcards.year}: clear surface reflectance to NDVI"
    script:
        "../workflow_scripts/prepare_landsat.py"


rule prepare_modis:
    input:
        grid="<results>/grid/grid.json",
        images=images_of_year("modis"),
    output:
        **layers_of_year("modis"),
        day="<results>/ndvi/modis/{year}_day.tif",
    log:
        "<logs>/prepare_modis/{year}.log",
    benchmark:
        "<benchmarks>/prepare_modis/{year}.tsv"
    conda:
        "../envs/prepare.yaml"
    threads: 1
    resources:
        mem_mb=memory(160 if BANDS else 80),
    params:
        modis=INPUTS["modis"],
        products=config["modis"]["products"],
        period=PERIOD,
        bands=BANDS,
        code=code_digest("prepare_modis"),
    message:
        "Read the 16-day composites of {wildcards.year}: usable NDVI and its day of observation"
    script:
        "../workflow_scripts/prepare_modis.py"
