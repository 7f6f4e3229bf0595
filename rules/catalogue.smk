"""The tables of a run for people and other programs, and what describes the run as a whole."""


rule export_tables:
    input:
        tables=[f"<results>/{name}.csv" for name in RUN_TABLES],
        manifest=(f"{RAW}/manifest.csv" if IS_ACQUIRED else []),
    output:
        tables=[f"<results>/tables/{name}.csv" for name in RUN_TABLES],
        package="<results>/datapackage.json",
    log:
        "<logs>/export_tables.log",
    benchmark:
        "<benchmarks>/export_tables.tsv"
    conda:
        "../envs/tables.yaml"
    resources:
        mem_mb=memory(),
    params:
        tables=RUN_TABLES,
        about={"title": config["title"], "licence": config["export"]["licence"]},
        inputs=list(INPUTS),
        virtual_title=NOTE,
        excel=config["export"]["excel"],
        code=code_digest("export/export_tables"),
    message:
        "Write the tables with units and few digits"
    script:
        "../workflow_scripts/export/export_tables.py"
