"""The attribution in plain words."""


rule summarise_attribution:
    input:
        **GRID,
        land_cover="<results>/grid/land_cover.tif",
        parameters="<results>/npp/parameters.csv",
        constant="<results>/npp/constant_climate.csv",
        plain="<results>/attribution/dominant_category_plain.tif",
        dominant="<results>/attribution/dominant_category.tif",
        probability="<results>/attribution/dominant_probability.tif",
        explained="<results>/attribution/explained_variance.csv",
        scores="<results>/attribution/forest_scores.csv",
        applicability="<results>/attribution/applicability.csv",
        local="<results>/attribution/local_shares.csv",
        experiments="<results>/attribution/experiments.csv",
        elevation="<results>/attribution/elevation_shares.csv",
        climate="<results>/climate/drivers.csv",
    output:
        text="<results>/attribution/summary.md",
        summary="<results>/attribution/summary.json",
    log:
        "<logs>/summarise_attribution.log",
    benchmark:
        "<benchmarks>/summarise_attribution.tsv"
    conda:
        "../envs/attribution.yaml"
    resources:
        mem_mb=memory(50),
    params:
        title=config["title"] + (f", NPP of {PART_OF_YEAR} alone" if PART_OF_YEAR else ""),
        code=code_digest("attribution/summarise_attribution"),
    message:
        "Summarise the attribution in plain words"
    script:
        "../workflow_scripts/attribution/summarise_attribution.py"
