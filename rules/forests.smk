"""Forests on every subset of the categories, the importance of drivers, contributions."""


rule fit_forest:
    input:
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        points="<results>/attribution/points.csv",
        drivers=[driver_raster(name) for name in DRIVERS],
    output:
        prediction="<results>/attribution/forests/without_{omitted}.tif",
        scores="<results>/attribution/forests/without_{omitted}_scores.csv",
    log:
        "<logs>/fit_forest/{omitted}.log",
    benchmark:
        "<benchmarks>/fit_forest/{omitted}.tsv"
    conda:
        "../envs/attribution.yaml"
    threads: 1
    resources:
        mem_mb=memory(400, base_mb=800),
    params:
        category_drivers=CATEGORY_DRIVERS,
        trees=config["attribution"]["trees"],
        mtry=config["attribution"]["mtry"],
        seeds=config["attribution"]["seeds"],
        seed=config["attribution"]["seed"],
        block_km=config["attribution"]["block_km"],
        code=code_digest("fit_forest"),
    message:
        "Fit the forests that leave out: {wildcards.omitted}"
    script:
        "../workflow_scripts/fit_forest.py"


rule rank_drivers:
    input:
        points="<results>/attribution/points.csv",
    output:
        drivers="<results>/attribution/forests/without_none_importance.csv",
        categories="<results>/attribution/category_importance.csv",
    log:
        "<logs>/rank_drivers.log",
    benchmark:
        "<benchmarks>/rank_drivers.tsv"
    conda:
        "../envs/attribution.yaml"
    threads: 1
    resources:
        mem_mb=900,
    params:
        category_drivers=CATEGORY_DRIVERS,
        trees=config["attribution"]["trees"],
        mtry=config["attribution"]["mtry"],
        seeds=config["attribution"]["seeds"],
        seed=config["attribution"]["seed"],
        code=code_digest("rank_drivers"),
    message:
        "Rank the drivers and the categories"
    script:
        "../workflow_scripts/rank_drivers.py"


rule compare_mtry:
    input:
        points="<results>/attribution/points.csv",
    output:
        table="<results>/attribution/mtry.csv",
    log:
        "<logs>/compare_mtry.log",
    benchmark:
        "<benchmarks>/compare_mtry.tsv"
    conda:
        "../envs/attribution.yaml"
    threads: 1
    resources:
        mem_mb=900,
    params:
        category_drivers=CATEGORY_DRIVERS,
        trees=config["attribution"]["trees"],
        seed=config["attribution"]["seed"],
        code=code_digest("compare_mtry"),
    message:
        "Score the forests with both numbers of drivers tried at a split"
    script:
        "../workflow_scripts/compare_mtry.py"


rule explain_variance:
    input:
        scores="<results>/attribution/forest_scores.csv",
    output:
        table="<results>/attribution/explained_variance.csv",
    log:
        "<logs>/explain_variance.log",
    benchmark:
        "<benchmarks>/explain_variance.tsv"
    conda:
        "../envs/attribution.yaml"
    threads: 1
    resources:
        mem_mb=500,
    params:
        category_drivers=CATEGORY_DRIVERS,
        code=code_digest("explain_variance"),
    message:
        "Part the explained variance among the categories"
    script:
        "../workflow_scripts/explain_variance.py"


rule map_contributions:
    input:
        grid="<results>/grid/grid.json",
        points="<results>/attribution/points.csv",
        forests=expand("<results>/attribution/forests/without_{omitted}.tif", omitted=OMITTED),
    output:
        actual_contribution="<results>/attribution/actual_contribution.tif",
        actual_contribution_shares="<results>/attribution/relative_contribution.tif",
        actual_contribution_plain="<results>/attribution/dominant_category_plain.tif",
        actual_contribution_statistics="<results>/attribution/contributions.csv",
        shapley="<results>/attribution/shapley.tif",
        shapley_shares="<results>/attribution/shapley_shares.tif",
        shapley_plain="<results>/attribution/shapley_dominant_plain.tif",
        shapley_statistics="<results>/attribution/shapley_contributions.csv",
    log:
        "<logs>/map_contributions.log",
    benchmark:
        "<benchmarks>/map_contributions.tsv"
    conda:
        "../envs/attribution.yaml"
    threads: 1
    resources:
        mem_mb=memory(400),
    params:
        category_drivers=CATEGORY_DRIVERS,
        omitted=OMITTED,
        dominant_percent=config["attribution"]["dominant_percent"],
        code=code_digest("map_contributions"),
    message:
        "Map what each category contributes, left out in turn and by Shapley values"
    script:
        "../workflow_scripts/map_contributions.py"
