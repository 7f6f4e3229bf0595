"""Attribution of a grid that is cut into tiles: what puts them together, and what needs all of them."""


use rule gather_tiles as gather_local_correlation with:
    input:
        grid="<results>/grid/grid.json",
        correlation=parts("<results>/attribution/local/{driver}.tif"),
        classes=parts("<results>/attribution/local/{driver}_class.tif"),
        counted=parts(LOCAL_CELLS),
    output:
        correlation="<results>/attribution/local/{driver}.tif",
        classes="<results>/attribution/local/{driver}_class.tif",
        counted=temp(LOCAL_CELLS),
    log:
        "<logs>/gather_local_correlation/{driver}.log",
    benchmark:
        "<benchmarks>/gather_local_correlation/{driver}.tsv"
    message:
        "Put the tiles of the local correlation with {wildcards.driver} together"


rule tabulate_local_correlation:
    input:
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        npp="<results>/npp/npp.tif",
        driver=lambda wildcards: driver_raster(wildcards.driver),
        counted=LOCAL_CELLS,
    output:
        **LOCAL_SHARES,
    log:
        "<logs>/tabulate_local_correlation/{driver}.log",
    benchmark:
        "<benchmarks>/tabulate_local_correlation/{driver}.tsv"
    conda:
        "../envs/attribution.yaml"
    resources:
        mem_mb=memory(200),
        runtime=runtime(4),
    params:
        local=LOCAL,
        code=code_digest("attribution/tabulate_local_correlation"),
    message:
        "Shares of the local correlation with {wildcards.driver}, by window and by chance"
    script:
        "../workflow_scripts/attribution/tabulate_local_correlation.py"


rule predict_forest:
    input:
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        points="<results>/attribution/points.csv",
        drivers=[driver_raster(name) for name in DRIVERS],
    output:
        prediction=cut("<results>/attribution/forests/without_{omitted}.tif"),
    log:
        part("<logs>/predict_forest/{omitted}.log"),
    benchmark:
        part("<benchmarks>/predict_forest/{omitted}.tsv")
    conda:
        "../envs/attribution.yaml"
    resources:
        mem_mb=memory(400, most_cells=BLOCK_CELLS),
        runtime=runtime(8, tiles=TILES),
    params:
        **FORESTS,
        tile=tile,
        seeds=ATTRIBUTION["forests"]["seeds"],
        code=code_digest("attribution/predict_forest"),
    message:
        "Predict NPP by the forests that leave out: {wildcards.omitted}"
    script:
        "../workflow_scripts/attribution/predict_forest.py"


use rule gather_tiles as gather_predictions with:
    input:
        grid="<results>/grid/grid.json",
        prediction=parts("<results>/attribution/forests/without_{omitted}.tif"),
    output:
        prediction="<results>/attribution/forests/without_{omitted}.tif",
    log:
        "<logs>/gather_predictions/{omitted}.log",
    benchmark:
        "<benchmarks>/gather_predictions/{omitted}.tsv"
    message:
        "Put the tiles of the prediction without {wildcards.omitted} together"


use rule gather_tiles as gather_resampled_contributions with:
    input:
        grid="<results>/grid/grid.json",
        actual_contribution_noise=parts("<results>/attribution/actual_contribution_noise.tif"),
        actual_contribution_probability=parts("<results>/attribution/dominant_probability.tif"),
        shapley_noise=parts("<results>/attribution/shapley_noise.tif"),
        shapley_probability=parts("<results>/attribution/shapley_probability.tif"),
    output:
        actual_contribution_noise="<results>/attribution/actual_contribution_noise.tif",
        actual_contribution_probability="<results>/attribution/dominant_probability.tif",
        shapley_noise="<results>/attribution/shapley_noise.tif",
        shapley_probability="<results>/attribution/shapley_probability.tif",
    log:
        "<logs>/gather_resampled_contributions.log",
    benchmark:
        "<benchmarks>/gather_resampled_contributions.tsv"
    message:
        "Put the tiles of noise and certainty of the contributions together"
