"""The command line: which run is asked for, and with what; Snakemake does the rest."""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import nppdrivers

TARGETS = {"demo": "all", "run": "all", "acquire": "acquire", "plan": "acquire_plan"}
# of work that waits for servers more can be done at a time than there are cores
DOWNLOADS = 16


def workflow_folder() -> Path:
    """Folder of the Snakefile: the project that the package lies in, or the copy installed with it."""
    packages = Path(nppdrivers.__file__).resolve().parents[1]
    project = packages.parent
    return project if (project / "Snakefile").is_file() else packages / "nppdrivers_workflow"


def snakemake_call(options: argparse.Namespace, further: Sequence[str]) -> list[str]:
    """Arguments of the call of Snakemake for a run that was asked for.

    Parameters
    ----------
    options : Namespace
        As `parser` gives it: command, cores, site and data; the last two may be None.
    further : sequence of str
        Options that are Snakemake's own.
    """
    folder = workflow_folder()
    call = ["--snakefile", str(folder / "Snakefile"), "--cores", str(options.cores)]
    call += ["--configfile", str(folder / "config" / "config.yaml")]
    if options.site:
        call.append(options.site)
    if options.data:
        call += ["--config", f"data={options.data}"]
    return [*call, *further, "--", TARGETS[options.command]]


def parser() -> argparse.ArgumentParser:
    """Reader of the command line."""
    top = argparse.ArgumentParser(
        prog="nppdrivers",
        description="How much carbon the vegetation of a mining area fixes, and what drives it. Results go "
        "to results/<site> in this folder. Other options, such as --dry-run, are handed to Snakemake.",
    )
    top.set_defaults(site=None, data=None)  # the demo takes neither
    top.add_argument("--version", action="version", version=f"nppdrivers {nppdrivers.__version__}")
    commands = top.add_subparsers(dest="command", required=True)
    for name, words in (
        ("demo", "run the virtual basin, a simulated place, at full size"),
        ("run", "run your own area"),
        ("plan", "list what `acquire` would fetch, before one byte"),
        ("acquire", "fetch the raw data of your area"),
    ):
        command = commands.add_parser(name, help=words, description=words, allow_abbrev=False)
        cores = (os.cpu_count() or 1) if name in ("demo", "run") else DOWNLOADS
        command.add_argument(
            "--cores", type=int, default=cores, help=f"jobs at a time (default here {cores})"
        )
        if name != "demo":
            command.add_argument("--site", required=True, help="settings of the site, a YAML file")
            command.add_argument("--data", help="folder that paths of inputs are relative to")
    return top


def refuse(message: str) -> NoReturn:
    """End with a message."""
    sys.exit(f"nppdrivers: {message}")


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Read the command line, run Snakemake, end with its exit code."""
    options, further = parser().parse_known_args(arguments)
    if find_spec("snakemake") is None:
        refuse('no Snakemake here; install it: python -m pip install "nppdrivers[workflow]"')
    if options.site is not None and not Path(options.site).is_file():
        refuse(f"{options.site}: no such file; give the settings of your site (config/example_site.yaml)")
    call = [sys.executable, "-m", "snakemake", *snakemake_call(options, further)]
    sys.exit(subprocess.run(call, check=False).returncode)
