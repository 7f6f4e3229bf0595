"""Write down the digest of the code of every script, for results that lose their records."""

from pathlib import Path

import yaml

from nppdrivers.job import running


def record_code(*, code: dict[str, str], path: str) -> None:
    """Write script to digest as YAML."""
    Path(path).write_text(yaml.safe_dump(code), encoding="utf-8")


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        record_code(code=dict(snakemake.params.digests), path=snakemake.output.code)
