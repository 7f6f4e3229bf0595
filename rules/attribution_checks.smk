"""Checks of the attribution: drivers, area of applicability, chance, alternative attributions."""


rule diagnose_drivers:
    input:
        points="<results>/attribution/points.csv",
    output:
        drivers="<results>/attribution/driver_diagnostics.csv",
        pairs="<results>/attribution/driver_pairs.csv",
    log:
        "<logs>/diagnose_drivers.log",
    benchmark:
        "<benchmarks>/diagnose_drivers.tsv"
    conda:
        "../envs/attribution.yaml"
    resources:
        mem_mb=memory(),
    params:
        category_drivers=CATEGORY_DRIVERS,
        code=code_digest("attribution/diagnose_drivers"),
    message:
        "Collinearity of the drivers and what each explains of NPP, alone and in pairs"
    script:
        "../workflow_scripts/attribution/diagnose_drivers.py"


rule map_applicability:
    input:
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        land_cover="<results>/grid/land_cover.tif",
        parameters="<results>/npp/parameters.csv",
        points="<results>/attribution/points.csv",
        importance="<results>/attribution/forests/without_none_importance.csv",
        drivers=[driver_raster(name) for name in DRIVERS],
    output:
        dissimilarity="<results>/attribution/dissimilarity.tif",
        applicability="<results>/attribution/applicability.tif",
        shares="<results>/attribution/applicability.csv",
    log:
        "<logs>/map_applicability.log",
    benchmark:
        "<benchmarks>/map_applicability.tsv"
    conda:
        "../envs/attribution.yaml"
    resources:
        mem_mb=memory(500, blocks=True),
        runtime=runtime(2),
    params:
        drivers=DRIVERS,
        folds=ATTRIBUTION["folds"],
        block_km=ATTRIBUTION["block_km"],
        seed=ATTRIBUTION["seed"],
        code=code_digest("attribution/map_applicability"),
    message:
        "Map the area of applicability of the forests"
    script:
        "../workflow_scripts/attribution/map_applicability.py"


rule collect_local_shares:
    input:
        shares=expand("<results>/attribution/local/{driver}.csv", driver=DRIVERS),
        windows=expand("<results>/attribution/local/{driver}_windows.csv", driver=DRIVERS),
        chance=expand("<results>/attribution/local/{driver}_chance.csv", driver=DRIVERS),
    output:
        shares="<results>/attribution/local_shares.csv",
        windows="<results>/attribution/local_windows.csv",
    log:
        "<logs>/collect_local_shares.log",
    benchmark:
        "<benchmarks>/collect_local_shares.tsv"
    localrule: True
    conda:
        "../envs/attribution.yaml"
    resources:
        mem_mb=500,
    params:
        drivers=DRIVERS,
        code=code_digest("attribution/collect_local_shares"),
    message:
        "Collect the area shares of the local correlations, with those by chance, and by window"
    script:
        "../workflow_scripts/attribution/collect_local_shares.py"


rule compare_attributions:
    input:
        grid="<results>/grid/grid.json",
        points="<results>/attribution/points.csv",
        constant="<results>/npp/constant_climate.tif",
        elevation="<results>/grid/elevation.tif" if has("dem") else [],
    output:
        experiments="<results>/attribution/experiments.csv",
        elevation="<results>/attribution/elevation_shares.csv",
    log:
        "<logs>/compare_attributions.log",
    benchmark:
        "<benchmarks>/compare_attributions.tsv"
    conda:
        "../envs/attribution.yaml"
    resources:
        mem_mb=memory(50),
        runtime=runtime(2),
    params:
        **FORESTS,
        folds=ATTRIBUTION["folds"],
        block_km=ATTRIBUTION["block_km"],
        code=code_digest("attribution/compare_attributions"),
    message:
        "Alternative attributions: climate held constant, elevation apart"
    script:
        "../workflow_scripts/attribution/compare_attributions.py"


rule plot_attribution_checks:
    input:
        **GRID,
        drivers="<results>/attribution/driver_diagnostics.csv",
        pairs="<results>/attribution/driver_pairs.csv",
        dissimilarity="<results>/attribution/dissimilarity.tif",
        shares="<results>/attribution/local_shares.csv",
        windows="<results>/attribution/local_windows.csv",
        experiments="<results>/attribution/experiments.csv",
    output:
        drivers=figure("driver_diagnostics"),
        dissimilarity=figure("applicability"),
        shares=figure("local_shares"),
        experiments=figure("experiments"),
    log:
        "<logs>/plot_attribution_checks.log",
    benchmark:
        "<benchmarks>/plot_attribution_checks.tsv"
    conda:
        "../envs/figures.yaml"
    resources:
        mem_mb=memory(300, most_cells=DRAWN_CELLS),
    params:
        imprint=IMPRINT,
        window=ATTRIBUTION["local"]["window"],
        code=code_digest("attribution/plot_attribution_checks"),
    message:
        "Figures of the checks of the attribution"
    script:
        "../workflow_scripts/attribution/plot_attribution_checks.py"
