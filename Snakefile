"""From raw satellite images, stations, soil samples and hazard surveys to maps of what drives NPP."""

from snakemake.utils import min_version

min_version("9.8")


configfile: "config/config.yaml"


pathvars:
    results=f"results/{config['site']}",
    logs=f"results/{config['site']}/logs",
    benchmarks=f"results/{config['site']}/benchmarks",


include: "rules/common.smk"
include: "rules/code_digest.smk"
include: "rules/functions.smk"
include: "rules/contents.smk"
include: "rules/virtual_basin.smk"
include: "rules/harmonise.smk"
include: "rules/prepare.smk"
include: "rules/fusion.smk"
include: "rules/fusion_error.smk"
include: "rules/climate.smk"
include: "rules/mean_climate.smk"
include: "rules/npp.smk"
include: "rules/npp_spread.smk"
include: "rules/soil.smk"
include: "rules/mining.smk"
include: "rules/attribution.smk"
include: "rules/forests.smk"
include: "rules/certainty.smk"
include: "rules/attribution_checks.smk"
include: "rules/attribution_summary.smk"
include: "rules/validation.smk"
include: "rules/figures.smk"
include: "rules/surface_figures.smk"
include: "rules/attribution_figures.smk"
include: "rules/report.smk"


rule all:
    default_target: True
    input:
        "<results>/index.html",
