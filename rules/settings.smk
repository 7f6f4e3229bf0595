"""The checked settings: the schema first, then what it cannot express."""

import os
import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.utils import validate

validate(config, workflow.source_path("../config/schema.yaml"))

# Scripts and package of this workflow, also where another workflow uses it as a module.
SCRIPTS = Path(workflow.current_basedir.get_path_or_uri(secret_free=True)).parent / "workflow_scripts"
# Scripts lie in folders by stage, the package beside these folders: every job finds it by this variable.
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(SCRIPTS), os.environ.get("PYTHONPATH")]))
# Rules ask the package only what needs no more than the standard library.
sys.path.append(str(SCRIPTS))

from nppdrivers.images import coarse_products


def settings_table(path):
    """Path of a table of constants: as given where it exists, else beside the workflow's own settings."""
    return path if Path(path).exists() else str(SCRIPTS.parent / path)
