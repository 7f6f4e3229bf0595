"""Fetching on this machine: bytes moved, and what is left when the caller is killed or the server gone.

Run:  OMP_NUM_THREADS=1 PYTHONPATH=workflow_scripts:tests/support python benchmarks/acquire.py [--kills 10]

The tiny virtual basin of two years is served as images with a margin of 200 pixels, with stations, climate
and soil, by a STAC server and a file server; the workflow fetches it by its area.
"""

import argparse
import hashlib
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml
from archive import Archive, FileServer, catalogue
from archive_services import add_all
from project import Project

from nppdrivers.virtual_basin.simulation import simulate

MOMENTS_S = (5, 30)  # after the start, between which a kill comes


class Trial:
    """A site whose data are served, and calls that fetch them into a folder of their own."""

    def __init__(self, folder: Path, items_url: str, server: FileServer, raw: Path) -> None:
        self.project, self.server, self.folder = Project(folder / "project"), server, folder
        address = server.url
        self.settings = {
            "site": "fetched",
            "data": str(folder),
            "period": {"first_month": "2013-01", "last_month": "2014-12"},
            "inputs": {"survey": str(raw / "survey.gpkg")},
            "acquire": {
                "area": str(raw / "study_area.gpkg"),
                "catalogue": items_url,
                "tokens": {"address": None},
                "addresses": {
                    "ghcn": f"{address}ghcn/",
                    "terraclimate": f"{address}terraclimate/{{variable}}.nc",
                    "soilgrids": f"{address}soil/",
                },
            },
        }

    def start(self, name: str) -> subprocess.Popen[str]:
        """Begin to fetch into a folder of that name."""
        acquire = self.settings["acquire"] | {"folder": f"raw/{name}"}
        path = self.folder / f"{name}.yaml"
        path.write_text(yaml.safe_dump(self.settings | {"site": name, "acquire": acquire}))
        command = [sys.executable, "-m", "snakemake", "--profile", "profiles/default", "--cores", "2"]
        command += ["--configfile", "config/config.yaml", str(path), "--", "acquire"]
        return subprocess.Popen(
            command,
            cwd=self.project.folder,
            start_new_session=True,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def finish(self, name: str) -> None:
        """Fetch what is missing."""
        process = self.start(name)
        output, _ = process.communicate()
        if process.returncode:
            raise SystemExit(output[-3000:])

    def files(self, name: str) -> dict[str, str]:
        """Checksum of every file of raw data under its final name."""
        folder = self.folder / "raw" / name
        return {
            str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in folder.rglob("*")
            if path.is_file() and path.relative_to(folder).parts[0] != "acquire" and path.name[0] != "."
        }


def served_bytes(trial: Trial) -> int:
    """Size of all whole files that were asked for."""
    names = {request.partition("?")[0].lstrip("/") for request in trial.server.requests}
    return sum(path.stat().st_size for name in names if (path := trial.server.folder / name).is_file())


def processor_seconds() -> float:
    """Processor time of all processes that were called and have ended [s]."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def kill_callers(trial: Trial, number: int, chance: random.Random) -> int:
    """Kill calls at random moments, then finish; how many were alive then.

    Ends where a killed call left a file under its final name that is not as in the undisturbed folder.
    """
    whole, killed = trial.files("calm"), 0
    for _ in range(number):
        process = trial.start("killed")
        try:
            process.communicate(timeout=chance.uniform(*MOMENTS_S))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            killed += 1
        if wrong := trial.files("killed").items() - whole.items():
            raise SystemExit(f"after a kill these files are not whole: {sorted(wrong)}")
    trial.finish("killed")
    return killed


def stop_servers(trial: Trial, number: int, chance: random.Random) -> int:
    """Close all connections of the file server at random moments while calls run, for three seconds each."""
    stopped = 0
    while stopped < number:
        process = trial.start("stopped")
        while process.poll() is None and stopped < number:
            time.sleep(chance.uniform(1, 6))
            trial.server.fault = lambda path: "close"
            time.sleep(3)
            trial.server.fault = lambda path: None
            stopped += 1
        process.communicate()
    trial.finish("stopped")
    return stopped


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=10)
    kills = parser.parse_args().kills
    chance = random.Random(7)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        raw = folder / "basin"
        simulate(raw, folder / "truth", first_month="2013-01", last_month="2014-12", size=0.12, seed=2022)
        server = FileServer(folder / "served")
        archive = Archive(raw, server.folder, server.url)
        add_all(archive, 2014)
        with catalogue(folder / "items", archive.items) as url:
            trial = Trial(folder, url, server, raw)
            trial.finish("calm")
            moved, whole = server.bytes_sent / 1e6, served_bytes(trial) / 1e6
            share = f"{100 * moved / whole:.0f} % of {whole:.1f} MB"
            print(f"{len(trial.files('calm'))} files; {moved:.1f} MB moved, {share}", flush=True)
            before = processor_seconds()
            trial.finish("calm")
            again = server.bytes_sent / 1e6 - moved
            print(f"called again: {again:.1f} MB, {processor_seconds() - before:.1f} s of processor time")
            for name, disturb in {"killed": kill_callers, "stopped": stop_servers}.items():
                number = disturb(trial, kills, chance)
                same = trial.files(name) == trial.files("calm")
                print(f"{name} {number} times: {'the same files' if same else 'OTHER FILES'}", flush=True)
        server.close()


if __name__ == "__main__":
    main()
