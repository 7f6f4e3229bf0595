"""Fetch the raw data of an area from public archives; a run reads what is there and never asks these rules.

`acquire_plan` lists what would be fetched, `acquire` fetches it. The raw files are no outputs of jobs, since Snakemake
removes outputs before a job starts again: by its journal each job knows which are there and whole.
"""

IS_ACQUIRED = site.is_acquired(config)
RAW = paths.in_data_folder(config, site.raw_folder(config))
PARTS = site.site_parts(config) if IS_ACQUIRED else []
# why the run cannot begin yet
UNFETCHED = site.what_is_missing(config) if IS_ACQUIRED else ""
# a limit given with --resources counts
if "downloads" not in workflow.global_resources:
    workflow.register_resource("downloads", config["acquire"]["downloads"])


def acquire_command():
    """What fetches the raw data that are missing."""
    files = [str(file) for file in workflow.configfiles if Path(file).name != "config.yaml"]
    data = f" DATA={config['data']}" if config["data"] else ""
    return f"make acquire SITE={' '.join(files) or 'config/my_site.yaml'}{data}"


def area_to_acquire(wildcards):
    """Input function: the polygon that data are fetched for."""
    if not IS_ACQUIRED:
        raise WorkflowError("acquire.area: is missing; give the polygon to fetch data for")
    return paths.in_data_folder(config, config["acquire"]["area"])


onerror:
    if IS_ACQUIRED and site.what_is_missing(config):
        print(f"To go on: {acquire_command()}", file=sys.stderr)


def tables_of_parts(wildcards):
    """Input function: the tables of all jobs; that of a job with a file lost or cut off is to be made again."""
    for damaged in site.damaged_parts(config) if IS_ACQUIRED else []:
        site.part_table(config, damaged).unlink(missing_ok=True)
        Path(RAW, "manifest.csv").unlink(missing_ok=True)
    return [site.part_table(config, part) for part in PARTS]


rule search_archives:
    input:
        area=area_to_acquire,
    output:
        plan=f"{RAW}/acquire/plan.csv",
        stations=f"{RAW}/acquire/stations.csv",
        area=f"{RAW}/acquire/area.json",
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
        folder=RAW,
        crs=config["grid"]["crs"],
        years=YEARS,
        sources=[source.name for source in site.site_sources(config)] if IS_ACQUIRED else [],
        request={name: config["acquire"][name] for name in ("catalogue", "addresses", "scenes", "stations")}
        | {"bands": config["fusion"]["layers"] == "bands"},
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
        folder=RAW,
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
        folder=RAW,
        period=PERIOD,
        completeness=config["climate"]["min_days_percent"] / 100,
        code=code_digest("acquire/acquire"),
    message:
        "List all raw data that were fetched"
    script:
        "../workflow_scripts/acquire/acquire.py"
