"""The flow charts, the list of the stages, checksums of the inputs, and the page of all results."""


rule plot_flow_charts:
    input:
        settings="<results>/settings.yaml",
        # the graph is whole only once the base images are chosen
        npp="<results>/npp/npp.tif",
    output:
        npp=figure("figure_s1a_npp_simulation"),
        attribution=figure("figure_s1b_attribution"),
        rules=figure("rule_graph"),
    log:
        "<logs>/plot_flow_charts.log",
    benchmark:
        "<benchmarks>/plot_flow_charts.tsv"
    conda:
        "../envs/figures.yaml"
    resources:
        mem_mb=memory(),
    params:
        imprint=IMPRINT,
        drivers={name: CATEGORY_DRIVERS[name] for name in CATEGORIES},
        snakefile=workflow.main_snakefile,
        stages=lambda wildcards: {
            rule.name: Path(rule.script).parent.name for rule in workflow.rules if rule.script
        },
        code=code_digest("pages/plot_flow_charts"),
    message:
        "Figure S1: flow charts and the graph of the rules"
    script:
        "../workflow_scripts/pages/plot_flow_charts.py"


rule list_stages:
    input:
        # settings are written down once their inputs are admitted: until then the results rest on the former ones
        checks=admitted,
    output:
        stages="<results>/stages.csv",
        settings="<results>/settings.yaml",
    log:
        "<logs>/list_stages.log",
    benchmark:
        "<benchmarks>/list_stages.tsv"
    localrule: True
    conda:
        "../envs/figures.yaml"
    resources:
        mem_mb=300,
    params:
        stages=STAGES,
        settings=config,
        code=code_digest("pages/list_stages"),
    message:
        "List the stages and why some are left out"
    script:
        "../workflow_scripts/pages/list_stages.py"


rule record_code:
    output:
        code="<results>/code.yaml",
    log:
        "<logs>/record_code.log",
    benchmark:
        "<benchmarks>/record_code.tsv"
    localrule: True
    conda:
        "../envs/figures.yaml"
    resources:
        mem_mb=300,
    params:
        digests=lambda wildcards: CODE.asked,
        code=code_digest("pages/record_code"),
    message:
        "Write down the digest of the code of every script"
    script:
        "../workflow_scripts/pages/record_code.py"


rule record_inputs:
    input:
        **{name: raw(name) for name in INPUTS},
        fetched=fetched,
    output:
        files="<results>/inputs/files.csv",
    log:
        "<logs>/record_inputs.log",
    benchmark:
        "<benchmarks>/record_inputs.tsv"
    conda:
        "../envs/inputs.yaml"
    resources:
        mem_mb=memory(),
    params:
        inputs=INPUTS,
        code=code_digest("checks/record_inputs"),
    message:
        "Write down size and checksum of every input file"
    script:
        "../workflow_scripts/checks/record_inputs.py"


rule write_index:
    input:
        **GRID,
        stages="<results>/stages.csv",
        settings="<results>/settings.yaml",
        files="<results>/inputs/files.csv",
        citation=SCRIPTS.parent / "CITATION.cff",
        summaries=[
            f"<results>/{stage}/summary.json"
            for stage, is_there in {"attribution": HAS_ATTRIBUTION, "change": HAS_CHANGE}.items()
            if is_there
        ],
        figures=[f"<results>/figures/{name}.png" for name in FIGURES],
        tables=[f"<results>/tables/{name}.csv" for name in TABLES],
        parameters="<results>/npp/parameters.csv",
        months="<results>/npp/polygon_months.csv",
        project="<results>/project.qgz",
        vectors=["<results>/vectors.gpkg"] if HAS_VECTORS else [],
        cubes=["<results>/cubes/ndvi.nc", "<results>/cubes/npp.nc"],
        animations=["<results>/figures/monthly_ndvi.gif", "<results>/figures/monthly_npp.gif"],
        package="<results>/datapackage.json",
        maps=[f"<results>/maps/{name}.tif" for name in MAP_NAMES],
    output:
        page=in_report("<results>/index.html", "All results", "All results", "page"),
    log:
        "<logs>/write_index.log",
    benchmark:
        "<benchmarks>/write_index.tsv"
    conda:
        "../envs/figures.yaml"
    resources:
        mem_mb=memory(30),
        runtime=runtime(2),
    params:
        title=config["title"],
        note=NOTE,
        language=config["language"],
        figures=FIGURES,
        formats=config["vector_figures"],
        tables=TABLES,
        maps=[{name: each[name] for name in MAP_FIELDS} for each in MAPS],
        code=code_digest("pages/write_index"),
    message:
        "Write the page of all results"
    script:
        "../workflow_scripts/pages/write_index.py"
