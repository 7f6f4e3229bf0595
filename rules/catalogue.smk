"""The tables of a run for people and other programs, and what describes the run as a whole."""


rule export_tables:
    input:
        tables=[f"<results>/{name}.csv" for name in RUN_TABLES],
        manifest=(f"{RAW}/manifest.csv" if IS_ACQUIRED else []),
    output:
        tables=[table(name) for name in RUN_TABLES],
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


rule write_catalogue:
    input:
        grid="<results>/grid/grid.json",
        files="<results>/inputs/files.csv",
        settings="<results>/settings.yaml",
        code="<results>/code.yaml",
        citation=SCRIPTS.parent / "CITATION.cff",
        manifest=(f"{RAW}/manifest.csv" if IS_ACQUIRED else []),
        maps=[f"<results>/maps/{name}.tif" for name in MAP_NAMES],
        others=[f"<results>/{name}" for name in WHOLE_RESULTS],
        tables=[f"<results>/tables/{name}.csv" for name in RUN_TABLES],
    output:
        stac="<results>/catalog/collection.json",
        described=[f"<results>/catalog/{name}/{name}.json" for name in ITEMS],
        crate="<results>/ro-crate-metadata.json",
        citation="<results>/CITATION.txt",
    log:
        "<logs>/write_catalogue.log",
    benchmark:
        "<benchmarks>/write_catalogue.tsv"
    conda:
        "../envs/catalogue.yaml"
    resources:
        mem_mb=memory(),
    params:
        title=config["title"],
        virtual_title=NOTE,
        licence=config["export"]["licence"],
        period=PERIOD,
        maps=[{name: each[name] for name in ("title", "words")} for each in MAPS],
        others=list(WHOLE_RESULTS.values()),
        tables=RUN_TABLES,
        code=code_digest("pages/write_catalogue"),
    message:
        "Describe the run for catalogues, and how to cite it"
    script:
        "../workflow_scripts/pages/write_catalogue.py"
