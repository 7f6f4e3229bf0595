"""Copies of the project in which tests call Snakemake."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
SETTINGS = ["--configfile", "config/config.yaml", "tests/workflow/tiny.yaml"]


class Project:
    """A copy of the project that tests may run and change.

    Compiled code comes along where there is some that fits the sources; a fresh clone has none, and the run
    compiles all of it.
    """

    def __init__(self, folder: Path, source: Path = REPOSITORY):
        unneeded = {".venv", ".git"} | ({"results", ".snakemake"} if source == REPOSITORY else set())

        def left_out(place: str, names: list[str]) -> set[str]:
            # a folder of the package may be called results too
            return {
                name
                for name in names
                if name.endswith("_cache") or (Path(place) == source and name in unneeded)
            }

        shutil.copytree(source, folder, ignore=left_out)
        self.folder = folder
        self.results = folder / "results" / "tiny"

    def snakemake(
        self, *arguments: str, settings: list[str] = SETTINGS, folder: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Call Snakemake in the copy, or in another folder; output and errors are joined in stdout."""
        process = self.start(*arguments, settings=settings, folder=folder)
        output, _ = process.communicate()
        return subprocess.CompletedProcess(process.args, process.returncode, output)

    def start(
        self, *arguments: str, settings: list[str] = SETTINGS, folder: Path | None = None
    ) -> subprocess.Popen[str]:
        """Start Snakemake in the copy, or in another folder, and do not wait for it."""
        return subprocess.Popen(
            [sys.executable, "-m", "snakemake", "--cores", "2", *settings, *arguments],
            cwd=folder or self.folder,
            env=os.environ | {"PYTHONWARNINGS": "default"},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def would_run(self, *arguments: str) -> set[str]:
        """Names of the rules that a dry run would run."""
        done = self.snakemake("--dry-run", *arguments)
        assert done.returncode == 0, done.stdout
        if "Nothing to be done" in done.stdout:
            return set()
        table = re.search(r"^Job stats:\n.*\n-+ .*\n((?:\w+ +\d+\n)+)", done.stdout, flags=re.MULTILINE)
        assert table, done.stdout
        return {line.split()[0] for line in table[1].splitlines()} - {"all", "total"}
