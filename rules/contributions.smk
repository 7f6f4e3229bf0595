"""What each category contributes, and how certain that is: replicates on resampled points, cells that noise could explain."""


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
    resources:
        mem_mb=memory(base_mb=1300),
    params:
        category_drivers=CATEGORY_DRIVERS,
        omitted=OMITTED,
        dominant_percent=ATTRIBUTION["dominant_percent"],
        code=code_digest("attribution/map_contributions"),
    message:
        "Map what each category contributes, left out in turn and by Shapley values"
    script:
        "../workflow_scripts/attribution/map_contributions.py"


rule plot_contributions:
    input:
        **GRID,
        actual="<results>/attribution/actual_contribution.tif",
        relative="<results>/attribution/relative_contribution.tif",
        shapley="<results>/attribution/shapley.tif",
        dominant="<results>/attribution/dominant_category.tif",
    output:
        composite=figure("figure_5a_relative_contribution"),
        dominant=figure("figure_5b_dominant_category"),
        actual=figure("actual_contribution"),
        relative=figure("relative_contribution"),
        shapley=figure("shapley"),
    log:
        "<logs>/plot_contributions.log",
    benchmark:
        "<benchmarks>/plot_contributions.tsv"
    conda:
        "../envs/figures.yaml"
    resources:
        mem_mb=memory(300, most_cells=DRAWN_CELLS),
    params:
        imprint=IMPRINT,
        code=code_digest("attribution/plot_contributions"),
    message:
        "Figure 5: contributions of the categories and the dominant one"
    script:
        "../workflow_scripts/attribution/plot_contributions.py"


rule resample_contributions:
    input:
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        points="<results>/attribution/points.csv",
        drivers=[driver_raster(name) for name in DRIVERS],
        actual_contribution="<results>/attribution/actual_contribution.tif",
        shapley="<results>/attribution/shapley.tif",
    output:
        actual_contribution_noise=cut("<results>/attribution/actual_contribution_noise.tif"),
        actual_contribution_probability=cut("<results>/attribution/dominant_probability.tif"),
        shapley_noise=cut("<results>/attribution/shapley_noise.tif"),
        shapley_probability=cut("<results>/attribution/shapley_probability.tif"),
    log:
        part("<logs>/resample_contributions.log"),
    benchmark:
        part("<benchmarks>/resample_contributions.tsv")
    conda:
        "../envs/attribution.yaml"
    threads: 2
    resources:
        mem_mb=memory(600, most_cells=BLOCK_CELLS),
        runtime=runtime(20, tiles=TILES),
    params:
        **(FORESTS | {"trees": ATTRIBUTION["resampling"]["trees"]}),
        tile=tile,
        replicates=ATTRIBUTION["resampling"]["replicates"],
        block_km=ATTRIBUTION["block_km"],
        dominant_percent=ATTRIBUTION["dominant_percent"],
        code=code_digest("attribution/resample_contributions"),
    message:
        "Refit the forests on resampled blocks of points"
    script:
        "../workflow_scripts/attribution/resample_contributions.py"


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
    resources:
        mem_mb=memory(20),
    params:
        code=code_digest("attribution/mark_indistinct"),
    message:
        "Mark the cells of the dominant category that noise could explain"
    script:
        "../workflow_scripts/attribution/mark_indistinct.py"


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


rule plot_certainty:
    input:
        **GRID,
        actual_plain="<results>/attribution/dominant_category_plain.tif",
        actual_marked="<results>/attribution/dominant_category.tif",
        actual_agreement="<results>/attribution/dominant_probability.tif",
        shapley_plain="<results>/attribution/shapley_dominant_plain.tif",
        shapley_marked="<results>/attribution/shapley_dominant.tif",
        shapley_agreement="<results>/attribution/shapley_probability.tif",
    output:
        figure=figure("dominant_certainty"),
    log:
        "<logs>/plot_certainty.log",
    benchmark:
        "<benchmarks>/plot_certainty.tsv"
    conda:
        "../envs/figures.yaml"
    resources:
        mem_mb=memory(400, most_cells=DRAWN_CELLS),
    params:
        imprint=IMPRINT,
        code=code_digest("attribution/plot_certainty"),
    message:
        "Figure of the dominant category by both methods, and how certain it is"
    script:
        "../workflow_scripts/attribution/plot_certainty.py"
