"""The checked settings, the package that rules may ask, and the months of the run."""

import csv
import os
import sys
from pathlib import Path

import yaml
from snakemake.exceptions import WorkflowError

# Scripts and package of this workflow, also where another workflow uses it as a module.
SCRIPTS = Path(workflow.current_basedir.get_path_or_uri(secret_free=True)).parent / "workflow_scripts"
# Scripts lie in folders by stage, the package next to these folders: every job finds it by this variable.
os.environ.update(PYTHONPATH=os.pathsep.join(filter(None, [str(SCRIPTS), os.environ.get("PYTHONPATH")])))
# Rules ask the package only what needs no more than the standard library and Snakemake.
sys.path.insert(0, str(SCRIPTS))

from nppdrivers.acquire import site
from nppdrivers.checks.settings import (
    Context,
    class_codes,
    setting_problems,
    setting_remarks,
    station_variables,
)
from nppdrivers.images import coarse_products
from nppdrivers.inputs import paths
from nppdrivers.inputs.settings.old_names import take_old_names
from nppdrivers.inputs.settings.virtual_images import take_virtual_products
from nppdrivers.period import Period


def settings_table(path):
    """Path of a table of constants: as given where it exists, else among the workflow's own settings."""
    return path if Path(path).exists() else str(SCRIPTS.parent / path)


def check_settings():
    """Refuse wrong settings with all that is wrong in one message; rows of the table of land cover classes."""
    with open(settings_table("config/land_cover.csv"), encoding="utf-8", newline="") as table:
        land_cover = list(csv.DictReader(table))
    schema = yaml.safe_load((SCRIPTS.parent / "config/schema.yaml").read_text(encoding="utf-8"))
    # the targets of a call are known to Snakemake itself only after the rules are read
    fetches = not {"acquire", "acquire_plan"}.isdisjoint(sys.argv)
    if problems := setting_problems(config, schema, Context(land_cover, SCRIPTS.parent, fetches)):
        raise WorkflowError("\n  - ".join(["The settings cannot be used:", *problems]))
    return land_cover


# notes of settings that have another name now
OLD_NAMES = take_old_names(config)
take_virtual_products(config)
LAND_COVER = check_settings()
# the site that an area is fetched for has its inputs in the folder of the raw data
config.update(site.completed(config))
CLASS_CODES = class_codes(config, LAND_COVER)
PERIOD = dict(config["period"])
YEARS = Period(**PERIOD).years
# those that trends compare
FULL_YEARS = Period(**PERIOD).full_years
