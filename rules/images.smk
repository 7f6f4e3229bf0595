"""Fine and coarse images on the grid: clear NDVI and, on request, the bands; relations between the sensors."""

if IS_REFIT:

    rule fit_harmonisation:
        input:
            grid="<results>/grid/grid.json",
            images=[raw(name) for name in FINE_INPUTS],
        output:
            table="<results>/ndvi/landsat/harmonisation.csv",
        log:
            "<logs>/fit_harmonisation.log",
        benchmark:
            "<benchmarks>/fit_harmonisation.tsv"
        conda:
            "../envs/inputs.yaml"
        resources:
            mem_mb=memory(80),
        params:
            sources=IMAGE_SOURCES,
            years=YEARS,
            max_days=config["landsat"]["refit_days"],
            code=code_digest("images/fit_harmonisation"),
        message:
            "Fit the NDVI of TM and ETM+ onto that of OLI"
        script:
            "../workflow_scripts/images/fit_harmonisation.py"


rule prepare_landsat:
    input:
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        images=fine_images_of_year,
        harmonisation="<results>/ndvi/landsat/harmonisation.csv" if IS_REFIT else [],
    output:
        **layers_of_year("landsat"),
        scenes="<results>/ndvi/landsat/{year}.csv",
    log:
        "<logs>/prepare_landsat/{year}.log",
    benchmark:
        "<benchmarks>/prepare_landsat/{year}.tsv"
    conda:
        "../envs/inputs.yaml"
    resources:
        mem_mb=memory(60 if BANDS else 40, base_mb=1200),
        runtime=runtime(2),
    params:
        sources=IMAGE_SOURCES,
        harmonise=config["landsat"]["harmonise"],
        slc_off=config["landsat"]["slc_off"],
        min_scene_percent=config["landsat"]["min_scene_percent"],
        bands=BANDS,
        code=code_digest("images/prepare_landsat"),
    message:
        "Read the fine images of {wildcards.year}: clear surface reflectance to NDVI"
    script:
        "../workflow_scripts/images/prepare_landsat.py"


if HAS_PASSAGE:

    rule fit_coarse_passage:
        input:
            grid="<results>/grid/grid.json",
            land_cover="<results>/grid/land_cover.tif",
            images=raw("coarse"),
        output:
            table="<results>/ndvi/coarse_passage.csv",
        log:
            "<logs>/fit_coarse_passage.log",
        benchmark:
            "<benchmarks>/fit_coarse_passage.tsv"
        conda:
            "../envs/inputs.yaml"
        resources:
            mem_mb=memory(80),
        params:
            folder=INPUTS["coarse"],
            products=config["coarse"]["products"],
            code=code_digest("images/fit_coarse_passage"),
        message:
            "Find how NDVI of VIIRS differs from that of MODIS"
        script:
            "../workflow_scripts/images/fit_coarse_passage.py"

    rule plot_coarse_passage:
        input:
            table="<results>/ndvi/coarse_passage.csv",
        output:
            figure=figure("coarse_passage"),
        log:
            "<logs>/plot_coarse_passage.log",
        benchmark:
            "<benchmarks>/plot_coarse_passage.tsv"
        conda:
            "../envs/figures.yaml"
        resources:
            mem_mb=500,
        params:
            imprint=IMPRINT,
            code=code_digest("images/plot_coarse_passage"),
        message:
            "Figure of the passage from MODIS to VIIRS"
        script:
            "../workflow_scripts/images/plot_coarse_passage.py"


rule prepare_coarse:
    input:
        **PASSAGE,
        grid="<results>/grid/grid.json",
        images=images_of_year("coarse"),
    output:
        **layers_of_year("coarse"),
        day="<results>/ndvi/coarse/{year}_day.tif",
    log:
        "<logs>/prepare_coarse/{year}.log",
    benchmark:
        "<benchmarks>/prepare_coarse/{year}.tsv"
    conda:
        "../envs/inputs.yaml"
    resources:
        mem_mb=memory(160 if BANDS else 80),
        runtime=runtime(3),
    params:
        folder=INPUTS["coarse"],
        products=config["coarse"]["products"],
        change=config["coarse"]["change"],
        period=PERIOD,
        bands=BANDS,
        code=code_digest("images/prepare_coarse"),
    message:
        "Read the 16-day composites of {wildcards.year}: usable NDVI and its day of observation"
    script:
        "../workflow_scripts/images/prepare_coarse.py"
