"""Light use efficiency of the classes, fitted to measured NPP; included where the settings ask for it."""


rule fit_efficiency:
    input:
        **{kind: raw(kind) for kind in FIT_TO},
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        land_cover="<results>/grid/land_cover.tif",
        parameters="<results>/npp/parameters_published.csv",
        ndvi=expand("<results>/ndvi/monthly/{year}.tif", year=YEARS),
        temperature=expand("<results>/climate/temperature/{year}.tif", year=YEARS),
        precipitation=expand("<results>/climate/precipitation/{year}.tif", year=YEARS),
        radiation=expand("<results>/climate/solar_radiation/{year}.tif", year=YEARS),
    output:
        parameters="<results>/npp/parameters.csv",
        efficiencies="<results>/npp/efficiencies.csv",
        sites="<results>/npp/efficiency_sites.csv",
    log:
        "<logs>/fit_efficiency.log",
    benchmark:
        "<benchmarks>/fit_efficiency.tsv"
    conda:
        "../envs/npp.yaml"
    resources:
        mem_mb=memory(10),
    params:
        tables=FIT_TO,
        columns={kind: config["columns"][kind] for kind in FIT_TO},
        options=CASA_OPTIONS,
        period=PERIOD,
        code=code_digest("npp/fit_efficiency"),
    message:
        "Fit the light use efficiency of each class to measured NPP"
    script:
        "../workflow_scripts/npp/fit_efficiency.py"
