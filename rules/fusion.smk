"""Fine NDVI on every composite date."""


rule judge_fine_images:
    input:
        **images_to_fuse(),
        grid="<results>/grid/grid.json",
        scenes=expand("<results>/ndvi/landsat/{year}.csv", year=YEARS),
    output:
        images="<results>/ndvi/fine_images.csv",
    log:
        "<logs>/judge_fine_images.log",
    benchmark:
        "<benchmarks>/judge_fine_images.tsv"
    conda:
        "../envs/fusion.yaml"
    resources:
        mem_mb=memory(700, blocks=True),
        runtime=runtime(5),
    params:
        coarse_pixel_m=COARSE_PIXEL_M,
        code=code_digest("fusion/judge_fine_images"),
    message:
        "Look for haze in fine images that their masks missed"
    script:
        "../workflow_scripts/fusion/judge_fine_images.py"


checkpoint select_base_images:
    input:
        images="<results>/ndvi/fine_images.csv",
        grid="<results>/grid/grid.json",
    output:
        intervals="<results>/ndvi/fused/intervals.csv",
    log:
        "<logs>/select_base_images.log",
    benchmark:
        "<benchmarks>/select_base_images.tsv"
    localrule: True
    conda:
        "../envs/fusion.yaml"
    resources:
        mem_mb=500,
    params:
        period=PERIOD,
        products=config["coarse"]["products"],
        change=config["coarse"]["change"],
        min_base_percent=config["fusion"]["min_base_percent"],
        images_each_side=config["fusion"]["images_each_side"],
        code=code_digest("fusion/select_base_images"),
    message:
        "Choose the base images of each interval"
    script:
        "../workflow_scripts/fusion/select_base_images.py"


if TILES > 1:

    rule measure_scene:
        input:
            **images_to_fuse(),
            grid="<results>/grid/grid.json",
            intervals="<results>/ndvi/fused/intervals.csv",
        output:
            scene=temp("<results>/ndvi/fused/{span}/scene.json"),
        log:
            "<logs>/measure_scene/{span}.log",
        benchmark:
            "<benchmarks>/measure_scene/{span}.tsv"
        conda:
            "../envs/fusion.yaml"
        resources:
            mem_mb=memory(700, blocks=True),
            runtime=runtime(2),
        params:
            fusion=FUSION,
            coarse_pixel_m=COARSE_PIXEL_M,
            code=code_digest("fusion/measure_scene"),
        message:
            "Measure what all tiles of {wildcards.span} share"
        script:
            "../workflow_scripts/fusion/measure_scene.py"

    # of the fusion; other stages use it with files of their own
    rule gather_tiles:
        input:
            grid="<results>/grid/grid.json",
            ndvi=parts("<results>/ndvi/fused/{span}.tif"),
            source=parts("<results>/ndvi/fused/{span}_source.tif"),
            sums=parts("<results>/ndvi/fused/{span}_sums.csv"),
        output:
            ndvi="<results>/ndvi/fused/{span}.tif",
            source="<results>/ndvi/fused/{span}_source.tif",
            sums="<results>/ndvi/fused/{span}_sums.csv",
        log:
            "<logs>/gather_tiles/{span}.log",
        benchmark:
            "<benchmarks>/gather_tiles/{span}.tsv"
        conda:
            "../envs/fusion.yaml"
        resources:
            mem_mb=memory(300, most_cells=BLOCK_CELLS),
            runtime=runtime(1),
        params:
            code=code_digest("grid/gather_tiles"),
        message:
            "Put the tiles of the fused NDVI {wildcards.span} together"
        script:
            "../workflow_scripts/grid/gather_tiles.py"


rule fuse_ndvi:
    input:
        **images_to_fuse(),
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        intervals="<results>/ndvi/fused/intervals.csv",
        scene=("<results>/ndvi/fused/{span}/scene.json" if TILES > 1 else []),
        weights=("<results>/ndvi/fusion_weights.json" if WEIGHED else []),
    output:
        ndvi=cut("<results>/ndvi/fused/{span}.tif"),
        source=cut("<results>/ndvi/fused/{span}_source.tif"),
        sums=cut("<results>/ndvi/fused/{span}_sums.csv"),
    log:
        part("<logs>/fuse_ndvi/{span}.log"),
    benchmark:
        part("<benchmarks>/fuse_ndvi/{span}.tsv")
    conda:
        "../envs/fusion.yaml"
    threads: 2
    resources:
        mem_mb=memory(1400, blocks=True),
        runtime=runtime(15, tiles=TILES),
    params:
        tile=tile,
        fusion=FUSION,
        coarse_pixel_m=COARSE_PIXEL_M,
        code=code_digest("fusion/fuse_ndvi"),
    message:
        "Fuse fine and coarse NDVI from {wildcards.span}"
    script:
        "../workflow_scripts/fusion/fuse_ndvi.py"
