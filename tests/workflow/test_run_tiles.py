"""Stages cut into tiles: any number of them gives the same files."""

from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
import yaml

from attribution.correlate_locally import correlate_locally
from attribution.predict_forest import predict_forest
from attribution.resample_contributions import Resampling, resample_contributions
from attribution.tabulate_local_correlation import tabulate_local_correlation
from fusion.map_fusion_error import map_fusion_error
from grid.gather_tiles import gather_tiles
from nppdrivers.attribution import local_shares
from nppdrivers.attribution.category_forests import CategoryForests

pytestmark = pytest.mark.workflow

FILES = ["--configfile", "config/config.yaml", "tests/workflow/tiny.yaml", "tiles.yaml"]
DRIVERS = {
    "climate": {name: f"climate/mean/{name}.tif" for name in ("MAT", "MAP", "MAS", "MAE")},
    "soil": {name: f"soil/{name}.tif" for name in ("SOC", "TN", "pH")},
    "mining": {"LD": "mining/LD.tif"},
}
PATHS = [path for drivers in DRIVERS.values() for path in drivers.values()]


class Run:
    """A finished run: its settings, and files for the functions of the scripts."""

    def __init__(self, results: Path):
        self.results = results
        self.settings = yaml.safe_load((results / "settings.yaml").read_text())
        self.attribution = self.settings["attribution"]

    def path(self, name: str) -> str:
        """Path of a result."""
        return str(self.results / name)

    def inputs(self, **files: str | list[str]) -> SimpleNamespace:
        """Results by name, with the grid and the study area."""
        files |= {"grid": "grid/grid.json", "study_area": "grid/study_area.tif"}
        paths = {
            name: [self.path(one) for one in file] if isinstance(file, list) else self.path(file)
            for name, file in files.items()
        }
        return SimpleNamespace(**paths)

    def forests(self, trees: int) -> CategoryForests:
        """Plan of the forests of the run."""
        drivers = {category: list(paths) for category, paths in DRIVERS.items()}
        return CategoryForests(drivers, trees, self.attribution["forests"]["mtry"])


def span(run: Run) -> str:
    """Name of the first span of intervals."""
    return pd.read_csv(run.results / "ndvi" / "fused" / "intervals.csv")["span"][0]


def error_files(run):
    """Outputs of a tile of the standard error of the fusion, and what they are in the run."""
    return {"sd": f"ndvi/fused/{span(run)}_sd.tif"}


def map_error(run, output, tile):
    """A tile of the standard error of the fusion."""
    fine = [f"ndvi/landsat/{year}.tif" for year in (2013, 2014)]
    inputs = run.inputs(
        intervals="ndvi/fused/intervals.csv",
        model="ndvi/fusion_error.json",
        fused=f"ndvi/fused/{span(run)}.tif",
        fine=fine,
    )
    map_fusion_error(span=span(run), inputs=inputs, sd_path=output["sd"], tile=tile)


def local_inputs(run):
    """Files that NPP and a driver are correlated from, and the settings."""
    local = dict(run.attribution["local"])
    settings = {"windows": local.pop("window_sweep"), "seed": run.attribution["seed"], **local}
    return run.inputs(npp="npp/npp.tif", driver="mining/LD.tif"), local_shares.Settings(**settings)


def correlate(run, output, tile):
    """A tile of the local correlation."""
    inputs, settings = local_inputs(run)
    correlate_locally(
        inputs=inputs, output=SimpleNamespace(**output), name="LD", settings=settings, tile=tile
    )


def predict(run, output, tile):
    """A tile of the prediction of all drivers."""
    seed, forests = run.attribution["seed"], run.attribution["forests"]
    predict_forest(
        inputs=run.inputs(points="attribution/points.csv", drivers=PATHS),
        prediction_path=output["prediction"],
        omitted="none",
        plan=run.forests(forests["trees"]),
        seeds=range(seed, seed + forests["seeds"]),
        tile=tile,
    )


def resample(run, output, tile):
    """A tile of noise and certainty of the contributions."""
    settings = run.attribution
    maps = {name: f"attribution/{name}.tif" for name in ("actual_contribution", "shapley")}
    resample_contributions(
        inputs=run.inputs(points="attribution/points.csv", drivers=PATHS, **maps),
        output=output,
        plan=run.forests(settings["resampling"]["trees"]),
        settings=Resampling(
            settings["resampling"]["replicates"],
            settings["seed"],
            settings["block_km"],
            settings["dominant_percent"],
        ),
        threads=1,
        tile=tile,
    )


