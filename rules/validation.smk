"""NPP against plots, points, MOD17A3HGF and climate-only models; on the virtual basin every stage against its truth."""


rule compare_npp:
    input:
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        land_cover="<results>/grid/land_cover.tif",
        parameters="<results>/npp/parameters.csv",
        npp="<results>/npp/npp.tif",
        temperature="<results>/climate/mean/MAT.tif",
        precipitation="<results>/climate/mean/MAP.tif",
        points=raw_if_given("npp_points"),
    output:
        models="<results>/npp/climate_models.csv",
        points="<results>/npp/points.csv",
    log:
        "<logs>/compare_npp.log",
    benchmark:
        "<benchmarks>/compare_npp.tsv"
    conda:
        "../envs/validation.yaml"
    resources:
        mem_mb=memory(40),
    params:
        point_columns=config["columns"]["npp_points"],
        code=code_digest("validation/compare_npp"),
    message:
        "Compare NPP with models of climate alone and with measured points"
    script:
        "../workflow_scripts/validation/compare_npp.py"


if HAS_VALIDATION:

    rule validate_npp:
        input:
            grid="<results>/grid/grid.json",
            study_area="<results>/grid/study_area.tif",
            land_cover="<results>/grid/land_cover.tif",
            parameters="<results>/npp/parameters.csv",
            npp="<results>/npp/npp.tif",
            mod17=raw("mod17"),
            plots=raw_if_given("plots"),
        output:
            table="<results>/validation/table_2.csv",
            cells="<results>/validation/mod17_cells.csv",
            agreement="<results>/validation/mod17_agreement.csv",
        log:
            "<logs>/validate_npp.log",
        benchmark:
            "<benchmarks>/validate_npp.tsv"
        conda:
            "../envs/validation.yaml"
        resources:
            mem_mb=memory(40),
        params:
            mod17=lambda wildcards: INPUTS["mod17"],
            years=YEARS,
            plot_columns=config["columns"]["plots"],
            code=code_digest("validation/validate_npp"),
        message:
            "Compare NPP with biomass plots and MOD17A3HGF"
        script:
            "../workflow_scripts/validation/validate_npp.py"

    rule plot_validation:
        input:
            cells="<results>/validation/mod17_cells.csv",
            table="<results>/validation/table_2.csv",
            parameters="<results>/npp/parameters.csv",
        output:
            figure=figure("validation"),
        log:
            "<logs>/plot_validation.log",
        benchmark:
            "<benchmarks>/plot_validation.tsv"
        conda:
            "../envs/figures.yaml"
        resources:
            mem_mb=memory(),
        params:
            imprint=IMPRINT,
            code=code_digest("validation/plot_validation"),
        message:
            "Figure of the validation"
        script:
            "../workflow_scripts/validation/plot_validation.py"


if IS_VIRTUAL:

    rule score_truth:
        input:
            grid="<results>/grid/grid.json",
            study_area="<results>/grid/study_area.tif",
            truth="<results>/truth",
            fine=expand("<results>/ndvi/landsat/{year}.tif", year=YEARS),
            fused=fused_spans(".tif"),
            npp="<results>/npp/npp.tif",
            soil=expand("<results>/soil/{property}.json", property=config["soil"]["properties"]),
            drivers=[driver_raster(name) for name in DRIVERS],
            forest="<results>/attribution/forests/without_none_scores.csv",
            actual_contribution="<results>/attribution/actual_contribution.tif",
            actual_contribution_dominant="<results>/attribution/dominant_category.tif",
            actual_contribution_probability="<results>/attribution/dominant_probability.tif",
            shapley="<results>/attribution/shapley.tif",
            shapley_dominant="<results>/attribution/shapley_dominant.tif",
            shapley_probability="<results>/attribution/shapley_probability.tif",
            effects=("<results>/change/effects/effects.csv" if HAS_PLANTED_EFFECTS else []),
            places=("<results>/change/effects/places.geojson" if HAS_PLANTED_EFFECTS else []),
        output:
            scores="<results>/validation/truth_scores.csv",
        log:
            "<logs>/score_truth.log",
        benchmark:
            "<benchmarks>/score_truth.tsv"
        conda:
            "../envs/validation.yaml"
        resources:
            mem_mb=memory(1800),
        params:
            drivers=DRIVERS,
            years=FULL_YEARS,
            code=code_digest("validation/score_truth"),
        message:
            "Score every stage against the truth of the virtual basin"
        script:
            "../workflow_scripts/validation/score_truth.py"
