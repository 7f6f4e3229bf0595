"""Fine NDVI on every composite date by ESTARFM, and from it monthly NDVI."""


checkpoint select_base_images:
    input:
        scenes=expand("<results>/ndvi/landsat/{year}.csv", year=YEARS),
    output:
        intervals="<results>/ndvi/fused/intervals.csv",
    log:
        "<logs>/select_base_images.log",
    benchmark:
        "<benchmarks>/select_base_images.tsv"
    conda:
        "../envs/fusion.yaml"
    threads: 1
    resources:
        mem_mb=500,
    params:
        period=PERIOD,
        products=config["modis"]["products"],
        min_base_percent=config["fusion"]["min_base_percent"],
        images_each_side=config["fusion"]["images_each_side"],
        code=code_digest("select_base_images"),
    message:
        "Choose the base images of each interval"
    script:
        "../workflow_scripts/select_base_images.py"


rule fuse_ndvi:
    input:
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        intervals="<results>/ndvi/fused/intervals.csv",
        fine=expand("<results>/ndvi/landsat/{year}.tif", year=YEARS),
        coarse=expand("<results>/ndvi/modis/{year}.tif", year=YEARS),
        coarse_day=expand("<results>/ndvi/modis/{year}_day.tif", year=YEARS),
    output:
        ndvi="<results>/ndvi/fused/{interval}.tif",
        source="<results>/ndvi/fused/{interval}_source.tif",
        shares="<results>/ndvi/fused/{interval}_source.csv",
        residuals="<results>/ndvi/fused/{interval}_residual.csv",
    log:
        "<logs>/fuse_ndvi/{interval}.log",
    benchmark:
        "<benchmarks>/fuse_ndvi/{interval}.tsv"
    conda:
        "../envs/fusion.yaml"
    threads: 2
    resources:
        mem_mb=memory(1400),
    params:
        window=config["fusion"]["window"],
        classes=config["fusion"]["classes"],
        consistency=config["fusion"]["consistency"],
        code=code_digest("fuse_ndvi"),
    message:
        "Fuse fine and coarse NDVI between the base dates {wildcards.interval}"
    script:
        "../workflow_scripts/fuse_ndvi.py"


rule compose_monthly_ndvi:
    input:
        grid="<results>/grid/grid.json",
        fused=fused_intervals(".tif"),
        fine="<results>/ndvi/landsat/{year}.tif",
    output:
        ndvi="<results>/ndvi/monthly/{year}.tif",
        observations="<results>/ndvi/monthly/{year}_observations.tif",
    log:
        "<logs>/compose_monthly_ndvi/{year}.log",
    benchmark:
        "<benchmarks>/compose_monthly_ndvi/{year}.tsv"
    conda:
        "../envs/fusion.yaml"
    threads: 1
    resources:
        mem_mb=memory(300),
    params:
        method=config["monthly_ndvi"],
        smoothing=config["ndvi_smoothing"],
        period=PERIOD,
        code=code_digest("compose_monthly_ndvi"),
    message:
        "Compose monthly NDVI of {wildcards.year}"
    script:
        "../workflow_scripts/compose_monthly_ndvi.py"
