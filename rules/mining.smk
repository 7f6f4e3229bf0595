"""Land degradation from the hazard survey, weighted by the analytic hierarchy process."""

if has("survey"):

    rule map_land_degradation:
        input:
            grid="<results>/grid/grid.json",
            checks=admitted,
            survey=raw("survey"),
            indicators=settings_table(config["mining"]["indicators"]),
            judgements=settings_table(config["mining"]["judgements"]),
        output:
            degradation="<results>/mining/LD.tif",
            spread="<results>/mining/land_degradation_sd.tif",
            indicators="<results>/mining/indicators.tif",
            weights="<results>/mining/weights.csv",
        log:
            "<logs>/map_land_degradation.log",
        benchmark:
            "<benchmarks>/map_land_degradation.tsv"
        conda:
            "../envs/mining.yaml"
        resources:
            mem_mb=memory(20, base_mb=1200),
        params:
            seed=config["mining"]["seed"],
            code=code_digest("mining/map_land_degradation"),
        message:
            "Map land degradation from the hazard survey, and its spread among judgements"
        script:
            "../workflow_scripts/mining/map_land_degradation.py"

    rule plot_land_degradation:
        input:
            **GRID,
            degradation="<results>/mining/LD.tif",
            spread="<results>/mining/land_degradation_sd.tif",
            survey=raw("survey"),
        output:
            figure=figure("figure_s2_land_degradation"),
            spread=figure("land_degradation_sd"),
        log:
            "<logs>/plot_land_degradation.log",
        benchmark:
            "<benchmarks>/plot_land_degradation.tsv"
        conda:
            "../envs/figures.yaml"
        resources:
            mem_mb=memory(300, most_cells=DRAWN_CELLS),
        params:
            imprint=IMPRINT,
            code=code_digest("mining/plot_land_degradation"),
        message:
            "Figure S2: land degradation, and its spread among judgements"
        script:
            "../workflow_scripts/mining/plot_land_degradation.py"
