"""Tables, figures and plain words of change."""

TREND_CLASS = {
    "trend": "<results>/change/npp/class.tif",
    "ndvi_trend": "<results>/change/season_ndvi/class.tif",
    "held_class": CAUSE_MAPS["held_class"],
    "regression_class": CAUSE_MAPS["regression_class"],
}


rule tabulate_change:
    input:
        **TREND_CLASS,
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        land_cover="<results>/grid/land_cover.tif",
        parameters="<results>/npp/parameters.csv",
        npp=ANNUAL_NPP,
        held=HELD_NPP,
        p="<results>/change/npp/p.tif",
    output:
        trends="<results>/change/trends.csv",
        causes="<results>/change/causes.csv",
        years="<results>/change/years.csv",
    log:
        "<logs>/tabulate_change.log",
    benchmark:
        "<benchmarks>/tabulate_change.tsv"
    conda:
        "../envs/change.yaml"
    resources:
        mem_mb=memory(30),
    params:
        years=FULL_YEARS,
        code=code_digest("change/tabulate_change"),
    message:
        "Tabulate the trends and their causes"
    script:
        "../workflow_scripts/change/tabulate_change.py"


rule summarise_change:
    input:
        trends="<results>/change/trends.csv",
        causes="<results>/change/causes.csv",
        effects="<results>/change/effects/effects.csv" if HAS_EFFECTS else [],
        carbon="<results>/change/effects/carbon.csv" if HAS_EFFECTS else [],
    output:
        summary="<results>/change/summary.json",
        text="<results>/change/summary.md",
    log:
        "<logs>/summarise_change.log",
    benchmark:
        "<benchmarks>/summarise_change.tsv"
    conda:
        "../envs/change.yaml"
    resources:
        mem_mb=memory(),
    params:
        years=len(FULL_YEARS),
        title=config["title"],
        code=code_digest("change/summarise_change"),
    message:
        "Summarise change in plain words"
    script:
        "../workflow_scripts/change/summarise_change.py"


rule plot_change:
    input:
        **GRID,
        **TREND_CLASS,
        npp_slope="<results>/change/npp/slope.tif",
        ndvi_slope="<results>/change/season_ndvi/slope.tif",
        held_slope=CAUSE_MAPS["held_slope"],
        regression_slope=CAUSE_MAPS["regression_slope"],
        years="<results>/change/years.csv",
    output:
        slopes=figure("trend_parts"),
        ndvi=figure("ndvi_trend"),
        trends=figure("trend_classes"),
        causes=figure("trend_causes"),
        years=figure("npp_years"),
    log:
        "<logs>/plot_change.log",
    benchmark:
        "<benchmarks>/plot_change.tsv"
    conda:
        "../envs/figures.yaml"
    resources:
        mem_mb=memory(400, most_cells=DRAWN_CELLS),
    params:
        imprint=IMPRINT,
        code=code_digest("change/plot_change"),
    message:
        "Draw the trends and their causes"
    script:
        "../workflow_scripts/change/plot_change.py"
