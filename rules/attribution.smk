"""What drives NPP, where: points, correlations, tables of all drivers."""


rule sample_points:
    input:
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        npp="<results>/npp/npp.tif",
        drivers=[driver_raster(name) for name in DRIVERS],
        # the strata of the points, where they are stratified
        land_cover=(
            "<results>/grid/land_cover.tif" if config["attribution"]["sampling"] == "stratified" else []
        ),
    output:
        points="<results>/attribution/points.csv",
        drivers="<results>/attribution/drivers.csv",
    log:
        "<logs>/sample_points.log",
    benchmark:
        "<benchmarks>/sample_points.tsv"
    conda:
        "../envs/attribution.yaml"
    threads: 1
    resources:
        mem_mb=memory(150),
    params:
        category_drivers=CATEGORY_DRIVERS,
        points=config["attribution"]["points"],
        seed=config["attribution"]["seed"],
        code=code_digest("sample_points"),
    message:
        "Draw random points and read NPP and all drivers there"
    script:
        "../workflow_scripts/sample_points.py"


rule correlate_points:
    input:
        points="<results>/attribution/points.csv",
    output:
        pearson="<results>/attribution/pearson.csv",
    log:
        "<logs>/correlate_points.log",
    benchmark:
        "<benchmarks>/correlate_points.tsv"
    conda:
        "../envs/attribution.yaml"
    threads: 1
    resources:
        mem_mb=700,
    params:
        drivers=DRIVERS,
        code=code_digest("correlate_points"),
    message:
        "Correlate NPP with each driver at the points"
    script:
        "../workflow_scripts/correlate_points.py"


rule correlate_locally:
    input:
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        npp="<results>/npp/npp.tif",
        driver=lambda wildcards: driver_raster(wildcards.driver),
    output:
        correlation="<results>/attribution/local/{driver}.tif",
        classes="<results>/attribution/local/{driver}_class.tif",
        shares="<results>/attribution/local/{driver}.csv",
    log:
        "<logs>/correlate_locally/{driver}.log",
    benchmark:
        "<benchmarks>/correlate_locally/{driver}.tsv"
    conda:
        "../envs/attribution.yaml"
    threads: 1
    resources:
        mem_mb=memory(150),
    params:
        window=config["attribution"]["window"],
        significance=config["attribution"]["significance"],
        code=code_digest("correlate_locally"),
    message:
        "Map the local correlation of NPP with {wildcards.driver}"
    script:
        "../workflow_scripts/correlate_locally.py"


rule collect_scores:
    input:
        scores=expand(
            "<results>/attribution/forests/without_{omitted}_scores.csv",
            omitted=OMITTED,
        ),
    output:
        scores="<results>/attribution/forest_scores.csv",
    log:
        "<logs>/collect_scores.log",
    benchmark:
        "<benchmarks>/collect_scores.tsv"
    conda:
        "../envs/attribution.yaml"
    threads: 1
    resources:
        mem_mb=500,
    params:
        omitted=OMITTED,
        code=code_digest("collect_scores"),
    message:
        "Collect the scores of the forests into one table"
    script:
        "../workflow_scripts/collect_scores.py"
