"""From raw satellite images, stations, soil samples and hazard surveys to maps of what drives NPP."""

from snakemake.utils import min_version

min_version("9.8")


configfile: "config/config.yaml"


pathvars:
    results=f"results/{config['site']}",
    logs=f"results/{config['site']}/logs",
    benchmarks=f"results/{config['site']}/benchmarks",


include: "rules/settings.smk"
include: "rules/inputs.smk"
include: "rules/stages.smk"
include: "rules/contents.smk"
include: "rules/resources.smk"
include: "rules/code_digest.smk"
include: "rules/tiles.smk"
include: "rules/layers.smk"
include: "rules/virtual_basin.smk"
include: "rules/raw_data.smk"
include: "rules/acquire.smk"
include: "rules/checks.smk"
include: "rules/grid.smk"
include: "rules/images.smk"
include: "rules/fusion.smk"
include: "rules/fusion_error.smk"
include: "rules/ndvi.smk"
include: "rules/climate.smk"
include: "rules/mean_climate.smk"
include: "rules/npp.smk"
include: "rules/npp_spread.smk"


if TILES > 1:

    include: "rules/npp_tiles.smk"


if FIT_TO:

    include: "rules/npp_fit.smk"


include: "rules/soil.smk"
include: "rules/mining.smk"


if HAS_ATTRIBUTION:

    include: "rules/attribution.smk"
    include: "rules/forests.smk"
    include: "rules/contributions.smk"
    include: "rules/attribution_checks.smk"
    include: "rules/attribution_summary.smk"

    if TILES > 1:

        include: "rules/attribution_tiles.smk"


if HAS_CHANGE:

    include: "rules/change.smk"
    include: "rules/change_summary.smk"


if HAS_EFFECTS:

    include: "rules/change_effects.smk"


include: "rules/validation.smk"
include: "rules/maps.smk"
include: "rules/pages.smk"
include: "rules/export.smk"
include: "rules/tables.smk"
include: "rules/catalogue.smk"
include: "rules/run.smk"


rule all:
    default_target: True
    input:
        fetched,
        "<results>/index.html",
        "<results>/inputs/checks.html",  # else no job of a finished run has it, and the report lacks it
        "<results>/project.qgz",
        "<results>/cubes/ndvi.nc",
        "<results>/cubes/npp.nc",
        ["<results>/vectors.gpkg"] if HAS_VECTORS else [],
        "<results>/datapackage.json",
        "<results>/catalog/collection.json",
        "<results>/code.yaml",
