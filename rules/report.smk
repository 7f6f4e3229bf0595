"""What was run and why, the flow charts, and the page that shows all figures and tables."""


def present(entries):
    """Name to (section, caption) of the entries whose condition holds."""
    return {
        name: [section, caption]
        for name, section, caption, condition in entries
        if condition
    }


FIGURES = present(
    [
        (
            "figure_1_study_area",
            "Study area",
            "Study area, land cover, soil samples and stations.",
            True,
        ),
        ("monthly_ndvi", "NDVI", "Monthly NDVI, mean of the years.", True),
        (
            "fusion_sources",
            "NDVI",
            "Which base images made the fused NDVI of each date.",
            True,
        ),
        ("climate", "Climate", "Mean annual climate.", True),
        ("figure_2_npp", "NPP", "Mean annual NPP.", True),
        ("annual_npp", "NPP", "NPP of each year.", True),
        ("npp_season", "NPP", "Course of NPP through the year by class.", True),
        (
            "validation",
            "Validation",
            "Simulated NPP against MOD17A3HGF and biomass plots.",
            HAS_VALIDATION,
        ),
        (
            "soil",
            "Soil",
            "Soil properties by kriging of the samples.",
            has("soil_samples"),
        ),
        (
            "figure_s2_land_degradation",
            "Mining",
            "Land degradation and the surveyed hazards.",
            has("survey"),
        ),
        (
            "figure_s3_points",
            "Attribution",
            "The random points of the attribution.",
            HAS_ATTRIBUTION,
        ),
        (
            "figure_3_local_correlation",
            "Attribution",
            "Local correlation of NPP with each driver.",
            HAS_ATTRIBUTION,
        ),
        (
            "figure_4_importance",
            "Attribution",
            "Importance of the drivers for NPP.",
            HAS_ATTRIBUTION,
        ),
        (
            "actual_contribution",
            "Attribution",
            "Actual contribution of each category.",
            HAS_ATTRIBUTION,
        ),
        (
            "relative_contribution",
            "Attribution",
            "Relative contribution of each category.",
            HAS_ATTRIBUTION,
        ),
        (
            "figure_5a_relative_contribution",
            "Attribution",
            "Relative contributions in three colours.",
            HAS_ATTRIBUTION,
        ),
        (
            "figure_5b_dominant_category",
            "Attribution",
            "Dominant category of drivers.",
            HAS_ATTRIBUTION,
        ),
        ("figure_s1a_npp_simulation", "Workflow", "How NPP is simulated.", True),
        (
            "figure_s1b_attribution",
            "Workflow",
            "How NPP is attributed to its drivers.",
            HAS_ATTRIBUTION,
        ),
        ("rule_graph", "Workflow", "The rules of this run and what each needs.", True),
    ]
)
TABLES = present(
    [
        (
            "ndvi/fused/intervals",
            "NDVI",
            "Intervals of the fusion and their base images.",
            True,
        ),
        ("npp/parameters", "NPP", "Parameters of the classes.", True),
        ("npp/statistics", "NPP", "Mean annual NPP by class and zone.", True),
        ("npp/west_east", "NPP", "NPP west and east of the river.", has("river")),
        (
            "validation/table_2",
            "Validation",
            "Table 2: simulated and reference NPP.",
            HAS_VALIDATION,
        ),
        (
            "validation/mod17_agreement",
            "Validation",
            "Agreement of 500 m cells with MOD17A3HGF.",
            HAS_VALIDATION,
        ),
        (
            "validation/truth_scores",
            "Validation",
            "Every stage against the truth of the virtual basin.",
            IS_VIRTUAL,
        ),
        (
            "mining/weights",
            "Mining",
            "Table S1: indicators of land degradation and their weights.",
            has("survey"),
        ),
        (
            "attribution/pearson",
            "Attribution",
            "Correlation of NPP with each driver at the points.",
            HAS_ATTRIBUTION,
        ),
        (
            "attribution/local_shares",
            "Attribution",
            "Area shares of the local correlation.",
            HAS_ATTRIBUTION,
        ),
        (
            "attribution/forests/without_none_importance",
            "Attribution",
            "Importance of each driver, mean of the forests.",
            HAS_ATTRIBUTION,
        ),
        (
            "attribution/forest_scores",
            "Attribution",
            "Scores of the forests.",
            HAS_ATTRIBUTION,
        ),
        (
            "attribution/contributions",
            "Attribution",
            "Contributions of the categories.",
            HAS_ATTRIBUTION,
        ),
        (
            "attribution/dominant_category",
            "Attribution",
            "Area shares of the dominant category.",
            HAS_ATTRIBUTION,
        ),
    ]
)


rule plot_flow_charts:
    input:
        settings="<results>/settings.yaml",
        # the graph is whole only once the base images are chosen
        npp="<results>/npp/npp.tif",
    output:
        npp=figure("figure_s1a_npp_simulation", "Workflow"),
        attribution=figure("figure_s1b_attribution", "Workflow"),
        rules=figure("rule_graph", "Workflow"),
    log:
        "<logs>/plot_flow_charts.log",
    benchmark:
        "<benchmarks>/plot_flow_charts.tsv"
    conda:
        "../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=700,
    params:
        note=NOTE,
        snakefile=workflow.main_snakefile,
        stages=lambda wildcards: {
            rule.name: Path(str(rule.snakefile)).stem for rule in workflow.rules
        },
        code=code_digest("plot_flow_charts"),
    message:
        "Figure S1: flow charts and the graph of the rules"
    script:
        "../workflow_scripts/plot_flow_charts.py"


rule list_stages:
    output:
        stages="<results>/stages.csv",
        settings="<results>/settings.yaml",
    log:
        "<logs>/list_stages.log",
    benchmark:
        "<benchmarks>/list_stages.tsv"
    conda:
        "../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=300,
    params:
        stages=STAGES,
        settings=config,
        code=code_digest("list_stages"),
    message:
        "List the stages and why some are left out"
    script:
        "../workflow_scripts/list_stages.py"


rule write_index:
    input:
        stages="<results>/stages.csv",
        figures=[f"<results>/figures/{name}.png" for name in FIGURES],
        tables=[f"<results>/{name}.csv" for name in TABLES],
    output:
        page=report("<results>/index.html", category="All results"),
    log:
        "<logs>/write_index.log",
    benchmark:
        "<benchmarks>/write_index.tsv"
    conda:
        "../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=1500,
    params:
        title=config["title"],
        note=NOTE,
        figures=FIGURES,
        tables=TABLES,
        code=code_digest("write_index"),
    message:
        "Write the page of all figures and tables"
    script:
        "../workflow_scripts/write_index.py"
