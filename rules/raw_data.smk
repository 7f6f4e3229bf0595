"""What there is of the raw data that are fetched, what is missing, and what fetches it."""

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
    site_file = " ".join(files) or "config/my_site.yaml"
    data = config["data"]
    if not Path("Makefile").exists():  # installed as a package
        return f"nppdrivers acquire --site {site_file}" + (f" --data {data}" if data else "")
    return f"make acquire SITE={site_file}" + (f" DATA={data}" if data else "")


def area_to_acquire(wildcards):
    """Input function: the polygon that data are fetched for."""
    return paths.in_data_folder(config, config["acquire"]["area"])


onerror:
    if IS_ACQUIRED and site.can_go_on(
        config, workflow.pathvars.apply("<logs>/search_archives.log.traceback")
    ):
        print(f"To go on: {acquire_command()}", file=sys.stderr)


def tables_of_parts(wildcards):
    """Input function: the tables of all jobs; that of a job with a file lost or cut off is to be made again."""
    for damaged in site.damaged_parts(config) if IS_ACQUIRED else []:
        site.part_table(config, damaged).unlink(missing_ok=True)
        Path(RAW, "manifest.csv").unlink(missing_ok=True)
    return [site.part_table(config, part) for part in PARTS]