LOCAL = {
    "correlation": "attribution/local/LD.tif",
    "classes": "attribution/local/LD_class.tif",
    "counted": "attribution/local/LD_cells.csv",
}
CERTAINTY = {
    "actual_contribution_noise": "attribution/actual_contribution_noise.tif",
    "actual_contribution_probability": "attribution/dominant_probability.tif",
    "shapley_noise": "attribution/shapley_noise.tif",
    "shapley_probability": "attribution/shapley_probability.tif",
}
PREDICTION = {"prediction": "attribution/forests/without_none.tif"}
STAGES = {
    "fusion error": (map_error, error_files),
    "local correlation": (correlate, lambda run: LOCAL),
    "prediction": (predict, lambda run: PREDICTION),
    "resampling": (resample, lambda run: CERTAINTY),
}


@pytest.fixture(scope="module")
def run(finished):
    """The finished run, whose grid is not cut."""
    return Run(finished.results)


def gathered(run, stage, count, folder):
    """Files of a stage made in so many tiles and put together, by the name of the output."""
    make, files_of = STAGES[stage]
    files = files_of(run)
    parts = {name: [] for name in files}
    for number in range(1, count + 1):
        tile = f"{number}-of-{count}"
        output = {name: str(folder / f"{name}-{tile}{Path(file).suffix}") for name, file in files.items()}
        make(run, output, tile)
        for name, path in output.items():
            parts[name].append(path)
    together = {name: folder / f"{name}{Path(file).suffix}" for name, file in files.items()}
    gather_tiles(grid_path=run.path("grid/grid.json"), parts=parts, output=together)
    return {files[name]: path for name, path in together.items()}


def alike(run, made):
    """Whether files have the bytes of those of the run, with the names of those that have not."""
    return [name for name, path in made.items() if path.read_bytes() != (run.results / name).read_bytes()]


@pytest.mark.parametrize("count", [3, 7])
@pytest.mark.parametrize("stage", STAGES)
def test_any_number_of_tiles_gives_the_same_bytes(run, stage, count, tmp_path):
    """Rasters and tables of 3 and of 7 tiles put together are those of a job that does not cut the grid."""
    made = gathered(run, stage, count, tmp_path)
    if stage == "local correlation":
        made |= local_tables(run, made.pop(LOCAL["counted"]), tmp_path)
    assert alike(run, made) == []


def local_tables(run, counted, folder):
    """Tables of the local correlation made of counted cells."""
    inputs, settings = local_inputs(run)
    tables = {end: folder / f"{end or 'shares'}.csv" for end in ("", "_windows", "_chance")}
    output = SimpleNamespace(**dict(zip(("shares", "windows", "chance"), tables.values(), strict=True)))
    tabulate_local_correlation(
        inputs=SimpleNamespace(**vars(inputs), counted=counted), output=output, settings=settings
    )
    return {f"attribution/local/LD{end}.csv": path for end, path in tables.items()}


def test_rules_of_three_tiles_make_the_same_files(finished, copy_of_finished):
    """With `tiles: 3` the workflow makes what it makes without: rasters and tables of the stages cut."""
    first = span(Run(finished.results))
    fused = [f"ndvi/fused/{first}{end}" for end in (".tif", "_source.tif", "_sums.csv", "_sd.tif")]
    local = [
        f"attribution/local/LD{end}" for end in (".tif", "_class.tif", ".csv", "_windows.csv", "_chance.csv")
    ]
    (copy_of_finished.folder / "tiles.yaml").write_text("tiles: 3\n")
    # those of the fusion last: what rests on them would be made anew
    for paths in ([*local, *PREDICTION.values(), *CERTAINTY.values()], fused):
        for path in paths:
            (copy_of_finished.results / path).unlink()
        targets = ["--rerun-triggers", "mtime", "--", *(f"results/tiny/{path}" for path in paths)]
        done = copy_of_finished.snakemake(*targets, settings=FILES)
        assert done.returncode == 0, done.stdout
        assert alike(Run(finished.results), {path: copy_of_finished.results / path for path in paths}) == []
