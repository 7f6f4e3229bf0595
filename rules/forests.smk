"""Forests on every subset of the categories, their scores, and the importance of drivers."""


rule fit_forest:
    input:
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        points="<results>/attribution/points.csv",
        drivers=[driver_raster(name) for name in DRIVERS],
    output:
        **({"prediction": "<results>/attribution/forests/without_{omitted}.tif"} if TILES == 1 else {}),
        scores="<results>/attribution/forests/without_{omitted}_scores.csv",
    log:
        "<logs>/fit_forest/{omitted}.log",
    benchmark:
        "<benchmarks>/fit_forest/{omitted}.tsv"
    conda:
        "../envs/attribution.yaml"
    resources:
        mem_mb=memory(400, most_cells=BLOCK_CELLS),
        runtime=runtime(8 if TILES == 1 else 0),
    params:
        **FORESTS,
        seeds=ATTRIBUTION["forests"]["seeds"],
        folds=ATTRIBUTION["folds"],
        block_km=ATTRIBUTION["block_km"],
        code=code_digest("attribution/fit_forest"),
    message:
        "Fit the forests that leave out: {wildcards.omitted}"
    script:
        "../workflow_scripts/attribution/fit_forest.py"


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
    localrule: True
    conda:
        "../envs/attribution.yaml"
    resources:
        mem_mb=500,
    params:
        omitted=OMITTED,
        code=code_digest("attribution/collect_scores"),
    message:
        "Collect the scores of the forests into one table"
    script:
        "../workflow_scripts/attribution/collect_scores.py"


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
    resources:
        mem_mb=memory(),
    params:
        **FORESTS,
        seeds=ATTRIBUTION["forests"]["seeds"],
        code=code_digest("attribution/rank_drivers"),
    message:
        "Rank the drivers and the categories"
    script:
        "../workflow_scripts/attribution/rank_drivers.py"


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
    resources:
        mem_mb=memory(),
    params:
        category_drivers=CATEGORY_DRIVERS,
        code=code_digest("attribution/explain_variance"),
    message:
        "Partition the explained variance among the categories"
    script:
        "../workflow_scripts/attribution/explain_variance.py"


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
    resources:
        mem_mb=memory(),
    params:
        category_drivers=CATEGORY_DRIVERS,
        trees=FORESTS["trees"],
        seed=FORESTS["seed"],
        code=code_digest("attribution/compare_mtry"),
    message:
        "Score the forests with both numbers of drivers tried at a split"
    script:
        "../workflow_scripts/attribution/compare_mtry.py"


rule refit_forests:
    input:
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        points="<results>/attribution/points.csv",
        drivers=[driver_raster(name) for name in DRIVERS],
        actual="<results>/attribution/actual_contribution.tif",
    output:
        table="<results>/attribution/refit_noise.csv",
    log:
        "<logs>/refit_forests.log",
    benchmark:
        "<benchmarks>/refit_forests.tsv"
    conda:
        "../envs/attribution.yaml"
    resources:
        mem_mb=memory(300),
        runtime=runtime(4),
    params:
        **FORESTS,
        dominant_percent=ATTRIBUTION["dominant_percent"],
        code=code_digest("attribution/refit_forests"),
    message:
        "Null experiment: refits only, put through the equations of the contributions"
    script:
        "../workflow_scripts/attribution/refit_forests.py"


rule plot_importance:
    input:
        importance="<results>/attribution/forests/without_none_importance.csv",
    output:
        figure=figure("figure_4_importance"),
    log:
        "<logs>/plot_importance.log",
    benchmark:
        "<benchmarks>/plot_importance.tsv"
    conda:
        "../envs/figures.yaml"
    resources:
        mem_mb=memory(),
    params:
        imprint=IMPRINT,
        category_drivers=CATEGORY_DRIVERS,
        code=code_digest("attribution/plot_importance"),
    message:
        "Figure 4: importance of the drivers"
    script:
        "../workflow_scripts/attribution/plot_importance.py"
