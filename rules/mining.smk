"""Land degradation from the hazard survey, weighted by the analytic hierarchy process."""

if has("survey"):

    rule map_land_degradation:
        input:
            grid="<results>/grid/grid.json",
            checks=ancient("<results>/inputs/checks.json"),
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
        threads: 1
        resources:
            mem_mb=memory(300),
        params:
            seed=config["attribution"]["seed"],
            code=code_digest("map_land_degradation"),
        message:
            "Map land degradation from the hazard survey, and its spread among judgements"
        script:
            "../workflow_scripts/map_land_degradation.py"
