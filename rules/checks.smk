"""Check the raw inputs before any heavy job."""

# Tables of settings that are checked with the survey
HAZARD_TABLES = {
    f"mining.{name}": settings_table(config["mining"][name])
    for name in ("indicators", "judgements")
    if has("survey")
}
SMOOTHING = config["ndvi"]["smoothing"]
# What later jobs do with the inputs, as far as they may refuse them for it
PLAN = {
    "cell_size_m": config["grid"]["cell_size_m"],
    "origin_m": config["grid"]["origin_m"],
    "window": config["fusion"]["window"],
    "tiles": config["tiles"],
    "bands": config["fusion"]["layers"] == "bands",
    "automatic_smoothness": (SMOOTHING["method"], SMOOTHING["smoothness"]) == ("whittaker", "gcv"),
    "polynomial": SMOOTHING["degree"] if SMOOTHING["method"] == "savitzky_golay" else 0,
    "refit_days": config["landsat"]["refit_days"] if IS_REFIT else None,
    "attribution": HAS_ATTRIBUTION,
    "calibrated": CALIBRATED,
    "climate_variables": CLIMATE,
    "soil_properties": config["soil"]["properties"],
    "classes": settings_table("config/land_cover.csv"),
    "class_codes": CLASS_CODES,
    "efficiencies": sorted({config["npp"]["epsilon_max"], *config["npp"]["spread"]["epsilon_max"]}),
    "fit_to": config["npp"]["fit_epsilon"],
    "events": EVENT_KINDS if HAS_CHANGE else None,
    "control_distance_m": config["change"]["controls"]["distance_m"],
    "remarks": OLD_NAMES + setting_remarks(config),
}


# The checks ask later stages for their limits. Their code, and the constants of the classes, change without new
# checks: those stages refuse what they cannot use themselves.
LATER_ROOMS = ("casa", "kriging", "degradation", "ndvi", "fusion", "climate", "npp", "attribution", "change")


rule validate_inputs:
    input:
        *HAZARD_TABLES.values(),
        ancient(PLAN["classes"]),
        **{name: raw(name) for name in INPUTS},
        fetched=fetched,
    output:
        problems="<results>/inputs/problems.json",
        warnings="<results>/inputs/warnings.json",
        page=in_report("<results>/inputs/checks.html", "Inputs", "Checks of the inputs", "page"),
    log:
        "<logs>/validate_inputs.log",
    benchmark:
        "<benchmarks>/validate_inputs.tsv"
    conda:
        "../envs/inputs.yaml"
    resources:
        mem_mb=weather_memory,
    params:
        study={
            "inputs": INPUTS | HAZARD_TABLES,
            "period": PERIOD,
            "land_cover_codes": list(CLASS_CODES.values()),
            "variables": STATION_VARIABLES,
            "soil_properties": KRIGED,
            "columns": config["columns"],
            "data_folder": config["data"],
            "like": LIKE,
            "grid_crs": config["grid"]["crs"],
            "min_base_percent": config["fusion"]["min_base_percent"],
            "soil_factors": config["soil"]["raster_factors"],
            "coarse_products": config["coarse"]["products"],
            "coarse_change": config["coarse"]["change"],
            "slc_off": config["landsat"]["slc_off"],
            "fine_choices": config["hls"] | config["sentinel2"],
            "weather_format": config["climate"]["weather_format"],
            "min_days_percent": config["climate"]["min_days_percent"],
            "plan": PLAN,
        },
        about={"title": config["title"]} | IMPRINT,
        code=code_digest("checks/validate_inputs", LATER_ROOMS),
    message:
        "Check all raw inputs before any heavy job"
    script:
        "../workflow_scripts/checks/validate_inputs.py"


# The checks end well in any case, so that Snakemake keeps their report; this job refuses for them. It is a
# checkpoint, so that what reads raw inputs waits for it and is then judged by its own inputs and settings alone.
checkpoint admit_inputs:
    input:
        problems="<results>/inputs/problems.json",
        page="<results>/inputs/checks.html",
    output:
        checks="<results>/inputs/checks.json",
    log:
        "<logs>/admit_inputs.log",
    benchmark:
        "<benchmarks>/admit_inputs.tsv"
    localrule: True
    conda:
        "../envs/inputs.yaml"
    resources:
        mem_mb=300,
    params:
        code=code_digest("checks/admit_inputs"),
    message:
        "Refuse inputs with problems before any heavy job"
    script:
        "../workflow_scripts/checks/admit_inputs.py"
