"""Monthly NDVI from the fused series."""


rule compose_monthly_ndvi:
    input:
        grid="<results>/grid/grid.json",
        fused=fused_spans(".tif"),
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
    resources:
        mem_mb=memory(),
    params:
        method=config["ndvi"]["monthly"],
        smoothing=config["ndvi"]["smoothing"],
        period=PERIOD,
        code=code_digest("ndvi/compose_monthly_ndvi"),
    message:
        "Compose monthly NDVI of {wildcards.year}"
    script:
        "../workflow_scripts/ndvi/compose_monthly_ndvi.py"


use rule compose_monthly_ndvi as compose_other_monthly_ndvi with:
    output:
        ndvi="<results>/ndvi/monthly_{method}/{year}.tif",
        observations=temp("<results>/ndvi/monthly_{method}/{year}_observations.tif"),
    log:
        "<logs>/compose_other_monthly_ndvi/{method}_{year}.log",
    benchmark:
        "<benchmarks>/compose_other_monthly_ndvi/{method}_{year}.tsv"
    params:
        method=lambda wildcards: wildcards.method,
        smoothing=config["ndvi"]["smoothing"],
        period=PERIOD,
        code=code_digest("ndvi/compose_monthly_ndvi"),
    message:
        "Compose monthly NDVI of {wildcards.year} by {wildcards.method}, for the spread of NPP"


rule count_unobserved_months:
    input:
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        observations=expand("<results>/ndvi/monthly/{year}_observations.tif", year=YEARS),
        coarse=expand("<results>/ndvi/coarse/{year}.tif", year=YEARS),
    output:
        unobserved="<results>/ndvi/unobserved_months.tif",
        table="<results>/ndvi/observed_months.csv",
    log:
        "<logs>/count_unobserved_months.log",
    benchmark:
        "<benchmarks>/count_unobserved_months.tsv"
    conda:
        "../envs/fusion.yaml"
    resources:
        mem_mb=memory(10, base_mb=1200),
        runtime=runtime(1),
    params:
        period=PERIOD,
        code=code_digest("ndvi/count_unobserved_months"),
    message:
        "Count the months of NDVI that rest on no observation"
    script:
        "../workflow_scripts/ndvi/count_unobserved_months.py"


rule map_fusion_sources:
    input:
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        sources=fused_spans("_source.tif"),
    output:
        years=expand("<results>/ndvi/fusion_source/{year}.tif", year=YEARS),
        shares="<results>/ndvi/fusion_source_shares.tif",
    log:
        "<logs>/map_fusion_sources.log",
    benchmark:
        "<benchmarks>/map_fusion_sources.tsv"
    conda:
        "../envs/fusion.yaml"
    resources:
        mem_mb=memory(300),
    params:
        years=YEARS,
        code=code_digest("ndvi/map_fusion_sources"),
    message:
        "Map which base images made the fused NDVI"
    script:
        "../workflow_scripts/ndvi/map_fusion_sources.py"


rule plot_ndvi:
    input:
        **GRID,
        unobserved="<results>/ndvi/unobserved_months.tif",
        monthly=expand("<results>/ndvi/monthly/{year}.tif", year=YEARS),
        sums=fused_spans("_sums.csv"),
    output:
        monthly=figure("monthly_ndvi"),
        animation="<results>/figures/monthly_ndvi.gif",
        sources=figure("fusion_sources"),
        shares="<results>/ndvi/fusion_sources.csv",
    log:
        "<logs>/plot_ndvi.log",
    benchmark:
        "<benchmarks>/plot_ndvi.tsv"
    conda:
        "../envs/figures.yaml"
    resources:
        mem_mb=memory(600, most_cells=DRAWN_CELLS),
    params:
        imprint=IMPRINT,
        period=PERIOD,
        code=code_digest("ndvi/plot_ndvi"),
    message:
        "Figures of fused and monthly NDVI"
    script:
        "../workflow_scripts/ndvi/plot_ndvi.py"
