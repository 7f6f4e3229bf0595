"""Maps for other programs: cloud-optimised, in colour, cut to the study area, and a project that shows them."""


rule export_maps:
    input:
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        parameters="<results>/npp/parameters.csv",
        maps=[f"<results>/{name}.tif" for name in MAP_NAMES],
    output:
        project="<results>/project.qgz",
        maps=[f"<results>/maps/{name}.tif" for name in MAP_NAMES],
        styles=[f"<results>/maps/{name}.qml" for name in MAP_NAMES],
    log:
        "<logs>/export_maps.log",
    benchmark:
        "<benchmarks>/export_maps.tsv"
    conda:
        "../envs/figures.yaml"
    resources:
        mem_mb=memory(),
        runtime=runtime(6),
    params:
        title=config["title"],
        language=config["language"],
        names=[{name: each[name] for name in ("group", "title", "words")} for each in MAPS],
        code=code_digest("export/export_maps"),
    message:
        "Write the maps for other programs, in colour"
    script:
        "../workflow_scripts/export/export_maps.py"


rule export_vectors:
    input:
        grid="<results>/grid/grid.json",
        statistics="<results>/npp/statistics.csv",
        mines=raw_if_given("mines"),
        zones=raw_if_given("zones"),
        dominant=("<results>/attribution/dominant_category.tif" if HAS_ATTRIBUTION else []),
        contributions=("<results>/attribution/actual_contribution.tif" if HAS_ATTRIBUTION else []),
        points=("<results>/attribution/points.csv" if HAS_ATTRIBUTION else []),
        predicted=("<results>/attribution/forests/without_none.tif" if HAS_ATTRIBUTION else []),
        applicability=("<results>/attribution/applicability.tif" if HAS_ATTRIBUTION else []),
        stations=("<results>/climate/stations.csv" if STATION_VARIABLES else []),
        station_residuals=expand("<results>/climate/{variable}/residuals.csv", variable=STATION_VARIABLES),
        samples=(raw("soil_samples") if KRIGED else []),
        sample_residuals=expand("<results>/soil/{property}_residuals.csv", property=KRIGED),
    output:
        vectors="<results>/vectors.gpkg",
    log:
        "<logs>/export_vectors.log",
    benchmark:
        "<benchmarks>/export_vectors.tsv"
    conda:
        "../envs/npp.yaml"
    resources:
        mem_mb=memory(50),
    params:
        columns={kind: config["columns"][kind] for kind in ("mines", "zones", "soil_samples")},
        variables=list(STATION_VARIABLES),
        kriged=list(KRIGED),
        code=code_digest("export/export_vectors"),
    message:
        "Write polygons, points and stations with their results"
    script:
        "../workflow_scripts/export/export_vectors.py"


rule export_cubes:
    input:
        grid="<results>/grid/grid.json",
        study_area="<results>/grid/study_area.tif",
        ndvi=expand("<results>/ndvi/monthly/{year}.tif", year=YEARS),
        observations=expand("<results>/ndvi/monthly/{year}_observations.tif", year=YEARS),
        npp=expand("<results>/npp/monthly/{year}.tif", year=YEARS),
        annual=expand("<results>/npp/annual/{year}.tif", year=YEARS),
    output:
        ndvi="<results>/cubes/ndvi.nc",
        npp="<results>/cubes/npp.nc",
    log:
        "<logs>/export_cubes.log",
    benchmark:
        "<benchmarks>/export_cubes.tsv"
    conda:
        "../envs/cubes.yaml"
    resources:
        mem_mb=memory(base_mb=1200),
        runtime=runtime(1),
    params:
        title=config["title"],
        monthly_ndvi=config["ndvi"]["monthly"],
        period=PERIOD,
        code=code_digest("export/export_cubes"),
    message:
        "Write monthly NDVI and NPP as NetCDF files"
    script:
        "../workflow_scripts/export/export_cubes.py"
