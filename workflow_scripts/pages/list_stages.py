"""List the stages of the run, why some are left out, and the settings it was made with."""

from pathlib import Path

import pandas as pd
import yaml

from nppdrivers.job import running


def list_stages(*, stages, settings, stages_path, settings_path):
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
