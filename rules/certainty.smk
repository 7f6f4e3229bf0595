"""How far to believe the contributions: replicates on resampled points, cells that noise could explain."""


rule resample_contributions:
    input:
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        points="<results>/attribution/points.csv",
        drivers=[driver_raster(name) for name in DRIVERS],
        actual_contribution="<results>/attribution/actual_contribution.tif",
        shapley="<results>/attribution/shapley.tif",
    output:
        actual_contribution_noise="<results>/attribution/actual_contribution_noise.tif",
        actual_contribution_probability="<results>/attribution/dominant_probability.tif",
        shapley_noise="<results>/attribution/shapley_noise.tif",
        shapley_probability="<results>/attribution/shapley_probability.tif",
    log:
        "<logs>/resample_contributions.log",
    benchmark:
        "<benchmarks>/resample_contributions.tsv"
    conda:
        "../envs/attribution.yaml"
    threads: 2
    resources:
        mem_mb=memory(600, base_mb=800),
    params:
        category_drivers=CATEGORY_DRIVERS,
        trees=config["attribution"]["bootstrap_trees"],
        mtry=config["attribution"]["mtry"],
        bootstraps=config["attribution"]["bootstraps"],
        seed=config["attribution"]["seed"],
        block_km=config["attribution"]["block_km"],
        dominant_percent=config["attribution"]["dominant_percent"],
        code=code_digest("resample_contributions"),
    message:
        "Refit the forests on resampled blocks of points"
    script:
        "../workflow_scripts/resample_contributions.py"


rule mark_indistinct:
    input:
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        values="<results>/attribution/actual_contribution.tif",
        noise="<results>/attribution/actual_contribution_noise.tif",
        plain="<results>/attribution/dominant_category_plain.tif",
    output:
        dominant="<results>/attribution/dominant_category.tif",
        shares="<results>/attribution/dominant_category.csv",
    log:
        "<logs>/mark_indistinct.log",
    benchmark:
        "<benchmarks>/mark_indistinct.tsv"
    conda:
        "../envs/attribution.yaml"
    threads: 1
    resources:
        mem_mb=memory(150),
    params:
        code=code_digest("mark_indistinct"),
    message:
        "Mark the cells of the dominant category that noise could explain"
    script:
        "../workflow_scripts/mark_indistinct.py"


use rule mark_indistinct as mark_indistinct_shapley with:
    input:
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        values="<results>/attribution/shapley.tif",
        noise="<results>/attribution/shapley_noise.tif",
        plain="<results>/attribution/shapley_dominant_plain.tif",
    output:
        dominant="<results>/attribution/shapley_dominant.tif",
        shares="<results>/attribution/shapley_dominant.csv",
    log:
        "<logs>/mark_indistinct_shapley.log",
    benchmark:
        "<benchmarks>/mark_indistinct_shapley.tsv"
    message:
        "Mark the cells of the dominant category by Shapley that noise could explain"


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
    threads: 1
    resources:
        mem_mb=memory(300, base_mb=800),
    params:
        category_drivers=CATEGORY_DRIVERS,
        trees=config["attribution"]["trees"],
        mtry=config["attribution"]["mtry"],
        seed=config["attribution"]["seed"],
        dominant_percent=config["attribution"]["dominant_percent"],
        code=code_digest("refit_forests"),
    message:
        "Put mere refits through the equations of the contributions"
    script:
        "../workflow_scripts/refit_forests.py"
