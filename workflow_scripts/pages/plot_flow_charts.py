"""Draw the flow charts of the method and the graph of the rules of this very run."""

import re
import subprocess
import sys

from nppdrivers.figures.canvas import save
from nppdrivers.figures.flow import attribution_scheme, npp_scheme, rule_graph
from nppdrivers.job import running


def rule_edges(snakefile: str, settings: str) -> list[tuple[str, str]]:
    """Pairs (from, to) of rule names, as Snakemake itself gives them for these settings."""
    command = [sys.executable, "-m", "snakemake", "--rulegraph", "--snakefile", snakefile]
    command += ["--configfile", settings, "--ignore-incomplete", "--nolock"]
    dot = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    names = dict(re.findall(r'(\d+)\[label = "(\w+)"', dot))
    edges = re.findall(r"(\d+) -> (\d+)", dot)
    return [(names[a], names[b]) for a, b in edges if names[b] != "all"]


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        note = snakemake.params.note
        edges = rule_edges(snakemake.params.snakefile, snakemake.input.settings)
        save(npp_scheme(), snakemake.output.npp, note)
        save(attribution_scheme(snakemake.params.drivers), snakemake.output.attribution, note)
        save(rule_graph(edges, stages=snakemake.params.stages), snakemake.output.rules, note)
