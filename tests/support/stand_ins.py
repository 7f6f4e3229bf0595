"""The real rules with scripts that write what their inputs and parameters were: a whole run in seconds.

A file is up to date exactly when its content is that of a run from nothing.
"""

import re
import subprocess
from pathlib import Path

import yaml
from project import Project

STAND_IN = """
import hashlib, json, sys
from pathlib import Path

texts = [Path(path).read_text() for path in sorted(snakemake.input)]
params = {name: value for name, value in snakemake.params.items() if name != "code"}
if snakemake.rule == "admit_inputs" and "REFUSED" in texts[1]:
    sys.exit("refused")
digest = hashlib.sha256(repr((texts, params)).encode()).hexdigest()
refused = " REFUSED" if any("REFUSED" in text for text in texts) else ""
for path in snakemake.output:
    Path(path).write_text(snakemake.rule + " " + digest + refused)
if snakemake.rule == "make_grid":
    grid = {"height": 10, "width": 10, "transform": [30, 0, 0, 0, -30, 0], "digest": digest}
    Path(snakemake.output.grid).write_text(json.dumps(grid))
if snakemake.rule == "list_stages":
    Path(snakemake.output.settings).write_text(json.dumps(snakemake.params.settings))
if snakemake.rule == "record_code":
    Path(snakemake.output.code).write_text(json.dumps(snakemake.params.digests))
if snakemake.rule == "select_base_images":
    Path(snakemake.output.intervals).write_text("span,digest\\n20130101_20130501,%s\\n" % digest)
"""
SETTINGS = {
    "site": "mine",
    "period": {"first_month": "2013-01", "last_month": "2013-12"},
    "soil": {"properties": ["SOC"]},
    "inputs": {
        "study_area": "area.gpkg", "dem": "dem.tif", "land_cover": "cover.tif", "landsat": "landsat",
        "coarse": "coarse", "stations": "stations.csv", "weather": "weather.csv", "soil_samples": "soil.csv",
        "survey": "survey.gpkg",
    },
}  # fmt: skip
TARGETS = ["npp/npp.tif", "attribution/points.csv", "settings.yaml", "code.yaml"]


class Site:
    """A user's site in a copy of the project whose scripts are stand-ins."""

    def __init__(self, folder: Path) -> None:
        self.project = Project(folder)
        for script in (folder / "workflow_scripts").glob("*/*.py"):
            if script.parent.name != "nppdrivers":
                script.write_text(STAND_IN)
        self.results, self.data = folder / "results" / "mine", folder / "data"
        self.targets = [f"results/mine/{target}" for target in TARGETS]
        self.settings = SETTINGS | {"data": str(self.data)}
        names = [
            "area.gpkg",
            "dem.tif",
            "cover.tif",
            "stations.csv",
            "weather.csv",
            "soil.csv",
            "survey.gpkg",
        ]
        names += [f"landsat/LC08_L2SP_125035_{day}_02_T1_SR_B4.TIF" for day in ("20130101", "20130501")]
        names += [f"coarse/MOD13Q1.A2013{day}.h27v05.hdf" for day in ("001", "017")]
        for name in names:
            (self.data / name).parent.mkdir(parents=True, exist_ok=True)
            (self.data / name).write_text(f"first {name}")

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start Snakemake for the targets."""
        return self.project.start(*arguments, "--", *self.targets, settings=self.write_settings())

    def write_settings(self) -> list[str]:
        """Write the settings as they are now; the arguments that name their files."""
        (self.project.folder / "mine.yaml").write_text(yaml.safe_dump(self.settings))
        return ["--configfile", "config/config.yaml", "mine.yaml"]

    def call(self, *arguments: str) -> tuple[int, str]:
        """Call Snakemake once for the targets; exit code and output."""
        process = self.start(*arguments)
        output, _ = process.communicate()
        return process.returncode, output

    def contents(self) -> dict[str, str]:
        """Content of every result but logs and benchmarks."""
        paths = (path for path in self.results.rglob("*") if path.is_file())
        shown = {str(path.relative_to(self.results)): path.read_text() for path in paths}
        return {name: text for name, text in shown.items() if not re.match("logs|benchmarks", name)}

    def times(self) -> dict[str, int]:
        """When each of these was written [ns]."""
        return {name: (self.results / name).stat().st_mtime_ns for name in self.contents()}
