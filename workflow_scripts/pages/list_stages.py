"""List the stages of the run, why some are left out, and the settings it was made with."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from nppdrivers.job import running


def list_stages(
    *,
    stages: Sequence[Sequence[str]],
    settings: Mapping[str, Any],
    stages_path: str,
    settings_path: str,
) -> None:
    """Write one row a stage: name, done or left out, and the reason; and the settings as YAML."""
    pd.DataFrame(stages, columns=["stage", "status", "reason"]).to_csv(stages_path, index=False)
    Path(settings_path).write_text(yaml.safe_dump(settings, sort_keys=False, allow_unicode=True))


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        list_stages(
            stages=snakemake.params.stages,
            settings=dict(snakemake.params.settings),
            stages_path=snakemake.output.stages,
            settings_path=snakemake.output.settings,
        )
