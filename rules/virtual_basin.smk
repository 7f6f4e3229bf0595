"""The embedded default: a simulated basin in the raw formats that users have, and its truth."""

if IS_VIRTUAL:

    rule simulate_virtual_basin:
        output:
            **{
                name: (
                    directory(path) if name in ("landsat", "hls", "sentinel2", "coarse", "mod17") else path
                )
                for name, path in INPUTS.items()
            },
            truth=directory("<results>/truth"),
        log:
            "<logs>/simulate_virtual_basin.log",
        benchmark:
            "<benchmarks>/simulate_virtual_basin.tsv"
        conda:
            "../envs/virtual_basin.yaml"
        resources:
            mem_mb=memory(base_mb=2000),
        params:
            folder=lambda wildcards, output: str(Path(output.study_area).parent),
            size=config["virtual_basin"]["size"],
            seed=config["virtual_basin"]["seed"],
            events=config["virtual_basin"]["events"],
            sensors={name: config["virtual_basin"][name] for name in ("coarse", "fine", "modis_until")},
            period=PERIOD,
            code=code_digest("virtual_basin/simulate_virtual_basin"),
        message:
            "Simulate the virtual basin and write its raw data"
        script:
            "../workflow_scripts/virtual_basin/simulate_virtual_basin.py"
