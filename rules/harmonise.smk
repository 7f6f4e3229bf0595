"""The run's own relations between the Landsat sensors, where landsat.harmonise asks for them."""

IMAGE_SOURCES = {
    "landsat_folder": INPUTS.get("landsat"),
    "fine_images": INPUTS.get("fine_images"),
    "data_folder": config["data"],
}

if IS_REFIT:

    rule fit_harmonisation:
        input:
            grid="<results>/grid/grid.json",
            landsat=raw_if_given("landsat"),
            fine_images=raw_if_given("fine_images"),
        output:
            table="<results>/ndvi/landsat/harmonisation.csv",
        log:
            "<logs>/fit_harmonisation.log",
        benchmark:
            "<benchmarks>/fit_harmonisation.tsv"
        conda:
            "../envs/prepare.yaml"
        threads: 1
        resources:
            mem_mb=memory(80),
        params:
            sources=IMAGE_SOURCES,
            years=YEARS,
            max_days=config["landsat"]["refit_days"],
            code=code_digest("fit_harmonisation"),
        message:
            "Fit the NDVI of TM and ETM+ onto that of OLI"
        script:
            "../workflow_scripts/fit_harmonisation.py"
