"""Fetching on this machine: bytes moved, and what is left when the caller is killed or the server gone.

Run:  OMP_NUM_THREADS=1 PYTHONPATH=workflow_scripts:tests/support python benchmarks/acquire.py [--kills 10]
      add --kills 0 --size 0.35 --maps to run what was fetched, and the basin's own images, to the attribution

A virtual basin of two years is served as images with a margin of 200 pixels, with stations, climate
and soil, by a STAC server and a file server; the workflow fetches it by its area.
"""

import argparse
import hashlib
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import rasterio
import yaml
from archive import Archive, FileServer, catalogue
from archive_services import add_all
from project import Project
from snakemake.utils import update_config

from nppdrivers.acquire.site import completed
from nppdrivers.inputs.paths import VIRTUAL_FILES
from nppdrivers.virtual_basin.simulation import simulate

MOMENTS_S = (4, 12)  # after the start, between which a kill comes
PAUSE_S = 0.001  # after each part of an answer, while the server is lost: a loss then cuts answers off
# stages whose maps are compared, and the last map of them
MAPS, LAST = ("ndvi", "npp", "attribution"), ("npp/npp.tif", "attribution/shapley.tif")
OWN = ("landsat", "coarse", "mod17", "dem", "land_cover")  # inputs that the catalogue has
SMALL = yaml.safe_load(Path("tests/workflow/tiny.yaml").read_text(encoding="utf-8"))


class Trial:
    """A site whose data are served, and calls that fetch them into a folder of their own."""

    def __init__(self, folder: Path, items_url: str, server: FileServer, raw: Path) -> None:
        self.project, self.server, self.folder = Project(folder / "project"), server, folder
        self.raw = raw
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
                "scenes": {"max_cloud_percent": 100},  # all, as in the folder of the basin
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
        return self.call(self.settings | {"site": name, "acquire": acquire}, "acquire")

    def call(self, settings: dict[str, Any], *targets: str) -> subprocess.Popen[str]:
        """Call the workflow with these settings."""
        path = self.folder / f"{settings['site']}.yaml"
        path.write_text(yaml.safe_dump(settings))
        command = [sys.executable, "-m", "snakemake", "--profile", "profiles/default", "--cores", "2"]
        command += ["--configfile", "config/config.yaml", str(path), "--", *targets]
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

    def maps(self, name: str, *, local: bool) -> Path:
        """Run to the attribution what was fetched, or with the basin's own images in its place."""
        settings = self.settings | {key: SMALL[key] for key in ("fusion", "soil", "attribution")}
        settings |= {"site": name, "acquire": self.settings["acquire"] | {"folder": "raw/calm"}}
        if local:
            text = (self.project.folder / "config/config.yaml").read_text(encoding="utf-8")
            whole = yaml.safe_load(text)
            update_config(whole, settings)
            done = completed(whole)
            own = {word: str(self.raw / VIRTUAL_FILES[word]) for word in OWN}
            settings |= {"inputs": {**done["inputs"], **own}, "acquire": {}}
            settings |= {"climate": {"variables": done["climate"]["variables"]}}
        targets = [f"results/{name}/{path}" for path in LAST]
        process = self.call(settings, *targets)
        output, _ = process.communicate()
        if process.returncode:
            raise SystemExit(output[-3000:])
        return self.project.folder / "results" / name

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
    """Kill calls at random moments, then finish; how many had not ended before.

    Ends where a killed call left a file under its final name that is not as in the undisturbed folder.
    """
    whole, killed = trial.files("calm"), 0
    while killed < number:
        process = trial.start("killed")
        try:
            process.communicate(timeout=chance.uniform(*MOMENTS_S))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            killed += 1
        else:  # all is fetched: the next call begins from nothing
            shutil.rmtree(trial.folder / "raw" / "killed")
        if wrong := trial.files("killed").items() - whole.items():
            raise SystemExit(f"after a kill these files are not whole: {sorted(wrong)}")
    trial.finish("killed")
    return killed


def stop_servers(trial: Trial, number: int, chance: random.Random) -> int:
    """Kill the file server at random moments while calls run, for three seconds each."""
    stopped, trial.server.pause_s = 0, PAUSE_S
    while stopped < number:
        process = trial.start("stopped")
        while process.poll() is None and stopped < number:
            time.sleep(chance.uniform(1, 6))
            trial.server.lose(3)
            stopped += 1
        process.communicate()
    trial.finish("stopped")
    trial.server.pause_s = 0.0
    print(f"{trial.server.broken} answers were cut off by the loss of the server")
    return stopped


def same_maps(trial: Trial) -> None:
    """Print how many maps of what was fetched equal those of the basin's own images, bit for bit."""
    fetched, local = trial.maps("calm", local=False), trial.maps("local", local=True)
    for stage in MAPS:
        paths = sorted(path.relative_to(fetched) for path in (fetched / stage).rglob("*.tif"))
        other = sorted(path.relative_to(local) for path in (local / stage).rglob("*.tif"))
        if paths != other or not paths:
            raise SystemExit(f"{stage}: not the same maps: {sorted({*paths} ^ {*other})}")
        same = sum(numbers(fetched / path) == numbers(local / path) for path in paths)
        print(f"{stage}: {same} of {len(paths)} maps equal those of the basin's own images", flush=True)


def numbers(path: Path) -> bytes:
    """All numbers of a raster."""
    with rasterio.open(path) as source:
        return source.read().tobytes()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--size", type=float, default=0.12, help="of the basin")
    parser.add_argument("--maps", action="store_true", help="run to the attribution and compare the maps")
    arguments = parser.parse_args()
    kills = arguments.kills
    chance = random.Random(7)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        raw = folder / "basin"
        simulate(
            raw, folder / "truth", first_month="2013-01", last_month="2014-12", size=arguments.size, seed=2022
        )
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
            if arguments.maps:
                same_maps(trial)
            for name, disturb in {"killed": kill_callers, "stopped": stop_servers}.items() if kills else ():
                number = disturb(trial, kills, chance)
                same = trial.files(name) == trial.files("calm")
                print(f"{name} {number} times: {'the same files' if same else 'OTHER FILES'}", flush=True)
        server.close()


if __name__ == "__main__":
    main()
