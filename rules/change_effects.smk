"""What events did to polygons, against land that resembles them."""

# Controls lie outside all mines, also where these have no years.
EFFECT_LAYERS = {kind: raw_if_given(kind) for kind in dict.fromkeys(["mines", *EVENT_KINDS])}


rule estimate_effects:
    input:
        **EFFECT_LAYERS,
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        land_cover="<results>/grid/land_cover.tif",
        elevation="<results>/grid/elevation.tif" if has("dem") else [],
        soil=[driver_raster(name) for name in CATEGORY_DRIVERS["soil"]],
        npp=ANNUAL_NPP,
    output:
        effects="<results>/change/effects/effects.csv",
        years="<results>/change/effects/years.csv",
        carbon="<results>/change/effects/carbon.csv",
        balance="<results>/change/effects/balance.csv",
        places="<results>/change/effects/places.geojson",
    log:
        "<logs>/estimate_effects.log",
    benchmark:
        "<benchmarks>/estimate_effects.tsv"
    conda:
        "../envs/effects.yaml"
    resources:
        # masks of the grid and the pool of controls; years and covariates lie in a file
        mem_mb=memory(20, base_mb=1200),
        runtime=runtime(5),
    params:
        kinds=EVENT_KINDS,
        columns={kind: config["columns"][kind] for kind in ("mines", "zones")},
        years=FULL_YEARS,
        controls=CHANGE["controls"],
        code=code_digest("change/estimate_effects"),
    message:
        "Estimate effects of events on polygons"
    script:
        "../workflow_scripts/change/estimate_effects.py"


rule plot_effects:
    input:
        **GRID,
        effects="<results>/change/effects/effects.csv",
        years="<results>/change/effects/years.csv",
        places="<results>/change/effects/places.geojson",
    output:
        courses=figure("event_courses"),
        effects=figure("event_effects"),
    log:
        "<logs>/plot_effects.log",
    benchmark:
        "<benchmarks>/plot_effects.tsv"
    conda:
        "../envs/figures.yaml"
    resources:
        mem_mb=memory(200, most_cells=DRAWN_CELLS),
    params:
        imprint=IMPRINT,
        code=code_digest("change/plot_effects"),
    message:
        "Draw the effects of events"
    script:
        "../workflow_scripts/change/plot_effects.py"
