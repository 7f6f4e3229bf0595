"""Draw the flow charts of the method and the graph of the rules of this very run."""

import re
import subprocess
import sys
from collections.abc import Mapping

from nppdrivers.figures.canvas import Imprint, save
from nppdrivers.figures.flow import attribution_scheme, npp_scheme, rule_graph
from nppdrivers.job import running

# Their rules collect what all others write: their arrows would hide those of the method.
COLLECTING_STAGES = ("export", "pages")


def rule_edges(snakefile: str, settings: str, stages: Mapping[str, str]) -> list[tuple[str, str]]:
    """Pairs (from, to) of rule names, as Snakemake itself gives them for these settings."""
    command = [sys.executable, "-m", "snakemake", "--rulegraph", "--snakefile", snakefile]
    command += ["--configfile", settings, "--ignore-incomplete", "--nolock"]
    dot = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    names = dict(re.findall(r'(\d+)\[label = "(\w+)"', dot))
    edges = re.findall(r"(\d+) -> (\d+)", dot)
    pairs = [(names[a], names[b]) for a, b in edges if names[b] != "all"]
    return [pair for pair in pairs if stages.get(pair[1]) not in COLLECTING_STAGES]


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        imprint, stages = Imprint(**snakemake.params.imprint), snakemake.params.stages
        edges = rule_edges(snakemake.params.snakefile, snakemake.input.settings, stages)
        save(npp_scheme(), snakemake.output.npp, imprint)
        save(attribution_scheme(snakemake.params.drivers), snakemake.output.attribution, imprint)
        save(rule_graph(edges, stages=stages), snakemake.output.rules, imprint)
