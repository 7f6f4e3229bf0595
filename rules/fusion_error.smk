"""How good the fused NDVI is: images left out, standard error, residual against the coarse images."""


rule leave_one_out:
    input:
        **images_to_fuse(),
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        images="<results>/ndvi/fine_images.csv",
    output:
        scores="<results>/ndvi/left_out/{year}.csv",
        errors="<results>/ndvi/left_out/{year}_errors.csv",
    log:
        "<logs>/leave_one_out/{year}.log",
    benchmark:
        "<benchmarks>/leave_one_out/{year}.tsv"
    conda:
        "../envs/fusion.yaml"
    threads: 2
    resources:
        mem_mb=memory(1400, blocks=True),
        runtime=runtime(15),
    params:
        min_base_percent=config["fusion"]["min_base_percent"],
        images_each_side=config["fusion"]["images_each_side"],
        fusion=FUSION,
        coarse_pixel_m=COARSE_PIXEL_M,
        code=code_digest("fusion/leave_one_out"),
    message:
        "Predict each clear image of {wildcards.year} as if it were not there"
    script:
        "../workflow_scripts/fusion/leave_one_out.py"


rule model_fusion_error:
    input:
        scores=expand("<results>/ndvi/left_out/{year}.csv", year=YEARS),
        errors=expand("<results>/ndvi/left_out/{year}_errors.csv", year=YEARS),
    output:
        weights="<results>/ndvi/fusion_weights.json",
        model="<results>/ndvi/fusion_error.json",
        table="<results>/ndvi/leave_one_out.csv",
    log:
        "<logs>/model_fusion_error.log",
    benchmark:
        "<benchmarks>/model_fusion_error.tsv"
    conda:
        "../envs/fusion.yaml"
    resources:
        mem_mb=memory(),
    params:
        weighed=WEIGHED,
        code=code_digest("fusion/model_fusion_error"),
    message:
        "Weigh the predictions of the fusion and model its error from the images left out"
    script:
        "../workflow_scripts/fusion/model_fusion_error.py"


rule map_fusion_error:
    input:
        **PASSAGE,
        grid="<results>/grid/grid.json",
        intervals="<results>/ndvi/fused/intervals.csv",
        model="<results>/ndvi/fusion_error.json",
        fine=expand("<results>/ndvi/landsat/{year}.tif", year=YEARS),
        fused="<results>/ndvi/fused/{span}.tif",
        source="<results>/ndvi/fused/{span}_source.tif",
    output:
        sd=cut("<results>/ndvi/fused/{span}_sd.tif"),
    log:
        part("<logs>/map_fusion_error/{span}.log"),
    benchmark:
        part("<benchmarks>/map_fusion_error/{span}.tsv")
    conda:
        "../envs/fusion.yaml"
    resources:
        mem_mb=memory(base_mb=1500),
        runtime=runtime(2, tiles=TILES),
    params:
        tile=tile,
        products=config["coarse"]["products"],
        change=config["coarse"]["change"],
        code=code_digest("fusion/map_fusion_error"),
    message:
        "Map the standard error of the fused NDVI {wildcards.span}"
    script:
        "../workflow_scripts/fusion/map_fusion_error.py"


if TILES > 1:

    use rule gather_tiles as gather_fusion_error with:
        input:
            grid="<results>/grid/grid.json",
            sd=parts("<results>/ndvi/fused/{span}_sd.tif"),
        output:
            sd="<results>/ndvi/fused/{span}_sd.tif",
        log:
            "<logs>/gather_fusion_error/{span}.log",
        benchmark:
            "<benchmarks>/gather_fusion_error/{span}.tsv"
        message:
            "Put the tiles of the standard error of {wildcards.span} together"


rule tabulate_fusion:
    input:
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        sums=fused_spans("_sums.csv"),
        errors=fused_spans("_sd.tif"),
    output:
        table="<results>/ndvi/fusion_by_date.csv",
    log:
        "<logs>/tabulate_fusion.log",
    benchmark:
        "<benchmarks>/tabulate_fusion.tsv"
    conda:
        "../envs/fusion.yaml"
    resources:
        mem_mb=memory(50),
    params:
        code=code_digest("fusion/tabulate_fusion"),
    message:
        "Tabulate residual and standard error of the fused NDVI by date"
    script:
        "../workflow_scripts/fusion/tabulate_fusion.py"


if IS_VIRTUAL:

    rule check_fusion_error:
        input:
            grid="<results>/grid/grid.json",
            study_area="<results>/grid/study_area.tif",
            truth="<results>/truth",
            fused=fused_spans(".tif"),
            errors=fused_spans("_sd.tif"),
        output:
            table="<results>/validation/fusion_error.csv",
        log:
            "<logs>/check_fusion_error.log",
        benchmark:
            "<benchmarks>/check_fusion_error.tsv"
        conda:
            "../envs/fusion.yaml"
        resources:
            mem_mb=memory(40, base_mb=1200),
            runtime=runtime(1),
        params:
            code=code_digest("fusion/check_fusion_error"),
        message:
            "Check the standard error of the fused NDVI against the truth"
        script:
            "../workflow_scripts/fusion/check_fusion_error.py"
