"""Figures of the attribution."""


rule plot_points:
    input:
        **GRID,
        points="<results>/attribution/points.csv",
        npp="<results>/npp/npp.tif",
    output:
        figure=figure("figure_s3_points", "Attribution"),
    log:
        "<logs>/plot_points.log",
    benchmark:
        "<benchmarks>/plot_points.tsv"
    conda:
        "../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=memory(300),
    params:
        note=NOTE,
        code=code_digest("plot_points"),
    message:
        "Figure S3: the random points"
    script:
        "../workflow_scripts/plot_points.py"


rule plot_local_correlation:
    input:
        **GRID,
        correlation=expand("<results>/attribution/local/{driver}.tif", driver=DRIVERS),
        classes=expand("<results>/attribution/local/{driver}_class.tif", driver=DRIVERS),
        pearson="<results>/attribution/pearson.csv",
    output:
        figure=figure("figure_3_local_correlation", "Attribution"),
    log:
        "<logs>/plot_local_correlation.log",
    benchmark:
        "<benchmarks>/plot_local_correlation.tsv"
    conda:
        "../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=memory(500),
    params:
        note=NOTE,
        drivers=DRIVERS,
        code=code_digest("plot_local_correlation"),
    message:
        "Figure 3: local correlation of NPP with each driver"
    script:
        "../workflow_scripts/plot_local_correlation.py"


rule plot_importance:
    input:
        importance="<results>/attribution/forests/without_none_importance.csv",
    output:
        figure=figure("figure_4_importance", "Attribution"),
    log:
        "<logs>/plot_importance.log",
    benchmark:
        "<benchmarks>/plot_importance.tsv"
    conda:
        "../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=700,
    params:
        note=NOTE,
        category_drivers=CATEGORY_DRIVERS,
        code=code_digest("plot_importance"),
    message:
        "Figure 4: importance of the drivers"
    script:
        "../workflow_scripts/plot_importance.py"


rule plot_contributions:
    input:
        **GRID,
        actual="<results>/attribution/actual_contribution.tif",
        relative="<results>/attribution/relative_contribution.tif",
        shapley="<results>/attribution/shapley.tif",
        dominant="<results>/attribution/dominant_category.tif",
    output:
        composite=figure("figure_5a_relative_contribution", "Attribution"),
        dominant=figure("figure_5b_dominant_category", "Attribution"),
        actual=figure("actual_contribution", "Attribution"),
        relative=figure("relative_contribution", "Attribution"),
        shapley=figure("shapley", "Attribution"),
    log:
        "<logs>/plot_contributions.log",
    benchmark:
        "<benchmarks>/plot_contributions.tsv"
    conda:
        "../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=memory(300),
    params:
        note=NOTE,
        code=code_digest("plot_contributions"),
    message:
        "Figure 5: contributions of the categories and the dominant one"
    script:
        "../workflow_scripts/plot_contributions.py"


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
        figure=figure("dominant_certainty", "Attribution"),
    log:
        "<logs>/plot_certainty.log",
    benchmark:
        "<benchmarks>/plot_certainty.tsv"
    conda:
        "../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=memory(400),
    params:
        note=NOTE,
        code=code_digest("plot_certainty"),
    message:
        "Draw the dominant category by both methods, and how sure it is"
    script:
        "../workflow_scripts/plot_certainty.py"
