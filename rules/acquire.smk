"""Fetch the raw data of an area from public archives; a run reads what is there and never asks these rules.

`acquire_plan` lists what would be fetched, `acquire` fetches it. The raw files are no outputs of jobs, since Snakemake
removes outputs before a job starts again: by its journal each job knows which are there and whole.
"""


rule search_archives:
    input:
        area=area_to_acquire,
    output:
        plan=f"{RAW}/acquire/plan.csv",
        stations=f"{RAW}/acquire/stations.csv",
        area=f"{RAW}/acquire/area.json",
        owner=f"{RAW}/{site.OWNER}",
    log:
        "<logs>/search_archives.log",
    benchmark:
        "<benchmarks>/search_archives.tsv"
    localrule: True
    conda:
        "../envs/acquire.yaml"
    resources:
        mem_mb=1000,
        downloads=1,
    params:
        folder=lambda wildcards: RAW,
        crs=config["grid"]["crs"],
        years=YEARS,
        sources=[source.name for source in site.site_sources(config)] if IS_ACQUIRED else [],
        request={name: config["acquire"][name] for name in ("catalogue", "addresses", "scenes", "stations")}
        | {"bands": config["fusion"]["layers"] == "bands", "site": config["site"]},
        code=code_digest("acquire/search_archives"),
    message:
        "Search the archives for the raw data of the area"
    script:
        "../workflow_scripts/acquire/search_archives.py"


rule acquire_plan:
    input:
        plan=rules.search_archives.output.plan,
        stations=rules.search_archives.output.stations,
        area=rules.search_archives.output.area,
    output:
        text=f"{RAW}/acquire/plan.txt",
        page=f"{RAW}/acquire/plan.html",
    log:
        "<logs>/acquire_plan.log",
    benchmark:
        "<benchmarks>/acquire_plan.tsv"
    # before anything is fetched
    priority: 10
    localrule: True
    conda:
        "../envs/acquire.yaml"
    resources:
        mem_mb=500,
    params:
        title=config["title"],
        period=PERIOD,
        min_base_percent=config["fusion"]["min_base_percent"],
        code=code_digest("acquire/acquire_plan"),
    message:
        "List what is to be fetched: files, scenes, stations"
    script:
        "../workflow_scripts/acquire/acquire_plan.py"


rule fetch_part:
    input:
        plan=rules.search_archives.output.plan,
        area=rules.search_archives.output.area,
    output:
        table=f"{RAW}/acquire/parts/{{part}}.csv",
    log:
        "<logs>/fetch_part/{part}.log",
    benchmark:
        "<benchmarks>/fetch_part/{part}.tsv"
    wildcard_constraints:
        part="|".join(PARTS),
    localrule: True
    conda:
        "../envs/acquire.yaml"
    resources:
        mem_mb=1500,
        downloads=1,
    params:
        folder=lambda wildcards: RAW,
        code=code_digest("acquire/fetch_part"),
    message:
        "Fetch {wildcards.part}"
    script:
        "../workflow_scripts/acquire/fetch_part.py"


rule acquire:
    input:
        tables=tables_of_parts,
        plan=rules.acquire_plan.output.text,
        stations=rules.search_archives.output.stations,
        area=rules.search_archives.output.area,
    output:
        manifest=f"{RAW}/manifest.csv",
        stations=f"{RAW}/acquire/station_report.csv",
    log:
        "<logs>/acquire.log",
    benchmark:
        "<benchmarks>/acquire.tsv"
    localrule: True
    conda:
        "../envs/acquire.yaml"
    resources:
        mem_mb=1000,
    params:
        folder=lambda wildcards: RAW,
        period=PERIOD,
        completeness=config["climate"]["min_days_percent"] / 100,
        code=code_digest("acquire/acquire"),
    message:
        "List all raw data that were fetched"
    script:
        "../workflow_scripts/acquire/acquire.py"
