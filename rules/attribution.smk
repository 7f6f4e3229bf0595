"""What drives NPP, where: random points, correlation with each driver at the points and locally."""

ATTRIBUTION = config["attribution"]
# what each rule that grows forests needs
FORESTS = {
    "category_drivers": CATEGORY_DRIVERS,
    "trees": ATTRIBUTION["forests"]["trees"],
    "mtry": ATTRIBUTION["forests"]["mtry"],
    "seed": ATTRIBUTION["seed"],
}
# what local correlation needs, its tables, and the cells by class that a tile counts for these
LOCAL = {
    "window": ATTRIBUTION["local"]["window"],
    "windows": ATTRIBUTION["local"]["window_sweep"],
    "significance": ATTRIBUTION["local"]["significance"],
    "surrogates": ATTRIBUTION["local"]["surrogates"],
    "seed": ATTRIBUTION["seed"],
}
LOCAL_SHARES = {
    "shares": "<results>/attribution/local/{driver}.csv",
    "windows": "<results>/attribution/local/{driver}_windows.csv",
    "chance": "<results>/attribution/local/{driver}_chance.csv",
}
LOCAL_CELLS = "<results>/attribution/local/{driver}_cells.csv"


rule sample_points:
    input:
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        npp="<results>/npp/npp.tif",
        drivers=[driver_raster(name) for name in DRIVERS],
        # the strata of the points, where they are stratified
        land_cover=(
            "<results>/grid/land_cover.tif" if ATTRIBUTION["points"]["sampling"] == "stratified" else []
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
    resources:
        mem_mb=memory(40),
    params:
        category_drivers=CATEGORY_DRIVERS,
        number=ATTRIBUTION["points"]["number"],
        seed=ATTRIBUTION["seed"],
        code=code_digest("attribution/sample_points"),
    message:
        "Draw random points and read NPP and all drivers there"
    script:
        "../workflow_scripts/attribution/sample_points.py"


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
    resources:
        mem_mb=memory(),
    params:
        drivers=DRIVERS,
        code=code_digest("attribution/correlate_points"),
    message:
        "Correlate NPP with each driver at the points"
    script:
        "../workflow_scripts/attribution/correlate_points.py"


rule correlate_locally:
    input:
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        npp="<results>/npp/npp.tif",
        driver=lambda wildcards: driver_raster(wildcards.driver),
    output:
        **(LOCAL_SHARES if TILES == 1 else {"counted": cut(LOCAL_CELLS)}),
        correlation=cut("<results>/attribution/local/{driver}.tif"),
        classes=cut("<results>/attribution/local/{driver}_class.tif"),
    log:
        part("<logs>/correlate_locally/{driver}.log"),
    benchmark:
        part("<benchmarks>/correlate_locally/{driver}.tsv")
    conda:
        "../envs/attribution.yaml"
    resources:
        mem_mb=memory(60, most_cells=None if TILES == 1 else BLOCK_CELLS),
        runtime=runtime(4, tiles=TILES),
    params:
        tile=tile,
        local=LOCAL,
        code=code_digest("attribution/correlate_locally"),
    message:
        "Map the local correlation of NPP with {wildcards.driver}; its shares by window, and by chance"
    script:
        "../workflow_scripts/attribution/correlate_locally.py"


rule plot_points:
    input:
        **GRID,
        points="<results>/attribution/points.csv",
        npp="<results>/npp/npp.tif",
    output:
        figure=figure("figure_s3_points"),
    log:
        "<logs>/plot_points.log",
    benchmark:
        "<benchmarks>/plot_points.tsv"
    conda:
        "../envs/figures.yaml"
    resources:
        mem_mb=memory(300, most_cells=DRAWN_CELLS),
    params:
        imprint=IMPRINT,
        code=code_digest("attribution/plot_points"),
    message:
        "Figure S3: the random points"
    script:
        "../workflow_scripts/attribution/plot_points.py"


rule plot_local_correlation:
    input:
        **GRID,
        correlation=expand("<results>/attribution/local/{driver}.tif", driver=DRIVERS),
        classes=expand("<results>/attribution/local/{driver}_class.tif", driver=DRIVERS),
        pearson="<results>/attribution/pearson.csv",
    output:
        figure=figure("figure_3_local_correlation"),
    log:
        "<logs>/plot_local_correlation.log",
    benchmark:
        "<benchmarks>/plot_local_correlation.tsv"
    conda:
        "../envs/figures.yaml"
    resources:
        mem_mb=memory(500, most_cells=DRAWN_CELLS),
    params:
        imprint=IMPRINT,
        drivers=DRIVERS,
        code=code_digest("attribution/plot_local_correlation"),
    message:
        "Figure 3: local correlation of NPP with each driver"
    script:
        "../workflow_scripts/attribution/plot_local_correlation.py"
